/*
 * params.h - what stands behind the question mark, and the small lists that headers are.
 *
 * Text      application/x-www-form-urlencoded: '&' between, '=' splits, '+' is a blank, %XX a byte; an escape that is
 *           none stays as it stands
 * Rules     a route names its parameters; checking gives Backstage's sentences
 * Lists     a LIST may be repeated, and "name[]" and "name[0]" are the same as "name"; "name[x]" is an object, which is none
 * Integers  as JavaScript's Number() reads them: "1e2", "0x10", "1.0"; bigger ones than CB_PARAM_INT_MAX are that
 * Trees     a TREE stands for "name", "name[0]", "name[key][0]" and so on, as the qs of npm writes them
 * Empty     only a TREE and a FREE may be, and one of several
 * Limits    CB_PARAM_N_MAX parameters
 * Lifetime  slices borrow from the text or live in the arena
 */
#ifndef CB_HTTP_PARAMS_H
#define CB_HTTP_PARAMS_H

#include "catalog/base/arena.h"
#include "catalog/base/err.h"

#define CB_PARAM_N_MAX 1000
#define CB_PARAM_INDEX_MAX 20                      /* n of "name[n]"; a bigger one is the key of an object */
#define CB_PARAM_INT_MAX INT64_C(9007199254740992) /* 2^53: no list is longer, and no double less exact */

enum cb_param_type { CB_PARAM_TEXT, CB_PARAM_LIST, CB_PARAM_INT, CB_PARAM_WORD, CB_PARAM_FREE, CB_PARAM_TREE };

struct cb_param_rule {
    const char *name; /* NULL ends a table */
    enum cb_param_type type;
    bool required;
    int64_t min, max;  /* of an INT; max 0: none */
    const char *words; /* of a WORD: "include, exclude" */
};

enum cb_param_shape { CB_PARAM_PLAIN, CB_PARAM_ITEM, CB_PARAM_MEMBER };

struct cb_param {
    cb_str name, value;
    cb_str written; /* the name with its brackets */
    enum cb_param_shape shape;
};

struct cb_params {
    struct cb_param *v;
    size_t n;
};

/* QUERY without its question mark. CB_ELIMIT: over CB_PARAM_N_MAX. */
enum cb_code cb_params_parse(struct cb_params *out, struct cb_arena *a, cb_str query, struct cb_err *err) CB_MUSTCHECK;
/* By RULES and those that many routes share (COMMON; either may be NULL). CB_EINVAL: unknown, empty, repeated, not an integer,
   out of bounds, none of the words, missing. */
enum cb_code cb_params_check(const struct cb_params *ps, const struct cb_param_rule *rules, const struct cb_param_rule *common,
                             struct cb_err *err) CB_MUSTCHECK;
/* The first value, or the empty slice (p NULL) when it is not there. */
cb_str cb_params_get(const struct cb_params *ps, const char *name);
/* All values of NAME, in A, in order. */
size_t cb_params_all(const cb_str **out, struct cb_arena *a, const struct cb_params *ps, const char *name);
/* After cb_params_check: an INT's value, or OTHERWISE. */
int64_t cb_params_int(const struct cb_params *ps, const char *name, int64_t otherwise);

/* %XX undone (and '+' when PLUS); TEXT itself when there is nothing to undo. */
cb_str cb_percent_decode(struct cb_arena *a, cb_str text, bool plus);
/* Append TEXT as encodeURIComponent writes it. */
struct cb_buf;
void cb_percent_encode(struct cb_buf *out, cb_str text);

/* The value of the cookie NAME in a Cookie header, without quotes; empty when it is not there. */
cb_str cb_cookie_get(cb_str header, cb_str name);
/* Does an Accept-Encoding header take CODING ("gzip", "br"): named, or "*", and not with q=0? */
bool cb_accepts_coding(cb_str header, cb_str coding);
/* Does an If-None-Match header name ETAG (with its W/ and quotes; compared weakly), or "*"? */
bool cb_etag_matches(cb_str header, cb_str etag);
/* Host of "host", "host:port", "[v6]:port"; false when it is neither. The brackets are left out. */
bool cb_host_split(cb_str *host, cb_str *port, cb_str authority);

#endif
