/*
 * io/worker_rights.c - what a parsing process may not do.
 *
 *   limits     memory, processor, no core, no file larger than nothing
 *   seccomp    no connection, no program, no tracing, no opening for writing
 *   Landlock   no file but those under /usr (PROJ's database); the inputs are open already
 *
 * Each layer stands alone: an older kernel leaves one out and the others hold.
 */
#include "io/worker.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITISED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITISED 1
#endif
#endif
#ifndef SANITISED
#define SANITISED 0
#endif

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#endif

static void limit(int what, rlim_t value)
{
    const struct rlimit both = {value, value};

    (void)setrlimit((__rlimit_resource_t)what, &both);
}

static void take_limits(const cm_worker_limits *limits)
{
    const struct rlimit cpu = {limits->cpu_s, limits->cpu_s + 5};

    if (!SANITISED) /* sanitizers reserve terabytes they never touch */
        limit(RLIMIT_AS, limits->memory_bytes);
    (void)setrlimit(RLIMIT_CPU, &cpu);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, 64);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static void restrict_files(void)
{
#ifdef SYS_landlock_create_ruleset
    const struct landlock_ruleset_attr all = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
                             LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                             LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM |
                             LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO};
    const int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    struct landlock_path_beneath_attr system_files = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE};

    if (rules < 0)
        return;
    system_files.parent_fd = open("/usr", O_PATH | O_CLOEXEC);
    if (system_files.parent_fd >= 0) {
        (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &system_files, 0);
        close(system_files.parent_fd);
    }
    (void)syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
#endif
}

#ifdef THIS_ARCH
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1 /* EPERM */)
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define DENY(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (name), 0, 1), REFUSE
/* Opening with any flag that writes. The flags are the low half of the argument on these little-endian machines. */
#define READ_ONLY(name, argument) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (name), 0, 4), LOAD(args[argument]), \
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1), REFUSE, ALLOW

static void restrict_calls(void)
{
    struct sock_filter filter[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
#ifdef __x86_64__
        /* The x32 numbers would be a second door to every call. */
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000u, 0, 1),
        REFUSE,
        READ_ONLY(SYS_open, 1),
        DENY(SYS_creat),
        DENY(SYS_fork),
        DENY(SYS_vfork),
        DENY(SYS_unlink),
        DENY(SYS_rename),
        DENY(SYS_mkdir),
        DENY(SYS_link),
        DENY(SYS_symlink),
        DENY(SYS_chmod),
#endif
        READ_ONLY(SYS_openat, 2),
        DENY(SYS_openat2),
        DENY(SYS_socket),
        DENY(SYS_socketpair),
        DENY(SYS_connect),
        DENY(SYS_bind),
        DENY(SYS_listen),
        DENY(SYS_sendto),
        DENY(SYS_sendmsg),
        DENY(SYS_execve),
        DENY(SYS_execveat),
        DENY(SYS_ptrace),
        DENY(SYS_process_vm_readv),
        DENY(SYS_process_vm_writev),
        DENY(SYS_unlinkat),
        DENY(SYS_renameat2),
        DENY(SYS_mkdirat),
        DENY(SYS_linkat),
        DENY(SYS_symlinkat),
        DENY(SYS_fchmodat),
        DENY(SYS_truncate),
        DENY(SYS_io_uring_setup),
        DENY(SYS_bpf),
        DENY(SYS_kill),
        ALLOW,
    };
    const struct sock_fprog program = {(unsigned short)(sizeof filter / sizeof *filter), filter};

    (void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#endif

void cm_worker_lock_down(const cm_worker_limits *limits)
{
    take_limits(limits);
    restrict_files();
#ifdef THIS_ARCH
    restrict_calls();
#endif
}
