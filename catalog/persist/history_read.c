#include "catalog/persist/history_store.h"

#include "catalog/base/vec.h"
#include "catalog/persist/entity_store.h"
#include "catalog/persist/stmt.h"

#define PASS_COLUMN_N 8 /* with which the rows of history begin */

const char *cb_history_change_name(enum cb_history_change change)
{
    static const char *const names[] = {"added", "changed", "removed", "returned"};

    return names[change];
}

static cb_str keep(struct cb_arena *a, const PGresult *res, int row, int col)
{
    if (PQgetisnull(res, row, col))
        return cb_str_make(NULL, 0);
    return cb_arena_str(a, cb_col_str(res, row, col));
}

static void read_pass(struct cb_history_pass *out, struct cb_arena *a, const PGresult *res, int i)
{
    *out = (struct cb_history_pass){
        .generation = cb_col_int(res, i, 0),
        .at_us = cb_col_time(res, i, 1),
        .source_id = cb_col_int(res, i, 2),
        .source_key = keep(a, res, i, 3),
        .commit = keep(a, res, i, 4),
        .author = keep(a, res, i, 5),
        .subject = keep(a, res, i, 6),
        .authored_us = cb_col_time(res, i, 7),
    };
}

/* The columns that history_versions and history_version have in common. */
static void read_version(struct cb_history_version *out, struct cb_arena *a, const PGresult *res, int i)
{
    read_pass(&out->pass, a, res, i);
    out->source_id = cb_col_int(res, i, PASS_COLUMN_N + 1);
    out->source_key = keep(a, res, i, PASS_COLUMN_N + 2);
    out->path = keep(a, res, i, PASS_COLUMN_N + 3);
    out->line = (uint32_t)cb_col_int(res, i, PASS_COLUMN_N + 4);
    out->flags = (uint32_t)cb_col_int(res, i, PASS_COLUMN_N + 5);
    out->body = keep(a, res, i, PASS_COLUMN_N + 6);
    out->status = keep(a, res, i, PASS_COLUMN_N + 7);
}

static enum cb_code read_edges(struct cb_history_version *out, struct cb_arena *a, cb_str array, struct cb_err *err)
{
    struct cb_edges edges = {0};
    bool sound = cb_entity_edges(&edges, cb_arena_str(a, array));

    out->edge_n = edges.n;
    out->edges = CB_NEW_N(a, struct cb_edge, edges.n + 1);
    for (size_t i = 0; i < edges.n; i++)
        out->edges[i] = edges.v[i];
    cb_vec_fini(&edges);
    return sound ? CB_OK : cb_fail(err, CB_EUPSTREAM, "PostgreSQL sent a damaged entity");
}

/* Nothing is told of REF: was it never there, or is that forgotten? */
static enum cb_code explain_nothing(struct cb_conn *c, cb_str ref, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    bool known;
    enum cb_code rc;

    cb_args_str(&args, ref);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_HISTORY_KNOWN, &args, err)) != CB_OK)
        return rc;
    known = cb_col_bool(res, 0, 0);
    PQclear(res);
    if (known)
        return cb_fail(err, CB_ENOTFOUND,
                       "%" CB_FMT " was removed so long ago that its history is kept no more",
                       CB_ARG(ref));
    return cb_fail(err, CB_ENOTFOUND, "%" CB_FMT " was never in this catalog", CB_ARG(ref));
}

struct telling {
    struct cb_arena *scratch;
    cb_history_version_fn *each;
    void *ctx;
    size_t n;
};

static int tell(const PGresult *res, void *ctx)
{
    struct telling *t = ctx;
    struct cb_history_version v = {0};

    cb_arena_reset(t->scratch);
    read_version(&v, t->scratch, res, 0);
    v.change = (enum cb_history_change)cb_col_int(res, 0, PASS_COLUMN_N);
    v.old_body = keep(t->scratch, res, 0, PASS_COLUMN_N + 8);
    v.old_status = keep(t->scratch, res, 0, PASS_COLUMN_N + 9);
    t->n++;
    return t->each(&v, t->ctx);
}

enum cb_code cb_history_versions(struct cb_conn *c, cb_str ref, int64_t before, int64_t limit,
                                 cb_history_version_fn *each, void *ctx, struct cb_err *err)
{
    struct telling t = {.scratch = cb_arena_new(), .each = each, .ctx = ctx};
    struct cb_arena *names = cb_arena_new(); /* REF outlives each row */
    struct cb_args args = {0};
    enum cb_code rc;

    ref = cb_stmt_clean(names, ref);
    cb_args_str(&args, ref);
    cb_args_int(&args, before);
    cb_args_int(&args, limit);
    rc = cb_stmt_each(c, CB_SQL_HISTORY_VERSIONS, &args, tell, &t, err);
    if (rc == CB_OK && t.n == 0 && before == INT64_MAX)
        rc = explain_nothing(c, ref, err);
    cb_arena_free(names);
    cb_arena_free(t.scratch);
    return rc;
}

enum cb_code cb_history_version_at(struct cb_history_version *out, bool *found, struct cb_arena *a,
                                   struct cb_conn *c, cb_str ref, int64_t generation,
                                   struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    *out = (struct cb_history_version){0};
    cb_args_str(&args, cb_stmt_clean(a, ref));
    cb_args_int(&args, generation);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_HISTORY_VERSION, &args, err)) != CB_OK)
        return rc;
    *found = PQntuples(res) > 0;
    if (*found) {
        read_version(out, a, res, 0);
        out->until = cb_col_int(res, 0, PASS_COLUMN_N);
        rc = read_edges(out, a, cb_col_str(res, 0, PASS_COLUMN_N + 8), err);
    }
    PQclear(res);
    return rc;
}

/* ---- what generations brought */

static void read_entry(struct cb_history_entry *out, struct cb_arena *a, const PGresult *res, int i)
{
    read_pass(&out->pass, a, res, i);
    out->added = cb_col_int(res, i, PASS_COLUMN_N);
    out->changed = cb_col_int(res, i, PASS_COLUMN_N + 1);
    out->removed = cb_col_int(res, i, PASS_COLUMN_N + 2);
    out->ref = keep(a, res, i, PASS_COLUMN_N + 3);
    out->change = (enum cb_history_change)cb_col_int(res, i, PASS_COLUMN_N + 4);
}

/* The last generation to look at: a bounded number of them, and none that is incomplete by now. */
static int64_t last_of(const struct cb_history_question *q, const struct cb_history_range *r)
{
    int64_t to = q->back ? q->generation - CB_HISTORY_SCAN_N + 1 : q->generation + CB_HISTORY_SCAN_N - 1;

    if (q->back)
        return to > r->oldest ? to : r->oldest + 1;
    return to < r->newest ? to : r->newest;
}

static enum cb_code read_changes(PGresult **res, struct cb_conn *c, const struct cb_history_question *q,
                                 int64_t last, struct cb_arena *a, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_int(&args, q->generation);
    cb_args_str(&args, cb_stmt_clean(a, q->ref));
    cb_args_int(&args, last);
    cb_args_str(&args, cb_stmt_clean(a, q->kind));
    cb_args_str(&args, cb_stmt_clean(a, q->owner));
    cb_args_int(&args, q->source_id);
    cb_args_int(&args, q->limit + 1);
    return cb_stmt_run(res, c, q->back ? CB_SQL_HISTORY_CHANGES_BACK : CB_SQL_HISTORY_CHANGES, &args, err);
}

enum cb_code cb_history_changes(struct cb_history_entry **out, size_t *n, bool *more, int64_t *next,
                                cb_str *next_ref, struct cb_history_range *range, struct cb_arena *a,
                                struct cb_conn *c, const struct cb_history_question *q,
                                struct cb_err *err)
{
    struct cb_history_question from = *q;
    struct cb_history_entry *rows;
    PGresult *res = NULL;
    int64_t last;
    enum cb_code rc;

    if ((rc = cb_tx_snapshot(c, err)) != CB_OK || (rc = cb_history_range(range, c, err)) != CB_OK)
        goto out;
    if (q->back && q->generation > range->newest) {
        from.generation = range->newest;
        from.ref = CB_LIT("");
    }
    if (!q->back && q->generation <= range->oldest) {
        rc = cb_fail(err, CB_ENOTFOUND,
                     "what generation %lld brought is kept no more: history begins with generation %lld; ask for what came after it",
                     (long long)q->generation, (long long)range->oldest);
        goto out;
    }
    last = last_of(&from, range);
    if ((rc = read_changes(&res, c, &from, last, a, err)) != CB_OK || (rc = cb_tx_commit(c, err)) != CB_OK)
        goto out;
    *n = (size_t)PQntuples(res);
    rows = CB_NEW_N(a, struct cb_history_entry, *n + 1);
    for (int i = 0; i < PQntuples(res); i++)
        read_entry(&rows[i], a, res, i);
    *more = (int64_t)*n > q->limit;
    if (*more) {
        *n = (size_t)q->limit;
        *next = rows[*n - 1].pass.generation;
        *next_ref = rows[*n - 1].ref;
        if (next_ref->n == 0) /* a generation without entities has nothing behind it */
            *next += q->back ? -1 : 1;
    } else {
        *more = q->back ? last > range->oldest + 1 : last < range->newest;
        *next = q->back ? last - 1 : last + 1;
        *next_ref = CB_LIT("");
    }
    *out = rows;
out:
    if (rc != CB_OK)
        cb_tx_rollback(c);
    PQclear(res);
    return rc;
}
