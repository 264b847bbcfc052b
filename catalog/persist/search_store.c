#include "catalog/persist/search_store.h"

#include "catalog/persist/stmt.h"

static cb_str keep(struct cb_arena *a, const PGresult *res, int row, int col)
{
    return cb_arena_str(a, cb_col_str(res, row, col));
}

static bool same_path(const struct cb_search_filter *a, const struct cb_search_filter *b)
{
    bool same = a->path_n == b->path_n;

    for (size_t i = 0; same && i < a->path_n; i++)
        same = cb_str_eq(a->path[i], b->path[i]);
    return same;
}

/* $."kind" == "API" */
static void put_filter(struct cb_buf *out, struct cb_arena *a, const struct cb_search_filter *f)
{
    cb_buf_put_char(out, '$');
    for (size_t i = 0; i < f->path_n; i++) {
        cb_buf_put_char(out, '.');
        cb_buf_put_json(out, cb_stmt_clean(a, f->path[i]));
    }
    cb_buf_put_cstr(out, " == ");
    cb_buf_put_json(out, cb_stmt_clean(a, f->value));
}

/* A jsonpath: one of the values for each path. Its lax mode looks into arrays by itself. */
static cb_str jsonpath_of(struct cb_arena *a, const struct cb_search_ask *ask)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str text;

    for (size_t i = 0; i < ask->filter_n; i++) {
        const struct cb_search_filter *f = &ask->filters[i];
        size_t first = 0;

        while (!same_path(&ask->filters[first], f))
            first++;
        if (first < i)
            continue; /* was written with the first of its path */
        cb_buf_put_cstr(&out, i ? " && (" : "(");
        for (size_t j = i; j < ask->filter_n; j++) {
            if (!same_path(&ask->filters[j], f))
                continue;
            if (j > i)
                cb_buf_put_cstr(&out, " || ");
            put_filter(&out, a, &ask->filters[j]);
        }
        cb_buf_put_char(&out, ')');
    }
    text = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return text;
}

static void read_found(struct cb_search_found *out, struct cb_arena *a, const PGresult *res)
{
    bool marked = PQnfields(res) > 3;
    int n = PQntuples(res);

    if (n == 1 && PQgetisnull(res, 0, 1))
        n = 0; /* only the total */
    out->total = cb_col_int(res, 0, 0);
    out->row_n = (size_t)n;
    out->rows = CB_NEW_N(a, struct cb_search_row, (size_t)n + 1);
    for (int i = 0; i < n; i++) {
        struct cb_search_row *row = &out->rows[i];

        *row = (struct cb_search_row){.type = keep(a, res, i, 1), .document = keep(a, res, i, 2), .marked = marked};
        if (!marked)
            continue;
        row->title = keep(a, res, i, 3);
        row->text = keep(a, res, i, 4);
        row->location = keep(a, res, i, 5);
    }
}

static enum cb_code ask_one(struct cb_search_found *out, struct cb_arena *a, struct cb_conn *c, enum cb_sql sql,
                            const struct cb_search_ask *ask, cb_str term, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    if (sql != CB_SQL_SEARCH_ALL)
        cb_args_str(&args, term);
    cb_args_str(&args, ask->types);
    cb_args_str(&args, jsonpath_of(a, ask));
    cb_args_int4(&args, ask->limit);
    cb_args_int4(&args, ask->offset);
    if (sql == CB_SQL_SEARCH_FIND)
        cb_args_str(&args, cb_arena_printf(a, "StartSel=\"%" CB_FMT "\", StopSel=\"%" CB_FMT "\"", CB_ARG(ask->pre_tag),
                                           CB_ARG(ask->post_tag)));
    if ((rc = cb_stmt_run(&res, c, sql, &args, err)) == CB_OK)
        read_found(out, a, res);
    PQclear(res);
    return rc;
}

enum cb_code cb_search_run(struct cb_search_found *out, struct cb_arena *a, struct cb_conn *c, const struct cb_search_ask *ask,
                           struct cb_err *err)
{
    cb_str term = cb_str_trim(cb_stmt_clean(a, ask->term));
    enum cb_code rc;

    *out = (struct cb_search_found){0};
    if ((rc = cb_tx_snapshot(c, err)) != CB_OK)
        return rc;
    if ((rc = cb_stmt_do(c, CB_SQL_SEARCH_SETTINGS, NULL, NULL, err)) != CB_OK ||
        (rc = ask_one(out, a, c, term.n ? CB_SQL_SEARCH_FIND : CB_SQL_SEARCH_ALL, ask, term, err)) != CB_OK ||
        (term.n && out->total == 0 && (rc = ask_one(out, a, c, CB_SQL_SEARCH_NEAR, ask, term, err)) != CB_OK) ||
        (rc = cb_tx_commit(c, err)) != CB_OK)
        cb_tx_rollback(c);
    return rc;
}
