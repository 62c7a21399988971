/*
 * cli_progress.c - how far a long command has come, on standard error.
 *
 * auto: one line that is drawn over, on a terminal, once a second has passed. always: a line per stage wherever
 * standard error leads. json: an object a line. never: nothing.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define SILENT_S 1.0

struct cli_progress {
    enum { AUTO, ALWAYS, NEVER, AS_JSON } when;
    double start;
    bool   line_is_open;
    char   stage[100];
    int    tenth; /* of the stage, last shown by `always` */
};

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void draw(cli_progress *progress, const char *stage, double fraction)
{
    struct winsize size = {0};
    int width = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;

    if (width < 20)
        return;
    if (fraction < 0.0)
        fprintf(stderr, "\r%-*.*s", width - 1, width - 1, stage);
    else
        fprintf(stderr, "\r%3d%%  %-*.*s", (int)(fraction * 100.0), width - 7, width - 7, stage);
    fflush(stderr);
    progress->line_is_open = true;
}

static void show(const char *stage, double fraction, void *payload)
{
    cli_progress *progress = payload;

    if (now_s() - progress->start < SILENT_S)
        return;
    if (fraction > 1.0)
        fraction = 1.0;
    if (progress->when == AUTO) {
        draw(progress, stage, fraction);
        return;
    }
    int tenth = fraction < 0.0 ? -1 : (int)(fraction * 10.0);
    if (strncmp(stage, progress->stage, sizeof progress->stage - 1) == 0 && tenth == progress->tenth)
        return;
    snprintf(progress->stage, sizeof progress->stage, "%s", stage);
    progress->tenth = tenth;
    if (progress->when == ALWAYS && tenth < 0)
        fprintf(stderr, "%s\n", stage);
    else if (progress->when == ALWAYS)
        fprintf(stderr, "%s: %d%%\n", stage, tenth * 10);
    else if (tenth < 0)
        fprintf(stderr, "{\"stage\":\"%s\",\"fraction\":null}\n", stage);
    else
        fprintf(stderr, "{\"stage\":\"%s\",\"fraction\":%.1f}\n", stage, (double)tenth / 10.0);
}

cli_progress *cli_progress_new(castmap_context *ctx, const char *when, bool quiet)
{
    cli_progress *progress = calloc(1, sizeof *progress);
    const char *term = getenv("TERM");

    if (!progress)
        return NULL;
    progress->start = now_s();
    progress->when = strcmp(when, "always") == 0 ? ALWAYS
                     : strcmp(when, "never") == 0 ? NEVER
                     : strcmp(when, "json") == 0  ? AS_JSON
                                                  : AUTO;
    bool can_draw = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
    if (progress->when == AUTO && (quiet || !can_draw))
        progress->when = NEVER;
    if (progress->when != NEVER)
        castmap_set_progress(ctx, show, progress);
    return progress;
}

void cli_progress_clear_line(cli_progress *progress)
{
    if (!progress || !progress->line_is_open)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    progress->line_is_open = false;
}

void cli_progress_free(cli_progress *progress)
{
    cli_progress_clear_line(progress);
    free(progress);
}
