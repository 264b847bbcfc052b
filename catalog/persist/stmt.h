/*
 * stmt.h - a statement of sql/queries, its arguments and its rows. For persist alone: libpq stays in this folder.
 *
 * Shape     arguments and results in PostgreSQL's binary format; each argument's type is in the statement (a cast)
 * Wait      never longer than the connection's deadline: the socket is polled, and a connection whose server has
 *           said nothing until then is broken and will be opened anew
 * Threads   a connection: one at a time
 */
#ifndef CB_PERSIST_STMT_H
#define CB_PERSIST_STMT_H

#include <libpq-fe.h>

#include "catalog/base/buf.h"
#include "catalog/persist/conn.h"
#include "sql/sql_text.h"

#define CB_STMT_ARG_MAX 16              /* arguments of one statement */
#define CB_STMT_COPY_BYTES (256 * 1024) /* handed to libpq at a time */
#define CB_PASS_STATEMENT_US                                                                       \
    (INT64_C(3600) * INT64_C(1000000)) /* one statement over all of a large pass */

struct cb_conn {
    PGconn *pg;
    int64_t wait_us; /* how long the server may say nothing */
    bool broken;     /* nothing may be asked of it any more */
    bool staged;     /* the temporary tables of a pass are there, and empty */
    int staged_n;    /* passes that used them */
    bool prepared[CB_SQL_N];
    char host[128]; /* for sentences: where the server is, without a secret */
};

/* NULL-terminated URL or key=value text. CB_EINVAL: not one; the sentence never shows it. */
enum cb_code cb_conn_open(struct cb_conn **out, const char *url, int64_t connect_us,
                          struct cb_err *err) CB_MUSTCHECK;
/* Accepts NULL. */
void cb_conn_close(struct cb_conn *c);
/* Can it be asked? Looks at the socket, sends nothing. */
bool cb_conn_alive(struct cb_conn *c);
/* Is URL one at all? */
enum cb_code cb_conn_url_check(const char *url, struct cb_err *err) CB_MUSTCHECK;
/* Wait for EVENTS of the socket; CB_ETIMEOUT, and the connection is broken. UNTIL_US is on the monotonic clock. */
enum cb_code cb_conn_poll(struct cb_conn *c, short events, int64_t until_us,
                          struct cb_err *err) CB_MUSTCHECK;

struct cb_args {
    int n;
    const char *value[CB_STMT_ARG_MAX];
    int length[CB_STMT_ARG_MAX];
    char room[CB_STMT_ARG_MAX][8];
};

void cb_args_int(struct cb_args *a, int64_t v);      /* bigint */
void cb_args_int4(struct cb_args *a, int32_t v);     /* integer */
void cb_args_int2(struct cb_args *a, int16_t v);     /* smallint */
void cb_args_str(struct cb_args *a, cb_str v);       /* text, bytea; borrowed */
void cb_args_time(struct cb_args *a, int64_t at_us); /* timestamptz; 0: NULL */
void cb_args_null(struct cb_args *a);                /* of any type */

/*
 * Run it; *OUT (NULL when no rows are wanted) is freed with PQclear.
 */
enum cb_code cb_stmt_run(PGresult **out, struct cb_conn *c, enum cb_sql sql,
                         const struct cb_args *args, struct cb_err *err) CB_MUSTCHECK;
/* Run it, want no rows; *TOUCHED (may be NULL) is how many it inserted, updated or deleted. */
enum cb_code cb_stmt_do(struct cb_conn *c, enum cb_sql sql, const struct cb_args *args,
                        int64_t *touched, struct cb_err *err) CB_MUSTCHECK;
/* Row by row, none kept; EACH non-zero stops (the rest is read and thrown away). RES is one row, 0. */
enum cb_code cb_stmt_each(struct cb_conn *c, enum cb_sql sql, const struct cb_args *args,
                          int (*each)(const PGresult *res, void *ctx), void *ctx,
                          struct cb_err *err) CB_MUSTCHECK;
/* Many statements in one text, no arguments: a migration. */
enum cb_code cb_stmt_script(struct cb_conn *c, const char *text, struct cb_err *err) CB_MUSTCHECK;

/* Parts that stmt.c lends to copy.c: ask and expect WANT; read the end of it; send what waits; say that the peer is gone. */
enum cb_code cb_stmt_copy_start(struct cb_conn *c, enum cb_sql sql, ExecStatusType want,
                                struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_stmt_finish(struct cb_conn *c, enum cb_sql sql, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_stmt_flush(struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_stmt_lost(struct cb_conn *c, struct cb_err *err);

/* One row's column of RES. NULL reads as 0, "" and 0. */
int64_t cb_col_int(const PGresult *res, int row, int col); /* smallint, integer, bigint */
bool cb_col_bool(const PGresult *res, int row, int col);
cb_str cb_col_str(const PGresult *res, int row, int col); /* borrows from RES */
int64_t cb_col_time(const PGresult *res, int row, int col);

/* COPY … FROM STDIN (FORMAT binary): begin, rows as cb_copy_* write them, end. */
enum cb_code cb_copy_begin(struct cb_conn *c, enum cb_sql sql, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_copy_send(struct cb_conn *c, cb_str rows, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_copy_end(struct cb_conn *c, enum cb_sql sql, struct cb_err *err) CB_MUSTCHECK;
void cb_copy_row(struct cb_buf *b, int columns);
void cb_copy_int(struct cb_buf *b, int64_t v);
void cb_copy_int4(struct cb_buf *b, int32_t v);
void cb_copy_int2(struct cb_buf *b, int16_t v);
void cb_copy_str(struct cb_buf *b,
                 cb_str v); /* bytes as they are: text that is known to be UTF-8, bytea */
void cb_copy_text(
    struct cb_buf *b,
    cb_str v); /* a stranger's text: bytes that are no UTF-8, and NUL, become U+FFFD */
void cb_copy_null(struct cb_buf *b);
/* S with U+FFFD for what PostgreSQL would refuse; S itself when there is nothing. */
cb_str cb_stmt_clean(struct cb_arena *a, cb_str s);

/* COPY … TO STDOUT (FORMAT binary): EACH gets every row's fields behind the count; non-zero stops. */
typedef int cb_copy_row_fn(cb_str fields, int field_n, void *ctx);
enum cb_code cb_copy_out(struct cb_conn *c, enum cb_sql sql, cb_copy_row_fn *each, void *ctx,
                         struct cb_err *err) CB_MUSTCHECK;
/* The next field; false when the row is damaged. NULL gives p == NULL. */
bool cb_copy_field(cb_str *out, cb_str *fields);
int64_t cb_copy_field_int(cb_str field);

/* Transactions. A rollback never fails: at worst the connection is broken. */
enum cb_code cb_tx_begin(struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_tx_snapshot(struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_tx_commit(struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;
void cb_tx_rollback(struct cb_conn *c);

#endif
