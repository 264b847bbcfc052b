/* Every statement is one that PostgreSQL takes, against a migrated database; the hot ones go by an index. */
#include "catalog/persist/stmt.h"
#include "tests/unit/catalog/persist/db.h"

#define ROW_N 20000 /* enough for a scan to cost more than a look into an index */

static void stage(PGconn *pg)
{
    static const enum cb_sql tables[] = {
        CB_SQL_STAGE_FILE, CB_SQL_STAGE_CLAIM, CB_SQL_STAGE_BROKEN, CB_SQL_STAGE_PROBLEM,
        CB_SQL_STAGE_REF,  CB_SQL_STAGE_OLD,   CB_SQL_STAGE_WINNER, CB_SQL_STAGE_NEW};

    for (size_t i = 0; i < CB_COUNT(tables); i++) {
        PGresult *res = PQexec(pg, cb_sql_queries[tables[i]].text);

        ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK, "%s", PQerrorMessage(pg));
        PQclear(res);
    }
}

START_TEST(every_statement_can_be_prepared)
{
    PGresult *res;
    struct db db;
    PGconn *pg;
    int prepared = 0;

    db_open(&db);
    pg = PQconnectdb(db.url);
    stage(pg);
    for (int i = 0; i < CB_SQL_N; i++) {
        res = PQprepare(pg, cb_sql_queries[i].name, cb_sql_queries[i].text, 0, NULL);
        ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK, "%s: %s", cb_sql_queries[i].name,
                      PQerrorMessage(pg));
        PQclear(res);
        prepared += cb_sql_queries[i].prepare;
    }
    ck_assert_int_gt(prepared, CB_SQL_N / 2);
    PQfinish(pg);
    db_close(&db);
}
END_TEST

/* Entities as passes leave them, a file each, and a second version of a few; written directly, for their number. */
static void fill(struct db *db)
{
    db_source(db, "git:x", 0);
    db_ask(db, "INSERT INTO entity SELECT 'component:default/c' || i FROM generate_series(1, %d) i",
           ROW_N);
    db_ask(db,
           "INSERT INTO entity_version SELECT 'component:default/c' || i, 1 + i %% 50, CASE WHEN i "
           "> %d THEN 60 END, 1, 1, 0,"
           " 'h', 'p' || i, NULL, repeat('x', 300), 't', '{}' FROM generate_series(1, %d) i",
           ROW_N - 100, ROW_N);
    db_ask(db,
           "INSERT INTO claim (source_id, path, ref, doc, line, col, flags, holds, hash) "
           "SELECT 1, 'p' || i, 'component:default/c' || i, 0, 1, 1, 0, true, 'h' FROM "
           "generate_series(1, %d) i",
           ROW_N);
    db_ask(
        db,
        "INSERT INTO source_file SELECT 1, 'p' || i, 'x', 'x', 'x' FROM generate_series(1, %d) i",
        ROW_N);
    db_ask(db,
           "INSERT INTO problem (source_id, path, identity, nth, rule, severity, doc, line, col, "
           "field, message, remedy, "
           "entity, backstage, first_seen) SELECT 1, 'p' || i, 'i', 1, 'r', 1, 0, 1, 1, '', '', "
           "'', '', '', now() "
           "FROM generate_series(1, %d) i",
           ROW_N);
    db_ask(db, "INSERT INTO pass SELECT i, 1, '', '', '', NULL, now(), now(), i, 0, 0, 0 FROM "
               "generate_series(1, 60) i");
}

/* Arguments of each, and the tables that must not be read from end to end. */
static const struct {
    enum cb_sql sql;
    const char *arguments;
} hot[] = {
    {CB_SQL_ENTITY_DELTA, "59, 60"},  {CB_SQL_FILE_ALL, "2"},
    {CB_SQL_PASS_TOUCH, "1"},         {CB_SQL_PASS_NAMES, ""},
    {CB_SQL_PASS_OLD, "1"},           {CB_SQL_PASS_GOING, ""},
    {CB_SQL_PASS_MOVE, ""},           {CB_SQL_PASS_FATES, "1"},
    {CB_SQL_PASS_UNHOLD, "1"},        {CB_SQL_PASS_WINNER, "1"},
    {CB_SQL_PASS_END, "7"},           {CB_SQL_PASS_BEGIN_KEPT, "7"},
    {CB_SQL_PASS_TAKE_OVER, ""},      {CB_SQL_PASS_CLAIM, "1"},
    {CB_SQL_PASS_FILE, "1"},          {CB_SQL_PASS_PROBLEM_DEL, "1"},
    {CB_SQL_PASS_PROBLEM, "1"},       {CB_SQL_PASS_COUNTS, "2"},
    {CB_SQL_PASS_TALLY, "1, 0"},      {CB_SQL_TOKEN_FIND, "'\\x00'"},
    {CB_SQL_SESSION_FIND, "'\\x00'"}, {CB_SQL_HISTORY_PRUNE_VERSION, "1000"},
    {CB_SQL_HISTORY_VERSIONS, "'component:default/c77', 9999, 21"},
    {CB_SQL_HISTORY_VERSION, "'component:default/c77', 30"},
    {CB_SQL_HISTORY_KNOWN, "'component:default/c77'"},
    {CB_SQL_HISTORY_CHANGES, "59, '', 60, '', '', 0, 101"},
    {CB_SQL_HISTORY_CHANGES_BACK, "60, '', 59, 'component', 'group:default/x', 0, 101"},
};

static const char *const big[] = {"claim", "entity_version", "source_file", "problem", "entity"};

static void check_plan(PGconn *pg, enum cb_sql sql, const char *arguments, const char *when)
{
    const char *name = cb_sql_queries[sql].name;
    char text[512];
    PGresult *res;

    snprintf(text, sizeof(text), "EXPLAIN EXECUTE %s%s%s%s", name, *arguments ? "(" : "", arguments,
             *arguments ? ")" : "");
    res = PQexec(pg, text);
    ck_assert_msg(PQresultStatus(res) == PGRES_TUPLES_OK, "%s: %s", name, PQerrorMessage(pg));
    for (int i = 0; i < PQntuples(res); i++) {
        const char *at = strstr(PQgetvalue(res, i, 0), "Seq Scan on ");

        for (size_t k = 0; at && k < CB_COUNT(big); k++)
            ck_assert_msg(strncmp(at + 12, big[k], strlen(big[k])) != 0 ||
                              !strchr(" ", at[12 + strlen(big[k])]),
                          "%s, %s: %s", name, when, PQgetvalue(res, i, 0));
    }
    PQclear(res);
}

static void one_change(PGconn *pg)
{
    PQclear(PQexec(pg, "BEGIN"));
    PQclear(PQexec(pg, "INSERT INTO stage_file VALUES ('p77', 'p', 'y', 'y', 'y')"));
    PQclear(PQexec(pg, "INSERT INTO stage_claim VALUES ('p77', 'component:default/c77', 0, 1, 1, "
                       "0, 'i', NULL, 'b', 't', '{}')"));
    PQclear(PQexec(pg, "INSERT INTO stage_ref VALUES ('component:default/c77')"));
    PQclear(PQexec(pg, "INSERT INTO stage_old VALUES ('p77', 'component:default/c77', 0, 'gone', "
                       "NULL, true, false)"));
    PQclear(PQexec(pg, "INSERT INTO stage_winner VALUES ('component:default/c77', 1, 'p77', 0, "
                       "true, false, false, true)"));
}

/* Whether the planner has been told of the tables or not: right after a first read it has not. */
START_TEST(one_changed_file_is_found_by_indexes)
{
    struct db db;
    PGconn *pg;

    db_open(&db);
    fill(&db);
    if (_i == 1)
        db_ask(&db, "ANALYZE");
    pg = PQconnectdb(db.url);
    stage(pg);
    one_change(pg);
    for (size_t i = 0; i < CB_COUNT(hot); i++) {
        PGresult *res = PQprepare(pg, cb_sql_queries[hot[i].sql].name,
                                  cb_sql_queries[hot[i].sql].text, 0, NULL);

        ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK, "%s", PQerrorMessage(pg));
        PQclear(res);
        check_plan(pg, hot[i].sql, hot[i].arguments, _i ? "analyzed" : "not analyzed");
        for (int k = 0; k < 6;
             k++) /* from the sixth on the plan may be the one kept for all arguments */
            check_plan(pg, hot[i].sql, hot[i].arguments, "again");
    }
    PQfinish(pg);
    db_close(&db);
}
END_TEST

START_TEST(a_load_walks_an_index_and_sorts_nothing)
{
    PGresult *res;
    struct db db;
    PGconn *pg;

    db_open(&db);
    fill(&db);
    pg = PQconnectdb(db.url);
    PQclear(PQexec(pg, "BEGIN"));
    PQclear(PQexec(pg, cb_sql_queries[CB_SQL_ENTITY_SETTINGS].text));
    if (_i == 0) {
        res = PQexec(pg, "EXPLAIN SELECT p.generation, v.ref, v.body FROM entity_version v JOIN "
                         "pass p ON p.id = v.first_pass "
                         "WHERE v.last_pass IS NULL ORDER BY v.ref");
    } else {
        PQclear(PQprepare(pg, "entity_at", cb_sql_queries[CB_SQL_ENTITY_AT].text, 0, NULL));
        res = PQexec(pg, "EXPLAIN EXECUTE entity_at(30)");
    }
    ck_assert_int_eq(PQresultStatus(res), PGRES_TUPLES_OK);
    for (int i = 0; i < PQntuples(res); i++)
        ck_assert_ptr_null(strstr(PQgetvalue(res, i, 0), "Sort"));
    PQclear(res);
    PQfinish(pg);
    db_close(&db);
}
END_TEST

START_TEST(relations_and_the_current_catalog_can_be_read_with_psql)
{
    struct db db;

    db_open(&db);
    db_say(&db, db_source(&db, "git:x", 0), "a.yaml", DOCS({"component:default/x", "one"}));
    ck_assert_str_eq(
        db_ask(&db, "SELECT source_ref || ' ' || type || ' ' || target_ref FROM relation"),
        "component:default/x ownedBy group:default/team");
    ck_assert_str_eq(
        db_ask(&db, "SELECT ref || ' ' || path || ' ' || since_generation FROM entity_current"),
        "component:default/x a.yaml 1");
    db_close(&db);
}
END_TEST

CB_SUITE(sql)
{
    db_server();
    CB_TEST(suite, every_statement_can_be_prepared);
    CB_LOOP_TEST(suite, one_changed_file_is_found_by_indexes, 2);
    CB_LOOP_TEST(suite, a_load_walks_an_index_and_sorts_nothing, 2);
    CB_TEST(suite, relations_and_the_current_catalog_can_be_read_with_psql);
}
