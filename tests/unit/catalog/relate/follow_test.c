#include "catalog/relate/follow.h"

#include <pthread.h>

#include "catalog/base/clock.h"
#include "tests/unit/catalog/persist/db.h"

#define X "component:default/x"
#define Y "component:default/y"
#define SOON_US (20 * CB_S_US)
#define SEEN_MAX 1000

static struct db db;
static struct cb_catalog *catalog;
static struct cb_follow *follow;
static int64_t source;

/* What the hook was told, in order; it can be held. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t change;
    bool held, waiting;
    int64_t seen[SEEN_MAX];
    int n;
} hook = {.lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER};

static void published(void *ctx, int64_t generation)
{
    (void)ctx;
    pthread_mutex_lock(&hook.lock);
    hook.seen[hook.n++ % SEEN_MAX] = generation;
    while (hook.held) {
        hook.waiting = true;
        pthread_cond_broadcast(&hook.change);
        pthread_cond_wait(&hook.change, &hook.lock);
    }
    hook.waiting = false;
    pthread_mutex_unlock(&hook.lock);
}

static void hold(bool on)
{
    pthread_mutex_lock(&hook.lock);
    hook.held = on;
    pthread_cond_broadcast(&hook.change);
    pthread_mutex_unlock(&hook.lock);
}

static void until_held(void)
{
    pthread_mutex_lock(&hook.lock);
    while (!hook.waiting)
        pthread_cond_wait(&hook.change, &hook.lock);
    pthread_mutex_unlock(&hook.lock);
}

static void start(void)
{
    static const struct cb_follow_hooks hooks = {.published = published};

    catalog = cb_catalog_new();
    hook.n = 0;
    CHECK_OK(cb_follow_start(&follow, catalog, db.pool, db.url, &hooks, &db_err));
}

static void begin(void)
{
    db_open(&db);
    source = db_source(&db, "git:one", 1);
}

static void end(void)
{
    cb_follow_stop(follow);
    cb_catalog_free(catalog);
    db_close(&db);
}

static bool is_served(const char *id)
{
    struct cb_snapshot *s = cb_catalog_snapshot(catalog);
    cb_doc d;
    bool there = cb_snapshot_find(&d, s, cb_str_cstr(id));

    cb_snapshot_unref(s);
    return there;
}

static int64_t served(void)
{
    struct cb_snapshot *s = cb_catalog_snapshot(catalog);
    int64_t generation = cb_snapshot_generation(s);

    cb_snapshot_unref(s);
    return generation;
}

static bool in_trouble(void)
{
    char text[CB_ERR_TEXT_MAX];

    cb_follow_trouble(follow, text, sizeof(text));
    return text[0] != '\0';
}

static bool within(bool (*holds)(void), int64_t us)
{
    int64_t until = cb_clock_mono_us() + us;

    while (!holds()) {
        struct timespec pause = {.tv_nsec = 5000000};

        if (cb_clock_mono_us() > until)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

static bool no_trouble(void)
{
    return !in_trouble();
}

START_TEST(an_empty_database_is_loaded_too)
{
    struct cb_snapshot *s;

    begin();
    start();
    CHECK_OK(cb_follow_wait(follow, 0, SOON_US, &db_err));
    s = cb_catalog_snapshot(catalog);
    ck_assert(cb_snapshot_loaded(s));
    ck_assert_uint_eq(cb_snapshot_doc_n(s), 0);
    ck_assert_str_eq(cb_snapshot_epoch(s), db_ask(&db, "SELECT epoch::text FROM state"));
    cb_snapshot_unref(s);
    end();
}
END_TEST

START_TEST(what_is_there_is_served_and_then_what_comes)
{
    struct cb_pass_result r;

    begin();
    db_say(&db, source, "a.yaml", DOCS({X, "one"}));
    start();
    CHECK_OK(cb_follow_wait(follow, 1, SOON_US, &db_err));
    ck_assert(is_served(X));
    ck_assert(!is_served(Y));
    r = db_say(&db, source, "b.yaml", DOCS({Y, "two"}));
    CHECK_OK(cb_follow_wait(follow, r.generation, SOON_US, &db_err));
    ck_assert(is_served(X) && is_served(Y));
    r = db_say(&db, source, "a.yaml", NO_DOCS);
    cb_follow_wake(follow);
    CHECK_OK(cb_follow_wait(follow, r.generation, SOON_US, &db_err));
    ck_assert(!is_served(X));
    ck_assert(is_served(Y));
    ck_assert_int_eq(served(), 3);
    CHECK_CODE(cb_follow_wait(follow, 4, 10000, &db_err), CB_ETIMEOUT);
    end();
}
END_TEST

START_TEST(several_generations_are_caught_up_with_and_none_is_told_twice)
{
    int64_t last = 0;
    int n;

    begin();
    start();
    CHECK_OK(cb_follow_wait(follow, 0, SOON_US, &db_err));
    hold(true);
    db_say(&db, source, "a.yaml", DOCS({X, "one"}));
    until_held();
    for (int i = 0; i < CB_DELTA_MAX + 6; i++) {
        char text[32];

        snprintf(text, sizeof(text), "again %d", i);
        last = db_say(&db, source, "a.yaml", DOCS({X, text}, {Y, i % 2 ? "y" : NULL})).generation;
    }
    hold(false);
    CHECK_OK(cb_follow_wait(follow, last, SOON_US, &db_err));
    pthread_mutex_lock(&hook.lock);
    n = hook.n;
    for (int i = 1; i < n; i++)
        ck_assert_int_lt(hook.seen[i - 1], hook.seen[i]);
    pthread_mutex_unlock(&hook.lock);
    ck_assert_int_le(n, 5);
    ck_assert_int_eq(served(), last);
    ck_assert(is_served(X));
    end();
}
END_TEST

/* A connection that works: those of before the loss are found out one by one. */
static void take_conn(void)
{
    char epoch[37];
    int64_t newest;

    do {
        cb_pool_give(db.pool, db.conn);
        CHECK_OK(cb_pool_take(&db.conn, db.pool, SOON_US, &db_err));
    } while (cb_entity_newest(db.conn, &newest, epoch, &db_err) != CB_OK);
}

START_TEST(a_lost_database_is_said_and_the_catalog_stays)
{
    int64_t generation;

    begin();
    db_say(&db, source, "a.yaml", DOCS({X, "one"}));
    start();
    CHECK_OK(cb_follow_wait(follow, 1, SOON_US, &db_err));
    ck_assert(!in_trouble());
    cb_pool_give(db.pool, db.conn);
    db.conn = NULL;
    {
        struct db other = db;

        db_url(other.url, "postgres");
        db_ask(&other, "ALTER DATABASE %s ALLOW_CONNECTIONS false", db.name);
        db_ask(&other,
               "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '%s'",
               db.name);
        cb_follow_wake(follow);
        ck_assert(within(in_trouble, SOON_US));
        ck_assert(is_served(X));
        db_ask(&other, "ALTER DATABASE %s ALLOW_CONNECTIONS true", db.name);
    }
    take_conn();
    generation = db_say(&db, source, "b.yaml", DOCS({Y, "two"})).generation;
    CHECK_OK(cb_follow_wait(follow, generation, SOON_US, &db_err));
    ck_assert(within(no_trouble, SOON_US));
    ck_assert(is_served(X) && is_served(Y));
    end();
}
END_TEST

static bool is_new_epoch(void)
{
    struct cb_snapshot *s = cb_catalog_snapshot(catalog);
    bool yes = strcmp(cb_snapshot_epoch(s), "11111111-2222-4333-8444-555555555555") == 0;

    cb_snapshot_unref(s);
    return yes;
}

START_TEST(another_database_under_the_same_name_is_loaded_anew)
{
    begin();
    db_say(&db, source, "a.yaml", DOCS({X, "one"}));
    start();
    CHECK_OK(cb_follow_wait(follow, 1, SOON_US, &db_err));
    db_ask(&db, "UPDATE state SET epoch = '11111111-2222-4333-8444-555555555555'");
    ck_assert(within(is_new_epoch, SOON_US));
    ck_assert(is_served(X));
    end();
}
END_TEST

CB_SUITE(follow)
{
    db_server();
    CB_TEST(suite, an_empty_database_is_loaded_too);
    CB_TEST(suite, what_is_there_is_served_and_then_what_comes);
    CB_TEST(suite, several_generations_are_caught_up_with_and_none_is_told_twice);
    CB_TEST(suite, a_lost_database_is_said_and_the_catalog_stays);
    CB_TEST(suite, another_database_under_the_same_name_is_loaded_anew);
}
