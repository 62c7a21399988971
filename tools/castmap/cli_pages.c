/*
 * cli_pages.c - the manual (man and Markdown) and the completion for bash, made of the tables.
 */
#include "cli.h"

#include <string.h>

/* ---- Markdown ------------------------------------------------------------------------------------------------------ */

static void hyphenated(const char *name, char out[64])
{
    snprintf(out, 64, "%s", name);
    for (char *c = out; *c; c++) {
        if (*c == ' ')
            *c = '-';
    }
}

/* A cell of a table: the bar separates cells, so it is escaped. */
static void cell(FILE *file, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            putc('\\', file);
        putc(*text, file);
    }
}

static void markdown_options(FILE *file, const cli_option *options, const char *group)
{
    bool heading = false;

    for (const cli_option *option = options; option->kind != CLI_END; option++) {
        char buffer[80];
        if (option->kind == CLI_GROUP) {
            group = option->help;
            heading = false;
            continue;
        }
        if (!heading)
            fprintf(file, "\n### %s\n\n| option | default | meaning |\n|---|---|---|\n", group);
        heading = true;
        fputs("| `", file);
        if (option->letter)
            fprintf(file, "-%c`, `", option->letter);
        fprintf(file, "--%s", option->name);
        if (option->value) {
            putc(' ', file);
            cell(file, option->value);
        }
        const char *fallback = cli_option_default(option, buffer, sizeof buffer);
        if (strncmp(fallback, "default: ", 9) == 0)
            fallback += 9;
        fprintf(file, "` | %s | ", fallback);
        cell(file, option->help);
        fprintf(file, "%s |\n", option->kind == CLI_TEXTS ? "; may be repeated" : "");
    }
}

static void markdown_command(FILE *file, const cli_command *command)
{
    fprintf(file, "# castmap %s\n\n%c%s.\n\n```\ncastmap %s%s%s [options]\n```\n", command->name,
            command->purpose[0] >= 'a' && command->purpose[0] <= 'z' ? command->purpose[0] - 32 : command->purpose[0],
            command->purpose + 1, command->name, *command->arguments ? " " : "", command->arguments);
    if (command->details)
        fprintf(file, "\n%s\n", command->details);
    fputs("\n## Examples\n", file);
    for (size_t i = 0; i < 3 && command->examples[i].line; i++)
        fprintf(file, "\n```sh\ncastmap %s\n```\n\n%s\n", command->examples[i].line, command->examples[i].words);
    fputs("\n## Options\n", file);
    markdown_options(file, command->options, "Of this command");
    markdown_options(file, CLI_GLOBALS, "Of every command");
}

void cli_markdown(FILE *file, const cli_command *command)
{
    char page[64];

    if (command) {
        markdown_command(file, command);
        return;
    }
    fputs("# The commands\n\nThese pages are made of the same tables that the command reads: `castmap help --markdown COMMAND`.\n\n"
          "| command | job |\n|---|---|\n",
          file);
    for (size_t i = 0; CLI_COMMANDS[i]; i++) {
        hyphenated(CLI_COMMANDS[i]->name, page);
        fprintf(file, "| [%s](%s.md) | %s |\n", CLI_COMMANDS[i]->name, page, CLI_COMMANDS[i]->purpose);
    }
}

/* ---- man ------------------------------------------------------------------------------------------------------------ */

/* Text of a man page: backslash and hyphen are escaped, and no line begins with a dot or an apostrophe. */
static void roff(FILE *file, const char *text)
{
    bool start = true;

    for (; *text; text++) {
        if (start && (*text == '.' || *text == '\''))
            fputs("\\&", file);
        if (*text == '\\')
            fputs("\\e", file);
        else if (*text == '-')
            fputs("\\-", file);
        else
            putc(*text, file);
        start = *text == '\n';
    }
}

static void man_options(FILE *file, const cli_option *options, const char *heading)
{
    if (options[0].kind == CLI_END)
        return;
    if (options[0].kind != CLI_GROUP)
        fprintf(file, ".SS %s\n", heading);
    for (const cli_option *option = options; option->kind != CLI_END; option++) {
        char buffer[80];
        if (option->kind == CLI_GROUP) {
            fputs(".SS ", file);
            roff(file, option->help);
            putc('\n', file);
            continue;
        }
        fputs(".TP\n", file);
        if (option->letter)
            fprintf(file, "\\fB\\-%c\\fR, ", option->letter);
        fputs("\\fB\\-\\-", file);
        roff(file, option->name);
        fputs("\\fR", file);
        if (option->value) {
            fputs(" \\fI", file);
            roff(file, option->value);
            fputs("\\fR", file);
        }
        putc('\n', file);
        roff(file, option->help);
        const char *fallback = cli_option_default(option, buffer, sizeof buffer);
        if (*fallback) {
            fputs(" (", file);
            roff(file, fallback);
            putc(')', file);
        }
        fputs(option->kind == CLI_TEXTS ? "; may be repeated\n" : "\n", file);
    }
}

static void man_head(FILE *file, const char *page, const char *name, const char *purpose)
{
    fprintf(file, ".TH %s 1 \"\" \"castmap %s\" \"castmap manual\"\n.SH NAME\n", page, castmap_version());
    roff(file, name);
    fputs(" \\- ", file);
    roff(file, purpose);
    putc('\n', file);
}

static void man_command(FILE *file, const cli_command *command)
{
    char page[64], name[80];

    hyphenated(command->name, page);
    snprintf(name, sizeof name, "castmap-%s", page);
    man_head(file, name, name, command->purpose);
    fprintf(file, ".SH SYNOPSIS\n\\fBcastmap %s\\fR %s [\\fIoptions\\fR]\n.SH DESCRIPTION\n", command->name,
            command->arguments);
    roff(file, command->details ? command->details : command->purpose);
    fputs("\n.SH EXAMPLES\n", file);
    for (size_t i = 0; i < 3 && command->examples[i].line; i++) {
        fputs(".TP\n\\fBcastmap ", file);
        roff(file, command->examples[i].line);
        fputs("\\fR\n", file);
        roff(file, command->examples[i].words);
        putc('\n', file);
    }
    fputs(".SH OPTIONS\n", file);
    man_options(file, command->options, "Of this command");
    man_options(file, CLI_GLOBALS, "Of every command");
    fputs(".SH SEE ALSO\n\\fBcastmap\\fR(1)\n", file);
}

static void man_overview(FILE *file)
{
    static const struct {
        const char *code, *words;
    } CODES[] = {{"0", "done"},
                 {"1", "failed"},
                 {"2", "wrong usage"},
                 {"3", "done, but some rows were quarantined or something was withheld as a whole"},
                 {"4", "input refused, nothing stored"},
                 {"5", "file, disk, permission, or project busy"},
                 {"6", "project damaged, foreign or newer"},
                 {"7", "refused by the release rules"},
                 {"8", "signature or decryption failed"},
                 {"130", "interrupted, project intact"}};

    man_head(file, "CASTMAP", "castmap", "map what a community notices, and release it safely");
    fputs(".SH SYNOPSIS\n\\fBcastmap\\fR \\fICOMMAND\\fR [\\fIoptions\\fR]\n.SH DESCRIPTION\n", file);
    roff(file, "castmap turns a spreadsheet of observations and a file of council areas into clusters, counts and rates, a heat "
               "map, printed and web maps, and files for partners, offline. Every file it makes comes out of a release for a "
               "named audience: internal, partner or public.\n");
    fputs(".SH COMMANDS\n", file);
    for (size_t i = 0; CLI_COMMANDS[i]; i++) {
        fprintf(file, ".TP\n\\fBcastmap %s\\fR %s\n", CLI_COMMANDS[i]->name, CLI_COMMANDS[i]->arguments);
        roff(file, CLI_COMMANDS[i]->purpose);
        putc('\n', file);
    }
    fputs(".SH OPTIONS\n", file);
    man_options(file, CLI_GLOBALS, "Of every command");
    fputs(".SH EXIT STATUS\n", file);
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++)
        fprintf(file, ".TP\n%s\n%s\n", CODES[i].code, CODES[i].words);
    fputs(".SH ENVIRONMENT\n.TP\nCASTMAP_PROJECT\nthe project, where \\-\\-project does not name it\n"
          ".TP\nNO_COLOR\nno colour on a terminal\n"
          ".TP\nSOURCE_DATE_EPOCH\nthe time that is taken for now, in seconds since 1970\n",
          file);
}

void cli_man(FILE *file, const cli_command *command)
{
    if (command)
        man_command(file, command);
    else
        man_overview(file);
}

/* ---- completion ------------------------------------------------------------------------------------------------------ */

static void option_words(FILE *file, const cli_option *options)
{
    for (const cli_option *option = options; option->kind != CLI_END; option++) {
        if (option->kind != CLI_GROUP)
            fprintf(file, " --%s", option->name);
    }
}

/* What may follow the options of one command that take a word out of a list. */
static void choice_cases(FILE *file, const char *command, const cli_option *options)
{
    for (const cli_option *option = options; option->kind != CLI_END; option++) {
        if (option->kind != CLI_CHOICE)
            continue;
        fprintf(file, "    \"%s:--%s\") words=\"", command, option->name);
        for (const char *c = option->value; *c; c++)
            putc(*c == '|' ? ' ' : *c, file);
        fputs("\" ;;\n", file);
    }
}

void cli_completion_bash(FILE *file)
{
    fputs("# bash completion of castmap; made by: castmap completion bash\n"
          "_castmap() {\n"
          "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"\" command=\"\" second=\"\" words=\"\" i\n"
          "  [ \"$COMP_CWORD\" -gt 0 ] && previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
          "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "    case \"${COMP_WORDS[i]}\" in\n"
          "      -*) ;;\n"
          "      *) if [ -z \"$command\" ]; then command=\"${COMP_WORDS[i]}\"\n"
          "         elif [ -z \"$second\" ]; then second=\"${COMP_WORDS[i]}\"; fi ;;\n"
          "    esac\n"
          "  done\n"
          "  case \"$command\" in\n"
          "    boundaries|quarantine) command=\"$command $second\" ;;\n"
          "  esac\n"
          "  COMPREPLY=()\n"
          "  case \"$command:$previous\" in\n",
          file);
    for (size_t i = 0; CLI_COMMANDS[i]; i++)
        choice_cases(file, CLI_COMMANDS[i]->name, CLI_COMMANDS[i]->options);
    fputs("    *:--progress) words=\"auto always never json\" ;;\n  esac\n"
          "  if [ -n \"$words\" ]; then\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n    return\n  fi\n"
          "  case \"$command\" in\n    \"\") words=\"",
          file);
    const char *last = "";
    for (size_t i = 0; CLI_COMMANDS[i]; i++) {
        const char *name = CLI_COMMANDS[i]->name;
        size_t n = strcspn(name, " ");
        if (strncmp(name, last, n) != 0 || (last[n] != '\0' && last[n] != ' '))
            fprintf(file, "%s%.*s", i ? " " : "", (int)n, name);
        last = name;
    }
    option_words(file, CLI_GLOBALS);
    fputs("\" ;;\n    \"boundaries \") words=\"add list\" ;;\n    \"quarantine \") words=\"list export\" ;;\n", file);
    for (size_t i = 0; CLI_COMMANDS[i]; i++) {
        fprintf(file, "    \"%s\") words=\"", CLI_COMMANDS[i]->name);
        const char *words = CLI_COMMANDS[i]->arguments;
        if (strncmp(words, "observations|", 13) == 0)
            for (; *words; words++)
                putc(*words == '|' ? ' ' : *words, file);
        option_words(file, CLI_COMMANDS[i]->options);
        option_words(file, CLI_GLOBALS);
        fputs("\" ;;\n", file);
    }
    fputs("  esac\n"
          "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
          "}\n"
          "complete -o default -o bashdefault -F _castmap castmap\n",
          file);
}
