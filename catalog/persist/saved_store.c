#include "catalog/persist/saved_store.h"

#include "catalog/persist/stmt.h"

static bool has_control(cb_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            return true;
    return false;
}

enum cb_code cb_saved_name(cb_str name, struct cb_err *err)
{
    if (name.n == 0 || name.n > CB_SAVED_NAME_MAX || !cb_str_is_utf8(name) || has_control(name))
        return cb_fail(err, CB_EINVAL, "a view's name is one line of 1 to %d bytes", CB_SAVED_NAME_MAX);
    if (name.p[0] == ' ' || name.p[name.n - 1] == ' ')
        return cb_fail(err, CB_EINVAL, "a view's name neither begins nor ends with a space");
    return CB_OK;
}

enum cb_code cb_saved_query(cb_str query, struct cb_err *err)
{
    if (query.n > CB_SAVED_QUERY_MAX)
        return cb_fail(err, CB_ELIMIT, "a view's query has at most %d bytes", CB_SAVED_QUERY_MAX);
    if ((query.n && query.p[0] != '?') || !cb_str_is_utf8(query) || has_control(query) ||
        cb_str_find_char(query, ' ', 0) != SIZE_MAX || cb_str_find_char(query, '#', 0) != SIZE_MAX)
        return cb_fail(err, CB_EINVAL, "a view's query is that of the catalog page's address, such as ?kind=api, or empty");
    return CB_OK;
}

static void read_row(struct cb_saved *out, struct cb_arena *a, const PGresult *res, int i)
{
    *out = (struct cb_saved){
        .id = cb_col_int(res, i, 0),
        .owner = cb_arena_str(a, cb_col_str(res, i, 1)),
        .name = cb_arena_str(a, cb_col_str(res, i, 2)),
        .query = cb_arena_str(a, cb_col_str(res, i, 3)),
        .changed_by = cb_arena_str(a, cb_col_str(res, i, 4)),
        .changed_us = cb_col_time(res, i, 5),
    };
}

enum cb_code cb_saved_all(struct cb_saved **out, size_t *n, bool *left_out, struct cb_arena *a, struct cb_conn *c,
                          const cb_str *owners, size_t owner_n, struct cb_err *err)
{
    struct cb_buf asked = CB_BUF_INIT;
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_buf_put_char(&asked, '[');
    for (size_t i = 0; i < owner_n; i++) {
        if (i)
            cb_buf_put_char(&asked, ',');
        cb_buf_put_json(&asked, owners[i]);
    }
    cb_buf_put_char(&asked, ']');
    cb_args_str(&args, cb_buf_str(&asked));
    cb_args_int(&args, CB_SAVED_ANSWER_MAX + 1);
    rc = cb_stmt_run(&res, c, CB_SQL_SAVED_VIEW_ALL, &args, err);
    cb_buf_fini(&asked);
    if (rc != CB_OK)
        return rc;
    *left_out = PQntuples(res) > CB_SAVED_ANSWER_MAX;
    *n = *left_out ? CB_SAVED_ANSWER_MAX : (size_t)PQntuples(res);
    *out = CB_NEW_N(a, struct cb_saved, *n + 1);
    for (size_t i = 0; i < *n; i++)
        read_row(&(*out)[i], a, res, (int)i);
    PQclear(res);
    return CB_OK;
}

static enum cb_code gone(int64_t id, struct cb_err *err)
{
    return cb_fail(err, CB_ENOTFOUND, "there is no view %lld", (long long)id);
}

enum cb_code cb_saved_get(struct cb_saved *out, struct cb_arena *a, struct cb_conn *c, int64_t id,
                          struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_int(&args, id);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SAVED_VIEW_GET, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res))
        read_row(out, a, res, 0);
    else
        rc = gone(id, err);
    PQclear(res);
    return rc;
}

static enum cb_code check_room(const struct cb_saved *view, struct cb_conn *c, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&args, view->owner);
    if ((rc = cb_stmt_do(c, CB_SQL_SAVED_VIEW_LOCK, &args, NULL, err)) != CB_OK)
        return rc;
    cb_args_str(&args, view->name);
    cb_args_int(&args, view->id);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SAVED_VIEW_ROOM, &args, err)) != CB_OK)
        return rc;
    if (cb_col_bool(res, 0, 1))
        rc = cb_fail(err, CB_ECONFLICT, "%" CB_FMT " has a view %" CB_FMT " already", CB_ARG(view->owner), CB_ARG(view->name));
    else if (!view->id && cb_col_int(res, 0, 0) >= CB_SAVED_ROW_MAX)
        rc = cb_fail(err, CB_ELIMIT, "%" CB_FMT " has %d views already, and there is room for no more", CB_ARG(view->owner),
                     CB_SAVED_ROW_MAX);
    PQclear(res);
    return rc;
}

static enum cb_code put(struct cb_saved *view, struct cb_conn *c, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = check_room(view, c, err)) != CB_OK)
        return rc;
    if (view->id)
        cb_args_int(&args, view->id);
    else
        cb_args_str(&args, view->owner);
    cb_args_str(&args, view->name);
    cb_args_str(&args, view->query);
    cb_args_str(&args, view->changed_by);
    if ((rc = cb_stmt_run(&res, c, view->id ? CB_SQL_SAVED_VIEW_CHANGE : CB_SQL_SAVED_VIEW_PUT, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res)) {
        view->id = cb_col_int(res, 0, 0);
        view->changed_us = cb_col_time(res, 0, 1);
    } else
        rc = gone(view->id, err);
    PQclear(res);
    return rc;
}

enum cb_code cb_saved_put(struct cb_saved *view, struct cb_conn *c, struct cb_err *err)
{
    enum cb_code rc;

    if ((rc = cb_tx_begin(c, err)) != CB_OK)
        return rc;
    rc = put(view, c, err);
    if (rc == CB_OK)
        rc = cb_tx_commit(c, err);
    if (rc != CB_OK)
        cb_tx_rollback(c);
    return rc;
}

enum cb_code cb_saved_del(struct cb_conn *c, int64_t id, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_int(&args, id);
    return cb_stmt_do(c, CB_SQL_SAVED_VIEW_DEL, &args, NULL, err);
}
