/*
 * push.h - what a forge's webhook says has happened, whichever forge: which repository, which branches.
 *
 * Reads     push events, deleted and made branches, repositories made, renamed, moved, deleted; pings; all else is "other"
 * Source    each forge's published payloads; the body is JSON, or a form with the JSON in "payload" (GitHub, Gitea)
 * Trust     the body is a stranger's until its signature is checked: that is done before this is called
 * Limits    CB_PUSH_URL_N URLs, CB_PUSH_BRANCH_N branches: more branches than that are all of them
 * Lifetime  texts live in the arena or borrow from the body
 * Threads   pure
 */
#ifndef CB_HTTP_PUSH_H
#define CB_HTTP_PUSH_H

#include "catalog/base/node.h"
#include "server/auth/webhook.h"

#define CB_PUSH_URL_N 16    /* spellings of a repository's URL, old names too */
#define CB_PUSH_BRANCH_N 64

enum cb_push_what {
    CB_PUSH_OTHER,  /* nothing that a catalog is read from has changed */
    CB_PUSH_PING,   /* the forge asks whether somebody is there */
    CB_PUSH_BRANCH, /* the branches have moved */
    CB_PUSH_ALL,    /* something about the whole repository: every branch */
};

struct cb_push {
    enum cb_push_what what;
    cb_str event;             /* as the forge calls it, for people */
    cb_str urls[CB_PUSH_URL_N];
    size_t url_n;
    cb_str branches[CB_PUSH_BRANCH_N];
    size_t branch_n;
    cb_str head;              /* the repository's default branch; empty: not said */
    bool sample;              /* a forge's test button: it moves nothing, and may be pressed again */
};

struct cb_push_input {
    enum cb_webhook_forge forge;
    cb_str event;        /* X-GitHub-Event, X-Event-Key ...; may be empty */
    cb_str instance;     /* X-Gitlab-Instance: the forge's own URL; may be empty */
    cb_str content_type;
    cb_str body;
};

/* CB_EINVAL with a sentence: no JSON, no object, a push that names no repository. */
enum cb_code cb_push_read(struct cb_push *out, struct cb_arena *a, const struct cb_push_input *in, struct cb_err *err) CB_MUSTCHECK;

#endif
