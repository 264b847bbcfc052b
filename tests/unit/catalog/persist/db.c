#include "tests/unit/catalog/persist/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catalog/base/buf.h"
#include "catalog/base/log.h"

#define LEASE_OWNER CB_LIT("test")

struct cb_err db_err;
static char server_url[512], server_dir[64], template_name[64];
static pid_t server_owner, watcher;
static int watch_fd = -1;
static int database_n;

/* --- the server ------------------------------------------------------------------------------- */

static const char *source_root(void)
{
    const char *root = getenv("top_srcdir");

    return root ? root : ".";
}

static void on_server(const char *sql)
{
    PGconn *pg = PQconnectdb(server_url);
    PGresult *res = PQexec(pg, sql);

    if (PQresultStatus(res) != PGRES_COMMAND_OK && PQresultStatus(res) != PGRES_TUPLES_OK)
        fprintf(stderr, "%s: %s", sql, PQerrorMessage(pg));
    PQclear(res);
    PQfinish(pg);
}

/* Of a server that stays: the template and the tests' databases, each named after this process. Dropping waits for a
   checkpoint, so it is done once, at the end. */
static void drop_all(void)
{
    char sql[256];
    PGconn *pg = PQconnectdb(server_url);
    PGresult *names;

    snprintf(
        sql, sizeof(sql),
        "SELECT datname FROM pg_database WHERE datname ~ '^callboard_(test_.*_%d_|template_%d$)'",
        (int)server_owner, (int)server_owner);
    names = PQexec(pg, sql);
    for (int i = 0; i < PQntuples(names); i++) {
        snprintf(sql, sizeof(sql), "DROP DATABASE IF EXISTS %s WITH (FORCE)",
                 PQgetvalue(names, i, 0));
        on_server(sql);
    }
    PQclear(names);
    PQfinish(pg);
}

/* A child that stops our server when this program ends, however it ends: the pipe to it closes. */
static void watch(void)
{
    char byte;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        abort();
    watcher = fork();
    if (watcher == 0) {
        char script[1024];

        setsid();
        close(ends[1]);
        while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
            ;
        snprintf(script, sizeof(script), "%s/tests/support/pg.sh", source_root());
        execl(script, script, "stop", server_dir, (char *)NULL);
        _exit(1);
    }
    close(ends[0]);
    watch_fd = ends[1];
}

static void stop_server(void)
{
    if (getpid() != server_owner)
        return;
    if (!server_dir[0]) {
        drop_all();
        return;
    }
    close(watch_fd);
    waitpid(watcher, NULL, 0);
}

static bool start_server(void)
{
    char command[1024];
    FILE *said;
    bool ok;

    snprintf(server_dir, sizeof(server_dir), "/tmp/callboard-test-pg.%d", (int)getpid());
    snprintf(command, sizeof(command), "'%s/tests/support/pg.sh' start %s", source_root(),
             server_dir);
    said = popen(command, "re");
    ok = said && fgets(server_url, sizeof(server_url), said);
    server_url[strcspn(server_url, "\n")] = '\0';
    ok = said && pclose(said) == 0 && ok;
    if (ok)
        watch();
    return ok;
}

void db_url(char out[512], const char *database)
{
    static const char *const keys[] = {"host", "hostaddr", "port", "user", "password"};
    PQconninfoOption *options = PQconninfoParse(server_url, NULL);
    size_t n = (size_t)snprintf(out, 512, "dbname=%s", database);

    for (PQconninfoOption *o = options; o && o->keyword; o++)
        for (size_t i = 0; i < CB_COUNT(keys); i++)
            if (strcmp(o->keyword, keys[i]) == 0 && o->val)
                n += (size_t)snprintf(out + n, 512 - n, " %s='%s'", o->keyword, o->val);
    PQconninfoFree(options);
}

static void make_template(void)
{
    char sql[256], url[512];
    struct cb_pool *pool = NULL;

    snprintf(template_name, sizeof(template_name), "callboard_template_%d", (int)getpid());
    snprintf(sql, sizeof(sql), "CREATE DATABASE %s", template_name);
    on_server(sql);
    db_url(url, template_name);
    if (cb_pool_new(&pool, url, 1, &db_err) != CB_OK ||
        cb_migrate_run(pool, NULL, &db_err) != CB_OK) {
        fprintf(stderr, "no template: %s\n", db_err.text);
        exit(EXIT_FAILURE);
    }
    cb_pool_free(pool);
}

void db_server(void)
{
    const char *url = getenv("CALLBOARD_TEST_DATABASE");

    if (server_url[0])
        return;
    cb_log_set_level(CB_LOG_WARN);
    server_owner = getpid();
    if (url && *url) {
        snprintf(server_url, sizeof(server_url), "%s", url);
    } else if (!start_server()) {
        cb_unit_skip("no PostgreSQL can be started here");
        return;
    }
    cb_unit_at_end(stop_server);
    make_template();
}

const char *db_server_url(void)
{
    return server_url;
}

/* --- a database ------------------------------------------------------------------------------- */

static void open_with(struct db *db, const char *template)
{
    char sql[256];

    memset(db, 0, sizeof(*db));
    snprintf(db->name, sizeof(db->name), "callboard_test_%d_%d_%d", (int)getpid(),
             (int)server_owner, ++database_n);
    snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE %s", db->name, template);
    on_server(sql);
    db_url(db->url, db->name);
    db->arena = cb_arena_new();
    CHECK_OK(cb_pool_new(&db->pool, db->url, 8, &db_err));
}

void db_open(struct db *db)
{
    open_with(db, template_name);
    CHECK_OK(cb_pool_take(&db->conn, db->pool, 10000000, &db_err));
}

void db_open_empty(struct db *db)
{
    open_with(db, "template0");
}

void db_close(struct db *db)
{
    cb_pool_give(db->pool, db->conn);
    cb_pool_free(db->pool);
    cb_arena_free(db->arena);
}

const char *db_ask(struct db *db, const char *format, ...)
{
    PGconn *pg = PQconnectdb(db->url);
    const char *out = "";
    cb_str sql;
    va_list ap;
    PGresult *res;

    va_start(ap, format);
    sql = cb_arena_vprintf(db->arena, format, ap);
    va_end(ap);
    res = PQexec(pg, sql.p);
    ck_assert_msg(PQresultStatus(res) == PGRES_TUPLES_OK || PQresultStatus(res) == PGRES_COMMAND_OK,
                  "%s: %s", sql.p, PQerrorMessage(pg));
    if (PQntuples(res) > 0 && PQnfields(res) > 0)
        out = cb_arena_dup(db->arena, PQgetvalue(res, 0, 0), strlen(PQgetvalue(res, 0, 0)));
    PQclear(res);
    PQfinish(pg);
    return out;
}

void db_sound(struct db *db)
{
    static char sql[16384];
    char path[1024];
    PGresult *res;
    PGconn *pg;
    FILE *f;

    if (!sql[0]) {
        snprintf(path, sizeof(path), "%s/tests/sql/sound.sql", source_root());
        f = fopen(path, "re");
        ck_assert_ptr_nonnull(f);
        sql[fread(sql, 1, sizeof(sql) - 1, f)] = '\0';
        fclose(f);
    }
    pg = PQconnectdb(db->url);
    res = PQexec(pg, sql);
    ck_assert_msg(PQresultStatus(res) == PGRES_TUPLES_OK, "%s", PQerrorMessage(pg));
    ck_assert_msg(PQntuples(res) == 0, "%s: %s", PQgetvalue(res, 0, 0), PQgetvalue(res, 0, 1));
    PQclear(res);
    PQfinish(pg);
}

/* --- sources ---------------------------------------------------------------------------------- */

void db_sources(struct db *db, const char *const *keys, int n, int64_t *ids)
{
    struct cb_source_row rows[16] = {{0}};

    for (int i = 0; i < n; i++)
        rows[i] = (struct cb_source_row){.key = cb_str_cstr(keys[i]),
                                         .type = CB_LIT("git"),
                                         .url = cb_str_cstr(keys[i]),
                                         .branch = CB_LIT("main"),
                                         .paths = CB_LIT("[]"),
                                         .settings = CB_LIT("s"),
                                         .position = i};
    CHECK_OK(cb_source_configure(db->conn, rows, (size_t)n, &db_err));
    for (int i = 0; i < n; i++)
        ids[i] = rows[i].id;
}

int64_t db_source(struct db *db, const char *key, int position)
{
    struct cb_source_row row = {.key = cb_str_cstr(key),
                                .type = CB_LIT("git"),
                                .url = cb_str_cstr(key),
                                .branch = CB_LIT("main"),
                                .paths = CB_LIT("[]"),
                                .settings = CB_LIT("s"),
                                .position = position};

    CHECK_OK(cb_source_configure(db->conn, &row, 1, &db_err));
    db_ask(db, "UPDATE source SET configured = true");
    return row.id;
}

/* --- passes ----------------------------------------------------------------------------------- */

cb_str db_body(struct cb_arena *a, const char *ref, const char *text)
{
    return cb_arena_printf(
        a,
        "{\"metadata\":{\"uid\":\"00000000-0000-5000-8000-000000000000\",\"etag\":\"%040d\","
        "\"name\":\"%s\"},\"spec\":{\"text\":\"%s\"}}",
        0, ref, text);
}

cb_str db_body_text(cb_str body)
{
    size_t from = cb_str_find(body, CB_LIT("\"text\":\""));

    ck_assert(from != SIZE_MAX);
    body = cb_str_sub(body, from + 8, body.n);
    return cb_str_sub(body, 0, cb_str_find(body, CB_LIT("\"")));
}

void db_pass_begin_hold(struct db_pass *p, struct db *db, int64_t source_id, int64_t hold_over_n)
{
    struct cb_pass_opts opts = {.source_id = source_id,
                                .commit = CB_LIT("c0ffee"),
                                .author = CB_LIT("Ada <ada@example.com>"),
                                .subject = CB_LIT("a change"),
                                .authored_at_us = 1700000000000000,
                                .settings = CB_LIT("s"),
                                .hold_over_n = hold_over_n};

    *p = (struct db_pass){.db = db, .source_id = source_id};
    CHECK_OK(cb_source_lease(db->conn, source_id, LEASE_OWNER, &p->fence, &db_err));
    opts.fence = p->fence;
    CHECK_OK(cb_pass_begin(&p->pass, db->conn, &opts, &db_err));
}

void db_pass_begin(struct db_pass *p, struct db *db, int64_t source_id)
{
    db_pass_begin_hold(p, db, source_id, CB_PASS_HOLD_OVER_N);
}

static struct cb_file_row file_row(struct cb_arena *a, const char *path, const struct doc *docs)
{
    cb_str id = CB_LIT("id");

    for (; docs && (docs->ref || docs->text); docs++)
        id = cb_arena_printf(a, "%" CB_FMT ",%s=%s", CB_ARG(id), docs->ref,
                             docs->text ? docs->text : "?");
    return (struct cb_file_row){cb_str_cstr(path), id, CB_LIT("url:https://git.example.com/x"),
                                CB_LIT("{}")};
}

/* A status is for those that have no good document in the file. */
static bool is_good(const struct doc *docs, const char *ref)
{
    for (; docs->ref; docs++)
        if (docs->text && strcmp(docs->ref, ref) == 0)
            return true;
    return false;
}

void db_put(struct db_pass *p, const char *path, const struct doc *docs)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_descriptor d = {0};
    struct cb_file_row file = file_row(a, path, docs);
    struct cb_status status[32];
    size_t n = 0, status_n = 0;

    while (docs[n].ref)
        n++;
    d.entities = CB_NEW_N(a, struct cb_entity, n);
    d.broken = CB_NEW_N(a, struct cb_broken, n);
    d.problems = CB_NEW_N(a, struct cb_problem, n);
    d.doc_n = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        struct cb_origin at = {cb_str_cstr(path), (uint32_t)i, (uint32_t)i * 10 + 1, 1};
        cb_str id = cb_str_cstr(docs[i].ref);

        if (docs[i].text) {
            struct cb_edge *edge = CB_NEW(a, struct cb_edge);

            *edge = (struct cb_edge){(uint8_t)cb_relation_find(CB_LIT("ownedBy"), false),
                                     CB_LIT("group:default/team")};
            d.entities[d.entity_n++] =
                (struct cb_entity){.id = id,
                                   .body = db_body(a, docs[i].ref, docs[i].text),
                                   .terms = CB_LIT("terms"),
                                   .edges = edge,
                                   .edge_n = 1,
                                   .at = at};
        } else {
            if (!is_good(docs, docs[i].ref))
                status[status_n++] = (struct cb_status){id, CB_LIT("{\"items\":[\"broken\"]}")};
            d.broken[d.broken_n++] = (struct cb_broken){id, at};
            d.problems[d.problem_n++] = (struct cb_problem){.rule = "yaml-syntax",
                                                            .severity = CB_PROBLEM_ERROR,
                                                            .at = at,
                                                            .message = CB_LIT("broken"),
                                                            .remedy = CB_LIT("mend it"),
                                                            .entity = id};
        }
    }
    CHECK_OK(cb_pass_put_file(p->pass, &file, &d, status, status_n, &db_err));
    cb_arena_free(a);
}

void db_del(struct db_pass *p, const char *path)
{
    CHECK_OK(cb_pass_del_file(p->pass, cb_str_cstr(path), &db_err));
}

void db_commit(struct db_pass *p)
{
    CHECK_OK(cb_pass_commit(p->pass, &p->result, &db_err));
    CHECK_OK(cb_source_release(p->db->conn, p->source_id, LEASE_OWNER, p->fence, 1, &db_err));
}

struct cb_pass_result db_say(struct db *db, int64_t source_id, const char *path,
                             const struct doc *docs)
{
    struct db_pass p;

    db_pass_begin(&p, db, source_id);
    db_put(&p, path, docs);
    db_commit(&p);
    return p.result;
}

/* --- answers ---------------------------------------------------------------------------------- */

const char *db_holder(struct db *db, const char *ref)
{
    return db_ask(db,
                  "SELECT s.key || ' ' || c.path || ':' || c.line || ' ' || "
                  "((v.body::json)->'spec'->>'text') || "
                  "CASE WHEN v.status IS NULL THEN '' ELSE ' ' || v.status END "
                  "FROM entity_version v JOIN claim c ON c.ref = v.ref AND c.holds JOIN source s "
                  "ON s.id = v.source_id "
                  "WHERE v.last_pass IS NULL AND v.ref = '%s'",
                  ref);
}

const char *db_problems(struct db *db, const char *rule)
{
    struct cb_problem_query q = {.rule = cb_str_cstr(rule), .limit = 1000};
    struct cb_problem_row *rows;
    struct cb_buf b = CB_BUF_INIT;
    int64_t total;
    const char *out;
    size_t n;

    CHECK_OK(cb_problem_find(&rows, &n, &total, db->arena, db->conn, &q, &db_err));
    ck_assert_int_eq((int64_t)n, total);
    for (size_t i = 0; i < n; i++)
        cb_buf_printf(&b, "%" CB_FMT " %" CB_FMT ":%u %" CB_FMT "\n", CB_ARG(rows[i].source_key),
                      CB_ARG(rows[i].problem.at.path), rows[i].problem.at.line,
                      CB_ARG(rows[i].problem.message));
    out = b.n ? cb_arena_dup(db->arena, b.p, b.n) : "";
    cb_buf_fini(&b);
    return out;
}
