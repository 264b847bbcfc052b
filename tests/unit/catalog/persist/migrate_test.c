/* Migrations: from empty, once, by one at a time; newer and edited ones refused. */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/catalog/persist/db.h"

static int embedded_n(void)
{
    int n = 0;

    while (cb_migrate_name((size_t)n))
        n++;
    return n;
}

START_TEST(an_empty_database_gets_every_migration_once)
{
    struct db db;
    int applied, done;

    db_open_empty(&db);
    CHECK_CODE(cb_migrate_check(db.pool, &db_err), CB_EUNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(db_err.text, "callboard migrate"));
    CHECK_OK(cb_migrate_done(db.pool, &done, &db_err));
    ck_assert_int_eq(done, 0);
    CHECK_OK(cb_migrate_run(db.pool, &applied, &db_err));
    ck_assert_int_eq(applied, embedded_n());
    CHECK_OK(cb_migrate_run(db.pool, &applied, &db_err));
    ck_assert_int_eq(applied, 0);
    CHECK_OK(cb_migrate_check(db.pool, &db_err));
    CHECK_OK(cb_migrate_done(db.pool, &done, &db_err));
    ck_assert_int_eq(done, embedded_n());
    db_close(&db);
}
END_TEST

START_TEST(numbers_follow_one_another)
{
    char number[16];

    for (int i = 0; i < embedded_n(); i++) {
        snprintf(number, sizeof(number), "%04d_", i + 1);
        ck_assert_msg(strncmp(cb_migrate_name((size_t)i), number, 5) == 0, "%s",
                      cb_migrate_name((size_t)i));
    }
}
END_TEST

START_TEST(every_database_has_an_epoch_of_its_own)
{
    char one[37], other[37];
    int64_t generation;
    struct db db;

    db_open_empty(&db);
    CHECK_OK(cb_migrate_run(db.pool, NULL, &db_err));
    CHECK_OK(cb_pool_take(&db.conn, db.pool, 1000000, &db_err));
    CHECK_OK(cb_entity_newest(db.conn, &generation, one, &db_err));
    ck_assert_int_eq(strlen(one), 36);
    db_close(&db);
    db_open(&db);
    CHECK_OK(cb_entity_newest(db.conn, &generation, other, &db_err));
    ck_assert_str_ne(one, other);
    db_close(&db);
}
END_TEST

START_TEST(a_newer_schema_is_refused_and_left_alone)
{
    struct db db;

    db_open(&db);
    db_ask(&db, "INSERT INTO schema_migration VALUES (%d, '9999_future', 'x')", embedded_n() + 1);
    CHECK_CODE(cb_migrate_run(db.pool, NULL, &db_err), CB_EUNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(db_err.text, "9999_future"));
    ck_assert_ptr_nonnull(strstr(db_err.text, "newer"));
    CHECK_CODE(cb_migrate_check(db.pool, &db_err), CB_EUNSUPPORTED);
    db_close(&db);
}
END_TEST

START_TEST(a_migration_that_was_edited_after_it_ran_is_refused)
{
    struct db db;

    db_open(&db);
    db_ask(&db, "UPDATE schema_migration SET sha256 = 'other' WHERE number = 2");
    CHECK_CODE(cb_migrate_run(db.pool, NULL, &db_err), CB_ECONFLICT);
    ck_assert_ptr_nonnull(strstr(db_err.text, "0002_entity"));
    db_close(&db);
}
END_TEST

START_TEST(one_that_fails_leaves_nothing_of_those_before_it)
{
    struct db db;

    db_open_empty(&db);
    db_ask(&db, "CREATE TABLE token ()"); /* in the way of the fifth */
    CHECK_CODE(cb_migrate_run(db.pool, NULL, &db_err), CB_EUPSTREAM);
    ck_assert_ptr_nonnull(strstr(db_err.text, "0005_access"));
    ck_assert_str_eq(
        db_ask(&db,
               "SELECT to_regclass('source') IS NULL AND to_regclass('schema_migration') IS NULL"),
        "t");
    db_ask(&db, "DROP TABLE token");
    CHECK_OK(cb_migrate_run(db.pool, NULL, &db_err));
    db_close(&db);
}
END_TEST

static void *migrate(void *ctx)
{
    static int applied[4];
    struct db *db = ctx;
    static int next;
    int mine = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);

    if (cb_migrate_run(db->pool, &applied[mine], NULL) != CB_OK)
        applied[mine] = -1;
    return &applied[mine];
}

START_TEST(of_four_that_migrate_at_once_one_does_it)
{
    pthread_t threads[4];
    struct db db;
    int ran = 0;

    db_open_empty(&db);
    for (size_t i = 0; i < CB_COUNT(threads); i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, migrate, &db), 0);
    for (size_t i = 0; i < CB_COUNT(threads); i++) {
        void *applied;

        pthread_join(threads[i], &applied);
        ck_assert_int_ge(*(int *)applied, 0);
        ran += *(int *)applied;
    }
    ck_assert_int_eq(ran, embedded_n());
    db_close(&db);
}
END_TEST

CB_SUITE(migrate)
{
    db_server();
    CB_TEST(suite, an_empty_database_gets_every_migration_once);
    CB_TEST(suite, numbers_follow_one_another);
    CB_TEST(suite, every_database_has_an_epoch_of_its_own);
    CB_TEST(suite, a_newer_schema_is_refused_and_left_alone);
    CB_TEST(suite, a_migration_that_was_edited_after_it_ran_is_refused);
    CB_TEST(suite, one_that_fails_leaves_nothing_of_those_before_it);
    CB_TEST(suite, of_four_that_migrate_at_once_one_does_it);
}
