/*
 * io/worker.c - a child process, its pipe and its end.
 *
 * A frame is kind (4 bytes), length (4 bytes), both in the machine's order, then that many bytes. The child ends with an END frame, or with an ERROR frame of status (4
 * bytes), message, NUL, hint, NUL. A child that ends without either has crashed.
 */
#include "io/worker.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEAD 8u
#define TICK_MS 50
#define OUT_OF_MEMORY 86 /* exit code of a child that said so itself */

struct cm_worker_pipe {
    int      fd;
    uint64_t frame_bytes;
};

static int write_all(int fd, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;

    while (length > 0) {
        const ssize_t written = write(fd, at, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        at += written;
        length -= (size_t)written;
    }
    return 0;
}

int cm_worker_send(cm_worker_pipe *pipe, uint32_t kind, const void *bytes, size_t length)
{
    unsigned char head[HEAD];
    const uint32_t size = (uint32_t)length;

    if (length > pipe->frame_bytes)
        return -1;
    memcpy(head, &kind, 4);
    memcpy(head + 4, &size, 4);
    if (write_all(pipe->fd, head, HEAD) != 0)
        return -1;
    return length ? write_all(pipe->fd, bytes, length) : 0;
}

int cm_worker_fail(cm_worker_pipe *pipe, castmap_status status, const char *hint, const char *format, ...)
{
    unsigned char frame[4 + 512 + 512] = {0};
    const uint32_t code = (uint32_t)status;
    char *text = (char *)frame + 4;
    va_list values;
    size_t n;

    memcpy(frame, &code, 4);
    va_start(values, format);
    vsnprintf(text, 512, format, values);
    va_end(values);
    n = strlen(text) + 1;
    snprintf(text + n, 512, "%s", hint);
    (void)cm_worker_send(pipe, CM_WORKER_ERROR, frame, 4 + n + strlen(text + n) + 1);
    return -1;
}

/* Descriptors 0, 1 and 2 lead nowhere; of the rest only the pipe and the inputs stay. */
static void close_others(const int *keep_fd, size_t n_keep, int pipe_fd)
{
    const int nowhere = open("/dev/null", O_RDWR);
    int highest = pipe_fd;

    for (int fd = 0; fd < 3; fd++)
        if (nowhere >= 0)
            dup2(nowhere, fd);
    for (size_t i = 0; i < n_keep; i++)
        highest = keep_fd[i] > highest ? keep_fd[i] : highest;
    for (int fd = 3; fd <= highest; fd++) {
        bool keep = fd == pipe_fd;
        for (size_t i = 0; i < n_keep; i++)
            keep = keep || fd == keep_fd[i];
        if (!keep)
            close(fd);
    }
    if (close_range((unsigned)highest + 1, ~0u, 0) != 0)
        for (int fd = highest + 1; fd < 4096; fd++)
            close(fd);
}

_Noreturn static void be_child(const cm_worker_limits *limits, const int *keep_fd, size_t n_keep, int pipe_fd,
                               cm_worker_body *body, void *job)
{
    cm_worker_pipe pipe = {pipe_fd, limits->frame_bytes};
    static const int SIGNALS[] = {SIGQUIT, SIGALRM, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
    /* Ctrl-C goes to the whole group. The parent ends the child then; a child that ended first would look like one that crashed on the file. */
    static const int OF_THE_GROUP[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
        signal(SIGNALS[i], SIG_DFL);
    for (size_t i = 0; i < sizeof OF_THE_GROUP / sizeof *OF_THE_GROUP; i++)
        signal(OF_THE_GROUP[i], SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    close_others(keep_fd, n_keep, pipe_fd);
    clearenv();
    setenv("LC_ALL", "C", 1);
    setenv("TZ", "UTC", 1);
    setenv("PROJ_USER_WRITABLE_DIRECTORY", "/usr/share/proj", 1); /* without a home PROJ would look into /tmp first, where anybody may write */
    cm_worker_lock_down(limits);
    if (body(&pipe, job) == 0)
        (void)cm_worker_send(&pipe, CM_WORKER_END, NULL, 0);
    _exit(0);
}

/* The parent's view of one child. */
struct cm_worker {
    castmap_context        *owner; /* borrowed: tells of cancelling */
    const char             *file;
    const cm_worker_limits *limits;
    pid_t                   child; /* 0: reaped */
    int                     fd;
    bool                    open, ended; /* the pipe is open; END arrived */
    size_t                  items;
    unsigned char          *bytes; /* owned */
    size_t                  at, used, capacity;
    uint64_t                total;
    double                  waited_s;
    uint64_t                room_bytes; /* of the memory limit, what this process does not take up already */
};

static castmap_status fail_at(castmap_context *ctx, const cm_worker *w, castmap_status status)
{
    char shown[200];

    cm_escape_display(cm_base_name(w->file), strlen(cm_base_name(w->file)), shown, sizeof shown);
    cm_fail_where(ctx, "%s", shown);
    return status;
}

static castmap_status malformed(castmap_context *ctx, const cm_worker *w)
{
    return fail_at(ctx, w, cm_fail(ctx, CASTMAP_E_INTERNAL, "the parsing process answered with a malformed message"));
}

static castmap_status take_error(castmap_context *ctx, const cm_worker *w, const unsigned char *bytes, size_t length)
{
    char message[240], hint[240];
    uint32_t code;
    castmap_status status;

    if (length < 6 || bytes[length - 1] != '\0')
        return malformed(ctx, w);
    memcpy(&code, bytes, 4);
    const char *text = (const char *)bytes + 4;
    const size_t n = strlen(text);
    if (code == CASTMAP_OK || code > CASTMAP_E_INTERNAL || 4 + n + 1 >= length)
        return malformed(ctx, w);
    cm_escape_display(text, n, message, sizeof message);
    cm_escape_display(text + n + 1, strlen(text + n + 1), hint, sizeof hint);
    status = fail_at(ctx, w, cm_fail(ctx, (castmap_status)code, "%s", message));
    if (hint[0])
        cm_fail_hint(ctx, "%s", hint);
    return status;
}

/* One read; `open` turns false at the end of the pipe. */
static castmap_status read_some(castmap_context *ctx, cm_worker *w)
{
    ssize_t got;

    if (w->at) {
        memmove(w->bytes, w->bytes + w->at, w->used - w->at);
        w->used -= w->at;
        w->at = 0;
    }
    if (cm_grow(&w->bytes, &w->capacity, w->used + 65536, 1) != 0)
        return cm_fail_memory(ctx);
    got = read(w->fd, w->bytes + w->used, w->capacity - w->used);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN ? CASTMAP_OK
                                                 : cm_fail_errno(ctx, "cannot hear the parsing process", w->file, errno);
    if (got == 0) {
        w->open = false;
        return CASTMAP_OK;
    }
    w->used += (size_t)got;
    w->total += (uint64_t)got;
    if (w->total > w->limits->result_bytes)
        return fail_at(ctx, w, cm_fail(ctx, CASTMAP_E_LIMIT, "the file holds more than %llu MB of features",
                                       (unsigned long long)(w->limits->result_bytes >> 20)));
    return CASTMAP_OK;
}

/* Wait for something to read, for as long as the child may take. */
static castmap_status wait_some(castmap_context *ctx, cm_worker *w)
{
    struct pollfd ready = {w->fd, POLLIN, 0};
    const double begin = cm_clock();
    const int n = poll(&ready, 1, TICK_MS);

    w->waited_s += cm_clock() - begin;
    if (cm_cancelled(w->owner))
        return cm_fail_cancelled(ctx);
    if (w->waited_s > w->limits->wall_s)
        return fail_at(ctx, w, cm_fail(ctx, CASTMAP_E_LIMIT, "the parser did not finish within %u s (feature %zu)",
                                       w->limits->wall_s, w->items + 1));
    return n > 0 ? read_some(ctx, w) : CASTMAP_OK;
}

/* What the end of the child means, when it sent neither END nor ERROR. */
static castmap_status judge(castmap_context *ctx, const cm_worker *w, int how, const struct rusage *usage)
{
    const uint64_t most = (uint64_t)usage->ru_maxrss << 10;
    /* An allocation that fails ends in an abort or a NULL that is followed. A child that had filled half of its room by then most likely met the limit. */
    const bool aborted = WIFSIGNALED(how) && (WTERMSIG(how) == SIGABRT || WTERMSIG(how) == SIGSEGV);

    if (WIFSIGNALED(how) && WTERMSIG(how) == SIGXCPU)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "the parser used more than %u s of processor time (feature %zu)",
                       w->limits->cpu_s, w->items + 1);
    if ((WIFEXITED(how) && WEXITSTATUS(how) == OUT_OF_MEMORY) || (aborted && most > w->room_bytes / 2))
        return cm_fail(ctx, CASTMAP_E_LIMIT, "the parser needed more than %llu MB of memory (feature %zu)",
                       (unsigned long long)(w->limits->memory_bytes >> 20), w->items + 1);
    return cm_fail(ctx, CASTMAP_E_INPUT, "the parser crashed on this file (feature %zu)", w->items + 1);
}

static void reap(cm_worker *w, int *how, struct rusage *usage)
{
    if (w->child > 0)
        while (wait4(w->child, how, 0, usage) < 0 && errno == EINTR)
            continue;
    w->child = 0;
}

/* The pipe is at its end: did the child say so? */
static castmap_status finish(castmap_context *ctx, cm_worker *w)
{
    struct rusage usage = {0};
    int how = 0;

    reap(w, &how, &usage);
    if (w->ended)
        return w->used == w->at ? CASTMAP_OK : malformed(ctx, w);
    castmap_status status = judge(ctx, w, how, &usage);
    cm_fail_hint(ctx, "the file is damaged or too complex; open it in a GIS and save it again");
    return fail_at(ctx, w, status);
}

/* The child begins with the address space of its parent, libraries and all. */
static uint64_t room_for(uint64_t limit)
{
    unsigned long long pages = 0;
    FILE *status = fopen("/proc/self/statm", "re");

    if (status && fscanf(status, "%llu", &pages) != 1)
        pages = 0;
    if (status)
        fclose(status);
    const uint64_t taken = pages * (uint64_t)sysconf(_SC_PAGESIZE);
    return taken < limit ? limit - taken : limit;
}

castmap_status cm_worker_start(castmap_context *owner, const char *file, const cm_worker_limits *limits, const int *keep_fd,
                               size_t n_keep, cm_worker_body *body, void *job, cm_worker **out)
{
    cm_worker *w = cm_alloc_zero(1, sizeof *w);
    int ends[2];

    if (!w)
        return cm_fail_memory(owner);
    *w = (cm_worker){.owner = owner, .file = file, .limits = limits, .open = true, .room_bytes = room_for(limits->memory_bytes)};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        free(w);
        return cm_fail_errno(owner, "cannot start the parsing process", file, errno);
    }
    w->child = fork();
    if (w->child < 0) {
        const castmap_status status = cm_fail_errno(owner, "cannot start the parsing process", file, errno);
        close(ends[0]);
        close(ends[1]);
        free(w);
        return status;
    }
    if (w->child == 0)
        be_child(limits, keep_fd, n_keep, ends[1], body, job);
    close(ends[1]);
    w->fd = ends[0];
    *out = w;
    return CASTMAP_OK;
}

castmap_status cm_worker_next(castmap_context *ctx, cm_worker *w, uint32_t *kind, const unsigned char **bytes, size_t *length,
                              bool *more)
{
    for (;;) {
        uint32_t size = 0;
        castmap_status status;
        *more = false;
        if (w->used - w->at >= HEAD) {
            memcpy(kind, w->bytes + w->at, 4);
            memcpy(&size, w->bytes + w->at + 4, 4);
            if (size > w->limits->frame_bytes || w->ended)
                return malformed(ctx, w);
        }
        if (w->used - w->at < HEAD + (size_t)size) {
            if (!w->open)
                return finish(ctx, w);
            if (cm_grow(&w->bytes, &w->capacity, w->used - w->at + HEAD + (size_t)size, 1) != 0)
                return cm_fail_memory(ctx);
            status = wait_some(ctx, w);
            if (status)
                return status;
            continue;
        }
        *bytes = w->bytes + w->at + HEAD;
        *length = size;
        w->at += HEAD + (size_t)size;
        if (*kind == CM_WORKER_END && size == 0) {
            w->ended = true;
            continue;
        }
        if (*kind == CM_WORKER_ERROR)
            return take_error(ctx, w, *bytes, size);
        if (*kind < CM_WORKER_ITEM)
            return malformed(ctx, w);
        if (*kind == CM_WORKER_ITEM)
            w->items++;
        *more = true;
        return CASTMAP_OK;
    }
}

void cm_worker_end(cm_worker *w)
{
    struct rusage usage;
    int how;

    if (!w)
        return;
    if (w->child > 0)
        kill(w->child, SIGKILL);
    close(w->fd);
    reap(w, &how, &usage);
    free(w->bytes);
    free(w);
}

castmap_status cm_worker_run(castmap_context *ctx, const char *file, const cm_worker_limits *limits, const int *keep_fd,
                             size_t n_keep, cm_worker_body *body, void *job, cm_worker_receive *receive, void *payload)
{
    cm_worker *worker = NULL;
    castmap_status status = cm_worker_start(ctx, file, limits, keep_fd, n_keep, body, job, &worker);

    while (!status) {
        const unsigned char *bytes;
        size_t length;
        uint32_t kind;
        bool more;
        status = cm_worker_next(ctx, worker, &kind, &bytes, &length, &more);
        if (status || !more)
            break;
        status = receive(ctx, kind, bytes, length, payload);
    }
    cm_worker_end(worker);
    return status;
}
