/* castmap check - what in the project deserves a look, and the repairs that are safe. */
#include "commands.h"
#include "session.h"

#include <string.h>

typedef struct check_args {
    const char *rule, *categories;
    bool        fix, dry_run, log, list_rules;
} check_args;

static const cli_option OPTIONS[] = {
    {CLI_TEXT, 0, "rule", offsetof(check_args, rule), "NAMES", NULL, "only these rules, separated by commas"},
    {CLI_FILE, 0, "categories", offsetof(check_args, categories), "FILE", NULL,
     "CSV code,label,aliases: hold categories against this list, and name the nearest of what is not in it"},
    {CLI_FLAG, 0, "fix", offsetof(check_args, fix), NULL, NULL, "make the repairs that are safe; each is written down, undo takes them back"},
    {CLI_FLAG, 'n', "dry-run", offsetof(check_args, dry_run), NULL, NULL, "with --fix: say what would be repaired and change nothing"},
    {CLI_FLAG, 0, "log", offsetof(check_args, log), NULL, NULL, "list the repairs that were made: who, when, which record, before and after"},
    {CLI_FLAG, 0, "list-rules", offsetof(check_args, list_rules), NULL, NULL, "list the rules"},
    {0},
};

static const char *severity_word(castmap_severity severity)
{
    return severity == CASTMAP_SEVERITY_ERROR ? "error" : severity == CASTMAP_SEVERITY_WARNING ? "warning" : "note";
}

static int list_rules(cli_env *env)
{
    static const char *const HEADER[] = {"rule", "weight", "repair", "what it looks for"};
    size_t n = 0;
    const castmap_check_rule *rule = castmap_check_rules(&n);
    cli_table table;

    cli_json_object(env->json, NULL);
    cli_json_list(env->json, "rules");
    cli_table_start(&table, "llll", HEADER);
    for (size_t i = 0; i < n; i++) {
        cli_table_add(&table, "%s", rule[i].id);
        cli_table_add(&table, "%s", severity_word(rule[i].severity));
        cli_table_add(&table, "%s", rule[i].fixable ? "--fix" : "");
        cli_table_add(&table, "%s", rule[i].title);
        cli_json_object(env->json, NULL);
        cli_json_text(env->json, "id", rule[i].id);
        cli_json_text(env->json, "severity", severity_word(rule[i].severity));
        cli_json_flag(env->json, "fixable", rule[i].fixable);
        cli_json_text(env->json, "title", rule[i].title);
        cli_json_text(env->json, "advice", rule[i].advice);
        cli_json_close(env->json);
    }
    cli_table_end(env, &table);
    return 0;
}

static int list_repairs(cli_env *env)
{
    static const char *const HEADER[] = {"step", "date", "by", "rule", "record", "field", "before", "after"};
    castmap_repair_list list = {0};
    cli_table table;
    castmap_status status = cli_open(env, CASTMAP_READ);

    if (!status)
        status = castmap_project_repairs(env->ctx, env->project, 0, &list);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_list(env->json, "repairs");
    cli_table_start(&table, "rlllrlll", HEADER);
    for (size_t i = 0; i < list.count; i++) {
        const castmap_repair *one = &list.repair[i];
        char date[16] = "-";
        if (one->time_s)
            cli_date_text(one->time_s, date);
        cli_table_add(&table, "%lld", (long long)one->run_number);
        cli_table_add(&table, "%s", date);
        cli_table_add(&table, "%s", CLI_SAFE(one->by));
        cli_table_add(&table, "%s", one->rule);
        cli_table_add(&table, one->observation ? "%lld" : "-", (long long)one->observation);
        cli_table_add(&table, "%s", one->field);
        cli_table_add(&table, "%s", CLI_SAFE(one->before));
        cli_table_add(&table, "%s", CLI_SAFE(one->after));
        cli_json_object(env->json, NULL);
        cli_json_whole(env->json, "run", one->run_number);
        cli_json_time(env->json, "time", one->time_s ? one->time_s : INT64_MIN);
        cli_json_text(env->json, "by", one->by);
        cli_json_text(env->json, "rule", one->rule);
        cli_json_whole(env->json, "observation", one->observation);
        cli_json_text(env->json, "field", one->field);
        cli_json_text(env->json, "before", one->before);
        cli_json_text(env->json, "after", one->after);
        cli_json_close(env->json);
    }
    cli_table_end(env, &table);
    if (list.count == 0)
        cli_say(env, "nothing was repaired");
    castmap_repair_list_clear(&list);
    return 0;
}

static void json_finding(cli_json *json, const castmap_finding *finding)
{
    cli_json_object(json, NULL);
    cli_json_text(json, "rule", finding->rule->id);
    cli_json_text(json, "severity", severity_word(finding->rule->severity));
    cli_json_text(json, "title", finding->rule->title);
    cli_json_whole(json, "count", (int64_t)finding->count);
    cli_json_whole(json, "repaired", (int64_t)finding->repaired);
    cli_json_text(json, "where", finding->where);
    cli_json_text(json, "detail", finding->detail);
    cli_json_text(json, "advice", finding->rule->advice);
    cli_json_list(json, "observations");
    for (size_t i = 0; i < finding->n_ids; i++)
        cli_json_whole(json, NULL, finding->id[i]);
    cli_json_close(json);
    cli_json_close(json);
}

static void show(cli_env *env, const check_args *args, const castmap_check_report *report)
{
    for (size_t i = 0; i < report->n; i++) {
        const castmap_finding *one = &report->finding[i];
        cli_say(env, "%-8s %zu  %s (%s)", severity_word(one->rule->severity), one->count, one->rule->title, one->rule->id);
        if (*one->where)
            cli_say(env, "         where: %s", CLI_SAFE(one->where));
        if (*one->detail)
            cli_say(env, "         namely: %s", CLI_SAFE(one->detail));
        if (one->repaired)
            cli_say(env, "         %s: %zu", args->dry_run ? "would be repaired" : "repaired", one->repaired);
        else
            cli_say(env, "         what to do: %s", one->rule->advice);
        json_finding(env->json, one);
    }
}

static int run(cli_env *env, const void *parsed)
{
    const check_args *args = parsed;
    castmap_check_options options = CASTMAP_CHECK_OPTIONS_INIT;
    castmap_check_report report = CASTMAP_CHECK_REPORT_INIT;

    if (args->list_rules)
        return list_rules(env);
    if (args->log)
        return list_repairs(env);
    if (args->dry_run && !args->fix)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--dry-run", "castmap check alone changes nothing", "--dry-run goes with --fix");
    options.rule = args->rule;
    options.categories = args->categories;
    options.fix = args->fix;
    options.dry_run = args->dry_run;
    castmap_status status = cli_open(env, args->fix ? CASTMAP_WRITE : CASTMAP_READ);
    if (!status)
        status = castmap_check(env->ctx, env->project, &options, &report);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_flag(env->json, "dry_run", args->dry_run);
    cli_json_list(env->json, "findings");
    show(env, args, &report);
    cli_json_close(env->json);
    cli_json_whole(env->json, "problems", (int64_t)report.problems);
    cli_json_whole(env->json, "repaired", (int64_t)report.repaired);
    cli_json_whole(env->json, "run", report.run_number);
    if (report.n == 0)
        cli_say(env, "nothing to look at");
    if (report.run_number)
        cli_note(env, "The repairs are step %lld; castmap undo takes them back, castmap check --log lists them.", (long long)report.run_number);
    const int code = report.problems ? CLI_SOME_REFUSED : 0;
    castmap_check_report_clear(&report);
    return code;
}

const cli_command CMD_CHECK = {
    .name = "check",
    .purpose = "see what in the project deserves a look, and mend what can be mended safely",
    .arguments = "",
    .details = "Each rule tells how many it found, where the first ones are (file and row, area, step) and what to do; no value of a record is shown. "
               "Ends with 3 when there is more than notes. --fix repairs only where nothing is lost: a claim becomes more cautious, a spelling "
               "becomes one, a duplicate is marked, an index is built anew.",
    .examples = {{"check", "Everything that deserves a look, by rule."},
                 {"check --fix --dry-run", "What could be repaired safely, without doing it."},
                 {"check --rule position-pile,category-spelling --fix", "Repair by two rules; castmap check --log lists what was changed."}},
    .options = OPTIONS,
    .size = sizeof(check_args),
    .run = run,
};
