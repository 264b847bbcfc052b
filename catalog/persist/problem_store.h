/*
 * problem_store.h - read the problems: those that passes kept, and the lost claims ("name-conflict"), as one list.
 *
 * Dangling references are not here: they are a question to the served catalog (relate/dangling.h).
 */
#ifndef CB_PERSIST_PROBLEM_STORE_H
#define CB_PERSIST_PROBLEM_STORE_H

#include "catalog/entity/problem.h"
#include "catalog/persist/conn.h"

struct cb_problem_row {
    int64_t id;
    int64_t source_id;
    cb_str source_key, repository, branch, commit;
    struct cb_problem problem; /* rule as text of the row */
    int64_t first_seen_us, last_seen_us;
};

struct cb_problem_query {
    int64_t source_id;     /* 0: any */
    cb_str entity;         /* lower-case ref; empty: any */
    cb_str rule, severity; /* empty: any */
    cb_str path;           /* prefix; empty: any */
    int64_t after_id;      /* page: rows behind this one */
    int32_t limit;
};

enum cb_code cb_problem_find(struct cb_problem_row **out, size_t *n, int64_t *total,
                             struct cb_arena *a, struct cb_conn *c,
                             const struct cb_problem_query *q, struct cb_err *err) CB_MUSTCHECK;

/* A name and one of its problems, each pair once for a source; a source with none: ENTITY empty. */
struct cb_problem_mark {
    int64_t source_id;
    cb_str entity, rule;
    enum cb_severity severity;
};

typedef void cb_problem_mark_fn(const struct cb_problem_mark *mark, void *ctx);
/* Those of all sources that generations FROM + 1 to TO touched, source after source; FROM below 0: of all. */
enum cb_code cb_problem_marks(struct cb_conn *c, int64_t from, int64_t to, cb_problem_mark_fn *each, void *ctx,
                              struct cb_err *err) CB_MUSTCHECK;

/* Where the document of the entity that holds the name ENTITY stands now. CB_ENOTFOUND. Texts in A. */
enum cb_code cb_problem_place(struct cb_origin *out, struct cb_arena *a, struct cb_conn *c,
                              cb_str entity, struct cb_err *err) CB_MUSTCHECK;

#endif
