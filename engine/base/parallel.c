/*
 * base/parallel.c - work on ranges by several threads.
 *
 * Threads are started for each call and joined before it returns: starting one costs about 20 us, and nothing is left behind that a fork or
 * an unloaded library could trip over. The caller's thread works too, and is the only one that touches the context.
 */
#include "base/parallel.h"

#include "base/fail.h"
#include "base/memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define CHUNKS 256     /* of an evenly divided range */
#define MIN_GRAIN 256  /* items; below this a chunk is not worth its bookkeeping */
#define MAX_THREADS 64u

typedef struct pool {
    castmap_context *ctx;
    const char      *stage;
    size_t           n, grain, chunks;
    cm_range_fn     *body;
    cm_worker_fn    *worker_body;
    void            *job;
    atomic_size_t    next;
    atomic_size_t    finished;
    atomic_size_t    failed_chunk; /* lowest chunk that failed, or SIZE_MAX */
    pthread_mutex_t  lock;
    castmap_status   failure;      /* of failed_chunk; under lock */
} pool;

typedef struct worker {
    pool    *pool;
    unsigned number;
} worker;

static void note_failure(pool *p, size_t chunk, castmap_status status)
{
    pthread_mutex_lock(&p->lock);
    if (chunk < atomic_load(&p->failed_chunk)) {
        atomic_store(&p->failed_chunk, chunk);
        p->failure = status;
    }
    pthread_mutex_unlock(&p->lock);
}

/* Chunks are handed out in order, so when chunk c fails every lower chunk was begun and will be finished: the lowest failure is found. */
static void work(pool *p, unsigned number, bool report)
{
    for (;;) {
        if (cm_cancelled(p->ctx) || atomic_load_explicit(&p->failed_chunk, memory_order_relaxed) != SIZE_MAX)
            return;
        size_t chunk = atomic_fetch_add_explicit(&p->next, 1, memory_order_relaxed);
        if (chunk >= p->chunks)
            return;
        size_t begin = chunk * p->grain;
        size_t end = p->n - begin < p->grain ? p->n : begin + p->grain;
        castmap_status status = p->worker_body ? p->worker_body(begin, end, number, p->job) : p->body(begin, end, p->job);
        if (status)
            note_failure(p, chunk, status);
        size_t done = atomic_fetch_add_explicit(&p->finished, 1, memory_order_relaxed) + 1;
        if (report)
            cm_progress(p->ctx, p->stage, (double)done / (double)p->chunks);
    }
}

static void *run_worker(void *payload)
{
    worker *w = payload;

    work(w->pool, w->number, false);
    return NULL;
}

static castmap_status run_pool(pool *p)
{
    pthread_t threads[MAX_THREADS];
    worker workers[MAX_THREADS];
    unsigned wanted = castmap_threads(p->ctx), started = 0;

    if (p->n == 0)
        return CASTMAP_OK;
    p->chunks = (p->n + p->grain - 1) / p->grain;
    if (wanted > MAX_THREADS)
        wanted = MAX_THREADS;
    if (wanted > p->chunks)
        wanted = (unsigned)p->chunks;
    atomic_init(&p->next, 0);
    atomic_init(&p->finished, 0);
    atomic_init(&p->failed_chunk, SIZE_MAX);
    pthread_mutex_init(&p->lock, NULL);

    /* A thread that cannot be started is no failure: the others do its share. */
    for (unsigned i = 1; i < wanted; i++) {
        workers[started] = (worker){p, started + 1};
        if (pthread_create(&threads[started], NULL, run_worker, &workers[started]) != 0)
            break;
        started++;
    }
    work(p, 0, true);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&p->lock);

    if (atomic_load(&p->failed_chunk) != SIZE_MAX)
        return p->failure;
    if (atomic_load(&p->finished) < p->chunks)
        return cm_fail_cancelled(p->ctx);
    return CASTMAP_OK;
}

castmap_status cm_parallel_chunks(castmap_context *ctx, const char *stage, size_t n, size_t grain, cm_range_fn *body,
                                  void *job)
{
    pool p = {.ctx = ctx, .stage = stage, .n = n, .grain = grain ? grain : 1, .body = body, .job = job};

    return run_pool(&p);
}

castmap_status cm_parallel_for(castmap_context *ctx, const char *stage, size_t n, cm_range_fn *body, void *job)
{
    size_t grain = (n + CHUNKS - 1) / CHUNKS;

    return cm_parallel_chunks(ctx, stage, n, grain < MIN_GRAIN ? MIN_GRAIN : grain, body, job);
}

castmap_status cm_parallel_workers(castmap_context *ctx, const char *stage, size_t n, size_t grain, cm_worker_fn *body,
                                   void *job)
{
    pool p = {.ctx = ctx, .stage = stage, .n = n, .grain = grain ? grain : 1, .worker_body = body, .job = job};

    return run_pool(&p);
}

struct cm_task {
    pthread_t      thread;
    bool           started;
    cm_task_fn    *body;
    void          *job;
    castmap_status status;
};

static void *run_task(void *payload)
{
    cm_task *task = payload;

    task->status = task->body(task->job);
    return NULL;
}

castmap_status cm_task_start(castmap_context *ctx, cm_task_fn *body, void *job, cm_task **out)
{
    cm_task *task = calloc(1, sizeof *task);

    if (!task)
        return cm_fail_memory(ctx);
    task->body = body;
    task->job = job;
    if (pthread_create(&task->thread, NULL, run_task, task) != 0) {
        free(task);
        return cm_fail(ctx, CASTMAP_E_NOMEM, "no thread could be started");
    }
    task->started = true;
    *out = task;
    return CASTMAP_OK;
}

castmap_status cm_task_join(cm_task *task)
{
    castmap_status status;

    if (!task)
        return CASTMAP_OK;
    pthread_join(task->thread, NULL);
    status = task->status;
    free(task);
    return status;
}
