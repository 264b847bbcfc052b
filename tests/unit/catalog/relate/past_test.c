#include "catalog/relate/past.h"

#include <pthread.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "tests/unit/catalog/persist/db.h"

#define X "component:default/x"
#define GENERATION_N 8
#define PLENTY (INT64_C(64) * 1024 * 1024)

static struct db db;
static char epoch[37];

/* X says its generation's number. */
static void begin(void)
{
    static const char *const texts[GENERATION_N + 1] = {"", "1", "2", "3", "4", "5", "6", "7", "8"};
    int64_t id, newest;

    db_open(&db);
    id = db_source(&db, "git:a", 0);
    for (int i = 1; i <= GENERATION_N; i++)
        db_say(&db, id, "a.yaml", DOCS({X, texts[i]}));
    CHECK_OK(cb_entity_newest(db.conn, &newest, epoch, &db_err));
    ck_assert_int_eq(newest, GENERATION_N);
}

static struct cb_past *past_of(int64_t bytes_max, int64_t idle_us)
{
    struct cb_past *p;

    CHECK_OK(cb_past_new(&p, db.pool, bytes_max, idle_us, &db_err));
    return p;
}

static struct cb_past_view *load(struct cb_past *p, int64_t generation)
{
    struct cb_past_view *v = NULL;

    CHECK_OK(cb_past_load(&v, p, epoch, generation, 0, &db_err));
    ck_assert_ptr_nonnull(v);
    return v;
}

static void check_view(const struct cb_past_view *v, int64_t generation)
{
    struct cb_snapshot *s = cb_past_snapshot(v);
    char want[8];
    cb_doc doc;

    snprintf(want, sizeof(want), "%d", (int)generation);
    ck_assert_int_eq(cb_snapshot_generation(s), generation);
    ck_assert_str_eq(cb_snapshot_epoch(s), epoch);
    ck_assert(cb_snapshot_find(&doc, s, CB_LIT(X)));
    ck_assert(cb_str_eq(db_body_text(cb_doc_body(s, doc)), cb_str_cstr(want)));
}

static struct cb_past_stats stats_of(struct cb_past *p)
{
    struct cb_past_stats st;

    cb_past_stats(p, &st);
    return st;
}

START_TEST(a_moment_is_loaded_once_and_then_found)
{
    struct cb_past *p;
    struct cb_past_view *v, *again;

    begin();
    p = past_of(PLENTY, 3600 * CB_S_US);
    ck_assert_ptr_null(cb_past_find(p, epoch, 3));
    v = load(p, 3);
    check_view(v, 3);
    again = cb_past_find(p, epoch, 3);
    ck_assert_ptr_eq(again, v);
    ck_assert_ptr_null(cb_past_find(p, "another epoch", 3));
    cb_past_unref(again);
    cb_past_unref(v);
    ck_assert_int_eq(stats_of(p).load_n, 1);
    cb_past_free(p);
    db_close(&db);
}
END_TEST

START_TEST(a_moment_that_is_none_fails_and_is_not_tried_again_at_once)
{
    struct cb_past *p;
    struct cb_past_view *v;

    begin();
    p = past_of(PLENTY, 3600 * CB_S_US);
    for (int i = 0; i < 3; i++) {
        CHECK_CODE(cb_past_load(&v, p, epoch, GENERATION_N + 1, 0, &db_err), CB_ENOTFOUND);
        ck_assert_ptr_null(v);
        ck_assert_ptr_nonnull(strstr(db_err.text, "there is no generation 9"));
    }
    ck_assert_int_eq(stats_of(p).fail_n, 1);
    ck_assert_int_eq(stats_of(p).bytes, 0);
    CHECK_CODE(cb_past_load(&v, p, "another epoch", 1, 0, &db_err), CB_EUNAVAILABLE);
    cb_past_free(p);
    db_close(&db);
}
END_TEST

START_TEST(the_least_used_moment_goes_when_there_is_no_room)
{
    struct cb_past *p;
    struct cb_past_view *v;
    int64_t one;

    begin();
    p = past_of(PLENTY, 3600 * CB_S_US);
    cb_past_unref(load(p, 1));
    one = stats_of(p).bytes;
    cb_past_free(p);
    p = past_of(one * 7 / 2, 3600 * CB_S_US); /* room for three */
    for (int i = 1; i <= 3; i++)
        cb_past_unref(load(p, i));
    cb_past_unref(load(p, 1));
    cb_past_unref(load(p, 4));
    ck_assert_ptr_null(cb_past_find(p, epoch, 2));
    v = cb_past_find(p, epoch, 1);
    ck_assert_ptr_nonnull(v);
    cb_past_unref(v);
    ck_assert_int_eq(stats_of(p).view_n, 3);
    ck_assert_int_le(stats_of(p).bytes, stats_of(p).bytes_max);
    cb_past_free(p);
    db_close(&db);
}
END_TEST

START_TEST(what_is_being_read_stays_and_a_moment_more_is_refused)
{
    struct cb_past *p;
    struct cb_past_view *v, *other;
    int64_t one;

    begin();
    p = past_of(PLENTY, 3600 * CB_S_US);
    v = load(p, 1);
    one = stats_of(p).bytes;
    cb_past_unref(v);
    cb_past_free(p);
    p = past_of(one * 3 / 2, 3600 * CB_S_US); /* room for one */
    v = load(p, 1);
    CHECK_CODE(cb_past_load(&other, p, epoch, 2, 0, &db_err), CB_EUNAVAILABLE);
    check_view(v, 1);
    cb_past_unref(v);
    other = load(p, 3);
    check_view(other, 3);
    cb_past_unref(other);
    ck_assert_int_le(stats_of(p).bytes, stats_of(p).bytes_max);
    cb_past_free(p);
    p = past_of(one / 2, 3600 * CB_S_US); /* for none */
    CHECK_CODE(cb_past_load(&other, p, epoch, 2, 0, &db_err), CB_ELIMIT);
    ck_assert_ptr_nonnull(strstr(db_err.text, "history.memory"));
    ck_assert_int_eq(stats_of(p).bytes, 0);
    cb_past_free(p);
    db_close(&db);
}
END_TEST

START_TEST(a_moment_that_nobody_asks_for_is_let_go)
{
    struct cb_past *p;
    struct cb_past_view *v;
    int64_t until_us = cb_clock_mono_us() + 10 * CB_S_US;

    begin();
    p = past_of(PLENTY, 50 * CB_MS_US);
    v = load(p, 2);
    while (stats_of(p).view_n > 0 && cb_clock_mono_us() < until_us)
        usleep(10000);
    ck_assert_int_eq(stats_of(p).view_n, 0);
    check_view(v, 2); /* whoever reads it goes on */
    ck_assert_int_gt(stats_of(p).bytes, 0);
    cb_past_unref(v);
    while (stats_of(p).bytes > 0 && cb_clock_mono_us() < until_us)
        usleep(10000);
    ck_assert_int_eq(stats_of(p).bytes, 0);
    cb_past_free(p);
    db_close(&db);
}
END_TEST

/* ---- many at once */

#define ASKER_N 8
#define ROUND_N 40

struct asker {
    struct cb_past *past;
    struct cb_past_wait wait;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool awake;
    unsigned seed;
};

static void wake(struct cb_past_wait *w)
{
    struct asker *a = (struct asker *)((char *)w - offsetof(struct asker, wait));

    pthread_mutex_lock(&a->lock);
    a->awake = true;
    pthread_cond_signal(&a->woken);
    pthread_mutex_unlock(&a->lock);
}

static void *ask(void *arg)
{
    struct asker *a = arg;

    for (int i = 0; i < ROUND_N; i++) {
        int64_t generation = 1 + rand_r(&a->seed) % GENERATION_N;
        struct cb_past_view *v = NULL;
        struct cb_err err;
        enum cb_code rc;

        while ((rc = cb_past_load(&v, a->past, epoch, generation, 0, &err)) == CB_OK && !v) {
            a->awake = false;
            if (!cb_past_await(a->past, &a->wait))
                continue;
            pthread_mutex_lock(&a->lock);
            while (!a->awake)
                pthread_cond_wait(&a->woken, &a->lock);
            pthread_mutex_unlock(&a->lock);
        }
        ck_assert(rc == CB_OK || rc == CB_EUNAVAILABLE);
        if (v)
            check_view(v, generation);
        cb_past_unref(v);
    }
    return NULL;
}

static void ask_all(struct cb_past *p, bool same)
{
    struct asker askers[ASKER_N];
    pthread_t threads[ASKER_N];

    for (unsigned i = 0; i < ASKER_N; i++) {
        askers[i] = (struct asker){.past = p, .wait = {.wake = wake}, .seed = same ? 1 : i};
        pthread_mutex_init(&askers[i].lock, NULL);
        pthread_cond_init(&askers[i].woken, NULL);
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, &askers[i]), 0);
    }
    for (unsigned i = 0; i < ASKER_N; i++)
        pthread_join(threads[i], NULL);
}

START_TEST(many_who_ask_at_once_share_each_load_and_stay_within_the_bound)
{
    struct cb_past *p;
    int64_t one;

    begin();
    p = past_of(PLENTY, 3600 * CB_S_US);
    ask_all(p, true);
    ck_assert_int_le(stats_of(p).load_n, GENERATION_N);
    one = stats_of(p).bytes / stats_of(p).view_n;
    cb_past_free(p);
    p = past_of(one * 5 / 2, 3600 * CB_S_US); /* room for two: a coming and going */
    ask_all(p, false);
    ck_assert_int_le(stats_of(p).bytes, stats_of(p).bytes_max);
    ck_assert_int_gt(stats_of(p).evict_n, 0);
    cb_past_free(p);
    db_close(&db);
}
END_TEST

CB_SUITE(past)
{
    db_server();
    CB_TEST(suite, a_moment_is_loaded_once_and_then_found);
    CB_TEST(suite, a_moment_that_is_none_fails_and_is_not_tried_again_at_once);
    CB_TEST(suite, the_least_used_moment_goes_when_there_is_no_room);
    CB_TEST(suite, what_is_being_read_stays_and_a_moment_more_is_refused);
    CB_TEST(suite, a_moment_that_nobody_asks_for_is_let_go);
    CB_TEST(suite, many_who_ask_at_once_share_each_load_and_stay_within_the_bound);
}
