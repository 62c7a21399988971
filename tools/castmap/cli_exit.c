/*
 * cli_exit.c - how a command ends: the error in three lines (what, where, what to do), and the code.
 */
#include "cli.h"

#include <errno.h>
#include <string.h>

#define LINE 200

/* One line, at most 200 characters, safe for a terminal. */
static void print_line(const char *lead, const char *text)
{
    char safe[LINE + 4];

    if (text && *text)
        fprintf(stderr, "%s%s\n", lead, cli_safe(text, safe, LINE - strlen(lead)));
}

void cli_print_error(cli_json *json, castmap_status status, int code, const char *what, const char *where,
                     const char *hint)
{
    print_line("castmap: ", what && *what ? what : "failed without saying why");
    print_line("  where: ", where);
    print_line("  to do: ", hint);
    if (!json)
        return;
    cli_json_restart(json); /* half a result is no result */
    cli_json_object(json, NULL);
    cli_json_object(json, "error");
    cli_json_text(json, "status", castmap_status_name(status));
    cli_json_whole(json, "exit", code);
    cli_json_text(json, "what", what);
    cli_json_text(json, "where", where);
    cli_json_text(json, "to_do", hint);
    cli_json_close(json);
    cli_json_close(json);
}

/* An interrupted command ends with 128 + the signal's number, as a shell expects. */
static int code_of(const cli_env *env, castmap_status status)
{
    int caught = cli_signals_caught(env->signals);

    if (status == CASTMAP_E_CANCELLED && caught)
        return 128 + caught;
    return castmap_status_exit_code(status);
}

/* An error always says what to do: where the engine has no word for the case, the one that fits its kind. */
static const char *hint_of(const cli_env *env, castmap_status status)
{
    const char *hint = castmap_message_hint(env->ctx);

    if (hint && *hint)
        return hint;
    if (status == CASTMAP_E_INPUT || status == CASTMAP_E_DATA)
        return "mend the file at the place that is named, or export it again";
    if (status == CASTMAP_E_IO)
        return "look whether the name is right, and whether it may be read and written";
    return status == CASTMAP_E_LIMIT ? "split the file, or keep only what castmap should read" : NULL;
}

int cli_exit(cli_env *env, castmap_status status)
{
    int code = code_of(env, status);

    cli_progress_clear_line(env->progress);
    if (status)
        cli_print_error(env->json, status, code, castmap_message(env->ctx), castmap_message_where(env->ctx), hint_of(env, status));
    return code;
}

int cli_fail(cli_env *env, castmap_status status, const char *where, const char *hint, const char *format, ...)
{
    char what[400];
    va_list values;
    int code = code_of(env, status);

    va_start(values, format);
    vsnprintf(what, sizeof what, format, values);
    va_end(values);
    cli_progress_clear_line(env->progress);
    cli_print_error(env->json, status, code, what, where, hint);
    return code;
}

int cli_finish_output(int code)
{
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (errno == EPIPE)
            return code; /* the reader had enough, as `head` does: no fault of ours */
        fprintf(stderr, "castmap: the results could not be printed: %s\n  where: standard output\n",
                errno ? strerror(errno) : "write error");
        return code ? code : 5;
    }
    if (fflush(stderr) != 0 || ferror(stderr))
        return code ? code : 5;
    return code;
}
