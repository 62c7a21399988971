/*
 * base/fail.h - error text, log, progress and cancelling: what a function does to the context.
 */
#ifndef CM_BASE_FAIL_H
#define CM_BASE_FAIL_H

#include "castmap/context.h"

#include <stdarg.h>
#include <stddef.h>

/* Write the message (one line: the thing and the limit) and give back the status. The first error wins: while an
 * error is pending, later calls keep its text. Needs no memory. Clears "where" and "hint" of an older error. */
CASTMAP_NODISCARD castmap_status cm_fail(castmap_context *ctx, castmap_status status, const char *format, ...)
    CASTMAP_PRINTF(3, 4);

/* Add where it happened (file, row, field) and what to do; kept only if none was given yet. */
void cm_fail_where(castmap_context *ctx, const char *format, ...) CASTMAP_PRINTF(2, 3);
void cm_fail_hint(castmap_context *ctx, const char *format, ...) CASTMAP_PRINTF(2, 3);

/* Forget the pending error: for a caller that handles it. Public entry points begin with it. */
void cm_fail_clear(castmap_context *ctx);

/* Usual failures, worded once. */
CASTMAP_NODISCARD castmap_status cm_fail_memory(castmap_context *ctx);
CASTMAP_NODISCARD castmap_status cm_fail_cancelled(castmap_context *ctx);
/* From errno; `what` like "cannot read", path shown escaped. */
CASTMAP_NODISCARD castmap_status cm_fail_errno(castmap_context *ctx, const char *what, const char *path, int error);

void cm_log(castmap_context *ctx, castmap_log_level level, const char *format, ...) CASTMAP_PRINTF(3, 4);

bool cm_cancelled(const castmap_context *ctx);

/* Progress of the current stage, 0..1 (or < 0: total unknown); throttled here, so call it freely. */
void cm_progress(castmap_context *ctx, const char *stage, double fraction);

/* For loops that run on the caller's thread: progress, and CASTMAP_E_CANCELLED (worded) once the context is cancelled. Every some ten thousand turns. */
CASTMAP_NODISCARD castmap_status cm_heed(castmap_context *ctx, const char *stage, double fraction);

/* Map the 0..1 of what follows to [from, to] of the present span. */
typedef struct cm_span {
    double from, to;
} cm_span;
cm_span cm_progress_span(castmap_context *ctx, double from, double to); /* gives back the span to restore */
void cm_progress_restore(castmap_context *ctx, cm_span span);

/* Seconds of a monotonic clock, for timings that are reported and never influence a result. */
double cm_clock(void);

#endif
