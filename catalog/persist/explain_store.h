/*
 * explain_store.h - what the database knows about one name, or one file: for the answer to "why".
 *
 * Lifetime  texts in A
 */
#ifndef CB_PERSIST_EXPLAIN_STORE_H
#define CB_PERSIST_EXPLAIN_STORE_H

#include "catalog/persist/conn.h"

#define CB_EXPLAIN_CLAIM_MAX 100 /* claims on one name that are told */
#define CB_EXPLAIN_FILE_MAX 1000 /* entities of one file */

struct cb_explain_claim {
    int64_t source_id;
    cb_str source, type, url, branch, commit, path;
    uint32_t line, column;
    bool holds, held, stale;
    int64_t since_us; /* it lost */
};

/* What a pass did: generation 0: none did. */
struct cb_explain_pass {
    int64_t generation, at_us;
    cb_str commit, author, subject;
};

struct cb_explain_version {
    cb_str path, source;
    uint32_t line;
    struct cb_explain_pass began, ended;
    int64_t version_n, first_generation;
};

struct cb_explain_given {
    cb_str id;
    uint32_t line;
    bool holds, held, stale;
};

enum cb_code cb_explain_claims(struct cb_explain_claim **out, size_t *n, struct cb_arena *a, struct cb_conn *c, cb_str id,
                               struct cb_err *err) CB_MUSTCHECK;
/* *FOUND false: there never was an entity of this name, or its versions are kept no more. */
enum cb_code cb_explain_last(struct cb_explain_version *out, bool *found, struct cb_arena *a, struct cb_conn *c, cb_str id,
                             struct cb_err *err) CB_MUSTCHECK;
/* *KNOWN: the last pass over the source read PATH as a descriptor. */
enum cb_code cb_explain_given(struct cb_explain_given **out, size_t *n, bool *known, struct cb_arena *a, struct cb_conn *c,
                              int64_t source_id, cb_str path, struct cb_err *err) CB_MUSTCHECK;

#endif
