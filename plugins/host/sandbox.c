#include "plugins/host/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int limit(int what, rlim_t n)
{
    struct rlimit l = {n, n};

    return setrlimit(what, &l) < 0 ? errno : 0;
}

int cb_sandbox_limits(size_t memory_mb, size_t file_n)
{
    int rc;

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0)
        return errno;
    setpriority(PRIO_PROCESS, 0, CB_SANDBOX_NICE);
#if !defined(__SANITIZE_ADDRESS__)
    if ((rc = limit(RLIMIT_AS, (rlim_t)(memory_mb ? memory_mb : CB_SANDBOX_MEMORY_MB) << 20)) != 0)
        return rc;
#else
    (void)memory_mb; /* its shadow is bigger than any limit */
#endif
    if ((rc = limit(RLIMIT_NOFILE, file_n ? file_n : CB_SANDBOX_FILE_N)) != 0)
        return rc;
    return limit(RLIMIT_CORE, 0);
}

/* Threads yes, processes no: clone with CLONE_THREAD only. clone3 hides its flags behind a pointer: libc falls back to clone. */
static int forbid(void)
{
    static const int calls[] = {
        SCMP_SYS(execve),     SCMP_SYS(execveat),          SCMP_SYS(fork),          SCMP_SYS(vfork),       SCMP_SYS(ptrace),
        SCMP_SYS(mount),      SCMP_SYS(umount2),           SCMP_SYS(pivot_root),    SCMP_SYS(chroot),      SCMP_SYS(setns),
        SCMP_SYS(unshare),    SCMP_SYS(bpf),               SCMP_SYS(init_module),   SCMP_SYS(finit_module), SCMP_SYS(delete_module),
        SCMP_SYS(kexec_load), SCMP_SYS(process_vm_readv),  SCMP_SYS(process_vm_writev), SCMP_SYS(keyctl),  SCMP_SYS(add_key),
        SCMP_SYS(request_key), SCMP_SYS(perf_event_open),  SCMP_SYS(userfaultfd),   SCMP_SYS(listen),      SCMP_SYS(accept),
        SCMP_SYS(accept4),    SCMP_SYS(io_uring_setup),    SCMP_SYS(pidfd_getfd),   SCMP_SYS(pidfd_open),  SCMP_SYS(kcmp),
        SCMP_SYS(mknod),      SCMP_SYS(mknodat),
    };
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    int rc = ctx ? 0 : -ENOMEM;

    for (size_t i = 0; rc == 0 && i < sizeof(calls) / sizeof(*calls); i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, 0x10000 /* CLONE_THREAD */, 0));
    if (rc == 0) /* only itself: a stray kill must not reach callboard */
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(kill), 1, SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid(), 0));
    if (rc == 0)
        rc = seccomp_load(ctx);
    seccomp_release(ctx);
    return rc < 0 ? -rc : 0;
}

/* Newer than the header we may be built with; a kernel without it is not asked for it. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define WRITES                                                                                                                   \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |       \
     LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

/* What this kernel can tell apart; 0: it has no Landlock. Without REFER a file could not be moved from one folder to another. */
static uint64_t handled(void)
{
    int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    return abi < 1 ? 0 : WRITES | (abi >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0) | (abi >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0);
}

int cb_sandbox_confine(const char *workspaces, const char **missing)
{
    struct landlock_ruleset_attr attr = {.handled_access_fs = handled()};
    int rules = attr.handled_access_fs ? (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0) : -1;
    int rc = 0;

    if (rules < 0) {
        *missing = "landlock";
        return 0;
    }
    if (workspaces) {
        struct landlock_path_beneath_attr below = {.allowed_access = attr.handled_access_fs, .parent_fd = open(workspaces, O_PATH | O_CLOEXEC)};

        if (below.parent_fd < 0 || syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0) < 0)
            rc = errno;
        if (below.parent_fd >= 0)
            close(below.parent_fd);
    }
    if (rc == 0 && syscall(SYS_landlock_restrict_self, rules, 0) < 0)
        rc = errno;
    close(rules);
    return rc;
}

int cb_sandbox_forbid(const char **missing)
{
    int rc = forbid();

    if (rc != EINVAL && rc != ENOSYS && rc != EACCES)
        return rc;
    *missing = "seccomp";
    return 0;
}
