/* What a pass does to names, claims and versions: small stories. */
#include "tests/unit/catalog/persist/db.h"

#define X "component:default/x"
#define Y "component:default/y"

static struct db db;
static int64_t first, second;

static void open_two(void)
{
    const char *const keys[] = {"git:first", "git:second"};
    int64_t ids[2];

    db_open(&db);
    db_sources(&db, keys, 2, ids);
    first = ids[0];
    second = ids[1];
}

static void close_sound(void)
{
    db_sound(&db);
    db_close(&db);
}

START_TEST(a_new_entity_is_served_and_takes_a_generation)
{
    struct cb_pass_result r;

    open_two();
    r = db_say(&db, first, "a.yaml", DOCS({X, "one"}, {Y, "two"}));
    ck_assert_int_eq(r.generation, 1);
    ck_assert_int_eq(r.added, 2);
    ck_assert_str_eq(db_holder(&db, Y), "git:first a.yaml:11 two");
    close_sound();
}
END_TEST

START_TEST(saying_the_same_again_changes_nothing)
{
    struct cb_pass_result r;

    open_two();
    db_say(&db, first, "a.yaml", DOCS({X, "one"}, {"", NULL}));
    r = db_say(&db, first, "a.yaml", DOCS({X, "one"}, {"", NULL}));
    ck_assert_int_eq(r.generation, 0);
    ck_assert_int_eq(r.added + r.changed + r.removed, 0);
    ck_assert_int_eq(r.problems, 1);
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM pass"), "1");
    close_sound();
}
END_TEST

START_TEST(a_document_that_only_moves_in_its_file_keeps_its_version)
{
    struct cb_pass_result r;

    open_two();
    db_say(&db, first, "a.yaml", DOCS({X, "one"}));
    r = db_say(&db, first, "a.yaml", DOCS({Y, "new"}, {X, "one"}));
    ck_assert_int_eq(r.added, 1);
    ck_assert_int_eq(r.changed, 0);
    ck_assert_str_eq(db_holder(&db, X), "git:first a.yaml:11 one");
    close_sound();
}
END_TEST

START_TEST(a_renamed_file_changes_the_entity_and_does_not_end_it)
{
    struct db_pass p;

    open_two();
    db_say(&db, first, "a.yaml", DOCS({X, "one"}));
    db_pass_begin(&p, &db, first);
    db_del(&p, "a.yaml");
    db_put(&p, "b.yaml", DOCS({X, "one"}));
    db_commit(&p);
    ck_assert_int_eq(p.result.changed, 1);
    ck_assert_int_eq(p.result.added + p.result.removed, 0);
    ck_assert_str_eq(db_holder(&db, X), "git:first b.yaml:1 one");
    close_sound();
}
END_TEST

START_TEST(the_holder_keeps_a_name_and_the_loser_says_who_won)
{
    struct cb_pass_result r;

    open_two();
    db_say(&db, second, "b.yaml", DOCS({X, "theirs"}));
    r = db_say(&db, first, "a.yaml", DOCS({X, "mine"}));
    ck_assert_int_eq(r.lost, 1);
    ck_assert_int_gt(r.generation, 0);
    ck_assert_str_eq(db_holder(&db, X), "git:second b.yaml:1 theirs");
    ck_assert_str_eq(
        db_problems(&db, "name-conflict"),
        "git:first a.yaml:1 component:default/x is already defined in b.yaml:1 of git:second\n");
    close_sound();
}
END_TEST

START_TEST(the_loser_takes_over_in_the_transaction_in_which_the_winner_goes)
{
    struct db_pass p;

    open_two();
    db_say(&db, second, "b.yaml", DOCS({X, "theirs"}));
    db_say(&db, first, "a.yaml", DOCS({X, "mine"}));
    db_pass_begin(&p, &db, second);
    db_del(&p, "b.yaml");
    db_commit(&p);
    ck_assert_int_eq(p.result.changed, 1);
    ck_assert_int_eq(p.result.removed, 0);
    ck_assert_str_eq(db_holder(&db, X), "git:first a.yaml:1 mine");
    ck_assert_str_eq(db_problems(&db, "name-conflict"), "");
    close_sound();
}
END_TEST

START_TEST(a_free_name_goes_to_the_first_by_source_path_and_line)
{
    const char *const keys[] = {"git:first", "git:second", "git:third"};
    struct db_pass p;
    int64_t ids[3];

    db_open(&db);
    db_sources(&db, keys, 3, ids);
    db_say(&db, ids[2], "z.yaml", DOCS({X, "holder"}));
    db_say(&db, ids[1], "m.yaml", DOCS({X, "later"}));
    db_say(&db, ids[0], "n.yaml", DOCS({X, "behind"}));
    db_say(&db, ids[0], "m.yaml", DOCS({Y, "y"}, {X, "winner"}, {X, "again"}));
    db_pass_begin(&p, &db, ids[2]);
    db_del(&p, "z.yaml");
    db_commit(&p);
    ck_assert_str_eq(db_holder(&db, X), "git:first m.yaml:11 winner");
    close_sound();
}
END_TEST

START_TEST(a_broken_document_leaves_its_entity_at_the_last_good_version)
{
    struct cb_pass_result r;

    open_two();
    db_say(&db, first, "a.yaml", DOCS({X, "good"}, {Y, "y"}));
    r = db_say(&db, first, "a.yaml", DOCS({X, NULL}, {Y, "y"}));
    ck_assert_int_eq(r.stale, 1);
    ck_assert_int_eq(r.changed, 1);
    ck_assert_str_eq(db_holder(&db, X), "git:first a.yaml:1 good {\"items\":[\"broken\"]}");
    r = db_say(&db, first, "a.yaml", DOCS({X, "better"}, {Y, "y"}));
    ck_assert_int_eq(r.stale, 0);
    ck_assert_str_eq(db_holder(&db, X), "git:first a.yaml:1 better");
    close_sound();
}
END_TEST

START_TEST(when_nobody_can_tell_which_is_broken_nothing_of_the_file_goes)
{
    struct cb_pass_result r;

    open_two();
    db_say(&db, first, "a.yaml", DOCS({X, "x"}, {Y, "y"}));
    r = db_say(&db, first, "a.yaml", DOCS({"", NULL}));
    ck_assert_int_eq(r.stale, 2);
    ck_assert_int_eq(r.removed, 0);
    ck_assert_str_eq(db_holder(&db, Y), "git:first a.yaml:11 y {\"items\":[\"broken\"]}");
    r = db_say(&db, first, "a.yaml", DOCS({"", NULL}));
    ck_assert_int_eq(r.generation, 0);
    close_sound();
}
END_TEST

START_TEST(a_file_renamed_and_broken_at_once_keeps_its_entity)
{
    struct db_pass p;

    open_two();
    db_say(&db, first, "a.yaml", DOCS({X, "good"}));
    db_pass_begin(&p, &db, first);
    db_del(&p, "a.yaml");
    db_put(&p, "b.yaml", DOCS({Y, "y"}, {X, NULL}));
    db_commit(&p);
    ck_assert_int_eq(p.result.removed, 0);
    ck_assert_int_eq(p.result.stale, 1);
    ck_assert_str_eq(db_holder(&db, X), "git:first b.yaml:1 good {\"items\":[\"broken\"]}");
    db_say(&db, first, "b.yaml", DOCS({Y, "y"}, {X, "mended"}));
    ck_assert_str_eq(db_holder(&db, X), "git:first b.yaml:11 mended");
    close_sound();
}
END_TEST

START_TEST(a_stale_loser_may_take_over_too)
{
    struct db_pass p;

    open_two();
    db_say(&db, first, "a.yaml", DOCS({X, "mine"}));
    db_say(&db, second, "b.yaml", DOCS({X, "theirs"}));
    db_say(&db, second, "b.yaml", DOCS({X, NULL}));
    db_pass_begin(&p, &db, first);
    db_del(&p, "a.yaml");
    db_commit(&p);
    ck_assert_str_eq(db_holder(&db, X), "git:second b.yaml:1 theirs {\"items\":[\"broken\"]}");
    close_sound();
}
END_TEST

/* N entities in files of their own. */
static void say_many(int64_t source_id, int n)
{
    struct db_pass p;
    char path[32], ref[64];

    db_pass_begin(&p, &db, source_id);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof(path), "%03d.yaml", i);
        snprintf(ref, sizeof(ref), "component:default/c%03d", i);
        db_put(&p, path, DOCS({ref, "text"}));
    }
    db_commit(&p);
}

static struct cb_pass_result delete_many(int64_t source_id, int from, int to, int64_t hold)
{
    struct db_pass p;
    char path[32];

    db_pass_begin_hold(&p, &db, source_id, hold);
    for (int i = from; i < to; i++) {
        snprintf(path, sizeof(path), "%03d.yaml", i);
        db_del(&p, path);
    }
    db_commit(&p);
    return p.result;
}

/* Of how many, how many go, and how many of those wait. */
static const struct {
    int of, go, held;
} deletions[] = {
    {20, 10, 0},               /* half and not more; ten and not more */
    {20, 11, 11},              /* more than half and more than ten */
    {22, 11, 0},               /* half, not more */
    {21, 11, 11}, {10, 10, 0}, /* all, but not more than ten */
    {11, 11, 11},
};

START_TEST(more_than_half_and_more_than_ten_wait)
{
    struct cb_pass_result r;

    open_two();
    say_many(first, deletions[_i].of);
    r = delete_many(first, 0, deletions[_i].go, CB_PASS_HOLD_OVER_N);
    ck_assert_int_eq(r.held, deletions[_i].held);
    ck_assert_int_eq(r.removed, deletions[_i].go - deletions[_i].held);
    ck_assert_int_gt(r.generation, 0);
    close_sound();
}
END_TEST

START_TEST(held_deletions_go_when_confirmed_and_only_then)
{
    struct cb_pass_result r;

    open_two();
    say_many(first, 20);
    CHECK_CODE(cb_source_confirm(db.conn, first, &db_err), CB_ECONFLICT);
    r = delete_many(first, 0, 15, CB_PASS_HOLD_OVER_N);
    ck_assert_int_eq(r.held, 15);
    ck_assert_str_eq(db_problems(&db, "deletion-held"),
                     "git:first :0 15 entities of this source are in no file any more. They stay "
                     "until somebody confirms\n");
    r = delete_many(first, 0, 0, CB_PASS_HOLD_OVER_N);
    ck_assert_int_eq(r.held, 15);
    ck_assert_int_eq(r.generation, 0);
    CHECK_OK(cb_source_confirm(db.conn, first, &db_err));
    CHECK_CODE(cb_source_confirm(db.conn, 4711, &db_err), CB_ENOTFOUND);
    r = delete_many(first, 0, 0, CB_PASS_HOLD_OVER_N);
    ck_assert_int_eq(r.held, 0);
    ck_assert_int_eq(r.removed, 15);
    ck_assert_str_eq(db_problems(&db, "deletion-held"), "");
    ck_assert_str_eq(db_ask(&db, "SELECT confirmed FROM source WHERE id = %lld", (long long)first),
                     "f");
    close_sound();
}
END_TEST

START_TEST(additions_and_changes_apply_while_deletions_wait)
{
    struct db_pass p;

    open_two();
    say_many(first, 20);
    db_pass_begin(&p, &db, first);
    for (int i = 0; i < 15; i++) {
        char path[32];

        snprintf(path, sizeof(path), "%03d.yaml", i);
        db_del(&p, path);
    }
    db_put(&p, "019.yaml", DOCS({"component:default/c019", "changed"}));
    db_put(&p, "new.yaml", DOCS({X, "new"}));
    db_commit(&p);
    ck_assert_int_eq(p.result.held, 15);
    ck_assert_int_eq(p.result.added, 1);
    ck_assert_int_eq(p.result.changed, 1);
    ck_assert_str_eq(db_holder(&db, X), "git:first new.yaml:1 new");
    close_sound();
}
END_TEST

START_TEST(held_deletions_are_worked_out_anew_by_each_pass)
{
    struct cb_pass_result r;

    open_two();
    say_many(first, 20);
    delete_many(first, 0, 15, CB_PASS_HOLD_OVER_N);
    say_many(first, 5); /* five files are back: ten of twenty go, which is not too many */
    r = delete_many(first, 0, 0, CB_PASS_HOLD_OVER_N);
    ck_assert_int_eq(r.held, 0);
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM entity_current"), "10");
    close_sound();
}
END_TEST

START_TEST(a_held_entity_gives_way_to_a_document_of_another_source)
{
    struct cb_pass_result r;

    open_two();
    say_many(first, 20);
    delete_many(first, 0, 15, CB_PASS_HOLD_OVER_N);
    r = db_say(&db, second, "b.yaml", DOCS({"component:default/c003", "moved"}));
    ck_assert_int_eq(r.lost, 0);
    ck_assert_int_eq(r.changed, 1);
    ck_assert_str_eq(db_holder(&db, "component:default/c003"), "git:second b.yaml:1 moved");
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM claim WHERE held"), "14");
    close_sound();
}
END_TEST

START_TEST(a_source_taken_out_of_the_configuration_may_go_at_once)
{
    struct cb_pass_result r;

    open_two();
    say_many(first, 20);
    db_say(&db, second, "b.yaml", DOCS({"component:default/c003", "theirs"}));
    r = delete_many(first, 0, 20, -1);
    ck_assert_int_eq(r.held, 0);
    ck_assert_int_eq(r.removed, 19);
    ck_assert_str_eq(db_holder(&db, "component:default/c003"), "git:second b.yaml:1 theirs");
    close_sound();
}
END_TEST

START_TEST(the_same_name_twice_in_one_file_is_one_entity_and_a_problem)
{
    struct cb_pass_result r;

    open_two();
    r = db_say(&db, first, "a.yaml", DOCS({X, "one"}, {X, "two"}));
    ck_assert_int_eq(r.added, 1);
    ck_assert_int_eq(r.lost, 1);
    ck_assert_str_eq(db_holder(&db, X), "git:first a.yaml:1 one");
    r = db_say(&db, first, "a.yaml", DOCS({X, "two"}));
    ck_assert_int_eq(r.changed, 1);
    ck_assert_int_eq(r.lost, 0);
    close_sound();
}
END_TEST

START_TEST(a_problem_that_only_moves_stays_the_same_problem)
{
    const char *before;
    struct cb_pass_result r;

    open_two();
    db_say(&db, first, "a.yaml", DOCS({"", NULL}));
    before = db_ask(&db, "SELECT number || ' ' || first_seen FROM problem");
    r = db_say(&db, first, "a.yaml", DOCS({X, "x"}, {"", NULL}));
    ck_assert_int_eq(r.problems, 1);
    ck_assert_str_eq(db_ask(&db, "SELECT number || ' ' || first_seen FROM problem WHERE line = 11"),
                     before);
    close_sound();
}
END_TEST

START_TEST(problems_of_the_source_as_a_whole_are_those_of_the_last_pass)
{
    struct cb_problem problem = {
        .rule = "glob-empty", .message = CB_LIT("nothing matches"), .remedy = CB_LIT("look")};
    struct db_pass p;

    open_two();
    db_pass_begin(&p, &db, first);
    CHECK_OK(cb_pass_put_problem(p.pass, &problem, &db_err));
    db_commit(&p);
    ck_assert_int_gt(p.result.generation, 0);
    ck_assert_str_eq(db_problems(&db, "glob-empty"), "git:first :0 nothing matches\n");
    db_pass_begin(&p, &db, first);
    db_commit(&p);
    ck_assert_str_eq(db_problems(&db, "glob-empty"), "");
    close_sound();
}
END_TEST

START_TEST(a_pass_with_an_old_fence_is_refused_at_both_ends)
{
    struct cb_pass_opts opts = {.source_id = first, .settings = CB_LIT("s")};
    struct cb_pass_result r;
    struct cb_pass *pass;
    struct db_pass p;
    int64_t fence;

    open_two();
    opts.source_id = first;
    db_pass_begin(&p, &db, first);
    db_put(&p, "a.yaml", DOCS({X, "one"}));
    db_ask(&db, "UPDATE source SET fence = fence + 1");
    CHECK_CODE(cb_pass_commit(p.pass, &r, &db_err), CB_ECONFLICT);
    opts.fence = p.fence;
    CHECK_CODE(cb_pass_begin(&pass, db.conn, &opts, &db_err), CB_ECONFLICT);
    CHECK_CODE(cb_source_renew(db.conn, first, CB_LIT("test"), p.fence, &db_err), CB_ECONFLICT);
    CHECK_OK(cb_source_lease(db.conn, first, CB_LIT("test"), &fence, &db_err));
    ck_assert_int_eq(fence, p.fence + 2);
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM entity"), "0");
    close_sound();
}
END_TEST

START_TEST(an_aborted_pass_leaves_nothing)
{
    struct db_pass p;

    open_two();
    db_pass_begin(&p, &db, first);
    db_put(&p, "a.yaml", DOCS({X, "one"}));
    cb_pass_abort(p.pass);
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM entity"), "0");
    cb_pool_give(db.pool, db.conn);
    CHECK_OK(cb_pool_take(&db.conn, db.pool, 1000000, &db_err));
    db_say(&db, first, "a.yaml", DOCS({X, "one"}));
    close_sound();
}
END_TEST

static int collect(const struct cb_file_row *row, void *ctx)
{
    struct cb_buf *b = ctx;

    cb_buf_printf(b, "%" CB_FMT " %" CB_FMT ";", CB_ARG(row->path), CB_ARG(row->content_id));
    return 0;
}

START_TEST(files_are_as_the_last_pass_left_them)
{
    struct cb_file_row touched = {CB_LIT("a.yaml"), CB_LIT("new"), CB_LIT("url:x"), CB_LIT("{}")};
    struct cb_buf b = CB_BUF_INIT;
    struct db_pass p;

    open_two();
    db_say(&db, first, "a.yaml", DOCS({X, "one"}));
    db_say(&db, first, "b.yaml", DOCS({Y, "one"}));
    db_pass_begin(&p, &db, first);
    CHECK_OK(cb_pass_touch_file(p.pass, &touched, &db_err));
    db_del(&p, "b.yaml");
    db_commit(&p);
    CHECK_OK(cb_pass_files(db.conn, first, collect, &b, &db_err));
    ck_assert_str_eq(b.p, "a.yaml new;");
    ck_assert_str_eq(db_holder(&db, X), "git:first a.yaml:1 one");
    cb_buf_fini(&b);
    close_sound();
}
END_TEST

START_TEST(a_path_at_the_limit_is_kept_and_one_byte_more_is_refused_alone)
{
    char path[CB_PASS_PATH_MAX + 2];
    struct cb_descriptor none = {0};
    struct cb_file_row file = {.content_id = CB_LIT("x")};
    struct db_pass p;

    open_two();
    memset(path, 'p', sizeof(path));
    for (size_t i = 0; i < sizeof(path); i++)
        path[i] = (char)('a' + (i * 7 + i / 13 * 5) % 26); /* as long in an index as it looks */
    db_pass_begin(&p, &db, first);
    path[CB_PASS_PATH_MAX + 1] = '\0';
    file.path = cb_str_make(path, CB_PASS_PATH_MAX + 1);
    CHECK_CODE(cb_pass_put_file(p.pass, &file, &none, NULL, 0, &db_err), CB_ELIMIT);
    path[CB_PASS_PATH_MAX] = '\0';
    db_put(&p, path, DOCS({X, "far"}, {"", NULL}));
    db_commit(&p);
    ck_assert_int_eq(p.result.added, 1);
    close_sound();
}
END_TEST

START_TEST(a_strangers_bytes_become_text_that_postgresql_takes)
{
    struct cb_problem problem = {.rule = "yaml-syntax",
                                 .message = CB_LIT("bad \xff\xfe byte \0 and \xc3\xa9")};
    struct cb_pass_opts opts = {
        .author = CB_LIT("J\xf6rg"), .subject = CB_LIT("f\xfcr alle"), .settings = CB_LIT("s")};
    struct cb_pass_result r;
    struct cb_pass *p;

    open_two();
    opts.source_id = first;
    CHECK_OK(cb_source_lease(db.conn, first, CB_LIT("test"), &opts.fence, &db_err));
    CHECK_OK(cb_pass_begin(&p, db.conn, &opts, &db_err));
    CHECK_OK(cb_pass_put_problem(p, &problem, &db_err));
    CHECK_OK(cb_pass_commit(p, &r, &db_err));
    ck_assert_str_eq(db_ask(&db, "SELECT message FROM problem"),
                     "bad \xef\xbf\xbd\xef\xbf\xbd byte \xef\xbf\xbd and \xc3\xa9");
    ck_assert_str_eq(db_ask(&db, "SELECT author FROM pass"), "J\xef\xbf\xbdrg");
    close_sound();
}
END_TEST

CB_SUITE(pass_store)
{
    db_server();
    CB_TEST(suite, a_new_entity_is_served_and_takes_a_generation);
    CB_TEST(suite, saying_the_same_again_changes_nothing);
    CB_TEST(suite, a_document_that_only_moves_in_its_file_keeps_its_version);
    CB_TEST(suite, a_renamed_file_changes_the_entity_and_does_not_end_it);
    CB_TEST(suite, the_holder_keeps_a_name_and_the_loser_says_who_won);
    CB_TEST(suite, the_loser_takes_over_in_the_transaction_in_which_the_winner_goes);
    CB_TEST(suite, a_free_name_goes_to_the_first_by_source_path_and_line);
    CB_TEST(suite, a_broken_document_leaves_its_entity_at_the_last_good_version);
    CB_TEST(suite, when_nobody_can_tell_which_is_broken_nothing_of_the_file_goes);
    CB_TEST(suite, a_file_renamed_and_broken_at_once_keeps_its_entity);
    CB_TEST(suite, a_stale_loser_may_take_over_too);
    CB_LOOP_TEST(suite, more_than_half_and_more_than_ten_wait, CB_COUNT(deletions));
    CB_TEST(suite, held_deletions_go_when_confirmed_and_only_then);
    CB_TEST(suite, additions_and_changes_apply_while_deletions_wait);
    CB_TEST(suite, held_deletions_are_worked_out_anew_by_each_pass);
    CB_TEST(suite, a_held_entity_gives_way_to_a_document_of_another_source);
    CB_TEST(suite, a_source_taken_out_of_the_configuration_may_go_at_once);
    CB_TEST(suite, the_same_name_twice_in_one_file_is_one_entity_and_a_problem);
    CB_TEST(suite, a_problem_that_only_moves_stays_the_same_problem);
    CB_TEST(suite, problems_of_the_source_as_a_whole_are_those_of_the_last_pass);
    CB_TEST(suite, a_pass_with_an_old_fence_is_refused_at_both_ends);
    CB_TEST(suite, an_aborted_pass_leaves_nothing);
    CB_TEST(suite, files_are_as_the_last_pass_left_them);
    CB_TEST(suite, a_path_at_the_limit_is_kept_and_one_byte_more_is_refused_alone);
    CB_TEST(suite, a_strangers_bytes_become_text_that_postgresql_takes);
}
