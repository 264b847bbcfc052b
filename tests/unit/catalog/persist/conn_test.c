/* Connections and the pool: deadlines, a server that dies or falls silent, sentences without secrets. */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/persist/stmt.h"
#include "tests/unit/catalog/persist/db.h"

#define SECOND_US INT64_C(1000000)

static int64_t newest(struct db *db)
{
    int64_t generation = -1;

    CHECK_OK(cb_entity_newest(db->conn, &generation, NULL, &db_err));
    return generation;
}

START_TEST(a_url_that_is_none_is_refused_without_being_shown)
{
    struct cb_pool *pool;

    CHECK_CODE(cb_pool_new(&pool, "postgresql://me:s3cret@[::1/x", 1, &db_err), CB_EINVAL);
    ck_assert_ptr_null(strstr(db_err.text, "s3cret"));
    CHECK_CODE(cb_pool_new(&pool, "host=x", 0, &db_err), CB_EINVAL);
    CHECK_CODE(cb_pool_new(&pool, "host=x", CB_POOL_MAX + 1, &db_err), CB_EINVAL);
    CHECK_OK(cb_pool_new(&pool, "host=x", CB_POOL_MAX, &db_err));
    cb_pool_free(pool);
}
END_TEST

START_TEST(nobody_there_is_unavailable_and_names_the_host)
{
    struct cb_pool *pool;
    struct cb_conn *c;

    CHECK_OK(cb_pool_new(&pool, "postgresql://me:s3cret@127.0.0.1:1/x", 1, &db_err));
    CHECK_CODE(cb_pool_take(&c, pool, 0, &db_err), CB_EUNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(db_err.text, "127.0.0.1:1"));
    ck_assert_ptr_null(strstr(db_err.text, "s3cret"));
    ck_assert_int_eq(cb_pool_open_n(pool), 0);
    cb_pool_free(pool);
}
END_TEST

START_TEST(a_wrong_password_is_not_repeated_in_the_sentence)
{
    struct cb_pool *pool;
    struct cb_conn *c;
    char url[600];
    struct db db;

    db_open(&db);
    snprintf(url, sizeof(url), "%s password='s3cret'", db.url);
    CHECK_OK(cb_pool_new(&pool, url, 1, &db_err));
    if (cb_pool_take(&c, pool, 0, &db_err) == CB_OK)
        cb_pool_give(pool, c); /* a server that trusts everybody */
    else
        ck_assert_ptr_null(strstr(db_err.text, "s3cret"));
    cb_pool_free(pool);
    db_close(&db);
}
END_TEST

START_TEST(a_database_in_another_encoding_is_refused_with_what_to_do)
{
    char name[128], url[512];
    struct cb_conn *c;
    struct db db;

    db_open(&db);
    snprintf(name, sizeof(name), "%s_ascii", db.name);
    db_ask(&db, "CREATE DATABASE %s ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0", name);
    db_url(url, name);
    CHECK_CODE(cb_conn_open(&c, url, SECOND_US, &db_err), CB_EUNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(db_err.text, "ENCODING 'UTF8'"));
    db_ask(&db, "DROP DATABASE %s", name);
    db_close(&db);
}
END_TEST

START_TEST(a_peer_that_accepts_and_says_nothing_does_not_hold_us)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    struct cb_conn *c;
    char url[64];
    int64_t begun_us = cb_clock_mono_us();
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 4) == 0);
    getsockname(fd, (struct sockaddr *)&at, &n);
    snprintf(url, sizeof(url), "postgresql://127.0.0.1:%d/x", ntohs(at.sin_port));
    CHECK_CODE(cb_conn_open(&c, url, SECOND_US / 5, &db_err), CB_EUNAVAILABLE);
    ck_assert_int_lt(cb_clock_mono_us() - begun_us, 5 * SECOND_US);
    close(fd);
}
END_TEST

START_TEST(a_killed_server_process_is_noticed_and_the_next_connection_is_new)
{
    struct db db;
    int64_t generation;

    db_open(&db);
    ck_assert_int_eq(newest(&db), 0);
    db_ask(&db, "SELECT pg_terminate_backend(%d)", PQbackendPID(db.conn->pg));
    CHECK_CODE(cb_entity_newest(db.conn, &generation, NULL, &db_err), CB_EUNAVAILABLE);
    CHECK_CODE(cb_entity_newest(db.conn, &generation, NULL, &db_err), CB_EUNAVAILABLE);
    cb_pool_give(db.pool, db.conn);
    ck_assert_int_eq(cb_pool_open_n(db.pool), 0);
    CHECK_OK(cb_pool_take(&db.conn, db.pool, SECOND_US, &db_err));
    ck_assert_int_eq(newest(&db), 0);
    db_close(&db);
}
END_TEST

START_TEST(one_that_died_while_idle_is_opened_anew_by_take)
{
    struct db db;
    int pid;

    db_open(&db);
    pid = PQbackendPID(db.conn->pg);
    cb_pool_give(db.pool, db.conn);
    ck_assert_int_eq(cb_pool_open_n(db.pool), 1);
    db_ask(&db, "SELECT pg_terminate_backend(%d, 10000)", pid); /* waits until it is gone */
    CHECK_OK(cb_pool_take(&db.conn, db.pool, SECOND_US, &db_err));
    ck_assert_int_ne(PQbackendPID(db.conn->pg), pid);
    ck_assert_int_eq(newest(&db), 0);
    db_close(&db);
}
END_TEST

/* A row lock that another session keeps stands for a server that does not answer. */
START_TEST(a_silent_server_is_given_up_at_the_deadline)
{
    int64_t begun_us, id;
    struct cb_conn *other;
    struct db db;

    db_open(&db);
    id = db_source(&db, "git:x", 0);
    CHECK_OK(cb_pool_take(&other, db.pool, SECOND_US, &db_err));
    CHECK_OK(cb_tx_begin(other, &db_err));
    CHECK_OK(cb_source_nudge(other, id, &db_err));
    db.conn->wait_us = SECOND_US / 5;
    begun_us = cb_clock_mono_us();
    CHECK_CODE(cb_source_nudge(db.conn, id, &db_err), CB_ETIMEOUT);
    ck_assert_int_lt(cb_clock_mono_us() - begun_us, 5 * SECOND_US);
    cb_pool_give(db.pool, other);
    cb_pool_give(db.pool, db.conn);
    ck_assert_int_eq(cb_pool_open_n(db.pool), 1);
    CHECK_OK(cb_pool_take(&db.conn, db.pool, SECOND_US, &db_err));
    CHECK_OK(cb_source_nudge(db.conn, id, &db_err));
    db_close(&db);
}
END_TEST

START_TEST(the_servers_own_deadline_is_a_timeout_too)
{
    struct cb_conn *other;
    int64_t id;
    struct db db;

    db_open(&db);
    id = db_source(&db, "git:x", 0);
    db_ask(&db, "ALTER DATABASE %s SET statement_timeout = '100ms'", db.name);
    CHECK_OK(cb_pool_take(&other, db.pool, SECOND_US, &db_err));
    CHECK_OK(cb_tx_begin(other, &db_err));
    CHECK_OK(cb_source_nudge(other, id, &db_err));
    CHECK_OK(cb_stmt_script(db.conn, "SET statement_timeout = 100", &db_err));
    CHECK_CODE(cb_source_nudge(db.conn, id, &db_err), CB_ETIMEOUT);
    cb_pool_give(db.pool, other);
    CHECK_OK(cb_source_nudge(db.conn, id, &db_err)); /* the connection itself is well */
    db_close(&db);
}
END_TEST

START_TEST(a_deadlock_is_a_conflict_that_may_be_tried_again)
{
    struct db db;

    db_open(&db);
    CHECK_CODE(cb_stmt_script(db.conn,
                              "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$",
                              &db_err),
               CB_ECONFLICT);
    CHECK_CODE(cb_stmt_script(db.conn,
                              "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$",
                              &db_err),
               CB_ECONFLICT);
    CHECK_CODE(cb_stmt_script(db.conn, "SELECT 1 / 0", &db_err), CB_EUPSTREAM);
    ck_assert_ptr_nonnull(strstr(db_err.text, "division by zero"));
    db_close(&db);
}
END_TEST

START_TEST(give_rolls_back_what_is_open)
{
    struct db db;
    int64_t id;
    int pid;

    db_open(&db);
    id = db_source(&db, "git:x", 0);
    pid = PQbackendPID(db.conn->pg);
    CHECK_OK(cb_tx_begin(db.conn, &db_err));
    CHECK_OK(cb_source_nudge(db.conn, id, &db_err));
    cb_pool_give(db.pool, db.conn);
    CHECK_OK(cb_pool_take(&db.conn, db.pool, SECOND_US, &db_err));
    ck_assert_int_eq(PQbackendPID(db.conn->pg), pid);
    ck_assert_str_eq(db_ask(&db, "SELECT nudged FROM source"), "f");
    db_close(&db);
}
END_TEST

static void *give_later(void *ctx)
{
    struct db *db = ctx;

    usleep(100000);
    cb_pool_give(db->pool, db->conn);
    return NULL;
}

START_TEST(a_full_pool_makes_the_next_one_wait_until_its_deadline)
{
    struct cb_pool *all, *one;
    struct cb_conn *c;
    pthread_t thread;
    struct db db;

    db_open(&db);
    CHECK_OK(cb_pool_new(&one, db.url, 1, &db_err));
    cb_pool_give(db.pool, db.conn);
    all = db.pool;
    db.pool = one;
    CHECK_OK(cb_pool_take(&db.conn, one, SECOND_US, &db_err));
    CHECK_CODE(cb_pool_take(&c, one, SECOND_US / 20, &db_err), CB_ETIMEOUT);
    ck_assert_int_eq(pthread_create(&thread, NULL, give_later, &db), 0);
    CHECK_OK(cb_pool_take(&c, one, 10 * SECOND_US, &db_err));
    pthread_join(thread, NULL);
    cb_pool_give(one, c);
    cb_pool_free(one);
    db.pool = all;
    db.conn = NULL;
    db_close(&db);
}
END_TEST

START_TEST(text_that_postgresql_would_refuse_is_replaced_byte_by_byte)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *text;
    } rows[] = {
        {"plain", 5, "plain"},
        {"", 0, ""},
        {"a\0b", 3,
         "a\xef\xbf\xbd"
         "b"},
        {"\xc3", 1, "\xef\xbf\xbd"},
        {"\xc3\xa9\xff", 3, "\xc3\xa9\xef\xbf\xbd"},
        {"\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* a surrogate */
        {"\xf0\x9f\x98\x80", 4, "\xf0\x9f\x98\x80"},
        {"\xf4\x90\x80\x80", 4,
         "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* beyond Unicode */
        {"\xc0\xaf", 2, "\xef\xbf\xbd\xef\xbf\xbd"},          /* longer than need be */
    };
    struct cb_arena *a = cb_arena_new();

    for (size_t i = 0; i < CB_COUNT(rows); i++) {
        cb_str got = cb_stmt_clean(a, cb_str_make(rows[i].bytes, rows[i].n));

        ck_assert_msg(cb_str_eq(got, cb_str_cstr(rows[i].text)), "row %zu: %" CB_FMT, i,
                      CB_ARG(got));
    }
    cb_arena_free(a);
}
END_TEST

CB_SUITE(conn)
{
    db_server();
    CB_TEST(suite, a_url_that_is_none_is_refused_without_being_shown);
    CB_TEST(suite, nobody_there_is_unavailable_and_names_the_host);
    CB_TEST(suite, a_wrong_password_is_not_repeated_in_the_sentence);
    CB_TEST(suite, a_database_in_another_encoding_is_refused_with_what_to_do);
    CB_TEST(suite, a_peer_that_accepts_and_says_nothing_does_not_hold_us);
    CB_TEST(suite, a_killed_server_process_is_noticed_and_the_next_connection_is_new);
    CB_TEST(suite, one_that_died_while_idle_is_opened_anew_by_take);
    CB_TEST(suite, a_silent_server_is_given_up_at_the_deadline);
    CB_TEST(suite, the_servers_own_deadline_is_a_timeout_too);
    CB_TEST(suite, a_deadlock_is_a_conflict_that_may_be_tried_again);
    CB_TEST(suite, give_rolls_back_what_is_open);
    CB_TEST(suite, a_full_pool_makes_the_next_one_wait_until_its_deadline);
    CB_TEST(suite, text_that_postgresql_would_refuse_is_replaced_byte_by_byte);
}
