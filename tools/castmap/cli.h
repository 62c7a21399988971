/*
 * cli.h - what every command of castmap is made of.
 *
 * A command is data: a purpose, worked examples, a table of options that fills a struct, and `run`. Parsing, help,
 * usage as JSON, shell completion, the manual and the documentation all read the same table.
 */
#ifndef CASTMAP_CLI_H
#define CASTMAP_CLI_H

#include "castmap/castmap.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- options -------------------------------------------------------------------------------------------------- */

typedef enum cli_kind {
    CLI_END = 0,
    CLI_GROUP,    /* no option: a heading of the help, in `help` */
    CLI_FLAG,     /* bool */
    CLI_TEXT,     /* const char * */
    CLI_FILE,     /* const char *; completed with file names */
    CLI_CHOICE,   /* const char *; one of the words of `value`, separated by | */
    CLI_TEXTS,    /* cli_texts; may be repeated */
    CLI_LENGTH_M, /* double, metres, > 0; a number with its unit: 250m, 2km, 0.5mi, 400ft */
    CLI_NUMBER,   /* double, > 0 */
    CLI_COUNT,    /* uint32_t, >= 1 */
    CLI_NATURAL,  /* uint32_t, >= 0 */
    CLI_ID,       /* int64_t, >= 1 */
    CLI_SEED,     /* uint64_t */
    CLI_FROM,     /* int64_t, the first second of a date, month, quarter or year, UTC */
    CLI_TO        /* int64_t, the first second after it */
} cli_kind;

/* Default of an option that must be given. */
#define CLI_REQUIRED "\001"

typedef struct cli_option {
    cli_kind    kind;
    char        letter;   /* 0: none */
    const char *name;     /* without the dashes */
    size_t      offset;   /* of the field in the command's struct */
    const char *value;    /* placeholder, or the words of a choice; NULL for a flag */
    const char *fallback; /* default as it would be typed; NULL: the field stays as `defaults` left it */
    const char *help;
} cli_option;

#define CLI_HEADING(text) {CLI_GROUP, 0, NULL, 0, NULL, NULL, (text)}
#define CLI_DRY_RUN(type) {CLI_FLAG, 'n', "dry-run", offsetof(type, dry_run), NULL, NULL, \
                           "say what would happen and change nothing"}
#define CLI_OVERWRITE(type) {CLI_FLAG, 0, "overwrite", offsetof(type, overwrite), NULL, NULL, \
                             "replace what is already there under that name"}

/* Values of an option that may be repeated; the strings are those of argv. */
typedef struct cli_texts {
    const char **text;
    size_t       count;
} cli_texts;

/* ---- a command ------------------------------------------------------------------------------------------------- */

typedef struct cli_env cli_env;

typedef struct cli_example {
    const char *line;  /* as typed, without "castmap" */
    const char *words; /* what it does */
} cli_example;

typedef struct cli_command {
    const char       *name;      /* one word, or two: "boundaries add" */
    const char       *purpose;   /* one line */
    const char       *arguments; /* "FILE...", or "" */
    size_t            least, most; /* how many arguments */
    const char       *details;   /* a paragraph more; NULL: none */
    cli_example       examples[3];
    const cli_option *options;   /* ends with {0} */
    size_t            size;      /* of the struct that the options fill */
    void            (*defaults)(void *args); /* NULL: zero bytes */
    int             (*run)(cli_env *env, const void *args);
} cli_command;

/* All commands, in the order of the help; ends with NULL. */
extern const cli_command *const CLI_COMMANDS[];

/* The words before a command that every command takes; see cli.c. */
typedef struct cli_globals {
    const char *project;
    uint32_t    threads;
    uint64_t    seed;
    const char *progress;
    bool        json, quiet, timings, no_color, help, json_usage, version;
} cli_globals;
extern const cli_option CLI_GLOBALS[];

typedef struct cli_json cli_json;
typedef struct cli_signals cli_signals;
typedef struct cli_progress cli_progress;

struct cli_env {
    castmap_context   *ctx;
    castmap_project   *project; /* opened by cli_open(), closed by main */
    const cli_command *command;
    cli_globals        global;
    const char       **arguments; /* [n_arguments], owned by main */
    size_t             n_arguments;
    cli_json          *json;      /* not NULL under --json: the one document on standard output */
    cli_progress      *progress;
    cli_signals       *signals;
};

/* The command that begins at words[0]; *used is how many words its name takes. NULL: none. */
const cli_command *cli_command_find(const char *const *words, size_t n, size_t *used);
/* The nearest name of a command or NULL. */
const char *cli_command_nearest(const char *word, char *out, size_t size);

/* ---- parsing: cli_options.c ------------------------------------------------------------------------------------- */

typedef struct cli_parsed {
    const cli_command *command; /* NULL: none was named */
    const char        *word;    /* the first word that is no option; NULL: none */
    const char       **arguments;
    size_t             n_arguments;
    void              *args;    /* the command's struct */
} cli_parsed;

/* What was wrong with the words of the command line. */
typedef struct cli_complaint {
    char what[400], where[200], hint[400];
    bool no_memory; /* the words are well, memory ran out */
} cli_complaint;

bool cli_parse(int argc, char *const *argv, cli_globals *globals, cli_parsed *out, cli_complaint *wrong);
void cli_parsed_clear(cli_parsed *parsed);
void cli_complain(cli_complaint *wrong, const char *where, const char *hint, const char *format, ...)
    CASTMAP_PRINTF(4, 5);
/* Edits that turn a into b, at most `limit` + 1. */
size_t cli_distance(const char *a, const char *b, size_t limit);
/* Is `word` one of the words of "a|b|c"? */
bool cli_choice_has(const char *words, const char *word);

/* ---- units: cli_units.c; false when the text is not one ---------------------------------------------------------- */

bool cli_number(const char *text, double *out);           /* plain decimal, >= 0 */
bool cli_whole(const char *text, uint64_t *out);          /* digits only */
bool cli_length_m(const char *text, double *out, const char **why);
bool cli_period(const char *text, int64_t *from_s, int64_t *to_s); /* 2024, 2024-Q1, 2024-03, 2024-03-01, with time */
void cli_date_text(int64_t time_s, char out[16]);         /* 2024-03-01 */
void cli_length_text(double metres, char out[32]);        /* 250 m, 1.2 km */
bool cli_utf8_valid(const char *text);

/* ---- output: cli_output.c; nothing of it prints under --json except the words ------------------------------------ */

/* A line of results on standard output; silent under --json. Text from data goes through cli_safe() first. */
void cli_say(const cli_env *env, const char *format, ...) CASTMAP_PRINTF(2, 3);
/* A line about them on standard error; silent under --quiet. */
void cli_note(const cli_env *env, const char *format, ...) CASTMAP_PRINTF(2, 3);
/* The text as a terminal may safely see it; out [size] is given back. NULL reads as "". */
const char *cli_safe(const char *text, char *out, size_t size);
#define CLI_SAFE(text) cli_safe((text), (char[512]){0}, 512)
/* Number of characters, of which each is taken to be one column wide. */
size_t cli_width(const char *text);
/* Print text in lines of at most `width`, each after `indent` spaces. */
void cli_wrap(FILE *file, const char *text, size_t indent, size_t width);

/* A table: columns as wide as their widest cell. An alignment per column: 'l' or 'r'. */
typedef struct cli_table {
    const char *align;
    size_t      columns, cells, capacity;
    char      **cell; /* owned, row by row, the header first */
    bool        failed;
} cli_table;
void cli_table_start(cli_table *table, const char *align, const char *const *header);
void cli_table_add(cli_table *table, const char *format, ...) CASTMAP_PRINTF(2, 3);
void cli_table_end(const cli_env *env, cli_table *table); /* prints it, unless it has a header alone, and empties it */

/* ---- JSON: cli_json.c; every function accepts NULL and does nothing ------------------------------------------------ */

cli_json *cli_json_new(void);
void cli_json_free(cli_json *json);
/* A key inside an object, NULL inside a list. */
void cli_json_object(cli_json *json, const char *key);
void cli_json_list(cli_json *json, const char *key);
void cli_json_close(cli_json *json);
void cli_json_text(cli_json *json, const char *key, const char *value); /* NULL: null */
void cli_json_number(cli_json *json, const char *key, double value);    /* NaN, infinity: null */
void cli_json_whole(cli_json *json, const char *key, int64_t value);
void cli_json_flag(cli_json *json, const char *key, bool value);
void cli_json_time(cli_json *json, const char *key, int64_t time_s);    /* ISO 8601, or null */
void cli_json_raw(cli_json *json, const char *key, const char *value);  /* a JSON value already */
/* Close what is open and print the document; false when it cannot be whole. */
bool cli_json_print(cli_json *json, FILE *file);
bool cli_json_empty(const cli_json *json);
void cli_json_restart(cli_json *json);

/* ---- progress, signals, the end ------------------------------------------------------------------------------------ */

cli_progress *cli_progress_new(castmap_context *ctx, const char *when, bool quiet);
void cli_progress_clear_line(cli_progress *progress);
void cli_progress_free(cli_progress *progress);

/* Watches for SIGINT, SIGTERM and SIGHUP on a thread of its own and cancels the context. Call before other threads start. */
cli_signals *cli_signals_new(castmap_context *ctx);
int cli_signals_caught(const cli_signals *signals); /* 0: none */
void cli_signals_free(cli_signals *signals);
void cli_process_harden(void); /* open 0-2, umask, no core files, no quiet death by SIGPIPE or SIGXFSZ */

/* The exit code of a status; prints the engine's error in three lines, and as an object under --json. */
int cli_exit(cli_env *env, castmap_status status);
/* The same for an error of the command itself. */
int cli_fail(cli_env *env, castmap_status status, const char *where, const char *hint, const char *format, ...)
    CASTMAP_PRINTF(5, 6);
/* Print the three lines; `json` as well when it is not NULL. */
void cli_print_error(cli_json *json, castmap_status status, int code, const char *what, const char *where,
                     const char *hint);
/* Flush what was printed: the code, or 5 when it did not arrive. */
int cli_finish_output(int code);

#define CLI_SOME_REFUSED 3 /* done, but rows were quarantined or something was withheld as a whole */

/* ---- help: cli_help.c, cli_pages.c ----------------------------------------------------------------------------------- */

void cli_help_overview(FILE *file);
void cli_help_command(FILE *file, const cli_command *command);
bool cli_help_family(FILE *file, const char *word); /* the commands that begin with this word; false: none */
void cli_usage_json(cli_json *json, const cli_command *command); /* NULL: all */
void cli_markdown(FILE *file, const cli_command *command);       /* NULL: the list */
void cli_man(FILE *file, const cli_command *command);            /* NULL: castmap(1) */
void cli_completion_bash(FILE *file);
/* "a", "required", or the default in words. out [size] */
const char *cli_option_default(const cli_option *option, char *out, size_t size);

#endif
