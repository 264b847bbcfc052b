#include "catalog/persist/stmt.h"

#include <assert.h>
#include <endian.h>
#include <poll.h>
#include <stdlib.h>

#include "catalog/base/clock.h"

#define EPOCH_2000_US INT64_C(946684800000000) /* PostgreSQL counts from 2000 */

/* --- arguments -------------------------------------------------------------------------------- */

static void arg_put(struct cb_args *a, const char *value, size_t n)
{
    assert(a->n < CB_STMT_ARG_MAX);
    a->value[a->n] = value;
    a->length[a->n] = (int)n;
    a->n++;
}

static void arg_room(struct cb_args *a, const void *bytes, size_t n)
{
    assert(a->n < CB_STMT_ARG_MAX);
    memcpy(a->room[a->n], bytes, n);
    arg_put(a, a->room[a->n], n);
}

void cb_args_int(struct cb_args *a, int64_t v)
{
    uint64_t be = htobe64((uint64_t)v);

    arg_room(a, &be, sizeof(be));
}

void cb_args_int4(struct cb_args *a, int32_t v)
{
    uint32_t be = htobe32((uint32_t)v);

    arg_room(a, &be, sizeof(be));
}

void cb_args_int2(struct cb_args *a, int16_t v)
{
    uint16_t be = htobe16((uint16_t)v);

    arg_room(a, &be, sizeof(be));
}

void cb_args_str(struct cb_args *a, cb_str v)
{
    arg_put(a, v.p ? v.p : "", v.n);
}

void cb_args_time(struct cb_args *a, int64_t at_us)
{
    if (at_us)
        cb_args_int(a, at_us - EPOCH_2000_US);
    else
        cb_args_null(a);
}

void cb_args_null(struct cb_args *a)
{
    arg_put(a, NULL, 0);
}

/* --- waiting ---------------------------------------------------------------------------------- */

enum cb_code cb_stmt_lost(struct cb_conn *c, struct cb_err *err)
{
    cb_str text = cb_str_cstr(PQerrorMessage(c->pg));
    size_t end = cb_str_find_char(text, '\n', 0);

    c->broken = true;
    return cb_fail(err, CB_EUNAVAILABLE, "the connection to PostgreSQL at %s is lost: %" CB_FMT,
                   c->host, CB_ARG(cb_str_sub(text, 0, end)));
}

/* Hand all to the kernel; read meanwhile, so that neither side waits for the other. */
enum cb_code cb_stmt_flush(struct cb_conn *c, struct cb_err *err)
{
    int64_t until_us = cb_clock_mono_us() + c->wait_us;
    enum cb_code rc;
    int left;

    while ((left = PQflush(c->pg)) == 1) {
        if ((rc = cb_conn_poll(c, POLLIN | POLLOUT, until_us, err)) != CB_OK)
            return rc;
        if (PQconsumeInput(c->pg) == 0)
            return cb_stmt_lost(c, err);
    }
    return left == 0 ? CB_OK : cb_stmt_lost(c, err);
}

static enum cb_code next_result(PGresult **out, struct cb_conn *c, struct cb_err *err)
{
    int64_t until_us = cb_clock_mono_us() + c->wait_us;
    enum cb_code rc;

    while (PQisBusy(c->pg)) {
        if ((rc = cb_conn_poll(c, POLLIN, until_us, err)) != CB_OK)
            return rc;
        if (PQconsumeInput(c->pg) == 0)
            return cb_stmt_lost(c, err);
    }
    *out = PQgetResult(c->pg);
    return CB_OK;
}

/* What PostgreSQL said, as a code and its sentence. */
static enum cb_code refused(struct cb_conn *c, const PGresult *res, const char *what,
                            struct cb_err *err)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL);

    if (!state || PQstatus(c->pg) != CONNECTION_OK)
        return cb_stmt_lost(c, err);
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 || strcmp(state, "55P03") == 0)
        return cb_fail(err, CB_ECONFLICT, "PostgreSQL gave way to another transaction: %s", text);
    if (strcmp(state, "57014") == 0)
        return cb_fail(err, CB_ETIMEOUT, "PostgreSQL stopped %s: %s", what, text);
    if (strcmp(state, "22021") == 0) /* a text with a NUL, or no UTF-8: no row has one */
        return cb_fail(err, CB_EINVAL, "what is asked for or sent has characters that no text of the catalog can have: %s", text);
    if (strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0 ||
        strcmp(state, "53300") == 0) {
        c->broken = true;
        return cb_fail(err, CB_EUNAVAILABLE, "PostgreSQL at %s: %s", c->host, text);
    }
    return cb_fail(err, CB_EUPSTREAM, "PostgreSQL refused %s: %s%s%s (%s)", what, text,
                   detail ? ". " : "", detail ? detail : "", state);
}

/* Read what is left of a statement's results, so that the next one can be asked. */
static void drain(struct cb_conn *c)
{
    PGresult *res;

    while (!c->broken && next_result(&res, c, NULL) == CB_OK && res) {
        ExecStatusType status = PQresultStatus(res);

        PQclear(res);
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            c->broken = true;
            return;
        }
    }
}

/* --- asking ----------------------------------------------------------------------------------- */

static enum cb_code prepare(struct cb_conn *c, enum cb_sql sql, struct cb_err *err)
{
    const struct cb_sql_query *q = &cb_sql_queries[sql];
    PGresult *res = NULL;
    enum cb_code rc;

    if (!PQsendPrepare(c->pg, q->name, q->text, 0, NULL))
        return cb_stmt_lost(c, err);
    if ((rc = cb_stmt_flush(c, err)) != CB_OK || (rc = next_result(&res, c, err)) != CB_OK)
        return rc;
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        rc = refused(c, res, q->name, err);
    PQclear(res);
    drain(c);
    c->prepared[sql] = rc == CB_OK;
    return rc;
}

static enum cb_code ask(struct cb_conn *c, enum cb_sql sql, const struct cb_args *args,
                        struct cb_err *err)
{
    static const int binary[CB_STMT_ARG_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    static const struct cb_args none;
    const struct cb_sql_query *q = &cb_sql_queries[sql];
    enum cb_code rc;
    int sent;

    if (c->broken)
        return cb_fail(err, CB_EUNAVAILABLE, "the connection to PostgreSQL at %s is lost", c->host);
    if (!args)
        args = &none;
    if (q->prepare && !c->prepared[sql] && (rc = prepare(c, sql, err)) != CB_OK)
        return rc;
    sent = q->prepare
               ? PQsendQueryPrepared(c->pg, q->name, args->n, args->value, args->length, binary, 1)
               : PQsendQueryParams(c->pg, q->text, args->n, NULL, args->value, args->length, binary,
                                   1);
    return sent ? CB_OK : cb_stmt_lost(c, err);
}

enum cb_code cb_stmt_run(PGresult **out, struct cb_conn *c, enum cb_sql sql,
                         const struct cb_args *args, struct cb_err *err)
{
    PGresult *res = NULL;
    ExecStatusType status;
    enum cb_code rc;

    if ((rc = ask(c, sql, args, err)) != CB_OK || (rc = cb_stmt_flush(c, err)) != CB_OK ||
        (rc = next_result(&res, c, err)) != CB_OK)
        return rc;
    status = PQresultStatus(res);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        rc = refused(c, res, cb_sql_queries[sql].name, err);
    drain(c);
    if (rc != CB_OK || !out)
        PQclear(res);
    else
        *out = res;
    return rc;
}

enum cb_code cb_stmt_do(struct cb_conn *c, enum cb_sql sql, const struct cb_args *args,
                        int64_t *touched, struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, c, sql, args, err)) != CB_OK)
        return rc;
    if (touched)
        *touched = strtoll(PQcmdTuples(res), NULL, 10);
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_stmt_each(struct cb_conn *c, enum cb_sql sql, const struct cb_args *args,
                          int (*each)(const PGresult *res, void *ctx), void *ctx,
                          struct cb_err *err)
{
    bool go_on = true;
    enum cb_code rc;

    if ((rc = ask(c, sql, args, err)) != CB_OK)
        return rc;
    PQsetSingleRowMode(c->pg);
    if ((rc = cb_stmt_flush(c, err)) != CB_OK)
        return rc;
    for (;;) {
        PGresult *res = NULL;
        ExecStatusType status;

        if ((rc = next_result(&res, c, err)) != CB_OK || !res)
            return rc;
        status = PQresultStatus(res);
        if (status == PGRES_SINGLE_TUPLE) {
            if (go_on && each(res, ctx) != 0)
                go_on = false;
        } else if (status != PGRES_TUPLES_OK) {
            rc = refused(c, res, cb_sql_queries[sql].name, err);
        }
        PQclear(res);
        if (rc != CB_OK) {
            drain(c);
            return rc;
        }
    }
}

enum cb_code cb_stmt_copy_start(struct cb_conn *c, enum cb_sql sql, ExecStatusType want,
                                struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = ask(c, sql, NULL, err)) != CB_OK || (rc = cb_stmt_flush(c, err)) != CB_OK ||
        (rc = next_result(&res, c, err)) != CB_OK)
        return rc;
    if (PQresultStatus(res) != want) {
        rc = refused(c, res, cb_sql_queries[sql].name, err);
        drain(c);
    }
    PQclear(res);
    return rc;
}

enum cb_code cb_stmt_finish(struct cb_conn *c, enum cb_sql sql, struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = next_result(&res, c, err)) != CB_OK)
        return rc;
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        rc = refused(c, res, cb_sql_queries[sql].name, err);
    PQclear(res);
    drain(c);
    return rc;
}

enum cb_code cb_stmt_script(struct cb_conn *c, const char *text, struct cb_err *err)
{
    enum cb_code rc;

    if (c->broken)
        return cb_fail(err, CB_EUNAVAILABLE, "the connection to PostgreSQL at %s is lost", c->host);
    if (!PQsendQuery(c->pg, text))
        return cb_stmt_lost(c, err);
    if ((rc = cb_stmt_flush(c, err)) != CB_OK)
        return rc;
    for (;;) {
        PGresult *res = NULL;
        ExecStatusType status;

        if ((rc = next_result(&res, c, err)) != CB_OK || !res)
            return rc;
        status = PQresultStatus(res);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            rc = refused(c, res, "a migration", err);
        PQclear(res);
        if (rc != CB_OK) {
            drain(c);
            return rc;
        }
    }
}

/* --- columns ---------------------------------------------------------------------------------- */

static int64_t big_endian(const char *p, size_t n)
{
    uint64_t v = n && (p[0] & 0x80) ? UINT64_MAX : 0;

    for (size_t i = 0; i < n; i++)
        v = v << 8 | (uint8_t)p[i];
    return (int64_t)v;
}

int64_t cb_col_int(const PGresult *res, int row, int col)
{
    return big_endian(PQgetvalue(res, row, col), (size_t)PQgetlength(res, row, col));
}

bool cb_col_bool(const PGresult *res, int row, int col)
{
    return cb_col_int(res, row, col) != 0;
}

cb_str cb_col_str(const PGresult *res, int row, int col)
{
    return cb_str_make(PQgetvalue(res, row, col), (size_t)PQgetlength(res, row, col));
}

int64_t cb_col_time(const PGresult *res, int row, int col)
{
    return PQgetisnull(res, row, col) ? 0 : cb_col_int(res, row, col) + EPOCH_2000_US;
}

/* --- transactions ----------------------------------------------------------------------------- */

enum cb_code cb_tx_begin(struct cb_conn *c, struct cb_err *err)
{
    return cb_stmt_do(c, CB_SQL_TX_BEGIN, NULL, NULL, err);
}

enum cb_code cb_tx_snapshot(struct cb_conn *c, struct cb_err *err)
{
    return cb_stmt_do(c, CB_SQL_TX_SNAPSHOT, NULL, NULL, err);
}

enum cb_code cb_tx_commit(struct cb_conn *c, struct cb_err *err)
{
    /* COMMIT of a failed transaction says ROLLBACK and no error. */
    if (PQtransactionStatus(c->pg) != PQTRANS_INTRANS)
        return cb_fail(err, CB_EINTERNAL, "a transaction that had failed was to be committed");
    return cb_stmt_do(c, CB_SQL_TX_COMMIT, NULL, NULL, err);
}

void cb_tx_rollback(struct cb_conn *c)
{
    if (c->broken || PQtransactionStatus(c->pg) == PQTRANS_IDLE)
        return;
    if (PQtransactionStatus(c->pg) == PQTRANS_ACTIVE ||
        cb_stmt_do(c, CB_SQL_TX_ROLLBACK, NULL, NULL, NULL) != CB_OK)
        c->broken = true;
}
