/*
 * webhook.h - did a forge send this? The proof that each kind of webhook carries, over the bytes as they came.
 *
 *   github     X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the body>
 *   gitlab     webhook-signature: v1,<base64 HMAC-SHA256 of webhook-id "." webhook-timestamp "." body> (Standard
 *              Webhooks; the key of a secret "whsec_…" is what its base64 stands for), else X-Gitlab-Token: the secret
 *   gitea      X-Gitea-Signature, X-Forgejo-Signature: <hex>
 *   bitbucket  X-Hub-Signature: sha256=<hex>, Cloud and Server
 *   generic    X-Callboard-Signature: sha256=<hex HMAC-SHA256 of X-Callboard-Timestamp "." X-Callboard-Nonce "." body>
 *
 * Ids       of a signed text: letters, digits, '-' and '_', so that it is plain where they end
 * Time      what carries a signed timestamp (seconds since 1970) is refused when it is over CB_WEBHOOK_SKEW_US old or early
 * Secrets   any number a forge, so that one can be changed without a gap; all are tried, in constant time each
 * Order     nothing of the body is parsed before this has said CB_WEBHOOK_GOOD
 * Threads   pure
 */
#ifndef CB_AUTH_WEBHOOK_H
#define CB_AUTH_WEBHOOK_H

#include "server/config/config.h"

#define CB_WEBHOOK_SKEW_US (INT64_C(300) * 1000000)
#define CB_WEBHOOK_ID_MAX 200 /* bytes of a delivery's id or nonce; longer ones are refused */

/* What of its headers is looked at; empty: not sent. */
struct cb_webhook_facts {
    cb_str signature; /* of the forge's own header */
    cb_str token;     /* gitlab */
    cb_str time;      /* gitlab, generic */
    cb_str id;        /* the delivery's: X-GitHub-Delivery, webhook-id, X-Callboard-Nonce ... */
};

enum cb_webhook_proof {
    CB_WEBHOOK_GOOD,
    CB_WEBHOOK_UNSIGNED, /* no signature at all */
    CB_WEBHOOK_FORGED,   /* one, but of none of the secrets */
    CB_WEBHOOK_STALE,    /* signed well, at another time */
};

/* "github", "gitlab", "gitea", "bitbucket", "generic". */
const char *cb_webhook_forge_name(enum cb_webhook_forge forge);
/* The header that carries the proof, for sentences. */
const char *cb_webhook_header(enum cb_webhook_forge forge);
/* *WHICH: the index of the secret that fits. NOW_US on the clock of day. */
enum cb_webhook_proof cb_webhook_check(size_t *which, struct cb_arena *a, enum cb_webhook_forge forge, const cb_str *secrets,
                                       size_t secret_n, const struct cb_webhook_facts *facts, cb_str body, int64_t now_us);
/* Does the signature cover the delivery's id? If not, who has one delivery can send it again under another id. */
bool cb_webhook_signs_id(enum cb_webhook_forge forge, const struct cb_webhook_facts *facts);

#endif
