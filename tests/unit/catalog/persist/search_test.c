/* Search: written with the entities themselves, by small passes and large ones, and filled from what an older database has. */
#include "catalog/persist/search_store.h"
#include "catalog/persist/stmt.h"
#include "tests/unit/catalog/persist/db.h"

#define LARGE 501 /* documents that make a pass a large one */

static struct cb_search_found ask(struct db *db, const char *term)
{
    struct cb_search_ask q = {.term = cb_str_cstr(term),
                              .types = CB_LIT("software-catalog"),
                              .pre_tag = CB_LIT("<b>"),
                              .post_tag = CB_LIT("</b>"),
                              .limit = 3};
    struct cb_search_found found;

    CHECK_OK(cb_search_run(&found, db->arena, db->conn, &q, &db_err));
    return found;
}

static int64_t total(struct db *db, const char *term)
{
    return ask(db, term).total;
}

/* A pass of one file with N documents that all say TEXT. */
static void say_many(struct db *db, int64_t source, int n, const char *text)
{
    struct doc *docs = CB_NEW_N(db->arena, struct doc, (size_t)n + 1);

    for (int i = 0; i < n; i++) {
        cb_str ref = cb_arena_printf(db->arena, "component:default/many-%d", i);

        docs[i] = (struct doc){cb_arena_dup(db->arena, ref.p, ref.n), text};
    }
    db_say(db, source, "many.yaml", docs);
}

START_TEST(what_a_pass_brings_changes_and_takes_away_is_found_so)
{
    struct db db;
    int64_t source;

    db_open(&db);
    source = db_source(&db, "file:/a", 0);
    db_say(&db, source, "a.yaml",
           DOCS({"component:default/one", "x"}, {"component:default/two", "x"}));
    ck_assert_int_eq(total(&db, "one"), 1);
    ck_assert_int_eq(total(&db, ""), 2);
    db_say(&db, source, "a.yaml", DOCS({"component:default/two", "y"}));
    ck_assert_int_eq(total(&db, "one"), 0);
    ck_assert_int_eq(total(&db, "two"), 1);
    db_sound(&db);
    db_close(&db);
}
END_TEST

START_TEST(a_large_pass_is_filled_in_behind_its_commit)
{
    struct db db;
    int64_t source;

    db_open(&db);
    source = db_source(&db, "file:/a", 0);
    say_many(&db, source, LARGE, "x");
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM search_pending"), "0");
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM search_document"), "501");
    ck_assert_int_eq(total(&db, "many"), LARGE);
    ck_assert_int_eq(ask(&db, "many").row_n, 3);
    db_sound(&db);
    say_many(&db, source, LARGE, "y");
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM search_document"), "501");
    db_sound(&db);
    db_close(&db);
}
END_TEST

/* As a callboard leaves it that was killed between the two. */
START_TEST(a_large_pass_that_nobody_filled_in_is_found_and_filled_in_by_the_next)
{
    struct db db;
    int64_t source;

    db_open(&db);
    source = db_source(&db, "file:/a", 0);
    say_many(&db, source, LARGE, "x");
    db_ask(&db, "WITH gone AS (DELETE FROM search_document) "
                "INSERT INTO search_pending SELECT id FROM pass RETURNING pass");
    ck_assert_int_eq(total(&db, "many"), LARGE);
    ck_assert_int_eq(total(&db, "many-500"), 1);
    db_sound(&db);
    db_say(&db, source, "many.yaml", DOCS({"component:default/many-0", "x"}, {"component:default/one", "x"}));
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM search_pending"), "0");
    db_sound(&db);
    db_close(&db);
}
END_TEST

START_TEST(a_pass_without_a_change_fills_in_what_waits_too)
{
    struct db db;
    int64_t source;

    db_open(&db);
    source = db_source(&db, "file:/a", 0);
    say_many(&db, source, LARGE, "x");
    db_ask(&db, "WITH gone AS (DELETE FROM search_document) "
                "INSERT INTO search_pending SELECT id FROM pass RETURNING pass");
    db_say(&db, source, "other.yaml", NO_DOCS);
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM search_document"), "501");
    db_sound(&db);
    db_close(&db);
}
END_TEST

START_TEST(the_migration_fills_search_from_what_is_served_already)
{
    const char *script = NULL;
    PGresult *res;
    struct db db;
    PGconn *pg;
    int64_t source;

    db_open(&db);
    source = db_source(&db, "file:/a", 0);
    db_say(&db, source, "a.yaml", DOCS({"component:default/one", "x"}, {"component:default/two", "x"}));
    db_say(&db, source, "a.yaml", DOCS({"component:default/two", "y"}));
    db_ask(&db, "DROP VIEW search_now, search_entity");
    db_ask(&db, "DROP TABLE search_document, search_pending");
    db_ask(&db, "DROP FUNCTION search_code, search_split");
    for (size_t i = 0; cb_sql_migrations[i].name; i++)
        if (strstr(cb_sql_migrations[i].name, "_search"))
            script = cb_sql_migrations[i].text;
    pg = PQconnectdb(db.url);
    res = PQexec(pg, script);
    ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK, "%s", PQerrorMessage(pg));
    PQclear(res);
    PQfinish(pg);
    ck_assert_int_eq(total(&db, "two"), 1);
    ck_assert_int_eq(total(&db, "one"), 0);
    db_sound(&db);
    db_close(&db);
}
END_TEST

/* What JSON may say and PostgreSQL may not hold, and what is longer than an index takes, hurts no pass. */
START_TEST(no_text_is_too_odd_or_too_long)
{
    struct db db;
    char *text, *word;
    int64_t source;

    db_open(&db);
    text = cb_arena_alloc(db.arena, 3 * 1024 * 1024 + 1);
    for (int i = 0; i < 3 * 1024 * 1024; i++)
        text[i] = (char)(i % 7 ? 'a' + i / 7 % 26 : ' ');
    text[3 * 1024 * 1024] = '\0';
    word = cb_arena_alloc(db.arena, 5000);
    memset(word, 'w', 4999);
    word[4999] = '\0';
    source = db_source(&db, "file:/a", 0);
    db_say(&db, source, "a.yaml",
           DOCS({"component:default/nul", "x\",\"nul\":\"a\\u0000b\\\\u0000"},
                {"component:default/long", "x\"},\"metadata\":{\"name\":\"long\",\"description\":\"x"}));
    ck_assert_int_eq(total(&db, "nul"), 1);
    db_ask(&db, "UPDATE entity_version SET body = '{\"kind\":\"Component\",\"metadata\":{\"name\":\"long\",\"title\":\"%s\","
                "\"description\":\"%s\"}}' WHERE ref LIKE '%%long' RETURNING 1",
           word, text);
    ck_assert_str_eq(db_ask(&db, "SELECT count(*) FROM search_entity WHERE length(document ->> 'text') = 50000 AND "
                                 "length(document ->> 'title') = 1000 AND length(body) > 10"),
                     "1");
    db_close(&db);
}
END_TEST

CB_SUITE(search)
{
    db_server();
    CB_TEST(suite, what_a_pass_brings_changes_and_takes_away_is_found_so);
    CB_TEST(suite, a_large_pass_is_filled_in_behind_its_commit);
    CB_TEST(suite, a_large_pass_that_nobody_filled_in_is_found_and_filled_in_by_the_next);
    CB_TEST(suite, a_pass_without_a_change_fills_in_what_waits_too);
    CB_TEST(suite, the_migration_fills_search_from_what_is_served_already);
    CB_TEST(suite, no_text_is_too_odd_or_too_long);
}
