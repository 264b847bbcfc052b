/*
 * conn.h, with pool.h - one connection to PostgreSQL, and a bounded set of them.
 *
 * SQL       no text of it in C: statements are files of sql/queries, named here and prepared on first use
 * Deadline  each statement has one: statement_timeout on the server, and a poll() here for a dead peer
 * Server    PostgreSQL 15 or newer, encoding UTF8; else CB_EUNSUPPORTED with a sentence
 * Errors    CB_EUPSTREAM with PostgreSQL's sentence, CB_EUNAVAILABLE when it cannot be reached, CB_ETIMEOUT,
 *           CB_ECONFLICT for a deadlock or a serialization failure (the caller may try again)
 * Threads   a connection: one at a time; a pool: any
 */
#ifndef CB_PERSIST_CONN_H
#define CB_PERSIST_CONN_H

#include "catalog/base/arena.h"
#include "catalog/base/err.h"

struct cb_conn;
struct cb_pool;

#define CB_POOL_MAX 64 /* connections of one pool */
#define CB_CONN_CONNECT_US (INT64_C(10) * 1000000)
#define CB_CONN_STATEMENT_US (INT64_C(60) * 1000000)

/* URL is never logged with its password. Opens nothing yet. */
enum cb_code cb_pool_new(struct cb_pool **out, const char *url, int most,
                         struct cb_err *err) CB_MUSTCHECK;
void cb_pool_free(struct cb_pool *p);
/* Wait up to WAIT_US for one; a broken one is opened anew. CB_EUNAVAILABLE, CB_ETIMEOUT. */
enum cb_code cb_pool_take(struct cb_conn **out, struct cb_pool *p, int64_t wait_us,
                          struct cb_err *err) CB_MUSTCHECK;
/* Rolls back what is open. Accepts NULL. */
void cb_pool_give(struct cb_pool *p, struct cb_conn *c);
int cb_pool_open_n(const struct cb_pool *p); /* for metrics */

#endif
