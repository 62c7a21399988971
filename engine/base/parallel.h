/*
 * base/parallel.h - the only place that knows threads.
 */
#ifndef CM_BASE_PARALLEL_H
#define CM_BASE_PARALLEL_H

#include "castmap/context.h"

#include <stddef.h>

/* Work on items [begin, end). Runs on any thread, so it must write only to those items. */
typedef castmap_status cm_range_fn(size_t begin, size_t end, void *job);

/*
 * Run body over [0, n) in chunks. Chunk borders depend on n alone, never on the number of
 * threads. Reports progress as `stage`, on the caller's thread; stops between chunks when
 * the context is cancelled. If several chunks fail, the status of the lowest one is returned.
 * The caller words the message of a failure; cancelling is worded here.
 */
CASTMAP_NODISCARD castmap_status cm_parallel_for(castmap_context *ctx, const char *stage, size_t n,
                                                 cm_range_fn *body, void *job);

/* The same with chunks of `grain` items (the last may be shorter): for items of uneven or large cost. */
CASTMAP_NODISCARD castmap_status cm_parallel_chunks(castmap_context *ctx, const char *stage, size_t n,
                                                    size_t grain, cm_range_fn *body, void *job);

/* The same, and body learns which worker runs it, 0..castmap_threads()-1, for scratch space. Results must not depend on it. */
typedef castmap_status cm_worker_fn(size_t begin, size_t end, unsigned worker, void *job);
CASTMAP_NODISCARD castmap_status cm_parallel_workers(castmap_context *ctx, const char *stage, size_t n,
                                                     size_t grain, cm_worker_fn *body, void *job);

/* One background job beside the caller (a writer beside a formatter). join gives its status. */
typedef struct cm_task cm_task;
typedef castmap_status cm_task_fn(void *job);
CASTMAP_NODISCARD castmap_status cm_task_start(castmap_context *ctx, cm_task_fn *body, void *job, cm_task **out);
CASTMAP_NODISCARD castmap_status cm_task_join(cm_task *task); /* frees the task */

#endif
