#include "catalog/persist/link_store.h"

#include "catalog/persist/stmt.h"

static void put_text(struct cb_buf *b, const char *key, cb_str text)
{
    struct cb_arena *a = cb_arena_new();

    cb_buf_printf(b, "\"%s\":", key);
    cb_buf_put_json(b, cb_stmt_clean(a, text));
    cb_arena_free(a);
}

static void put_links(struct cb_buf *b, const struct cb_location_link *links, size_t n)
{
    cb_buf_put_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        const struct cb_location_link *l = &links[i];

        cb_buf_put_cstr(b, i ? ",{" : "{");
        put_text(b, "path", l->path);
        cb_buf_put_char(b, ',');
        put_text(b, "entity", l->entity);
        cb_buf_put_char(b, ',');
        put_text(b, "target", l->target);
        cb_buf_put_char(b, ',');
        put_text(b, "key", l->key);
        if (l->key.n) {
            cb_buf_put_char(b, ',');
            put_text(b, "url", l->url);
            cb_buf_put_char(b, ',');
            put_text(b, "branch", l->branch);
            cb_buf_put_char(b, ',');
            put_text(b, "paths", l->paths);
        }
        cb_buf_put_cstr(b, l->optional ? ",\"optional\":true}" : ",\"optional\":false}");
    }
    cb_buf_put_char(b, ']');
}

enum cb_code cb_link_replace(struct cb_conn *c, int64_t source_id, const struct cb_location_link *links,
                             size_t n, cb_str only, bool *moved, struct cb_err *err)
{
    struct cb_buf json = CB_BUF_INIT;
    struct cb_args sources = {0}, gone = {0}, put = {0};
    int64_t gone_n = 0, put_n = 0;
    bool leaves = false;
    enum cb_code rc;

    for (size_t i = 0; i < n && !leaves; i++)
        leaves = links[i].key.n > 0;
    put_links(&json, links, n);
    cb_args_str(&sources, cb_buf_str(&json));
    cb_args_int(&gone, source_id);
    cb_args_str(&gone, cb_buf_str(&json));
    cb_args_str(&gone, only);
    cb_args_int(&put, source_id);
    cb_args_str(&put, cb_buf_str(&json));
    rc = leaves ? cb_stmt_do(c, CB_SQL_LINK_SOURCE, &sources, NULL, err) : CB_OK;
    if (rc == CB_OK)
        rc = cb_stmt_do(c, CB_SQL_LINK_DEL, &gone, &gone_n, err);
    if (rc == CB_OK && n > 0)
        rc = cb_stmt_do(c, CB_SQL_LINK_PUT, &put, &put_n, err);
    *moved = gone_n + put_n > 0;
    if (rc == CB_OK && *moved)
        rc = cb_stmt_do(c, CB_SQL_NOTIFY_NUDGE, NULL, NULL, err);
    cb_buf_fini(&json);
    return rc;
}

static cb_str keep(struct cb_arena *a, const PGresult *res, int row, int col)
{
    return cb_arena_str(a, cb_col_str(res, row, col));
}

enum cb_code cb_link_all(struct cb_link_row **out, size_t *n, struct cb_arena *a, struct cb_conn *c,
                         struct cb_err *err)
{
    PGresult *res = NULL;
    struct cb_link_row *rows;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, c, CB_SQL_LINK_ALL, NULL, err)) != CB_OK)
        return rc;
    *n = (size_t)PQntuples(res);
    rows = CB_NEW_N(a, struct cb_link_row, *n + 1);
    for (int i = 0; i < PQntuples(res); i++)
        rows[i] = (struct cb_link_row){
            .source_id = cb_col_int(res, i, 0),
            .path = keep(a, res, i, 1),
            .entity = keep(a, res, i, 2),
            .target_id = cb_col_int(res, i, 3),
            .optional = cb_col_bool(res, i, 4),
            .origin = keep(a, res, i, 5),
        };
    *out = rows;
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_link_failing(struct cb_conn *c, int (*each)(cb_str key, cb_str error, void *ctx),
                             void *ctx, struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, c, CB_SQL_LINK_FAILING, NULL, err)) != CB_OK)
        return rc;
    for (int i = 0; i < PQntuples(res); i++)
        if (each(cb_col_str(res, i, 0), cb_col_str(res, i, 1), ctx))
            break;
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_link_nudge(struct cb_conn *c, cb_str entity, struct cb_err *err)
{
    struct cb_args args = {0};
    enum cb_code rc;

    cb_args_str(&args, entity);
    rc = cb_stmt_do(c, CB_SQL_LINK_NUDGE, &args, NULL, err);
    return rc == CB_OK ? cb_stmt_do(c, CB_SQL_NOTIFY_NUDGE, NULL, NULL, err) : rc;
}

enum cb_code cb_location_parents(cb_str **out, size_t *n, struct cb_arena *a, struct cb_conn *c,
                                 int64_t source_id, cb_str path, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_int(&args, source_id);
    cb_args_str(&args, path);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_LINK_PARENTS, &args, err)) != CB_OK)
        return rc;
    *n = (size_t)PQntuples(res);
    *out = CB_NEW_N(a, cb_str, *n + 1);
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = keep(a, res, (int)i, 0);
    PQclear(res);
    return CB_OK;
}
