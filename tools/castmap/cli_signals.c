/*
 * cli_signals.c - a polite end: Ctrl-C cancels the context, and the command takes its own way out.
 *
 * The signals are blocked in every thread and waited for in one, so that no handler and no global variable is needed.
 */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_S 0.5

struct cli_signals {
    castmap_context *ctx;
    sigset_t         set;
    pthread_t        thread;
    atomic_int       caught;
    atomic_bool      stop;
};

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void *watch(void *job)
{
    cli_signals *signals = job;
    double first = 0.0;

    for (;;) {
        int number = 0;
        if (sigwait(&signals->set, &number) != 0)
            return NULL;
        if (atomic_load(&signals->stop))
            return NULL;
        /* Asked again after a while: end at once. A project is safe (its journal rolls back); an output folder has no name
         * yet. One wish may arrive twice, sent to the process and to its group; that is not asking again. */
        const double now = now_s();
        if (atomic_load(&signals->caught) != 0 && now - first > PATIENCE_S)
            _exit(128 + number);
        if (atomic_load(&signals->caught) == 0)
            first = now;
        atomic_store(&signals->caught, number);
        castmap_cancel(signals->ctx);
    }
}

cli_signals *cli_signals_new(castmap_context *ctx)
{
    cli_signals *signals = calloc(1, sizeof *signals);

    if (!signals)
        return NULL;
    signals->ctx = ctx;
    sigemptyset(&signals->set);
    sigaddset(&signals->set, SIGINT);
    sigaddset(&signals->set, SIGTERM);
    sigaddset(&signals->set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals->set, NULL);
    if (pthread_create(&signals->thread, NULL, watch, signals) != 0) {
        pthread_sigmask(SIG_UNBLOCK, &signals->set, NULL);
        free(signals);
        return NULL;
    }
    return signals;
}

int cli_signals_caught(const cli_signals *signals)
{
    return signals ? atomic_load(&signals->caught) : 0;
}

void cli_signals_free(cli_signals *signals)
{
    if (!signals)
        return;
    atomic_store(&signals->stop, true);
    pthread_kill(signals->thread, SIGTERM);
    pthread_join(signals->thread, NULL);
    free(signals);
}

/* A standard stream that came closed must not become the next file that is opened: the project, say. It is held by a
 * descriptor that cannot be used the right way round, so that printing to it is noticed as an error. */
static void hold_stream(int stream, int access)
{
    if (fcntl(stream, F_GETFD) == -1 && errno == EBADF) {
        int fd = open("/dev/null", access);
        if (fd >= 0 && fd != stream) {
            dup2(fd, stream);
            close(fd);
        }
    }
}

void cli_process_harden(void)
{
    const struct rlimit none = {0, 0};
    struct sigaction ignore = {0};

    hold_stream(STDIN_FILENO, O_WRONLY);
    hold_stream(STDOUT_FILENO, O_RDONLY);
    hold_stream(STDERR_FILENO, O_RDONLY);
    umask(077);
    setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    prctl(PR_SET_DUMPABLE, 0);
#endif
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
}
