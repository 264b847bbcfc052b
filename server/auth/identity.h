/*
 * identity.h - who is asking: a caller is always somebody, or nobody with a reason.
 *
 * In this order: a bearer token names a User; a browser session (cookie) stands for the token it was traded for; the
 * header of a listed trusted proxy names one (always as a reader: more takes a token); on open loopback
 * (no authentication configured) the guest, with all rights. A token or session that is sent but wrong is CB_EAUTH even
 * where the guest would be let in. A bearer that is a placeholder (placeholder.h) is the guest, or whom the proxy names, where
 * that is so without it, and wrong elsewhere.
 *
 * Cache     answers about tokens and sessions are kept CB_IDENTITY_CACHE_US; revoking here or anywhere empties it
 *           (cb_identity_forget, called when notify.h tells that access changed). At most CB_IDENTITY_CACHE_MAX
 * Secrets   only SHA-256 of tokens and sessions is kept or compared
 * Threads   any; without MAY_WAIT fit for a loop
 */
#ifndef CB_AUTH_IDENTITY_H
#define CB_AUTH_IDENTITY_H

#include "catalog/persist/conn.h"
#include "server/auth/policy.h"
#include "server/config/config.h"

#define CB_IDENTITY_CACHE_US (INT64_C(30) * 1000000)
#define CB_IDENTITY_CACHE_MAX 4096
#define CB_IDENTITY_USER_MAX 256 /* bytes of a user's ref, NUL included */
#define CB_SESSION_COOKIE "callboard-session"
#define CB_SESSION_US (INT64_C(12) * 3600 * 1000000)
#define CB_SESSION_TEXT 64 /* characters of a session's secret (hex) */

struct cb_identity;

enum cb_caller_how { CB_CALLER_NOBODY, CB_CALLER_GUEST, CB_CALLER_TOKEN, CB_CALLER_SESSION, CB_CALLER_PROXY };

struct cb_caller {
    enum cb_role role;
    enum cb_caller_how how;
    int64_t token_id; /* 0: none */
    char user[CB_IDENTITY_USER_MAX]; /* lower-case ref; empty for nobody */
};

/* What a request says about who sends it. Empty slices: not there. */
struct cb_identity_facts {
    cb_str authorization; /* the header's value */
    cb_str session;       /* the value of the cookie CB_SESSION_COOKIE */
    cb_str proxy_user;    /* the value of config's proxy_user_header */
    cb_str peer;          /* numeric address of the other end, without port; "" for a unix socket */
};

/* Borrows CONFIG and POOL. */
enum cb_code cb_identity_new(struct cb_identity **out, const struct cb_config *config, struct cb_pool *pool, struct cb_err *err) CB_MUSTCHECK;
void cb_identity_free(struct cb_identity *id);
/*
 * Who is it? CB_EAUTH: "Missing credentials" or "Illegal token" (Backstage's words). Without MAY_WAIT and when the
 * database would have to be asked: CB_ETIMEOUT, and the caller asks again from a worker with MAY_WAIT.
 * CB_EUNAVAILABLE, CB_EUPSTREAM: the database cannot be asked now.
 */
enum cb_code cb_identity_of(struct cb_caller *out, struct cb_identity *id, const struct cb_identity_facts *facts, bool may_wait,
                            struct cb_err *err) CB_MUSTCHECK;
/* Trade a token's text for a session: its secret in SESSION, NUL-terminated. CB_EAUTH "Illegal token". Workers only. */
enum cb_code cb_identity_sign_in(struct cb_caller *out, char session[CB_SESSION_TEXT + 1], struct cb_identity *id, cb_str token,
                                 struct cb_err *err) CB_MUSTCHECK;
/* End it; an unknown one is no error. Workers only. */
enum cb_code cb_identity_sign_out(struct cb_identity *id, cb_str session, struct cb_err *err) CB_MUSTCHECK;
/* Forget what is cached: tokens changed somewhere. Any thread. */
void cb_identity_forget(struct cb_identity *id);
/* Is somebody without credentials the guest here (open loopback)? */
bool cb_identity_open(const struct cb_identity *id);

#endif
