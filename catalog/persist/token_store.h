/*
 * token_store.h - API tokens and browser sessions: only their SHA-256 is kept; audit rows.
 */
#ifndef CB_PERSIST_TOKEN_STORE_H
#define CB_PERSIST_TOKEN_STORE_H

#include "catalog/persist/conn.h"

struct cb_token_row {
    int64_t id;
    cb_str name;   /* what it is for */
    cb_str user;   /* lower-case ref of the User it acts as */
    cb_str role;   /* reader, editor, admin */
    cb_str prefix; /* the first characters, to tell tokens apart */
    int64_t created_us, expires_us, used_us, revoked_us; /* 0: never */
};

enum cb_code cb_token_put(struct cb_conn *c, struct cb_token_row *row, const uint8_t sha256[32],
                          struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_token_find(struct cb_token_row *out, struct cb_arena *a, struct cb_conn *c,
                           const uint8_t sha256[32], struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_token_all(struct cb_token_row **out, size_t *n, struct cb_arena *a,
                          struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;
/* CB_ENOTFOUND. */
enum cb_code cb_token_revoke(struct cb_conn *c, int64_t id, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_session_put(struct cb_conn *c, int64_t token_id, const uint8_t sha256[32],
                            int64_t expires_us, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_session_find(struct cb_token_row *out, struct cb_arena *a, struct cb_conn *c,
                             const uint8_t sha256[32], struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_session_del(struct cb_conn *c, const uint8_t sha256[32],
                            struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_audit_put(struct cb_conn *c, cb_str user, cb_str action, cb_str subject,
                          cb_str detail, struct cb_err *err) CB_MUSTCHECK;

#endif
