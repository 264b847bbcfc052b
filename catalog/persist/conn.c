#include "catalog/persist/conn.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/persist/stmt.h"

#define VERSION_LEAST 150000 /* MERGE, column compression */

static void quiet(void *ctx, const char *message)
{
    (void)ctx;
    (void)message;
}

enum cb_code cb_conn_url_check(const char *url, struct cb_err *err)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);

    if (!options)
        return cb_fail(
            err, CB_EINVAL,
            "the database is not a URL such as postgresql://user:password@host/callboard");
    PQconninfoFree(options);
    return CB_OK;
}

enum cb_code cb_conn_poll(struct cb_conn *c, short events, int64_t until_us, struct cb_err *err)
{
    struct pollfd fd = {.fd = PQsocket(c->pg), .events = events};

    for (;;) {
        int64_t left_us = until_us - cb_clock_mono_us();
        int64_t left_ms = left_us <= 0 ? 0 : (left_us + CB_MS_US - 1) / CB_MS_US;
        int n = poll(&fd, 1, left_ms > 60000 ? 60000 : (int)left_ms);

        if (n > 0)
            return CB_OK;
        if (n < 0 && errno != EINTR) {
            c->broken = true;
            return cb_fail(err, CB_EUNAVAILABLE, "PostgreSQL at %s: %s", c->host, strerror(errno));
        }
        if (left_us <= 0) {
            c->broken = true;
            return cb_fail(err, CB_ETIMEOUT, "PostgreSQL at %s did not answer in time", c->host);
        }
    }
}

/* The last sentence of libpq, without its line ends. It names host and port, never the password. */
static enum cb_code unreachable(struct cb_conn *c, struct cb_err *err)
{
    cb_str text = cb_str_trim(cb_str_cstr(PQerrorMessage(c->pg)));
    char line[CB_ERR_TEXT_MAX / 2];
    size_t n = text.n < sizeof(line) - 1 ? text.n : sizeof(line) - 1;

    for (size_t i = 0; i < n; i++)
        line[i] = text.p[i] == '\n' || text.p[i] == '\t' ? ' ' : text.p[i];
    line[n] = '\0';
    return cb_fail(err, CB_EUNAVAILABLE, "PostgreSQL at %s cannot be reached: %s", c->host, line);
}

static enum cb_code connect_until(struct cb_conn *c, int64_t until_us, struct cb_err *err)
{
    enum cb_code rc;

    if (PQstatus(c->pg) == CONNECTION_BAD)
        return unreachable(c, err);
    for (PostgresPollingStatusType want = PGRES_POLLING_WRITING; want != PGRES_POLLING_OK;) {
        if (want == PGRES_POLLING_FAILED)
            return unreachable(c, err);
        rc = cb_conn_poll(c, want == PGRES_POLLING_READING ? POLLIN : POLLOUT, until_us, err);
        if (rc == CB_ETIMEOUT)
            return cb_fail(err, CB_EUNAVAILABLE, "PostgreSQL at %s did not answer in time",
                           c->host);
        if (rc != CB_OK)
            return rc;
        want = PQconnectPoll(c->pg);
    }
    return CB_OK;
}

static void name_host(struct cb_conn *c)
{
    const char *host = PQhost(c->pg), *port = PQport(c->pg);

    snprintf(c->host, sizeof(c->host), "%s%s%s", host && *host ? host : "the default socket",
             port && *port ? ":" : "", port && *port ? port : "");
}

/* What statements and texts rely on. */
static enum cb_code check_server(struct cb_conn *c, struct cb_err *err)
{
    const char *encoding = PQparameterStatus(c->pg, "server_encoding");
    int version = PQserverVersion(c->pg);

    if (version < VERSION_LEAST)
        return cb_fail(err, CB_EUNSUPPORTED,
                       "PostgreSQL at %s is version %d, and callboard needs %d or newer", c->host,
                       version / 10000, VERSION_LEAST / 10000);
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return cb_fail(err, CB_EUNSUPPORTED,
                       "the database at %s is in %s, and callboard needs UTF8: create one with "
                       "CREATE DATABASE callboard ENCODING 'UTF8' TEMPLATE template0",
                       c->host, encoding ? encoding : "an unknown encoding");
    return CB_OK;
}

enum cb_code cb_conn_open(struct cb_conn **out, const char *url, int64_t connect_us,
                          struct cb_err *err)
{
    /* dbname comes first and is expanded: what the URL says stands, save where a later key repeats it. */
    static const char *const keys[] = {
        "dbname",           "client_encoding",  "fallback_application_name",
        "keepalives",       "keepalives_idle",  "keepalives_interval",
        "keepalives_count", "tcp_user_timeout", NULL};
    const char *values[] = {url, "UTF8", "callboard", "1", "15", "5", "3", "30000", NULL};
    struct cb_conn *c;
    enum cb_code rc;

    if ((rc = cb_conn_url_check(url, err)) != CB_OK)
        return rc;
    c = calloc(1, sizeof(*c));
    if (!c)
        abort();
    c->wait_us = CB_CONN_STATEMENT_US;
    c->pg = PQconnectStartParams(keys, values, 1);
    if (!c->pg)
        abort();
    name_host(c);
    PQsetNoticeProcessor(c->pg, quiet, NULL);
    if ((rc = connect_until(c, cb_clock_mono_us() + connect_us, err)) != CB_OK)
        goto fail;
    if (PQsetnonblocking(c->pg, 1) != 0) {
        rc = unreachable(c, err);
        goto fail;
    }
    if ((rc = check_server(c, err)) != CB_OK ||
        (rc = cb_stmt_do(c, CB_SQL_CONN_SETTINGS, NULL, NULL, err)) != CB_OK)
        goto fail;
    *out = c;
    return CB_OK;

fail:
    cb_conn_close(c);
    return rc;
}

void cb_conn_close(struct cb_conn *c)
{
    if (!c)
        return;
    PQfinish(c->pg);
    free(c);
}

bool cb_conn_alive(struct cb_conn *c)
{
    struct pollfd fd = {.fd = PQsocket(c->pg), .events = POLLIN | POLLRDHUP};

    if (c->broken || PQstatus(c->pg) != CONNECTION_OK || PQtransactionStatus(c->pg) != PQTRANS_IDLE)
        return false;
    if (poll(&fd, 1, 0) == 0)
        return true;
    /* An idle server speaks only to say goodbye, or to tell of a setting. */
    return !(fd.revents & (POLLHUP | POLLRDHUP | POLLERR)) && PQconsumeInput(c->pg) == 1 &&
           PQstatus(c->pg) == CONNECTION_OK;
}
