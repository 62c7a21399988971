/*
 * runs/check/check.c - the rules, one family after another, over one load of the records; repairs are one run.
 */
#include "runs/check/findings.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "project/run_table.h"

#define NOTE CASTMAP_SEVERITY_NOTE
#define WARNING CASTMAP_SEVERITY_WARNING
#define ERROR CASTMAP_SEVERITY_ERROR

static const castmap_check_rule RULES[CM_RULE_COUNT] = {
    [CM_RULE_STORE] = {"store", ERROR, false, "the project file does not hold together", "restore the newest backup; keep the damaged file"},
    [CM_RULE_ACCOUNT] = {"account", ERROR, false, "rows of an import do not add up", "restore the newest backup, or undo the import and bring the file in again"},
    [CM_RULE_INDEX] = {"index", ERROR, true, "the spatial index leaves records out or misplaces them", "castmap check --fix builds it anew"},
    [CM_RULE_QUARANTINE] = {"quarantine", WARNING, false, "rows are set aside", "castmap quarantine export --to-mend, mend them, castmap quarantine import"},
    [CM_RULE_NULL_ISLAND] = {"null-island", ERROR, false, "records at latitude 0, longitude 0", "a form that had no position: undo the import, clear the cells, bring it in again"},
    [CM_RULE_SWAPPED] = {"swapped-axes", ERROR, false, "latitude and longitude seem to be swapped", "undo the import and say the columns: --map lat=COLUMN --map lon=COLUMN"},
    [CM_RULE_OUTSIDE] = {"outside-areas", WARNING, false, "records in none of the areas", "look whether the places are right or the boundaries are those you mean; they count in no area"},
    [CM_RULE_FAR] = {"far-position", WARNING, false, "records far from all others", "look at the rows in the file they came from"},
    [CM_RULE_PILE] = {"position-pile", WARNING, true, "many records on one position that claims to be exact", "likely a default that nobody moved; castmap check --fix marks them as known to no precision"},
    [CM_RULE_ACCURACY] = {"odd-accuracy", WARNING, true, "accuracies of 0 m or above 100 km", "no device knows that; castmap check --fix takes them as not known"},
    [CM_RULE_CLASS] = {"too-exact", WARNING, true, "places called exact although their accuracy is 500 m or worse", "castmap check --fix calls them known to an area"},
    [CM_RULE_SNAPPED] = {"snapped-publisher", WARNING, true, "places that their publisher moved to map points, taken as where it happened", "castmap check --fix says so with each record"},
    [CM_RULE_UNKNOWN_PLACE] = {"unknown-precision", NOTE, false, "places known to no stated precision", "--accuracy leaves such records in; weigh them when you look at a map"},
    [CM_RULE_FUTURE] = {"future-time", WARNING, false, "times in the future", "look at the rows: day and month swapped?"},
    [CM_RULE_LONG_PAST] = {"long-past", WARNING, false, "times before 1990", "look at the rows: a default date, or two digits of a year?"},
    [CM_RULE_BACKWARDS] = {"backwards-time", ERROR, false, "times that end before they begin", "undo the import, mend the rows, bring it in again"},
    [CM_RULE_CLOCK] = {"clock-change", NOTE, false, "local times that the clock skipped or showed twice", "each was read by the rule in the notes of its import"},
    [CM_RULE_NO_TIME] = {"no-time", NOTE, false, "records without a time", "they are in no period; --from and --to leave them out"},
    [CM_RULE_CATEGORY_ALIAS] = {"category-alias", WARNING, true, "categories under another name of the list", "castmap check --fix --categories FILE writes the list's name"},
    [CM_RULE_CATEGORY_UNKNOWN] = {"category-unknown", WARNING, false, "categories that are not in the list", "add them to the list, or as another name of one that is there"},
    [CM_RULE_CATEGORY_SPELLING] = {"category-spelling", WARNING, true, "one category in several spellings", "castmap check --fix takes the most frequent"},
    [CM_RULE_NO_CATEGORY] = {"no-category", NOTE, false, "records without a category", "--category leaves them out"},
    [CM_RULE_SAME_ROW] = {"same-row", WARNING, true, "rows of one file that repeat another to the minute", "castmap check --fix marks them: they stay, and count in no result"},
    [CM_RULE_REPEATS] = {"marked-repeats", NOTE, false, "records marked as repeating another", "they count in no result; castmap check --log names them, castmap undo STEP takes the marks back"},
    [CM_RULE_ALIKE_ROWS] = {"alike-rows", NOTE, false, "rows of one file that say the same, with times or places too coarse to tell whether they are one", "nothing: they may well be different events"},
    [CM_RULE_SAME_RECORD] = {"same-record", WARNING, false, "records of different imports that say the same", "the same file under two names, or two exports of one collection? castmap undo takes an import back"},
    [CM_RULE_NEAR_DUPLICATE] = {"near-duplicate", WARNING, false, "records of one category within 25 m and 15 minutes of another", "two people, or one event told twice? Look at the rows"},
    [CM_RULE_CRS] = {"crs-reach", ERROR, false, "areas beyond the coordinate system that the first records chose", "were the first records swapped, or of another country? castmap undo their import, then bring areas and records in again"},
    [CM_RULE_AREA_INVALID] = {"area-invalid", ERROR, false, "areas whose outline crosses itself", "castmap boundaries add brings a set in anew and repairs it"},
    [CM_RULE_AREA_OVERLAP] = {"area-overlap", WARNING, false, "areas that cover the same ground", "a record there counts in the area of the lower code; get a set without overlaps"},
    [CM_RULE_AREA_REPAIRED] = {"area-repaired", NOTE, false, "areas that were repaired when they came in", "look at their outline on a map once"},
    [CM_RULE_STALE] = {"stale-layer", WARNING, false, "results older than the newest records or boundaries", "make them again; castmap undo STEP takes the old one back"},
};

const castmap_check_rule *castmap_check_rules(size_t *n)
{
    *n = CM_RULE_COUNT;
    return RULES;
}

static castmap_status choose_rules(cm_check *check)
{
    const char *at = check->options->rule;

    for (int i = 0; i < CM_RULE_COUNT; i++)
        check->wanted[i] = at == NULL;
    while (at && *at) {
        const size_t length = strcspn(at, ",");
        bool known = false;
        for (int i = 0; i < CM_RULE_COUNT; i++) {
            if (strlen(RULES[i].id) == length && strncmp(RULES[i].id, at, length) == 0)
                check->wanted[i] = known = true;
        }
        if (!known) {
            castmap_status status = cm_fail(check->ctx, CASTMAP_E_ARGUMENT, "there is no rule \"%.*s\"", (int)(length < 40 ? length : 40), at);
            cm_fail_hint(check->ctx, "castmap check --list-rules names them all");
            return status;
        }
        at += length + (at[length] == ',');
    }
    return CASTMAP_OK;
}

/* The clock, unless it is pinned. */
static int64_t now_s(void)
{
    const char *pinned = getenv("SOURCE_DATE_EPOCH");
    int64_t value = 0;

    return pinned && cm_decimal_parse_i64(pinned, strlen(pinned), &value) ? value : (int64_t)time(NULL);
}

/* Damaged records are a finding, and then there is nothing to look at record by record. */
static castmap_status load(cm_check *check)
{
    castmap_status status = cm_observations_load(check->ctx, check->project, INT64_MIN, INT64_MAX, NULL, &check->set);

    if (status != CASTMAP_E_PROJECT)
        return status;
    char words[200];
    snprintf(words, sizeof words, "%s", castmap_message(check->ctx));
    cm_fail_clear(check->ctx);
    check->wanted[CM_RULE_STORE] = true; /* not to be filtered away */
    return cm_found(check, CM_RULE_STORE, 1, "%s", words);
}

static castmap_status look(cm_check *check)
{
    static castmap_status (*const FAMILY[])(cm_check *) = {cm_check_quarantine, cm_check_places, cm_check_times, cm_check_names,
                                                           cm_check_duplicates, cm_check_boundaries, cm_check_layers};
    const size_t n = sizeof FAMILY / sizeof *FAMILY;
    castmap_status status = cm_check_store(check);

    if (!status)
        status = load(check);
    for (size_t i = 0; i < n && !status; i++) {
        cm_progress(check->ctx, "checking", (double)i / (double)n);
        status = cm_cancelled(check->ctx) ? cm_fail_cancelled(check->ctx) : FAMILY[i](check);
    }
    return status ? status : cm_findings_name(check);
}

/* Who makes the repairs, by the name under which they are logged in. */
static void login_name(char out[64])
{
    struct passwd entry, *found = NULL;
    char buffer[1024];

    out[0] = '\0';
    if (getpwuid_r(geteuid(), &entry, buffer, sizeof buffer, &found) == 0 && found)
        snprintf(out, 64, "%s", found->pw_name);
}

static castmap_status finish_run(cm_check *check, size_t repaired)
{
    cm_text text = CM_TEXT_INIT;
    cm_json json;
    char by[64], words[96];

    login_name(by);
    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "by", by);
    cm_json_string(&json, "rules", check->options->rule);
    cm_json_end_object(&json);
    char *parameters = cm_text_take(&text);
    char *provenance = parameters ? cm_run_provenance(check->ctx, check->project, NULL) : NULL;
    castmap_status status = provenance ? CASTMAP_OK : cm_fail_memory(check->ctx);

    snprintf(words, sizeof words, "%zu %s by castmap check --fix", repaired, repaired == 1 ? "repair" : "repairs");
    /* A category that no record has any more is no category. */
    if (!status)
        status = cm_db_exec(check->ctx, check->project->db,
                            "DELETE FROM category WHERE id NOT IN (SELECT category FROM observation WHERE category IS NOT NULL)");
    if (!status)
        status = cm_run_finish(check->ctx, check->project, check->run, words, parameters, provenance);
    free(parameters);
    free(provenance);
    cm_text_clear(&text);
    return status;
}

static castmap_status collect(cm_check *check, castmap_check_report *out)
{
    out->finding = cm_alloc_zero(CM_RULE_COUNT, sizeof *out->finding);
    if (!out->finding)
        return cm_fail_memory(check->ctx);
    for (int i = 0; i < CM_RULE_COUNT; i++) {
        castmap_finding *finding = &check->found[i];
        if (finding->count == 0 || !check->wanted[i])
            continue;
        finding->rule = &RULES[i];
        out->finding[out->n++] = *finding;
        out->repaired += finding->repaired;
        out->problems += RULES[i].severity != NOTE && (finding->repaired < finding->count || check->options->dry_run);
        *finding = (castmap_finding){0};
    }
    return CASTMAP_OK;
}

castmap_status castmap_check(castmap_context *ctx, castmap_project *project, const castmap_check_options *options,
                             castmap_check_report *out)
{
    cm_check check = {.ctx = ctx, .project = project, .options = options, .today_s = options->today_s ? options->today_s : now_s()};
    castmap_check_report report = CASTMAP_CHECK_REPORT_INIT;

    cm_fail_clear(ctx);
    castmap_status status = choose_rules(&check);
    if (!status && options->fix)
        status = cm_run_begin(ctx, project, "repair", &check.run);
    if (!status)
        status = look(&check);
    if (!status)
        status = collect(&check, &report);
    if (!status && check.run && report.repaired && !options->dry_run) {
        report.run_number = check.run;
        status = finish_run(&check, report.repaired);
        check.run = status ? check.run : 0;
    }
    if (check.run)
        cm_run_abandon(project, check.run);
    project->read_observations = false; /* of this look alone */
    cm_observation_set_clear(&check.set);
    for (int i = 0; i < CM_RULE_COUNT; i++)
        cm_finding_clear(&check.found[i]);
    if (status)
        castmap_check_report_clear(&report);
    else
        *out = report;
    return status;
}

void castmap_check_report_clear(castmap_check_report *report)
{
    for (size_t i = 0; i < report->n; i++)
        cm_finding_clear(&report->finding[i]);
    free(report->finding);
    *report = (castmap_check_report)CASTMAP_CHECK_REPORT_INIT;
}
