/*
 * secret.h - secrets of runs as they lie in the database: AES-256-GCM under keys of the configuration.
 *
 * Sealed    version 1, id of the key (4 bytes), nonce (12), tag (16), bytes. What it belongs to is authenticated with it, so that a row
 *           cannot be put in another's place
 * Keys      scaffolder.secrets_key; the first seals, any opens. With the private PostgreSQL and none configured: made in
 *           data_dir/scaffolder.key, 0600. Else there is none, and runs with secrets are refused
 * Threads   a ring is read only once made: any
 */
#ifndef CB_SCAFFOLD_SECRET_H
#define CB_SCAFFOLD_SECRET_H

#include "catalog/base/buf.h"
#include "server/config/config.h"

#define CB_SECRET_KEY_BYTES 32
#define CB_SECRET_KEY_N 16
#define CB_SECRET_ID_TEXT 8   /* hex digits of a key's id */
#define CB_SECRET_HEAD 33     /* bytes before what is sealed */
#define CB_SECRET_MAX (1024 * 1024) /* bytes sealed at a time */

struct cb_secret_ring;

/* CB_EINVAL: a key that is none. CB_EUNAVAILABLE: the file cannot be made or read. */
enum cb_code cb_secret_ring_new(struct cb_secret_ring **out, const struct cb_config *config, struct cb_err *err) CB_MUSTCHECK;
void cb_secret_ring_free(struct cb_secret_ring *ring); /* accepts NULL */
/* Ids of all keys, with commas; empty: there is none. */
cb_str cb_secret_ring_ids(const struct cb_secret_ring *ring);
/* PLAIN for WHAT (a task's id) into OUT, and the key's id. CB_EUNSUPPORTED: there is no key. */
enum cb_code cb_secret_seal(struct cb_buf *out, char id[CB_SECRET_ID_TEXT + 1], const struct cb_secret_ring *ring, cb_str what, cb_str plain,
                            struct cb_err *err) CB_MUSTCHECK;
/* CB_EINVAL: it is not ours, not WHAT's, or was changed. */
enum cb_code cb_secret_open(cb_str *out, struct cb_arena *a, const struct cb_secret_ring *ring, cb_str what, cb_str sealed,
                            struct cb_err *err) CB_MUSTCHECK;

#endif
