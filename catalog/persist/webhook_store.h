/*
 * webhook_store.h - which deliveries of webhooks were taken already, by any callboard on this database; and what they nudge.
 *
 * Kept      ids for CB_WEBHOOK_KEEP_US, bodies for CB_WEBHOOK_BODY_KEEP_US (a branch may go back to where it was and on
 *           again, and some forges describe both pushes with the same bytes); CB_WEBHOOK_KEEP_N at most, the oldest go first
 */
#ifndef CB_PERSIST_WEBHOOK_STORE_H
#define CB_PERSIST_WEBHOOK_STORE_H

#include "catalog/persist/conn.h"

#define CB_WEBHOOK_KEEP_US (INT64_C(24) * 3600 * 1000000)
#define CB_WEBHOOK_BODY_KEEP_US (INT64_C(600) * 1000000)
#define CB_WEBHOOK_KEEP_N 100000

/* A source as far as a webhook is concerned with it. */
struct cb_webhook_source {
    int64_t id;
    cb_str url, branch; /* branch empty: the remote's HEAD */
    bool reading;       /* some process is at it now */
    bool nudge;         /* in: have it read, through the database */
};

/* Every repository that is read. Texts in A. */
enum cb_code cb_webhook_sources(struct cb_webhook_source **out, size_t *n, struct cb_arena *a, struct cb_conn *c,
                                struct cb_err *err) CB_MUSTCHECK;
struct cb_webhook_delivery {
    const char *forge;
    cb_str id;                  /* empty: the forge gave none */
    const uint8_t *body_sha256; /* NULL: the signature covers the id, and the body is not looked for */
};

/*
 * In one transaction: remember the delivery, and nudge those SOURCES that say so. CB_ECONFLICT: its id was taken before, and
 * nothing is done. *REPEATED: the same bytes came a moment ago under another id, and nothing is nudged.
 */
enum cb_code cb_webhook_take(bool *repeated, struct cb_conn *c, const struct cb_webhook_delivery *delivery,
                             const struct cb_webhook_source *sources, size_t n, struct cb_err *err) CB_MUSTCHECK;

#endif
