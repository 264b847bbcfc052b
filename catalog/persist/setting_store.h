/*
 * setting_store.h - what people set for themselves: JSON under a bucket and a key, each user his own.
 *
 * Limits    a bucket and a key 1 to CB_SETTING_NAME_MAX bytes of UTF-8 without NUL; a value, and all values and keys of a
 *           user, as below, kept also when many callboards write
 */
#ifndef CB_PERSIST_SETTING_STORE_H
#define CB_PERSIST_SETTING_STORE_H

#include "catalog/base/buf.h"
#include "catalog/persist/conn.h"

#define CB_SETTING_NAME_MAX 255               /* bytes of a bucket, and of a key */
#define CB_SETTING_VALUE_MAX (64 * 1024)      /* bytes of JSON */
#define CB_SETTING_ROW_MAX 1000               /* keys of a user */
#define CB_SETTING_BYTES_MAX (4 * 1024 * 1024) /* values of a user */
#define CB_SETTING_ASK_MAX 100                /* keys of one question */
#define CB_SETTING_SMALL_MAX (128 * 1024)     /* bytes of those that go with a session */

/* In A. CB_ENOTFOUND: nothing is there, in Backstage's words. CB_EINVAL: a name that none can have. */
enum cb_code cb_setting_get(cb_str *out, struct cb_arena *a, struct cb_conn *c, cb_str user,
                            cb_str bucket, cb_str key, struct cb_err *err) CB_MUSTCHECK;
/* VALUE is JSON. CB_ELIMIT: it would be over one of the limits; nothing was changed. */
enum cb_code cb_setting_put(struct cb_conn *c, cb_str user, cb_str bucket, cb_str key, cb_str value,
                            struct cb_err *err) CB_MUSTCHECK;
/* Whether it was there or not. */
enum cb_code cb_setting_del(struct cb_conn *c, cb_str user, cb_str bucket, cb_str key,
                            struct cb_err *err) CB_MUSTCHECK;
/* The N values (at most CB_SETTING_ASK_MAX) of ASKED, [{"bucket", "key"}, …] as JSON; p NULL where nothing is. In A. */
enum cb_code cb_setting_some(cb_str *out, size_t n, struct cb_arena *a, struct cb_conn *c,
                             cb_str user, cb_str asked, struct cb_err *err) CB_MUSTCHECK;
/* Append {"bucket": {"key": value}} of the small ones to OUT, CB_SETTING_SMALL_MAX in all; the server may take WAIT_US.
 * LEFT_OUT: USER has more than these. */
enum cb_code cb_setting_small(struct cb_buf *out, bool *left_out, struct cb_conn *c, cb_str user, int64_t wait_us,
                              struct cb_err *err) CB_MUSTCHECK;
/* Can it be the name of a bucket or key? WHAT says which in the sentence. CB_EINVAL. */
enum cb_code cb_setting_name(cb_str name, const char *what, struct cb_err *err) CB_MUSTCHECK;

#endif
