/*
 * placeholder.h - what a Backstage front end is given as its token where callboard needs none.
 *
 * Such a front end asks nothing in a person's name before it holds a token, and looks into it as into a JWT (exp, sub).
 * Where a request already says who sends it (open loopback, the header of a trusted proxy) there is no secret to give, so
 * it gets this: the shape of an unsigned JWT that says how its bearer is known, and proves nothing. cb_identity_of
 * takes it for that way of being known, and for no other: a placeholder never lets in whoever would not be without it.
 *
 * Text      base64url({"alg":"none","typ":"callboard-guest"}) "." base64url(claims) "."; what the claims say is not read
 * Guest     good on open loopback alone
 * Proxy     good with the header of a trusted proxy alone, which says who it is
 * Threads   pure
 */
#ifndef CB_AUTH_PLACEHOLDER_H
#define CB_AUTH_PLACEHOLDER_H

#include "catalog/base/arena.h"

#define CB_PLACEHOLDER_US (INT64_C(3600) * 1000000) /* front ends ask for a new one before; nothing here does */

enum cb_placeholder { CB_PLACEHOLDER_NOT, CB_PLACEHOLDER_GUEST, CB_PLACEHOLDER_PROXY };

/* One for USER with OWNERSHIP, refs as a JSON array, made NOW_US. */
cb_str cb_placeholder_make(struct cb_arena *a, enum cb_placeholder kind, cb_str user, cb_str ownership, int64_t now_us);
/* Which one TEXT is. Cheap: nothing is decoded. */
enum cb_placeholder cb_placeholder_of(cb_str text);

#endif
