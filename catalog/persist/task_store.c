#include "catalog/persist/task_store.h"

#include "catalog/base/hash.h"
#include "catalog/persist/stmt.h"

static enum cb_code missing(cb_str id, struct cb_err *err)
{
    return cb_fail(err, CB_ENOTFOUND, "No task with id '%" CB_FMT "' found", CB_ARG(cb_str_cut(id, 100)));
}

/* What PostgreSQL would not take as a UUID names no task. */
static enum cb_code check_id(cb_str id, struct cb_err *err)
{
    uint8_t uuid[16];

    return cb_uuid_parse(uuid, id) ? CB_OK : missing(id, err);
}

static enum cb_code run_and_drop(struct cb_conn *c, enum cb_sql sql, const struct cb_args *args, struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc = cb_stmt_run(&res, c, sql, args, err);

    PQclear(res);
    return rc;
}

/* Its one number. */
static enum cb_code run_number(int64_t *n, struct cb_conn *c, enum cb_sql sql, const struct cb_args *args, struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc = cb_stmt_run(&res, c, sql, args, err);

    if (rc == CB_OK)
        *n = cb_col_int(res, 0, 0);
    PQclear(res);
    return rc;
}

static cb_str text(struct cb_arena *a, const PGresult *res, int row, int col)
{
    return cb_arena_str(a, cb_col_str(res, row, col));
}

static void read_row(struct cb_task_row *out, struct cb_arena *a, const PGresult *res, int i)
{
    *out = (struct cb_task_row){
        .id = text(a, res, i, 0),
        .template_ref = text(a, res, i, 1),
        .created_by = text(a, res, i, 2),
        .state = text(a, res, i, 3),
        .spec = text(a, res, i, 4),
        .start_over = cb_str_eq(cb_col_str(res, i, 5), CB_LIT("startOver")),
        .cancelling = cb_col_bool(res, i, 6),
        .attempt = cb_col_int(res, i, 7),
        .created_us = cb_col_time(res, i, 8),
        .started_us = cb_col_time(res, i, 9),
        .ended_us = cb_col_time(res, i, 10),
        .heartbeat_us = cb_col_time(res, i, 11),
    };
}

enum cb_code cb_task_put(struct cb_conn *c, const struct cb_task_row *row, cb_str secrets, cb_str key_id, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, row->id);
    cb_args_str(&args, row->template_ref);
    cb_args_str(&args, row->created_by);
    cb_args_str(&args, row->spec);
    cb_args_str(&args, secrets);
    cb_args_str(&args, key_id);
    cb_args_str(&args, row->start_over ? CB_LIT("startOver") : CB_LIT("none"));
    return run_and_drop(c, CB_SQL_TASK_PUT, &args, err);
}

enum cb_code cb_task_waiting(int64_t *n, struct cb_conn *c, int64_t most, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_int(&args, most);
    return run_number(n, c, CB_SQL_TASK_WAITING, &args, err);
}

enum cb_code cb_task_get(struct cb_task_row *out, struct cb_arena *a, struct cb_conn *c, cb_str id, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = check_id(id, err)) != CB_OK)
        return rc;
    cb_args_str(&args, id);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_TASK_GET, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res))
        read_row(out, a, res, 0);
    else
        rc = missing(id, err);
    PQclear(res);
    return rc;
}

enum cb_code cb_task_list(struct cb_task_row **out, size_t *n, int64_t *total, struct cb_arena *a, struct cb_conn *c,
                          const struct cb_task_wish *w, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    struct cb_task_row *rows;
    enum cb_code rc;

    cb_args_str(&args, w->created_by);
    cb_args_str(&args, w->states);
    cb_args_str(&args, w->templates);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_TASK_COUNT, &args, err)) != CB_OK)
        return rc;
    *total = cb_col_int(res, 0, 0);
    PQclear(res);
    res = NULL;
    cb_args_str(&args, w->order);
    cb_args_int(&args, w->limit);
    cb_args_int(&args, w->offset);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_TASK_LIST, &args, err)) != CB_OK)
        return rc;
    *n = (size_t)PQntuples(res);
    rows = CB_NEW_N(a, struct cb_task_row, *n + 1);
    for (size_t i = 0; i < *n; i++)
        read_row(&rows[i], a, res, (int)i);
    *out = rows;
    PQclear(res);
    return CB_OK;
}

/* ---- who runs it */

enum cb_code cb_task_claim(struct cb_task_claim *out, bool *found, struct cb_arena *a, struct cb_conn *c, cb_str owner, int64_t lease_us,
                           cb_str keys, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&args, owner);
    cb_args_int(&args, lease_us);
    cb_args_str(&args, keys);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_TASK_CLAIM, &args, err)) != CB_OK)
        return rc;
    *found = PQntuples(res) > 0;
    if (*found)
        *out = (struct cb_task_claim){
            .row =
                {
                    .id = text(a, res, 0, 0),
                    .state = CB_LIT("processing"),
                    .spec = text(a, res, 0, 3),
                    .start_over = cb_str_eq(cb_col_str(res, 0, 5), CB_LIT("startOver")),
                    .cancelling = cb_col_bool(res, 0, 6),
                    .attempt = cb_col_int(res, 0, 7),
                    .template_ref = text(a, res, 0, 9),
                    .created_by = text(a, res, 0, 10),
                },
            .fence = cb_col_int(res, 0, 1),
            .interrupted = cb_str_eq(cb_col_str(res, 0, 2), CB_LIT("processing")),
            .secrets = text(a, res, 0, 4),
            .left_files = cb_col_bool(res, 0, 8),
            .under_way_us = cb_col_int(res, 0, 11),
        };
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_task_renew(struct cb_conn *c, cb_str owner, int64_t lease_us,
                           void (*each)(cb_str id, int64_t fence, bool cancelling, void *ctx), void *ctx, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&args, owner);
    cb_args_int(&args, lease_us);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_TASK_RENEW, &args, err)) != CB_OK)
        return rc;
    for (int i = 0; i < PQntuples(res); i++)
        each(cb_col_str(res, i, 0), cb_col_int(res, i, 1), cb_col_bool(res, i, 2), ctx);
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_task_locked(int64_t *n, struct cb_conn *c, cb_str keys, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, keys);
    return run_number(n, c, CB_SQL_TASK_LOCKED, &args, err);
}

enum cb_code cb_task_hand_back(struct cb_conn *c, cb_str id, int64_t fence, struct cb_err *err)
{
    struct cb_args args = {0};
    enum cb_code rc;

    cb_args_str(&args, id);
    cb_args_int(&args, fence);
    if ((rc = cb_stmt_do(c, CB_SQL_TASK_HAND_BACK, &args, NULL, err)) != CB_OK)
        return rc;
    return run_and_drop(c, CB_SQL_TASK_OPEN, NULL, err);
}

enum cb_code cb_task_alive(bool *out, struct cb_conn *c, cb_str id, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    *out = false;
    if (check_id(id, NULL) != CB_OK)
        return CB_OK;
    cb_args_str(&args, id);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_TASK_ALIVE, &args, err)) != CB_OK)
        return rc;
    *out = PQntuples(res) > 0;
    PQclear(res);
    return CB_OK;
}

/* ---- transactions */

enum cb_code cb_task_begin(bool *cancelling, struct cb_conn *c, cb_str id, int64_t fence, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = cb_tx_begin(c, err)) != CB_OK)
        return rc;
    cb_args_str(&args, id);
    cb_args_int(&args, fence);
    rc = cb_stmt_run(&res, c, CB_SQL_TASK_HOLD, &args, err);
    if (rc == CB_OK && PQntuples(res) == 0)
        rc = cb_fail(err, CB_ECONFLICT, "the task %" CB_FMT " is another callboard's now", CB_ARG(id));
    if (rc == CB_OK && cancelling)
        *cancelling = cb_col_bool(res, 0, 0);
    PQclear(res);
    if (rc != CB_OK)
        cb_tx_rollback(c);
    return rc;
}

enum cb_code cb_task_begin_any(struct cb_task_row *out, struct cb_arena *a, struct cb_conn *c, cb_str id, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = check_id(id, err)) != CB_OK || (rc = cb_tx_begin(c, err)) != CB_OK)
        return rc;
    cb_args_str(&args, id);
    rc = cb_stmt_run(&res, c, CB_SQL_TASK_LOCK, &args, err);
    if (rc == CB_OK && PQntuples(res) == 0)
        rc = missing(id, err);
    if (rc == CB_OK)
        *out = (struct cb_task_row){.id = id, .state = text(a, res, 0, 0), .created_by = text(a, res, 0, 1), .cancelling = cb_col_bool(res, 0, 2)};
    PQclear(res);
    if (rc != CB_OK)
        cb_tx_rollback(c);
    return rc;
}

enum cb_code cb_task_commit(struct cb_conn *c, struct cb_err *err)
{
    return cb_tx_commit(c, err);
}

void cb_task_rollback(struct cb_conn *c)
{
    cb_tx_rollback(c);
}

/* ---- under the lock */

enum cb_code cb_task_event_put(struct cb_conn *c, cb_str id, cb_str events, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, id);
    cb_args_str(&args, events);
    return run_and_drop(c, CB_SQL_TASK_EVENT_PUT, &args, err);
}

enum cb_code cb_task_step_begin(struct cb_conn *c, cb_str id, int64_t place, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, id);
    cb_args_int4(&args, (int32_t)place);
    return cb_stmt_do(c, CB_SQL_TASK_STEP_BEGIN, &args, NULL, err);
}

enum cb_code cb_task_step_end(struct cb_conn *c, cb_str id, int64_t place, cb_str state, cb_str output, cb_str sealed, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, id);
    cb_args_int4(&args, (int32_t)place);
    cb_args_str(&args, state);
    cb_args_str(&args, output);
    cb_args_str(&args, sealed);
    return cb_stmt_do(c, CB_SQL_TASK_STEP_END, &args, NULL, err);
}

enum cb_code cb_task_step_forget(struct cb_conn *c, cb_str id, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, id);
    return cb_stmt_do(c, CB_SQL_TASK_STEP_FORGET, &args, NULL, err);
}

enum cb_code cb_task_files(struct cb_conn *c, cb_str id, bool files, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, id);
    cb_args_int(&args, files);
    return cb_stmt_do(c, CB_SQL_TASK_FILES, &args, NULL, err);
}

enum cb_code cb_task_left_put(struct cb_conn *c, cb_str id, cb_str step, cb_str action, bool can_undo, cb_str input, cb_str output,
                              struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, id);
    cb_args_str(&args, step);
    cb_args_str(&args, action);
    cb_args_int(&args, can_undo);
    cb_args_str(&args, input);
    cb_args_str(&args, output);
    return cb_stmt_do(c, CB_SQL_TASK_LEFT_PUT, &args, NULL, err);
}

enum cb_code cb_task_end(struct cb_conn *c, cb_str id, cb_str state, struct cb_err *err)
{
    struct cb_args args = {0}, wipe = {0}, drop = {0};
    enum cb_code rc;

    cb_args_str(&args, id);
    cb_args_str(&args, state);
    cb_args_str(&wipe, id);
    cb_args_str(&wipe, cb_str_eq(state, CB_LIT("cancelled")) ? CB_LIT("cancelled") : CB_LIT("failed"));
    cb_args_str(&drop, id);
    if ((rc = cb_stmt_do(c, CB_SQL_TASK_END, &args, NULL, err)) != CB_OK || (rc = cb_stmt_do(c, CB_SQL_TASK_WIPE, &wipe, NULL, err)) != CB_OK)
        return rc;
    return cb_str_eq(state, CB_LIT("completed")) ? cb_stmt_do(c, CB_SQL_TASK_LEFT_DROP, &drop, NULL, err) : CB_OK;
}

enum cb_code cb_task_cancel(struct cb_conn *c, cb_str id, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, id);
    return run_and_drop(c, CB_SQL_TASK_CANCEL, &args, err);
}

enum cb_code cb_task_retry(struct cb_conn *c, cb_str id, cb_str secrets, cb_str key_id, struct cb_err *err)
{
    struct cb_args args = {0}, forget = {0};
    enum cb_code rc;

    cb_args_str(&args, id);
    cb_args_str(&args, secrets);
    cb_args_str(&args, key_id);
    cb_args_str(&forget, id);
    if ((rc = cb_stmt_do(c, CB_SQL_TASK_RETRY, &args, NULL, err)) != CB_OK || (rc = cb_task_step_forget(c, id, err)) != CB_OK ||
        (rc = cb_stmt_do(c, CB_SQL_TASK_EVENT_FORGET, &forget, NULL, err)) != CB_OK)
        return rc;
    return run_and_drop(c, CB_SQL_TASK_OPEN, NULL, err);
}

/* ---- reading */

enum cb_code cb_task_steps(struct cb_task_step_row **out, size_t *n, struct cb_arena *a, struct cb_conn *c, cb_str id, struct cb_err *err)
{
    struct cb_args args = {0};
    struct cb_task_step_row *rows;
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&args, id);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_TASK_STEP_ALL, &args, err)) != CB_OK)
        return rc;
    *n = (size_t)PQntuples(res);
    rows = CB_NEW_N(a, struct cb_task_step_row, *n + 1);
    for (int i = 0; i < (int)*n; i++)
        rows[i] = (struct cb_task_step_row){
            .place = cb_col_int(res, i, 0),
            .state = text(a, res, i, 1),
            .began_us = cb_col_time(res, i, 2),
            .ended_us = cb_col_time(res, i, 3),
            .output = text(a, res, i, 4),
            .sealed = text(a, res, i, 5),
        };
    *out = rows;
    PQclear(res);
    return CB_OK;
}

static void read_event(struct cb_task_event *out, struct cb_arena *a, const PGresult *res, int i, int from)
{
    *out = (struct cb_task_event){
        .id = cb_col_int(res, i, from),
        .type = text(a, res, i, from + 1),
        .body = text(a, res, i, from + 2),
        .at_us = cb_col_time(res, i, from + 3),
    };
}

enum cb_code cb_task_event_read(struct cb_task_events *out, struct cb_arena *a, struct cb_conn *c, cb_str id, int64_t after,
                                struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;
    int n;

    if ((rc = check_id(id, err)) != CB_OK)
        return rc;
    cb_args_str(&args, id);
    cb_args_int(&args, after);
    cb_args_int(&args, CB_TASK_EVENT_PAGE);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_TASK_EVENT_READ, &args, err)) != CB_OK)
        return rc;
    if ((n = PQntuples(res)) == 0) {
        PQclear(res);
        return missing(id, err);
    }
    *out = (struct cb_task_events){.state = text(a, res, 0, 0), .start_over = cb_str_eq(cb_col_str(res, 0, 1), CB_LIT("startOver"))};
    out->v = CB_NEW_N(a, struct cb_task_event, (size_t)n);
    for (int i = 0; i < n; i++)
        if (!PQgetisnull(res, i, 2))
            read_event(&out->v[out->n++], a, res, i, 2);
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_task_event_end(struct cb_task_event *out, bool *found, struct cb_arena *a, struct cb_conn *c, cb_str id, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&args, id);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_TASK_EVENT_END, &args, err)) != CB_OK)
        return rc;
    *found = PQntuples(res) > 0;
    if (*found)
        read_event(out, a, res, 0, 0);
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_task_left_all(struct cb_task_left **out, size_t *n, struct cb_arena *a, struct cb_conn *c, cb_str id, struct cb_err *err)
{
    struct cb_args args = {0};
    struct cb_task_left *rows;
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&args, id);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_TASK_LEFT_ALL, &args, err)) != CB_OK)
        return rc;
    *n = (size_t)PQntuples(res);
    rows = CB_NEW_N(a, struct cb_task_left, *n + 1);
    for (int i = 0; i < (int)*n; i++)
        rows[i] = (struct cb_task_left){
            .id = cb_col_int(res, i, 0),
            .step = text(a, res, i, 1),
            .action = text(a, res, i, 2),
            .can_undo = cb_col_bool(res, i, 3),
            .input = text(a, res, i, 4),
            .output = text(a, res, i, 5),
            .made_us = cb_col_time(res, i, 6),
            .undone_us = cb_col_time(res, i, 7),
            .error = text(a, res, i, 8),
        };
    *out = rows;
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_task_left_set(struct cb_conn *c, int64_t id, cb_str error, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_int(&args, id);
    cb_args_str(&args, error);
    return cb_stmt_do(c, CB_SQL_TASK_LEFT_SET, &args, NULL, err);
}

enum cb_code cb_task_prune(int64_t *gone_n, struct cb_conn *c, int64_t keep_us, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_int(&args, keep_us);
    return cb_stmt_do(c, CB_SQL_TASK_PRUNE, &args, gone_n, err);
}
