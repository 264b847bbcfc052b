/*
 * state_store.h - what plugins remember: bytes under a key, each plugin its own.
 *
 * Limits    CB_STATE_BYTES_MAX and CB_STATE_ROW_MAX a plugin, kept also when many callboards write; a value and a key as in
 *           plugins/abi/callboard/plugin.h
 * Time      a row with a time to live is gone behind it; such rows are swept with the writes
 */
#ifndef CB_PERSIST_STATE_STORE_H
#define CB_PERSIST_STATE_STORE_H

#include "catalog/persist/conn.h"

#define CB_STATE_BYTES_MAX (16 * 1024 * 1024)
#define CB_STATE_ROW_MAX 10000
#define CB_STATE_KEY_MAX 256             /* bytes */
#define CB_STATE_VALUE_MAX (256 * 1024)  /* bytes */

/* In A. CB_ENOTFOUND: nothing is there. */
enum cb_code cb_state_get(cb_str *out, struct cb_arena *a, struct cb_conn *c, cb_str plugin,
                          cb_str key, struct cb_err *err) CB_MUSTCHECK;
/* TTL_US 0: for ever. CB_ELIMIT: it would be over one of the limits; nothing was changed. */
enum cb_code cb_state_put(struct cb_conn *c, cb_str plugin, cb_str key, cb_str value,
                          int64_t ttl_us, struct cb_err *err) CB_MUSTCHECK;
/* Whether it was there or not. */
enum cb_code cb_state_del(struct cb_conn *c, cb_str plugin, cb_str key,
                          struct cb_err *err) CB_MUSTCHECK;

#endif
