/**
 * @file castmap/context.h
 * @brief The context: threads, seed, progress, cancelling, log and the last error.
 *
 * One context per thread of control, first parameter everywhere, in place of global variables.
 */
#ifndef CASTMAP_CONTEXT_H
#define CASTMAP_CONTEXT_H

#include "castmap/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct castmap_context castmap_context;

typedef enum castmap_log_level { CASTMAP_LOG_DEBUG, CASTMAP_LOG_INFO, CASTMAP_LOG_WARNING } castmap_log_level;

/** Called on the caller's thread, at most ~20 times a second; fraction is 0..1, or < 0 while the total is unknown. */
typedef void castmap_progress_fn(const char *stage, double fraction, void *payload);
/** Called on the caller's thread with one line of text, no newline at its end. */
typedef void castmap_log_fn(castmap_log_level level, const char *line, void *payload);

CASTMAP_API castmap_context *castmap_context_new(void);                  /**< NULL only when out of memory */
CASTMAP_API void castmap_context_free(castmap_context *ctx);             /**< NULL is fine */
CASTMAP_API void castmap_set_progress(castmap_context *ctx, castmap_progress_fn *fn, void *payload);
CASTMAP_API void castmap_set_log(castmap_context *ctx, castmap_log_fn *fn, void *payload);
CASTMAP_API void castmap_set_threads(castmap_context *ctx, unsigned threads); /**< 0: all cores (the default) */
CASTMAP_API unsigned castmap_threads(const castmap_context *ctx);        /**< the resolved number, >= 1 */
CASTMAP_API void castmap_set_seed(castmap_context *ctx, uint64_t seed);  /**< of random methods; 1 by default */
CASTMAP_API uint64_t castmap_seed(const castmap_context *ctx);
CASTMAP_API void castmap_cancel(castmap_context *ctx);                   /**< any thread, or a signal handler */
CASTMAP_API void castmap_uncancel(castmap_context *ctx);                 /**< forget an earlier castmap_cancel() */
CASTMAP_API bool castmap_is_cancelled(const castmap_context *ctx);

/** Text of the last error: what went wrong, one line; "" if none. Owned by the context. */
CASTMAP_API const char *castmap_message(const castmap_context *ctx);
/** Where: file, row, field; "" if it does not apply. */
CASTMAP_API const char *castmap_message_where(const castmap_context *ctx);
/** What to do about it; "" if nothing can be advised. */
CASTMAP_API const char *castmap_message_hint(const castmap_context *ctx);

#ifdef __cplusplus
}
#endif
#endif
