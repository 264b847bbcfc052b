/* COPY in binary, both ways. */
#include <assert.h>
#include <endian.h>
#include <poll.h>
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/persist/stmt.h"

static const char signature[19] =
    "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* flags and extension are 0 */
#define SIGNATURE_BYTES 19

enum cb_code cb_copy_begin(struct cb_conn *c, enum cb_sql sql, struct cb_err *err)
{
    enum cb_code rc;

    if ((rc = cb_stmt_copy_start(c, sql, PGRES_COPY_IN, err)) != CB_OK)
        return rc;
    return cb_copy_send(c, cb_str_make(signature, SIGNATURE_BYTES), err);
}

enum cb_code cb_copy_send(struct cb_conn *c, cb_str rows, struct cb_err *err)
{
    enum cb_code rc;

    while (rows.n > 0) {
        cb_str part = cb_str_sub(rows, 0, CB_STMT_COPY_BYTES);

        if (PQputCopyData(c->pg, part.p, (int)part.n) != 1)
            return cb_stmt_lost(c, err);
        if ((rc = cb_stmt_flush(c, err)) != CB_OK)
            return rc;
        rows = cb_str_sub(rows, part.n, rows.n);
    }
    return CB_OK;
}

enum cb_code cb_copy_end(struct cb_conn *c, enum cb_sql sql, struct cb_err *err)
{
    static const char trailer[2] = {'\377', '\377'};
    enum cb_code rc;

    if ((rc = cb_copy_send(c, cb_str_make(trailer, sizeof(trailer)), err)) != CB_OK)
        return rc;
    if (PQputCopyEnd(c->pg, NULL) != 1)
        return cb_stmt_lost(c, err);
    if ((rc = cb_stmt_flush(c, err)) != CB_OK)
        return rc;
    return cb_stmt_finish(c, sql, err);
}

/* --- rows that go ----------------------------------------------------------------------------- */

void cb_copy_row(struct cb_buf *b, int columns)
{
    uint16_t be = htobe16((uint16_t)columns);

    cb_buf_put(b, &be, sizeof(be));
}

static void put_length(struct cb_buf *b, uint32_t n)
{
    uint32_t be = htobe32(n);

    cb_buf_put(b, &be, sizeof(be));
}

void cb_copy_int(struct cb_buf *b, int64_t v)
{
    uint64_t be = htobe64((uint64_t)v);

    put_length(b, sizeof(be));
    cb_buf_put(b, &be, sizeof(be));
}

void cb_copy_int4(struct cb_buf *b, int32_t v)
{
    put_length(b, sizeof(uint32_t));
    put_length(b, (uint32_t)v);
}

void cb_copy_int2(struct cb_buf *b, int16_t v)
{
    uint16_t be = htobe16((uint16_t)v);

    put_length(b, sizeof(be));
    cb_buf_put(b, &be, sizeof(be));
}

void cb_copy_str(struct cb_buf *b, cb_str v)
{
    put_length(b, (uint32_t)v.n);
    cb_buf_put(b, v.p, v.n);
}

void cb_copy_null(struct cb_buf *b)
{
    put_length(b, UINT32_MAX);
}

/* Length of the character at the start of S; 0 when PostgreSQL would refuse it. */
static size_t character(cb_str s)
{
    uint8_t c = (uint8_t)s.p[0];
    size_t n = c < 0x80                ? 1
               : c >= 0xc2 && c < 0xe0 ? 2
               : (c & 0xf0) == 0xe0    ? 3
               : c >= 0xf0 && c < 0xf5 ? 4
                                       : 0;

    return c != 0 && n > 0 && n <= s.n && cb_str_is_utf8(cb_str_make(s.p, n)) ? n : 0;
}

static bool is_clean(cb_str s)
{
    return (s.n == 0 || !memchr(s.p, 0, s.n)) && cb_str_is_utf8(s);
}

static void clean_into(struct cb_buf *b, cb_str s)
{
    while (s.n > 0) {
        size_t n = character(s);

        if (n > 0)
            cb_buf_put(b, s.p, n);
        else
            cb_buf_put(b, "\xef\xbf\xbd", 3);
        s = cb_str_sub(s, n > 0 ? n : 1, s.n);
    }
}

void cb_copy_text(struct cb_buf *b, cb_str v)
{
    size_t at = b->n;
    uint32_t be;

    if (is_clean(v)) {
        cb_copy_str(b, v);
        return;
    }
    put_length(b, 0);
    clean_into(b, v);
    be = htobe32((uint32_t)(b->n - at - sizeof(be)));
    memcpy(b->p + at, &be, sizeof(be));
}

cb_str cb_stmt_clean(struct cb_arena *a, cb_str s)
{
    struct cb_buf b = CB_BUF_INIT;

    if (is_clean(s))
        return s;
    clean_into(&b, s);
    s = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return s;
}

/* --- rows that come --------------------------------------------------------------------------- */

static uint32_t be32(const char *p)
{
    uint32_t be;

    memcpy(&be, p, sizeof(be));
    return be32toh(be);
}

bool cb_copy_field(cb_str *out, cb_str *fields)
{
    uint32_t n;

    if (fields->n < sizeof(n))
        return false;
    n = be32(fields->p);
    *fields = cb_str_sub(*fields, sizeof(n), fields->n);
    if (n == UINT32_MAX) {
        *out = cb_str_make(NULL, 0);
        return true;
    }
    if (n > fields->n)
        return false;
    *out = cb_str_sub(*fields, 0, n);
    *fields = cb_str_sub(*fields, n, fields->n);
    return true;
}

int64_t cb_copy_field_int(cb_str field)
{
    uint64_t v = field.n && (field.p[0] & 0x80) ? UINT64_MAX : 0;

    for (size_t i = 0; i < field.n; i++)
        v = v << 8 | (uint8_t)field.p[i];
    return (int64_t)v;
}

/* One message of the server: the first begins with the signature, the last is the trailer. */
static int take_message(cb_str message, bool *first, cb_copy_row_fn *each, void *ctx)
{
    uint16_t be;

    if (*first) {
        if (message.n < SIGNATURE_BYTES || memcmp(message.p, signature, 11) != 0)
            return -1;
        message = cb_str_sub(message, SIGNATURE_BYTES, message.n);
        *first = false;
    }
    if (message.n < sizeof(be))
        return message.n == 0 ? 0 : -1;
    memcpy(&be, message.p, sizeof(be));
    if (be == UINT16_MAX)
        return 0;
    return each(cb_str_sub(message, sizeof(be), message.n), be16toh(be), ctx) != 0 ? 1 : 0;
}

enum cb_code cb_copy_out(struct cb_conn *c, enum cb_sql sql, cb_copy_row_fn *each, void *ctx,
                         struct cb_err *err)
{
    bool first = true, go_on = true, damaged = false;
    int64_t until_us;
    enum cb_code rc;

    if ((rc = cb_stmt_copy_start(c, sql, PGRES_COPY_OUT, err)) != CB_OK)
        return rc;
    until_us = cb_clock_mono_us() + c->wait_us;
    for (;;) {
        char *bytes = NULL;
        int n = PQgetCopyData(c->pg, &bytes, 1);

        if (n > 0) {
            int took = go_on ? take_message(cb_str_make(bytes, (size_t)n), &first, each, ctx) : 0;

            PQfreemem(bytes);
            damaged = damaged || took < 0;
            go_on = go_on && took == 0;
        } else if (n == 0) {
            if ((rc = cb_conn_poll(c, POLLIN, until_us, err)) != CB_OK)
                return rc;
            if (PQconsumeInput(c->pg) == 0)
                return cb_stmt_lost(c, err);
            until_us = cb_clock_mono_us() + c->wait_us;
        } else {
            break;
        }
    }
    if ((rc = cb_stmt_finish(c, sql, err)) != CB_OK)
        return rc;
    return damaged ? cb_fail(err, CB_EUPSTREAM, "PostgreSQL sent a damaged row for %s",
                             cb_sql_queries[sql].name)
                   : CB_OK;
}
