/*
 * io/worker.h - foreign parsers run in a process of their own.
 *
 * The child is forked, so it needs no program file and starts in a millisecond. It keeps only the descriptors it is given, gets an empty environment, limits on
 * memory, processor and clock time, and loses the right to connect, to start programs and to write or (where the kernel offers Landlock) open other files. What it found
 * comes back through a pipe as frames, and the parent believes no length in them. A crash, a hang or a limit ends the child, never the caller.
 *
 * The child must not use anything that the parent holds open, the project's SQLite connection above all.
 */
#ifndef CM_IO_WORKER_H
#define CM_IO_WORKER_H

#include "castmap/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cm_worker_limits {
    uint64_t memory_bytes; /* address space */
    unsigned cpu_s, wall_s;
    uint64_t frame_bytes, result_bytes; /* of one frame, of all */
} cm_worker_limits;

#define CM_WORKER_LIMITS_INIT {(uint64_t)2 << 30, 60u, 60u, (uint64_t)64 << 20, (uint64_t)1 << 30}

/* Frame kinds below 16 belong to the worker itself; CM_WORKER_ITEM and above to whoever uses it. Items are counted, so that a crash can be placed. */
#define CM_WORKER_END 0u
#define CM_WORKER_ERROR 1u
#define CM_WORKER_ITEM 16u

typedef struct cm_worker_pipe cm_worker_pipe; /* the child's end */

/* Child: send one frame; 0, or -1 when the parent is gone or the frame is too large. */
int cm_worker_send(cm_worker_pipe *pipe, uint32_t kind, const void *bytes, size_t length);
/* Child: tell what is wrong with the input. Gives -1, for `return cm_worker_fail(...)`. hint may be "". */
int cm_worker_fail(cm_worker_pipe *pipe, castmap_status status, const char *hint, const char *format, ...)
    CASTMAP_PRINTF(4, 5);

/* Runs in the child. 0: all was sent. Anything else: a failure was sent. */
typedef int cm_worker_body(cm_worker_pipe *pipe, void *job);
/* Runs in the parent, for each frame of kind >= CM_WORKER_ITEM, in order. A failure ends the child. */
typedef castmap_status cm_worker_receive(castmap_context *ctx, uint32_t kind, const unsigned char *bytes, size_t length,
                                         void *payload);

/*
 * Run body in a child until it ends. `file` is named in messages. keep_fd: descriptors that stay open in the child.
 * CASTMAP_E_INPUT: the parser crashed; CASTMAP_E_LIMIT: memory, time or size; CASTMAP_E_INTERNAL: malformed frames; CASTMAP_E_CANCELLED; or what the child sent.
 */
CASTMAP_NODISCARD castmap_status cm_worker_run(castmap_context *ctx, const char *file, const cm_worker_limits *limits,
                                               const int *keep_fd, size_t n_keep, cm_worker_body *body, void *job,
                                               cm_worker_receive *receive, void *payload);

/*
 * The same, frame by frame, for results that are used while they come: the child waits when nobody reads. Only time spent waiting for it counts against wall_s.
 * `owner` is the context whose cancelling ends it; _next may be called with another one, on one other thread. `file` and `limits` are borrowed until _end.
 */
typedef struct cm_worker cm_worker;
CASTMAP_NODISCARD castmap_status cm_worker_start(castmap_context *owner, const char *file, const cm_worker_limits *limits,
                                                 const int *keep_fd, size_t n_keep, cm_worker_body *body, void *job,
                                                 cm_worker **out);
/* The next frame of kind >= CM_WORKER_ITEM, valid until the next call; *more false: the child has ended well. Failures as of cm_worker_run(). */
CASTMAP_NODISCARD castmap_status cm_worker_next(castmap_context *ctx, cm_worker *worker, uint32_t *kind,
                                                const unsigned char **bytes, size_t *length, bool *more);
void cm_worker_end(cm_worker *worker); /* NULL is fine; a child that still runs is killed */

/* Used by the child of worker.c: give up rights and take limits. Best effort: what a kernel lacks is left out. */
void cm_worker_lock_down(const cm_worker_limits *limits);

#endif
