/*
 * base/context.c - the context, the words of its errors, and throttled progress.
 */
#include "base/fail.h"

#include "base/scratch.h"
#include "base/text.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_SIZE 512
#define PROGRESS_PERIOD_S 0.05

struct castmap_context {
    char message[MESSAGE_SIZE], where[MESSAGE_SIZE], hint[MESSAGE_SIZE];
    atomic_bool cancelled;
    unsigned threads; /* 0: all cores */
    uint64_t seed;
    castmap_progress_fn *progress;
    void *progress_payload;
    castmap_log_fn *log;
    void *log_payload;
    cm_span span;
    double last_progress;
    const char *last_stage;
    const char *scratch_home; /* borrowed: cm_scratch_home() */
};

castmap_context *castmap_context_new(void)
{
    castmap_context *ctx = calloc(1, sizeof *ctx);

    if (!ctx)
        return NULL;
    atomic_init(&ctx->cancelled, false);
    ctx->seed = 1;
    ctx->span = (cm_span){0.0, 1.0};
    return ctx;
}

void castmap_context_free(castmap_context *ctx)
{
    free(ctx);
}

void castmap_set_progress(castmap_context *ctx, castmap_progress_fn *fn, void *payload)
{
    ctx->progress = fn;
    ctx->progress_payload = payload;
}

void castmap_set_log(castmap_context *ctx, castmap_log_fn *fn, void *payload)
{
    ctx->log = fn;
    ctx->log_payload = payload;
}

void cm_scratch_home(castmap_context *ctx, const char *beside)
{
    ctx->scratch_home = beside;
}

const char *cm_scratch_home_of(const castmap_context *ctx)
{
    return ctx->scratch_home;
}

void castmap_set_threads(castmap_context *ctx, unsigned threads)
{
    ctx->threads = threads;
}

unsigned castmap_threads(const castmap_context *ctx)
{
    if (ctx->threads)
        return ctx->threads;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (unsigned)cores : 1u;
}

void castmap_set_seed(castmap_context *ctx, uint64_t seed)
{
    ctx->seed = seed;
}

uint64_t castmap_seed(const castmap_context *ctx)
{
    return ctx->seed;
}

void castmap_cancel(castmap_context *ctx)
{
    atomic_store_explicit(&ctx->cancelled, true, memory_order_relaxed);
}

void castmap_uncancel(castmap_context *ctx)
{
    atomic_store_explicit(&ctx->cancelled, false, memory_order_relaxed);
}

bool castmap_is_cancelled(const castmap_context *ctx)
{
    return atomic_load_explicit(&ctx->cancelled, memory_order_relaxed);
}

bool cm_cancelled(const castmap_context *ctx)
{
    return castmap_is_cancelled(ctx);
}

const char *castmap_message(const castmap_context *ctx)
{
    return ctx->message;
}

const char *castmap_message_where(const castmap_context *ctx)
{
    return ctx->where;
}

const char *castmap_message_hint(const castmap_context *ctx)
{
    return ctx->hint;
}

CASTMAP_PRINTF(2, 0)
static void write_once(char *field, const char *format, va_list values)
{
    if (field[0] != '\0')
        return;
    vsnprintf(field, MESSAGE_SIZE, format, values);
    for (char *c = field; *c; c++) {
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    }
}

castmap_status cm_fail(castmap_context *ctx, castmap_status status, const char *format, ...)
{
    va_list values;

    if (ctx->message[0] == '\0') {
        ctx->where[0] = ctx->hint[0] = '\0';
        va_start(values, format);
        write_once(ctx->message, format, values);
        va_end(values);
    }
    return status;
}

void cm_fail_where(castmap_context *ctx, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    write_once(ctx->where, format, values);
    va_end(values);
}

void cm_fail_hint(castmap_context *ctx, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    write_once(ctx->hint, format, values);
    va_end(values);
}

void cm_fail_clear(castmap_context *ctx)
{
    ctx->message[0] = ctx->where[0] = ctx->hint[0] = '\0';
}

castmap_status cm_fail_memory(castmap_context *ctx)
{
    return cm_fail(ctx, CASTMAP_E_NOMEM, "out of memory");
}

castmap_status cm_fail_cancelled(castmap_context *ctx)
{
    return cm_fail(ctx, CASTMAP_E_CANCELLED, "interrupted; nothing was changed");
}

castmap_status cm_fail_errno(castmap_context *ctx, const char *what, const char *path, int error)
{
    char shown[200], words[128];

    cm_escape_display(path, strlen(path), shown, sizeof shown);
    /* The GNU form gives a pointer and needs no static buffer. */
    const char *text = strerror_r(error, words, sizeof words);
    castmap_status status = cm_fail(ctx, error == ENOMEM ? CASTMAP_E_NOMEM : CASTMAP_E_IO, "%s: %s", what, text);
    cm_fail_where(ctx, "%s", shown);
    return status;
}

void cm_log(castmap_context *ctx, castmap_log_level level, const char *format, ...)
{
    char line[1024];
    va_list values;

    if (!ctx->log)
        return;
    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);
    ctx->log(level, line, ctx->log_payload);
}

double cm_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void cm_progress(castmap_context *ctx, const char *stage, double fraction)
{
    if (!ctx->progress)
        return;
    double now = cm_clock();
    if (stage == ctx->last_stage && now - ctx->last_progress < PROGRESS_PERIOD_S && fraction < 1.0)
        return;
    ctx->last_progress = now;
    ctx->last_stage = stage;
    if (fraction >= 0.0)
        fraction = ctx->span.from + (ctx->span.to - ctx->span.from) * (fraction > 1.0 ? 1.0 : fraction);
    ctx->progress(stage, fraction, ctx->progress_payload);
}

castmap_status cm_heed(castmap_context *ctx, const char *stage, double fraction)
{
    if (cm_cancelled(ctx))
        return cm_fail_cancelled(ctx);
    cm_progress(ctx, stage, fraction);
    return CASTMAP_OK;
}

cm_span cm_progress_span(castmap_context *ctx, double from, double to)
{
    cm_span before = ctx->span;
    double width = before.to - before.from;

    ctx->span = (cm_span){before.from + width * from, before.from + width * to};
    return before;
}

void cm_progress_restore(castmap_context *ctx, cm_span span)
{
    ctx->span = span;
}
