/*
 * transport.h - the git program in a child that can be killed. The only place that runs a program
 * for Git.
 *
 * Child     own process group; stdin from a text, stdout and stderr read with bounds; core dumps
 *           off, file size, data size and CPU time limited; no descriptor of ours; git dies with
 *           us, and what git itself started ends when nobody listens to it any more
 * Time      at the deadline SIGTERM to the group, CB_TRANSPORT_GRACE_US later SIGKILL
 * Disk      a folder can be watched: over its limit the group is killed
 * Config    nobody's: neither system nor user configuration, no hooks, no prompts, no attributes,
 *           no maintenance; only the protocols that the URL needs; certificates and host keys are
 *           checked
 * Secrets   in the child's environment alone: a credential helper, bound to one scheme, host and
 *           port, hands the token to git, so that no redirect carries it elsewhere. Never an
 *           argument, never on disk
 * Ssh       BatchMode, StrictHostKeyChecking=yes; the user's ~/.ssh (known hosts, agent, jump
 *           hosts) counts
 * Threads   any number at once; the child is made without copying the process or running code in it
 *           that is not safe there
 */
#ifndef CB_FETCH_TRANSPORT_H
#define CB_FETCH_TRANSPORT_H

#include <stdatomic.h>

#include "catalog/base/buf.h"
#include "catalog/base/err.h"
#include "catalog/fetch/credential.h"
#include "catalog/fetch/remote.h"

#define CB_TRANSPORT_GRACE_US (2 * INT64_C(1000000)) /* from SIGTERM to SIGKILL */
#define CB_TRANSPORT_OUT_MAX (8 << 20)               /* bytes of stdout; more is an error */
#define CB_TRANSPORT_ERR_MAX (64 << 10)              /* bytes of stderr kept: the last ones */
#define CB_TRANSPORT_DATA_MAX                                                                      \
    (INT64_C(4) << 30)            /* bytes of memory one process of it may write to */
#define CB_TRANSPORT_CPU_MAX 1800 /* seconds of CPU time of one process of it */

struct cb_transport_opts {
    const char *git_dir;            /* NULL: none */
    const char *const *args;        /* what stands behind "git", NULL at the end */
    const struct cb_remote *remote; /* whom it talks to; NULL: nobody, and no protocol is allowed */
    const struct cb_credential *secret; /* for REMOTE; NULL: none */
    cb_str input;                       /* its stdin */
    int64_t deadline_us;                /* from now */
    const char *watch_dir; /* a folder that may not grow over DISK_MAX_BYTES; NULL: none */
    int64_t disk_max_bytes;
    bool writes;             /* a push: for the sentence when it fails */
    const atomic_bool *stop; /* NULL, or true: nobody waits any more, CB_ECANCELLED */
};

/*
 * Run git; OUT (may be NULL) gets its stdout. The sentence says in its user's words what went
 * wrong, and what to do.
 * CB_ENOTFOUND: the remote says there is no such repository or branch. CB_EUPSTREAM: any other
 * failure, also "who are you". CB_ETIMEOUT, CB_ELIMIT, CB_ECANCELLED. CB_EUNAVAILABLE: no git
 * program, no process to be had. STDERR (may be NULL) gets git's own words, scrubbed.
 */
enum cb_code cb_transport_run(struct cb_buf *out, struct cb_buf *stderr_text,
                              const struct cb_transport_opts *opts,
                              struct cb_err *err) CB_MUSTCHECK;
/*
 * At shutdown: every transfer ends with CB_ECANCELLED within CB_TRANSPORT_GRACE_US, and no new one
 * starts.
 */
void cb_transport_cancel_all(void);
bool cb_transport_is_cancelled(void);
/* Tests: allow transfers again. */
void cb_transport_resume(void);
/* Bytes in DIR and below it. */
int64_t cb_transport_disk_bytes(const char *dir);

#endif
