/*
 * transport_env.h - what the git program is told, and what its last words mean. For transport.c
 * alone.
 *
 * Secrets   only in envp; wiped by fini
 * Threads   one thread at a time for each value
 */
#ifndef CB_FETCH_TRANSPORT_ENV_H
#define CB_FETCH_TRANSPORT_ENV_H

#include "catalog/base/vec.h"
#include "catalog/fetch/transport.h"

struct cb_transport_env {
    CB_VEC(char *) argv, envp; /* each NULL at the end */
};

void cb_transport_env_init(struct cb_transport_env *e, const struct cb_transport_opts *o);
void cb_transport_env_fini(struct cb_transport_env *e);
/* TEXT without the credential of O and without user info in URLs. */
void cb_transport_scrub(char *text, const struct cb_transport_opts *o);
/*
 * The code and the sentence for a child that ended with STATUS, or was ended for WHY, and said
 * STDERR_TEXT.
 */
enum cb_code cb_transport_verdict(enum cb_code why, int status, const char *stderr_text,
                                  const struct cb_transport_opts *o, struct cb_err *err);

#endif
