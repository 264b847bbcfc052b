/* Moments of the past: loaded, named, forgotten. */
#include "catalog/base/clock.h"
#include "catalog/persist/history_store.h"
#include "tests/unit/catalog/persist/db.h"

#define X "component:default/x"
#define Y "component:default/y"
#define PASS_N 40

static int note(const struct cb_version_row *row, void *ctx)
{
    cb_buf_printf(ctx, "%lld %" CB_FMT " %" CB_FMT " %" CB_FMT " %lld %zu\n", (long long)row->generation,
                  CB_ARG(row->id), CB_ARG(db_body_text(row->body)), CB_ARG(row->path), (long long)row->source_id, row->edge_n);
    return 0;
}

static int ignore(const struct cb_version_row *row, void *ctx)
{
    (void)row;
    (void)ctx;
    return 0;
}

static char *epoch_of(struct db *db)
{
    static char epoch[37];
    int64_t newest;

    CHECK_OK(cb_entity_newest(db->conn, &newest, epoch, &db_err));
    return epoch;
}

static void check_at(struct db *db, int64_t generation, cb_str want)
{
    struct cb_buf b = CB_BUF_INIT;

    CHECK_OK(cb_entity_load_at(db->conn, generation, epoch_of(db), note, &b, &db_err));
    ck_assert_msg(cb_str_eq(cb_buf_str(&b), want), "generation %lld is\n%s and was\n%" CB_FMT, (long long)generation,
                  b.n ? b.p : "", CB_ARG(want));
    cb_buf_fini(&b);
}

/* Names that come, change, go, come back, and change their file and source. */
static void live(struct db *db, struct cb_buf was[PASS_N + 1])
{
    const char *const keys[] = {"git:a", "git:b"};
    static const char *const refs[] = {"component:default/a", "component:default/b", "component:default/c"};
    static const char *const texts[] = {"one", "two", "three"};
    static const char *const paths[] = {"a.yaml", "b.yaml"};
    unsigned seed = 7;
    int64_t ids[2], generation = 0;

    db_sources(db, keys, 2, ids);
    while (generation < PASS_N) {
        struct doc docs[4] = {{NULL, NULL}};
        int n = 0, which = rand_r(&seed) % 2;
        int64_t now;

        for (int i = 0; i < 3; i++)
            if (rand_r(&seed) % 2)
                docs[n++] = (struct doc){refs[i], texts[rand_r(&seed) % 3]};
        db_say(db, ids[which], paths[rand_r(&seed) % 2], docs);
        CHECK_OK(cb_entity_newest(db->conn, &now, NULL, &db_err));
        if (now == generation)
            continue;
        generation = now;
        CHECK_OK(cb_entity_load(db->conn, &now, note, &was[generation], &db_err));
    }
}

START_TEST(each_generation_is_loaded_as_it_was_served)
{
    struct cb_buf was[PASS_N + 1] = {0};
    struct db db;

    db_open(&db);
    live(&db, was);
    for (int g = 1; g <= PASS_N; g++) {
        check_at(&db, g, cb_buf_str(&was[g]));
        cb_buf_fini(&was[g]);
    }
    db_close(&db);
}
END_TEST

START_TEST(what_is_kept_is_told_after_pruning_and_the_rest_is_not)
{
    struct cb_buf was[PASS_N + 1] = {0}, b = CB_BUF_INIT;
    struct cb_history_range range;
    int64_t n, to, horizon = PASS_N / 2, gone = 0;
    bool moved;
    struct db db;

    db_open(&db);
    live(&db, was);
    db_ask(&db, "UPDATE pass SET finished_at = '2026-01-01Z'::timestamptz + generation * interval '1 h'");
    CHECK_OK(cb_history_forget(&moved, db.conn, INT64_C(1767225600000000) + horizon * 3600 * CB_S_US + 1, &db_err));
    ck_assert(moved);
    CHECK_OK(cb_history_forget(&moved, db.conn, INT64_C(1767225600000000) + 3600 * CB_S_US, &db_err));
    ck_assert(!moved);
    do {
        CHECK_OK(cb_history_prune(&n, db.conn, &db_err));
        gone += n;
    } while (n > 0);
    ck_assert_int_gt(gone, 0);
    db_sound(&db);
    CHECK_OK(cb_history_range(&range, db.conn, &db_err));
    ck_assert_int_eq(range.oldest, horizon);
    ck_assert_int_eq(range.newest, PASS_N);
    CHECK_OK(cb_history_oldest(&n, db.conn, &db_err));
    ck_assert_int_eq(n, horizon);
    for (int g = 1; g <= PASS_N; g++) {
        if (g < horizon)
            CHECK_CODE(cb_entity_load_at(db.conn, g, range.epoch, note, &b, &db_err), CB_ENOTFOUND);
        else
            check_at(&db, g, cb_buf_str(&was[g]));
        cb_buf_fini(&was[g]);
    }
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM entity_version v JOIN pass p ON p.id = v.last_pass "
                                 "WHERE p.generation <= %d", (int)horizon), "0");
    CHECK_CODE(cb_entity_delta(db.conn, horizon - 1, &to, ignore, NULL, &db_err), CB_ENOTFOUND);
    CHECK_OK(cb_entity_delta(db.conn, horizon, &to, ignore, NULL, &db_err));
    ck_assert_int_eq(to, PASS_N);
    cb_buf_fini(&b);
    db_close(&db);
}
END_TEST

/* ---- what a moment is called */

static void three_generations(struct db *db)
{
    int64_t id = db_source(db, "git:a", 0);

    db_say(db, id, "a.yaml", DOCS({X, "1"}));
    db_say(db, id, "a.yaml", DOCS({X, "2"}));
    db_say(db, id, "a.yaml", DOCS({X, "3"}));
    db_ask(db, "UPDATE pass SET finished_at = '2026-01-01Z'::timestamptz + generation * interval '1 h', "
               "commit_id = (ARRAY['aaaaaaaa11', 'aaaaaaaa22', '12345678'])[generation]");
}

static const struct {
    const char *text;
    int64_t generation;
} right[] = {
    {"1", 1},
    {"3", 3},
    {"2026-01-01T02:00:00Z", 2},
    {"2026-01-01T02:59:59.999Z", 2},
    {"2026-01-01T04:30:00+02:00", 2},
    {"2026-01-01T04:30:00 02:00", 2}, /* as a '+' in an address arrives */
    {"2026-01-02", 3},
    {"aaaaaaaa1", 1},
    {"AAAAAAAA22", 2},
    {"1234567", 3}, /* no such generation, but a commit */
    {"12345678", 3},
};

START_TEST(a_moment_is_a_generation_a_time_or_a_commit)
{
    int64_t generation = 0;
    struct db db;

    db_open(&db);
    three_generations(&db);
    for (size_t i = 0; i < CB_COUNT(right); i++) {
        CHECK_OK(cb_history_moment(&generation, db.conn, cb_str_cstr(right[i].text), &db_err));
        ck_assert_msg(generation == right[i].generation, "%s: %lld", right[i].text, (long long)generation);
    }
    db_close(&db);
}
END_TEST

#define RANGE "history goes from generation 1 (2026-01-01T01:00:00.000Z) to 3 (2026-01-01T03:00:00.000Z)"

static const struct {
    const char *text;
    enum cb_code code;
    const char *answer;
} wrong[] = {
    {"0", CB_ENOTFOUND, "there is no generation 0: " RANGE},
    {"4", CB_ENOTFOUND, "there is no generation 4: " RANGE},
    {"2025-12-31", CB_ENOTFOUND, "nothing is known of 2025-12-31: " RANGE},
    {"1970-01-01", CB_ENOTFOUND, "nothing is known of 1970-01-01: " RANGE},
    {"2999-01-01", CB_EINVAL, "2999-01-01 is in the future: " RANGE},
    {"aaaaaaa", CB_EINVAL, "several commits begin with aaaaaaa: aaaaaaaa22 (generation 2), aaaaaaaa11 (generation 1)"},
    {"bbbbbbb", CB_ENOTFOUND,
     "no commit that begins with bbbbbbb changed the catalog: " RANGE
     ". A commit that changed nothing in it made no generation"},
    {"aaaaaa", CB_EINVAL,
     "'aaaaaa' is no moment: give a generation (42), a time (2026-11-25T10:00:00Z or 2026-11-25) or 7 or more digits of a commit"},
    {"yesterday", CB_EINVAL,
     "'yesterday' is no moment: give a generation (42), a time (2026-11-25T10:00:00Z or 2026-11-25) or 7 or more digits of a "
     "commit"},
};

START_TEST(a_moment_that_is_none_says_which_there_are)
{
    int64_t generation = 0;
    struct db db;

    db_open(&db);
    three_generations(&db);
    for (size_t i = 0; i < CB_COUNT(wrong); i++) {
        CHECK_CODE(cb_history_moment(&generation, db.conn, cb_str_cstr(wrong[i].text), &db_err), wrong[i].code);
        ck_assert_str_eq(db_err.text, wrong[i].answer);
    }
    db_close(&db);
}
END_TEST

START_TEST(an_empty_database_has_no_moment)
{
    int64_t generation = 0;
    struct cb_buf b = CB_BUF_INIT;
    struct db db;

    db_open(&db);
    CHECK_CODE(cb_history_moment(&generation, db.conn, CB_LIT("1"), &db_err), CB_ENOTFOUND);
    ck_assert_str_eq(db_err.text, "there is no generation 1: nothing was read yet");
    CHECK_CODE(cb_entity_load_at(db.conn, 1, "another", note, &b, &db_err), CB_EUNAVAILABLE);
    db_close(&db);
}
END_TEST

CB_SUITE(history)
{
    db_server();
    CB_TEST(suite, each_generation_is_loaded_as_it_was_served);
    CB_TEST(suite, what_is_kept_is_told_after_pruning_and_the_rest_is_not);
    CB_TEST(suite, a_moment_is_a_generation_a_time_or_a_commit);
    CB_TEST(suite, a_moment_that_is_none_says_which_there_are);
    CB_TEST(suite, an_empty_database_has_no_moment);
}
