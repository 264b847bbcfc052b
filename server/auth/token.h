/*
 * token.h - API tokens: made once, shown once, kept as their SHA-256.
 *
 * Text      "cb_" and 43 characters of base64url: 32 random bytes
 */
#ifndef CB_AUTH_TOKEN_H
#define CB_AUTH_TOKEN_H

#include "catalog/persist/token_store.h"
#include "server/auth/policy.h"

#define CB_TOKEN_TEXT 46       /* characters */
#define CB_TOKEN_PREFIX 11     /* characters that are kept, to tell tokens apart: "cb_" and eight */
#define CB_TOKEN_NAME_MAX 100  /* bytes of what it is for */

/*
 * Make one for USER (any ref of a User, kind and namespace may be left out) with ROLE; EXPIRES_US 0: never. ROW's texts
 * live in A. CB_EINVAL: a name that is empty or over CB_TOKEN_NAME_MAX, a user that is no ref, a moment in the past.
 * Blocks: workers and the command line.
 */
enum cb_code cb_token_create(struct cb_token_row *row, char text[CB_TOKEN_TEXT + 1], struct cb_arena *a, struct cb_conn *c, cb_str name,
                             cb_str user, enum cb_role role, int64_t expires_us, struct cb_err *err) CB_MUSTCHECK;
/* Does TEXT look like one? Cheap, before anything is hashed. */
bool cb_token_looks(cb_str text);
void cb_token_hash(uint8_t sha256[32], cb_str text);

#endif
