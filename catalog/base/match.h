/*
 * match.h - a regular expression, as JavaScript's are written, against a text: PCRE2 with limits.
 *
 * Flags     Unicode; "$" is the very end; ASCII \d and \w
 * Limits    CB_MATCH_STEPS steps and CB_MATCH_HEAP_KIB of memory a match; beyond them CB_ELIMIT
 * Threads   pure; call from anywhere
 */
#ifndef CB_BASE_MATCH_H
#define CB_BASE_MATCH_H

#include "catalog/base/err.h"
#include "catalog/base/str.h"

#define CB_MATCH_STEPS 1000000
#define CB_MATCH_HEAP_KIB 4096

/* Is PATTERN anywhere in TEXT? CB_EINVAL: it is no regular expression; the sentence says why and where. */
enum cb_code cb_match_find(bool *found, cb_str pattern, cb_str text,
                           struct cb_err *err) CB_MUSTCHECK;

#endif
