/*
 * local_pg_run.h - the programs of a private PostgreSQL: where they are, and how they are run as another user.
 * For local_pg alone.
 */
#ifndef CB_PERSIST_LOCAL_PG_RUN_H
#define CB_PERSIST_LOCAL_PG_RUN_H

#include <sys/types.h>

#include "catalog/base/arena.h"
#include "catalog/base/err.h"

#define CB_LOCAL_PG_MAJOR_LEAST 15 /* MERGE, lz4 */

/* Who runs it: ourselves, or, as root, somebody without privileges. */
struct cb_local_pg_user {
    uid_t uid;
    gid_t gid;
    bool change; /* we are root: become this user in the child */
    char name[64];
};

/* OWNER: of a data directory that is there, or 0. */
enum cb_code cb_local_pg_user(struct cb_local_pg_user *out, uid_t owner,
                              struct cb_err *err) CB_MUSTCHECK;

/*
 * The directory with initdb and postgres, in A: of version MAJOR, or with 0 the newest of at least the least.
 * Looks in CALLBOARD_PG_BINDIR alone when that is set; else where Debian and Red Hat put them, then in PATH.
 */
enum cb_code cb_local_pg_bindir(const char **out, int *major_out, struct cb_arena *a, int major,
                                struct cb_err *err) CB_MUSTCHECK;

/*
 * Start ARGV as USER in a session of its own, standard output and error to OUT_FD. With DEATH_SIGNAL it gets that
 * signal when the calling thread ends. -1 and errno when it cannot be started at all.
 */
pid_t cb_local_pg_spawn(char *const argv[], const struct cb_local_pg_user *user, int out_fd,
                        int death_signal);
/* Wait until it ends: its status, or -1 after WAIT_US. */
int cb_local_pg_wait(pid_t pid, int64_t wait_us);
/* The same to its end; a non-zero exit is CB_EUPSTREAM with the last line it wrote. */
enum cb_code cb_local_pg_do(char *const argv[], const struct cb_local_pg_user *user,
                            int64_t wait_us, struct cb_err *err) CB_MUSTCHECK;

#endif
