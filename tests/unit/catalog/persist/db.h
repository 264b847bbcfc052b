/*
 * db.h - a database of its own for a test, and short words for what passes say.
 *
 * Server    CALLBOARD_TEST_DATABASE (a superuser's URL); without it one is started for this program by
 *           tests/support/pg.sh and stopped at the end
 * Database  made from a migrated template; gone with the program
 */
#ifndef CB_TESTS_PERSIST_DB_H
#define CB_TESTS_PERSIST_DB_H

#include <check.h>
#include <libpq-fe.h>

#include "catalog/base/arena.h"
#include "catalog/persist/conn.h"
#include "catalog/persist/entity_store.h"
#include "catalog/persist/migrate.h"
#include "catalog/persist/pass_store.h"
#include "catalog/persist/problem_store.h"
#include "catalog/persist/source_store.h"
#include "tests/support/unit.h"

#define CHECK_OK(call)                                                                             \
    do {                                                                                           \
        enum cb_code check_rc = (call);                                                            \
        ck_assert_msg(check_rc == CB_OK, "%s: %s: %s", #call, cb_code_name(check_rc),              \
                      db_err.text);                                                                \
    } while (0)
#define CHECK_CODE(call, code)                                                                     \
    do {                                                                                           \
        enum cb_code check_rc = (call);                                                            \
        ck_assert_msg(check_rc == (code), "%s: %s, not %s: %s", #call, cb_code_name(check_rc),     \
                      cb_code_name(code), db_err.text);                                            \
    } while (0)

extern struct cb_err db_err;

struct db {
    char name[64];
    char url[512];
    struct cb_pool *pool;
    struct cb_conn *conn;
    struct cb_arena *arena;
};

/* Call from CB_SUITE: starts the server before tests are forked, or skips the program. */
void db_server(void);
/* Migrated, with a pool and a connection. */
void db_open(struct db *db);
/* Empty: no schema. */
void db_open_empty(struct db *db);
void db_close(struct db *db);
/* The server's own URL, and one of another database of it. */
const char *db_server_url(void);
void db_url(char out[512], const char *database);

/* SQL of a test's own, on a connection of its own; one value as text, "" for none. In db->arena. */
const char *db_ask(struct db *db, const char *format, ...) CB_PRINTF(2, 3);
/* tests/sql/sound.sql finds nothing. */
void db_sound(struct db *db);

/* A source of this key at POSITION; its id. */
int64_t db_source(struct db *db, const char *key, int position);
/* Several at once, in this order: ids. The rest is taken out of the configuration. */
void db_sources(struct db *db, const char *const *keys, int n, int64_t *ids);

/* One document: a good one of REF that says TEXT; without TEXT a broken one (REF "" when nobody can tell). */
struct doc {
    const char *ref, *text;
};

/* A pass of one source by OWNER "test". */
struct db_pass {
    struct db *db;
    struct cb_pass *pass;
    int64_t source_id, fence;
    struct cb_pass_result result;
};

void db_pass_begin(struct db_pass *p, struct db *db, int64_t source_id);
void db_pass_begin_hold(struct db_pass *p, struct db *db, int64_t source_id, int64_t hold_over_n);
/* Documents end with a row of NULLs. Each stands ten lines below the one before it. */
void db_put(struct db_pass *p, const char *path, const struct doc *docs);
void db_del(struct db_pass *p, const char *path);
void db_commit(struct db_pass *p);
/* All in one: one file. */
struct cb_pass_result db_say(struct db *db, int64_t source_id, const char *path,
                             const struct doc *docs);

/* Who holds REF: "key path:line text status", or "". */
const char *db_holder(struct db *db, const char *ref);
/* Problems of a rule: "key path:line message" each on a line. */
const char *db_problems(struct db *db, const char *rule);

/* The body the tests give an entity of REF that says TEXT, and the text of a body. */
cb_str db_body(struct cb_arena *a, const char *ref, const char *text);
cb_str db_body_text(cb_str body);

#define DOCS(...) ((const struct doc[]){__VA_ARGS__, {NULL, NULL}})
#define NO_DOCS ((const struct doc[]){{NULL, NULL}})

#endif
