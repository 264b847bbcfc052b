/*
 * glance.h - what does a branch on an http(s) server point at? One small request, and no program
 * started.
 *
 * Why       a TLS connection costs some ten times what a question does, and a git program makes a
 *           new one for each: two hundred sources a minute took a quarter of a core. Here
 *           connections are kept
 * How       Git's protocol 2, command ls-refs, as git asks it; no redirect is followed, so a
 *           credential goes to its own host alone; certificates are checked
 * Trust     an answer that is not exactly what was hoped for is no answer: git is asked then, and
 *           it also says what is wrong
 * Limits    CB_GLANCE_TIMEOUT_US, CB_GLANCE_ANSWER_MAX
 * Threads   any; connections are lent to one thread at a time
 */
#ifndef CB_FETCH_GLANCE_H
#define CB_FETCH_GLANCE_H

#include "catalog/fetch/credential.h"
#include "catalog/fetch/remote.h"

#define CB_GLANCE_TIMEOUT_US (10 * INT64_C(1000000))
#define CB_GLANCE_ANSWER_MAX (256 << 10) /* bytes */
#define CB_GLANCE_IDLE_MAX 8 /* sets of connections kept, one for each thread that asks at once */

enum cb_glance {
    CB_GLANCE_YES,     /* COMMIT and TARGET are the server's */
    CB_GLANCE_NOT_NOW, /* nobody answered */
    CB_GLANCE_NEVER,   /* this server does not answer such questions */
};

/*
 * The object that REF ("HEAD", "refs/heads/main") names, as 40 hex digits, and for HEAD the ref it
 * stands for (in A; empty when it stands for none).
 */
enum cb_glance cb_glance_ask(char commit[41], cb_str *target, struct cb_arena *a,
                             const struct cb_remote *remote, const struct cb_credential *secret,
                             cb_str ref, int64_t timeout_us);

#endif
