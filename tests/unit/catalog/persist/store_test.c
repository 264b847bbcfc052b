/* Sources, deltas, problems, tokens and notices. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/persist/notify.h"
#include "catalog/persist/state_store.h"
#include "catalog/persist/stmt.h"
#include "catalog/persist/token_store.h"
#include "tests/unit/catalog/persist/db.h"

#define X "component:default/x"
#define SECOND_US INT64_C(1000000)
#define ME CB_LIT("me")
#define OTHER CB_LIT("other")

static struct cb_source_row source_row(struct db *db, int64_t id)
{
    struct cb_source_row row;

    CHECK_OK(cb_source_get(&row, db->arena, db->conn, id, &db_err));
    return row;
}

/* --- sources ---------------------------------------------------------------------------------- */

START_TEST(a_source_keeps_its_row_over_configurations)
{
    const char *const before[] = {"git:a", "git:b"}, *const after[] = {"git:c", "git:a"};
    int64_t old[2], new[2];
    struct cb_source_row *rows;
    struct db db;
    size_t n;

    db_open(&db);
    db_sources(&db, before, 2, old);
    db_sources(&db, after, 2, new);
    ck_assert_int_eq(new[1], old[0]);
    CHECK_OK(cb_source_all(&rows, &n, db.arena, db.conn, &db_err));
    ck_assert_int_eq(n, 3);
    ck_assert(cb_str_eq(rows[0].key, CB_LIT("git:c")));
    ck_assert(cb_str_eq(rows[1].key, CB_LIT("git:a")));
    ck_assert_int_eq(rows[1].position, 1);
    ck_assert(!rows[2].configured && cb_str_eq(rows[2].key, CB_LIT("git:b")));
    ck_assert_int_eq(rows[0].state, CB_SOURCE_NEW);
    CHECK_CODE(cb_source_get(&rows[0], db.arena, db.conn, 4711, &db_err), CB_ENOTFOUND);
    CHECK_OK(cb_source_configure(db.conn, NULL, 0, &db_err));
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM source WHERE configured"), "0");
    db_close(&db);
}
END_TEST

START_TEST(a_lease_is_one_owners_until_it_runs_out)
{
    int64_t id, fence, later;
    struct db db;

    db_open(&db);
    id = db_source(&db, "git:a", 0);
    CHECK_OK(cb_source_lease(db.conn, id, ME, &fence, &db_err));
    ck_assert_int_eq(source_row(&db, id).state, CB_SOURCE_READING);
    ck_assert(cb_str_eq(source_row(&db, id).lease_owner, ME));
    CHECK_CODE(cb_source_lease(db.conn, id, OTHER, &later, &db_err), CB_ECONFLICT);
    CHECK_OK(cb_source_renew(db.conn, id, ME, fence, &db_err));
    db_ask(&db, "UPDATE source SET lease_until = clock_timestamp() - interval '1 ms'");
    ck_assert_int_eq(source_row(&db, id).lease_owner.n, 0);
    CHECK_OK(cb_source_lease(db.conn, id, OTHER, &later, &db_err));
    ck_assert_int_eq(later, fence + 1);
    CHECK_CODE(cb_source_renew(db.conn, id, ME, fence, &db_err), CB_ECONFLICT);
    CHECK_CODE(cb_source_release(db.conn, id, ME, fence, 1, &db_err), CB_ECONFLICT);
    CHECK_CODE(cb_source_tried(db.conn, id, fence, CB_LIT(""), &db_err), CB_ECONFLICT);
    CHECK_OK(cb_source_release(db.conn, id, OTHER, later, 1, &db_err));
    db_close(&db);
}
END_TEST

START_TEST(a_lease_can_be_renewed_while_its_pass_streams)
{
    struct db_pass p;
    struct cb_conn *other;
    int64_t id;
    struct db db;

    db_open(&db);
    id = db_source(&db, "git:a", 0);
    CHECK_OK(cb_pool_take(&other, db.pool, SECOND_US, &db_err));
    db_pass_begin(&p, &db, id);
    db_put(&p, "a.yaml", DOCS({X, "one"}));
    CHECK_OK(cb_source_renew(other, id, CB_LIT("test"), p.fence, &db_err));
    db_commit(&p);
    /* and while the pass ends, when it holds the row: without a wait */
    CHECK_OK(cb_source_lease(db.conn, id, ME, &p.fence, &db_err));
    CHECK_OK(cb_tx_begin(db.conn, &db_err));
    CHECK_OK(cb_source_nudge(db.conn, id, &db_err));
    CHECK_OK(cb_source_renew(other, id, ME, p.fence, &db_err));
    CHECK_CODE(cb_source_renew(other, id, ME, p.fence - 1, &db_err), CB_ECONFLICT);
    cb_tx_rollback(db.conn);
    cb_pool_give(db.pool, other);
    db_close(&db);
}
END_TEST

START_TEST(a_failing_source_says_so_until_it_is_read_again)
{
    int64_t id, fence;
    struct db db;

    db_open(&db);
    id = db_source(&db, "git:a", 0);
    CHECK_OK(cb_source_lease(db.conn, id, ME, &fence, &db_err));
    CHECK_OK(cb_source_tried(db.conn, id, fence, CB_LIT("no route to \xff host"), &db_err));
    CHECK_OK(cb_source_tried(db.conn, id, fence, CB_LIT("no route to host"), &db_err));
    CHECK_OK(
        cb_source_release(db.conn, id, ME, fence, cb_clock_now_us() + 60 * SECOND_US, &db_err));
    ck_assert_int_eq(source_row(&db, id).failures, 2);
    ck_assert_int_eq(source_row(&db, id).state, CB_SOURCE_FAILING);
    ck_assert_int_eq(source_row(&db, id).problem_n, 1);
    ck_assert_int_eq(source_row(&db, id).read_at_us, 0);
    ck_assert_str_eq(db_problems(&db, "source-failing"), "git:a :0 no route to host\n");
    CHECK_OK(cb_source_lease(db.conn, id, ME, &fence, &db_err));
    CHECK_OK(cb_source_tried(db.conn, id, fence, CB_LIT(""), &db_err));
    CHECK_OK(cb_source_release(db.conn, id, ME, fence, 1, &db_err));
    ck_assert_int_eq(source_row(&db, id).failures, 0);
    ck_assert_int_eq(source_row(&db, id).state, CB_SOURCE_OK);
    ck_assert_str_eq(db_problems(&db, "source-failing"), "");
    db_close(&db);
}
END_TEST

START_TEST(a_nudge_while_it_is_read_makes_it_due_at_once)
{
    int64_t id, fence, far_us = cb_clock_now_us() + 3600 * SECOND_US;
    struct db db;

    db_open(&db);
    id = db_source(&db, "git:a", 0);
    CHECK_CODE(cb_source_nudge(db.conn, 4711, &db_err), CB_ENOTFOUND);
    CHECK_OK(cb_source_nudge(db.conn, id, &db_err)); /* before the lease: this read is the answer */
    CHECK_OK(cb_source_lease(db.conn, id, ME, &fence, &db_err));
    CHECK_OK(cb_source_release(db.conn, id, ME, fence, far_us, &db_err));
    ck_assert_int_eq(source_row(&db, id).due_at_us, far_us);
    CHECK_OK(cb_source_lease(db.conn, id, ME, &fence, &db_err));
    CHECK_OK(cb_source_nudge(db.conn, id, &db_err)); /* during it: another one */
    CHECK_OK(cb_source_release(db.conn, id, ME, fence, far_us, &db_err));
    ck_assert_int_lt(source_row(&db, id).due_at_us, far_us);
    db_close(&db);
}
END_TEST

START_TEST(all_read_means_since_they_were_configured)
{
    const char *const both[] = {"git:a", "git:b"};
    int64_t ids[2];
    bool all;
    struct db db;

    db_open(&db);
    CHECK_OK(cb_source_all_read(db.conn, &all, &db_err));
    ck_assert(all);
    db_sources(&db, both, 2, ids);
    db_say(&db, ids[0], "a.yaml", NO_DOCS);
    CHECK_OK(cb_source_all_read(db.conn, &all, &db_err));
    ck_assert(!all);
    db_say(&db, ids[1], "a.yaml", NO_DOCS);
    CHECK_OK(cb_source_all_read(db.conn, &all, &db_err));
    ck_assert(all);
    db_sources(&db, both, 1, ids);
    db_sources(&db, both, 2, ids); /* the second was away, and is configured anew */
    CHECK_OK(cb_source_all_read(db.conn, &all, &db_err));
    ck_assert(!all);
    db_close(&db);
}
END_TEST

START_TEST(a_pass_leaves_commit_and_counts_with_its_source)
{
    struct cb_source_row row;
    int64_t id;
    struct db db;

    db_open(&db);
    id = db_source(&db, "git:a", 0);
    db_say(&db, id, "a.yaml", DOCS({X, "one"}, {X, "two"}, {"", NULL}));
    row = source_row(&db, id);
    ck_assert(cb_str_eq(row.commit, CB_LIT("c0ffee")));
    ck_assert(cb_str_eq(row.commit_author, CB_LIT("Ada <ada@example.com>")));
    ck_assert(cb_str_eq(row.commit_subject, CB_LIT("a change")));
    ck_assert(cb_str_eq(row.read_settings, CB_LIT("s")));
    ck_assert_int_eq(row.commit_at_us, 1700000000000000);
    ck_assert_int_eq(row.entity_n, 2);
    ck_assert_int_eq(row.problem_n, 2);
    ck_assert_int_eq(row.generation, 1);
    ck_assert_int_gt(row.read_at_us, 0);
    db_close(&db);
}
END_TEST

/* --- deltas ----------------------------------------------------------------------------------- */

static int note(const struct cb_version_row *row, void *ctx)
{
    struct cb_buf *b = ctx;

    cb_buf_printf(b, "%lld%s%" CB_FMT " ", (long long)row->generation, row->gone ? "-" : "+",
                  CB_ARG(cb_str_sub(row->id, 18, row->id.n)));
    return 0;
}

START_TEST(a_delta_tells_what_each_generation_brought_in_order)
{
    struct cb_buf b = CB_BUF_INIT;
    struct db_pass p;
    int64_t id, to;
    struct db db;

    db_open(&db);
    id = db_source(&db, "git:a", 0);
    db_say(&db, id, "a.yaml", DOCS({"component:default/b", "1"}, {"component:default/a", "1"}));
    db_say(&db, id, "a.yaml", DOCS({"component:default/a", "2"}));
    db_pass_begin(&p, &db, id);
    db_del(&p, "a.yaml");
    db_commit(&p);
    CHECK_OK(cb_entity_delta(db.conn, 0, &to, note, &b, &db_err));
    ck_assert_str_eq(b.p, "1+a 1+b 2+a 2-b 3-a ");
    ck_assert_int_eq(to, 3);
    cb_buf_clear(&b);
    CHECK_OK(cb_entity_delta(db.conn, 3, &to, note, &b, &db_err));
    ck_assert_int_eq(to, 3);
    ck_assert_int_eq(b.n, 0);
    CHECK_OK(
        cb_entity_delta(db.conn, 99, &to, note, &b, &db_err)); /* from another database's life */
    ck_assert_int_eq(to, 3);
    cb_buf_fini(&b);
    db_close(&db);
}
END_TEST

START_TEST(a_delta_ends_at_its_limit)
{
    struct cb_buf b = CB_BUF_INIT;
    int64_t id, to;
    struct db db;

    db_open(&db);
    id = db_source(&db, "git:a", 0);
    for (int i = 0; i <= CB_DELTA_MAX; i++)
        db_say(&db, id, "a.yaml", i % 2 ? DOCS({X, "1"}) : DOCS({X, "2"}));
    CHECK_OK(cb_entity_delta(db.conn, 1, &to, note, &b, &db_err));
    ck_assert_int_eq(to, CB_DELTA_MAX + 1);
    CHECK_OK(cb_entity_delta(db.conn, 0, &to, note, &b, &db_err));
    ck_assert_int_eq(to, CB_DELTA_MAX);
    cb_buf_fini(&b);
    db_close(&db);
}
END_TEST

static int stop_at_first(const struct cb_version_row *row, void *ctx)
{
    (void)row;
    ++*(int *)ctx;
    return 1;
}

START_TEST(a_reader_may_stop_and_the_connection_stays_good)
{
    int64_t id, to, generation;
    int seen = 0;
    struct db db;

    db_open(&db);
    id = db_source(&db, "git:a", 0);
    db_say(&db, id, "a.yaml", DOCS({X, "1"}, {"component:default/y", "1"}));
    CHECK_OK(cb_entity_load(db.conn, &generation, stop_at_first, &seen, &db_err));
    CHECK_OK(cb_entity_delta(db.conn, 0, &to, stop_at_first, &seen, &db_err));
    ck_assert_int_eq(seen, 2);
    db_say(&db, id, "a.yaml", DOCS({X, "2"}));
    db_close(&db);
}
END_TEST

/* --- problems --------------------------------------------------------------------------------- */

START_TEST(problems_can_be_asked_for_by_source_rule_entity_path_and_page)
{
    struct cb_problem_query q = {.limit = 2};
    struct cb_problem_row *rows;
    int64_t a, b, total;
    struct db db;
    size_t n;

    db_open(&db);
    a = db_source(&db, "git:a", 0);
    b = db_source(&db, "git:b", 1);
    db_say(&db, a, "svc/a.yaml", DOCS({"", NULL}, {"component:default/q", NULL}));
    db_say(&db, b, "lib/b.yaml", DOCS({X, "1"}, {X, "2"}));
    CHECK_OK(cb_problem_find(&rows, &n, &total, db.arena, db.conn, &q, &db_err));
    ck_assert_int_eq(n, 2);
    ck_assert_int_eq(total, 3);
    q.after_id = rows[1].id;
    CHECK_OK(cb_problem_find(&rows, &n, &total, db.arena, db.conn, &q, &db_err));
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(total, 3);
    ck_assert_str_eq(rows[0].problem.rule, "name-conflict");
    ck_assert(cb_str_eq(rows[0].problem.entity, CB_LIT(X)));
    ck_assert_int_eq(rows[0].problem.at.line, 11);
    ck_assert_int_eq(rows[0].problem.severity, CB_PROBLEM_ERROR);
    ck_assert_int_gt(rows[0].first_seen_us, 0);
    ck_assert_int_ge(rows[0].last_seen_us, rows[0].first_seen_us);
    ck_assert(cb_str_eq(rows[0].commit, CB_LIT("c0ffee")));
#define EXPECT(want, ...)                                                                          \
    do {                                                                                           \
        CHECK_OK(cb_problem_find(&rows, &n, &total, db.arena, db.conn,                             \
                                 &(struct cb_problem_query){__VA_ARGS__, .limit = 10}, &db_err));  \
        ck_assert_int_eq(total, want);                                                             \
        ck_assert_int_eq((int64_t)n, want);                                                        \
    } while (0)
    EXPECT(2, .source_id = a);
    EXPECT(1, .entity = CB_LIT("component:default/q"));
    EXPECT(2, .rule = CB_LIT("yaml-syntax"));
    EXPECT(1, .path = CB_LIT("lib/"));
    EXPECT(0, .path = CB_LIT("ib/"));
    EXPECT(3, .severity = CB_LIT("error"));
    EXPECT(0, .severity = CB_LIT("info"));
    q.severity = CB_LIT("fatal");
    CHECK_CODE(cb_problem_find(&rows, &n, &total, db.arena, db.conn, &q, &db_err), CB_EINVAL);
    db_close(&db);
}
END_TEST

/* --- tokens ----------------------------------------------------------------------------------- */

START_TEST(a_token_is_found_by_its_hash_until_it_is_revoked)
{
    struct cb_token_row row = {.name = CB_LIT("ci"),
                               .user = CB_LIT("user:default/ada"),
                               .role = CB_LIT("editor"),
                               .prefix = CB_LIT("cb_12"),
                               .expires_us = 4000000000000000};
    struct cb_token_row found, *all;
    uint8_t hash[32] = {1, 2, 0, 3}, other[32] = {9};
    struct db db;
    size_t n;

    db_open(&db);
    CHECK_OK(cb_token_put(db.conn, &row, hash, &db_err));
    ck_assert_int_gt(row.id, 0);
    ck_assert_int_gt(row.created_us, 0);
    CHECK_CODE(cb_token_find(&found, db.arena, db.conn, other, &db_err), CB_ENOTFOUND);
    CHECK_OK(cb_token_find(&found, db.arena, db.conn, hash, &db_err));
    ck_assert(cb_str_eq(found.user, row.user) && cb_str_eq(found.role, row.role) &&
              cb_str_eq(found.name, row.name));
    ck_assert_int_eq(found.expires_us, row.expires_us);
    CHECK_OK(cb_token_revoke(db.conn, row.id, &db_err));
    CHECK_CODE(cb_token_revoke(db.conn, row.id + 1, &db_err), CB_ENOTFOUND);
    CHECK_OK(cb_token_find(&found, db.arena, db.conn, hash, &db_err));
    ck_assert_int_gt(found.revoked_us, 0);
    ck_assert_int_gt(found.used_us, 0);
    CHECK_OK(cb_token_all(&all, &n, db.arena, db.conn, &db_err));
    ck_assert_int_eq(n, 1);
    row.role = CB_LIT("king");
    CHECK_CODE(cb_token_put(db.conn, &row, other, &db_err), CB_EUPSTREAM);
    ck_assert_str_eq(db_ask(&db, "SELECT octet_length(sha256) FROM token"), "32");
    db_close(&db);
}
END_TEST

START_TEST(a_session_ends_with_its_time_its_token_or_a_sign_out)
{
    struct cb_token_row row = {.name = CB_LIT("me"),
                               .user = CB_LIT("user:default/ada"),
                               .role = CB_LIT("reader")},
                        found;
    uint8_t token[32] = {1}, one[32] = {2}, old[32] = {3};
    int64_t now_us = cb_clock_now_us();
    struct db db;

    db_open(&db);
    CHECK_OK(cb_token_put(db.conn, &row, token, &db_err));
    CHECK_OK(cb_session_put(db.conn, row.id, old, now_us - 1, &db_err));
    CHECK_OK(cb_session_put(db.conn, row.id, one, now_us + 60 * SECOND_US, &db_err));
    CHECK_CODE(cb_session_find(&found, db.arena, db.conn, old, &db_err), CB_ENOTFOUND);
    CHECK_OK(cb_session_find(&found, db.arena, db.conn, one, &db_err));
    ck_assert_int_eq(found.id, row.id);
    ck_assert_int_eq(found.expires_us, now_us + 60 * SECOND_US);
    CHECK_OK(cb_session_del(db.conn, one, &db_err));
    CHECK_CODE(cb_session_del(db.conn, one, &db_err), CB_ENOTFOUND);
    CHECK_CODE(cb_session_find(&found, db.arena, db.conn, one, &db_err), CB_ENOTFOUND);
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM session"), "0");
    CHECK_OK(cb_audit_put(db.conn, CB_LIT("user:default/ada"), CB_LIT("token.create"), CB_LIT("1"),
                          CB_LIT("\xff"), &db_err));
    ck_assert_str_eq(db_ask(&db, "SELECT user_ref || action || subject FROM audit"),
                     "user:default/adatoken.create1");
    db_close(&db);
}
END_TEST

/* --- notices ---------------------------------------------------------------------------------- */

START_TEST(generations_nudges_and_tokens_are_heard)
{
    struct cb_token_row row = {
        .name = CB_LIT("x"), .user = CB_LIT("user:default/x"), .role = CB_LIT("reader")};
    struct cb_notify *n;
    uint8_t hash[32] = {1};
    int64_t id;
    struct db db;

    db_open(&db);
    id = db_source(&db, "git:a", 0);
    CHECK_OK(cb_notify_open(&n, db.url, &db_err));
    ck_assert_uint_eq(cb_notify_wait(n, 10000), CB_NOTIFY_NOTHING);
    db_say(&db, id, "a.yaml", DOCS({X, "1"}));
    ck_assert_uint_eq(cb_notify_wait(n, 10 * SECOND_US), CB_NOTIFY_GENERATION);
    db_say(&db, id, "a.yaml", DOCS({X, "1"})); /* nothing changed, nothing to hear */
    CHECK_OK(cb_source_nudge(db.conn, id, &db_err));
    ck_assert_uint_eq(cb_notify_wait(n, 10 * SECOND_US), CB_NOTIFY_NUDGE);
    CHECK_OK(cb_token_put(db.conn, &row, hash, &db_err));
    ck_assert_uint_eq(cb_notify_wait(n, 10 * SECOND_US), CB_NOTIFY_ACCESS);
    cb_notify_close(n);
    db_close(&db);
}
END_TEST

static void *wake(void *ctx)
{
    usleep(50000);
    cb_notify_wake(ctx);
    return NULL;
}

START_TEST(another_thread_ends_the_wait)
{
    int64_t begun_us = cb_clock_mono_us();
    struct cb_notify *n;
    pthread_t thread;
    struct db db;

    db_open(&db);
    CHECK_OK(cb_notify_open(&n, db.url, &db_err));
    ck_assert_int_eq(pthread_create(&thread, NULL, wake, n), 0);
    ck_assert_uint_eq(cb_notify_wait(n, 50 * SECOND_US), CB_NOTIFY_NOTHING);
    ck_assert_int_lt(cb_clock_mono_us() - begun_us, 40 * SECOND_US);
    pthread_join(thread, NULL);
    cb_notify_close(n);
    db_close(&db);
}
END_TEST

START_TEST(a_lost_listener_comes_back_and_looks_at_everything)
{
    struct cb_notify *n;
    int64_t id;
    struct db db;

    db_open(&db);
    id = db_source(&db, "git:a", 0);
    CHECK_OK(cb_notify_open(&n, db.url, &db_err));
    db_ask(&db,
           "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%%LISTEN%%' "
           "AND pid <> pg_backend_pid() AND datname = current_database()");
    ck_assert_uint_eq(cb_notify_wait(n, 10 * SECOND_US),
                      CB_NOTIFY_GENERATION | CB_NOTIFY_NUDGE | CB_NOTIFY_ACCESS);
    db_say(&db, id, "a.yaml", DOCS({X, "1"}));
    ck_assert_uint_eq(cb_notify_wait(n, 10 * SECOND_US), CB_NOTIFY_GENERATION);
    cb_notify_close(n);
    db_close(&db);
}
END_TEST

/* --- what plugins remember -------------------------------------------------------------------- */

START_TEST(a_plugins_state_is_its_own_and_within_its_limits)
{
    static char bytes[CB_STATE_VALUE_MAX + 1];
    cb_str most = cb_str_make(bytes, CB_STATE_VALUE_MAX), key = cb_str_make(bytes, CB_STATE_KEY_MAX), got;
    char name[32];
    struct db db;

    memset(bytes, 'x', sizeof(bytes));
    db_open(&db);
    CHECK_CODE(cb_state_get(&got, db.arena, db.conn, ME, key, &db_err), CB_ENOTFOUND);
    CHECK_OK(cb_state_put(db.conn, ME, key, CB_LIT("a"), 0, &db_err));
    CHECK_OK(cb_state_put(db.conn, ME, key, CB_LIT(""), 0, &db_err));
    CHECK_OK(cb_state_get(&got, db.arena, db.conn, ME, key, &db_err));
    ck_assert_uint_eq(got.n, 0);
    CHECK_CODE(cb_state_get(&got, db.arena, db.conn, OTHER, key, &db_err), CB_ENOTFOUND);
    key.n++;
    CHECK_CODE(cb_state_put(db.conn, ME, key, CB_LIT("a"), 0, &db_err), CB_EINVAL);
    CHECK_OK(cb_state_put(db.conn, ME, CB_LIT("big"), most, 1, &db_err));
    most.n++;
    CHECK_CODE(cb_state_put(db.conn, ME, CB_LIT("big"), most, 0, &db_err), CB_ELIMIT);
    most.n--;
    usleep(2000);
    CHECK_CODE(cb_state_get(&got, db.arena, db.conn, ME, CB_LIT("big"), &db_err), CB_ENOTFOUND);
    for (int i = 0; i < CB_STATE_BYTES_MAX / CB_STATE_VALUE_MAX; i++) {
        snprintf(name, sizeof(name), "%d", i);
        CHECK_OK(cb_state_put(db.conn, ME, cb_str_cstr(name), most, 0, &db_err));
    }
    CHECK_CODE(cb_state_put(db.conn, ME, CB_LIT("more"), CB_LIT("x"), 0, &db_err), CB_ELIMIT);
    CHECK_OK(cb_state_put(db.conn, OTHER, CB_LIT("more"), CB_LIT("x"), 0, &db_err));
    CHECK_OK(cb_state_del(db.conn, ME, CB_LIT("0"), &db_err));
    CHECK_OK(cb_state_put(db.conn, ME, CB_LIT("more"), CB_LIT("x"), 0, &db_err));
    db_close(&db);
}
END_TEST

CB_SUITE(store)
{
    db_server();
    CB_TEST(suite, a_source_keeps_its_row_over_configurations);
    CB_TEST(suite, a_lease_is_one_owners_until_it_runs_out);
    CB_TEST(suite, a_lease_can_be_renewed_while_its_pass_streams);
    CB_TEST(suite, a_failing_source_says_so_until_it_is_read_again);
    CB_TEST(suite, a_nudge_while_it_is_read_makes_it_due_at_once);
    CB_TEST(suite, all_read_means_since_they_were_configured);
    CB_TEST(suite, a_pass_leaves_commit_and_counts_with_its_source);
    CB_TEST(suite, a_delta_tells_what_each_generation_brought_in_order);
    CB_TEST(suite, a_delta_ends_at_its_limit);
    CB_TEST(suite, a_reader_may_stop_and_the_connection_stays_good);
    CB_TEST(suite, problems_can_be_asked_for_by_source_rule_entity_path_and_page);
    CB_TEST(suite, a_token_is_found_by_its_hash_until_it_is_revoked);
    CB_TEST(suite, a_session_ends_with_its_time_its_token_or_a_sign_out);
    CB_TEST(suite, a_plugins_state_is_its_own_and_within_its_limits);
    CB_TEST(suite, generations_nudges_and_tokens_are_heard);
    CB_TEST(suite, another_thread_ends_the_wait);
    CB_TEST(suite, a_lost_listener_comes_back_and_looks_at_everything);
}
