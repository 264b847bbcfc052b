/* Random passes against a plain model: claims, holders, versions, generations; crashes; deltas; several writers at once. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catalog/base/map.h"
#include "catalog/persist/stmt.h"
#include "tests/unit/catalog/persist/db.h"
#include "tests/unit/catalog/persist/model.h"

#define PASS_N 60   /* of one seed */
#define WRITER_N 25 /* passes of one writer among three */

static const char *const keys[SOURCE_N] = {"git:0", "git:1", "git:2"};
static const char *const names[NAME_N] = {"n00", "n01", "n02", "n03", "n04", "n05",
                                          "n06", "n07", "n08", "n09", "n10", "n11"};
static const char *const texts[] = {"t0", "t1", "t2"};
static const char *const paths[PATH_N] = {"p0", "p1", "p2", "p3"};

static unsigned first_seed(void)
{
    const char *text = getenv("CALLBOARD_SEED");

    return text ? (unsigned)strtoul(text, NULL, 10) : 1;
}

/* --- the database in the model's words ---------------------------------------------------------- */

struct seen {
    struct cb_arena *arena;
    struct cb_map lines; /* by id: the line; what a follower has */
};

static int see(const struct cb_version_row *row, void *ctx)
{
    struct seen *s = ctx;
    cb_str id = cb_arena_str(s->arena, row->id);

    if (row->gone) {
        ck_assert(cb_map_del(&s->lines, id));
        return 0;
    }
    cb_map_put(&s->lines, id, NULL)->p =
        (void *)(uintptr_t)cb_arena_printf(
            s->arena, "%" CB_FMT " %" CB_FMT "%s %lld %" CB_FMT " %lld\n", CB_ARG(row->id),
            CB_ARG(db_body_text(row->body)), row->status.n ? " stale" : "",
            (long long)row->source_id - 1, CB_ARG(row->path), (long long)row->generation)
            .p;
    ck_assert_int_eq(row->edge_n, 1);
    ck_assert(cb_str_eq(row->edges[0].target, CB_LIT("group:default/team")));
    ck_assert(cb_str_eq(cb_relations[row->edges[0].type].name, CB_LIT("ownedBy")));
    ck_assert(cb_str_eq(row->terms, CB_LIT("terms")));
    return 0;
}

static int by_id(const void *a, const void *b)
{
    const struct cb_map_slot *const *x = a, *const *y = b;

    return cb_str_cmp((*x)->key, (*y)->key);
}

static void seen_text(struct cb_buf *out, const struct seen *s)
{
    const struct cb_map_slot **slots = calloc(s->lines.n + 1, sizeof(*slots));
    struct cb_map_slot *slot;
    size_t n = 0;

    for (size_t i = 0; (slot = cb_map_next(&s->lines, &i));)
        slots[n++] = slot;
    qsort(slots, n, sizeof(*slots), by_id);
    for (size_t i = 0; i < n; i++)
        cb_buf_put_cstr(out, slots[i]->value.p);
    free(slots);
}

static void check_order(const struct seen *s)
{
    struct cb_map_slot *slot, *before = NULL;

    for (size_t i = 0; (slot = cb_map_next(&s->lines, &i)); before = slot)
        ck_assert(!before || cb_str_cmp(before->key, slot->key) < 0);
}

/* All that is served, loaded anew. */
static int64_t load(struct cb_buf *out, struct cb_conn *c)
{
    struct seen s = {.arena = cb_arena_new()};
    int64_t generation;

    CHECK_OK(cb_entity_load(c, &generation, see, &s, &db_err));
    check_order(&s);
    seen_text(out, &s);
    cb_map_fini(&s.lines);
    cb_arena_free(s.arena);
    return generation;
}

static void follow(struct seen *s, int64_t *at, struct cb_conn *c)
{
    int64_t to;

    do {
        CHECK_OK(cb_entity_delta(c, *at, &to, see, s, &db_err));
        ck_assert_int_ge(to, *at);
        ck_assert_int_le(to, *at + CB_DELTA_MAX);
    } while (to > *at && (*at = to, true));
}

static const char *ask_claims(struct db *db)
{
    return db_ask(
        db,
        "SELECT string_agg((source_id - 1) || ' ' || path || ' ' || ref || ' ' || doc "
        "|| CASE WHEN holds THEN ' holds' ELSE '' END || CASE WHEN held THEN ' held' ELSE '' END "
        "|| CASE WHEN stale THEN ' stale' ELSE '' END || E'\\n', '' "
        "ORDER BY source_id, path, ref, doc) FROM claim");
}

static const char *ask_history(struct db *db)
{
    return db_ask(db, "SELECT string_agg(line, '' ORDER BY line COLLATE \"C\") FROM ("
                      "SELECT v.ref || ' ' || ((body::json)->'spec'->>'text') || CASE WHEN status "
                      "IS NULL THEN '' ELSE ' stale' END "
                      "|| ' ' || (v.source_id - 1) || ' ' || path || ' ' || b.generation || '-' || "
                      "coalesce(e.generation, 0) "
                      "|| E'\\n' AS line FROM entity_version v JOIN pass b ON b.id = v.first_pass "
                      "LEFT JOIN pass e ON e.id = v.last_pass) x");
}

/* --- passes ------------------------------------------------------------------------------------- */

static void put_pass(struct db_pass *p, const struct model_pass *pass)
{
    struct cb_file_row touched = {.content_id = CB_LIT("touched"), .state = CB_LIT("{}")};

    for (int i = 0; i < PATH_N; i++) {
        const struct model_file *f = &pass->files[i];
        struct doc docs[DOC_N + 1] = {{NULL, NULL}};

        for (int k = 0; k < f->doc_n; k++)
            docs[k] = (struct doc){f->docs[k].name == ANYONE ? "" : names[f->docs[k].name],
                                   f->docs[k].text < 0 ? NULL : texts[f->docs[k].text]};
        touched.path = cb_str_cstr(paths[i]);
        if (f->op == PUT)
            db_put(p, paths[i], docs);
        else if (f->op == DEL)
            db_del(p, paths[i]);
        else if (f->op == TOUCH)
            CHECK_OK(cb_pass_touch_file(p->pass, &touched, &db_err));
    }
}

static void fresh_conn(struct db *db)
{
    cb_pool_give(db->pool, db->conn);
    CHECK_OK(cb_pool_take(&db->conn, db->pool, 10000000, &db_err));
}

/* The server ends the connection in the middle; or we do. */
static void crash(struct db *db, struct db_pass *p, unsigned *seed)
{
    if (model_random(seed, 2)) {
        cb_pass_abort(p->pass);
    } else {
        db_ask(db, "SELECT pg_terminate_backend(%d)", PQbackendPID(db->conn->pg));
        CHECK_CODE(cb_pass_commit(p->pass, &p->result, &db_err), CB_EUNAVAILABLE);
    }
    fresh_conn(db);
}

static void reconfigure(struct db *db, struct model *m, unsigned *seed)
{
    const char *order[SOURCE_N] = {keys[0], keys[1], keys[2]};
    int64_t ids[SOURCE_N];
    int n = SOURCE_N - (model_random(seed, 3) == 0);

    for (int i = SOURCE_N - 1; i > 0; i--) {
        int k = (int)model_random(seed, (unsigned)i + 1);
        const char *swap = order[i];

        order[i] = order[k];
        order[k] = swap;
    }
    db_sources(db, order, n, ids);
    for (int i = 0; i < SOURCE_N; i++) {
        m->configured[order[i][4] - '0'] = i < n;
        if (i < n)
            m->position[order[i][4] - '0'] = i;
    }
}

static void confirm(struct db *db, struct model *m, int source)
{
    bool held = false;

    for (size_t i = 0; i < m->claims.n; i++)
        held = held || (m->claims.v[i].source == source && m->claims.v[i].held);
    CHECK_CODE(cb_source_confirm(db->conn, source + 1, &db_err), held ? CB_OK : CB_ECONFLICT);
    m->confirmed[source] = held;
}

static void compare(struct db *db, const struct model *m, const char *what, unsigned seed, int step)
{
    struct cb_buf want = CB_BUF_INIT, got = CB_BUF_INIT;

    model_claims(&want, m);
    ck_assert_msg(cb_str_eq(cb_buf_str(&want), cb_str_cstr(ask_claims(db))),
                  "%s, seed %u, step %d: claims\n%s\nnot\n%s", what, seed, step, ask_claims(db),
                  want.p ? want.p : "");
    cb_buf_clear(&want);
    model_current(&want, m);
    ck_assert_int_eq(load(&got, db->conn), m->generation);
    ck_assert_msg(cb_str_eq(cb_buf_str(&want), cb_buf_str(&got)),
                  "%s, seed %u, step %d: entities\n%s\nnot\n%s", what, seed, step,
                  got.p ? got.p : "", want.p ? want.p : "");
    cb_buf_fini(&want);
    cb_buf_fini(&got);
}

static void compare_result(const struct cb_pass_result *got, const struct model_result *want,
                           unsigned seed, int step)
{
    ck_assert_msg(got->generation == want->generation && got->added == want->added &&
                      got->changed == want->changed && got->removed == want->removed &&
                      got->held == want->held && got->stale == want->stale &&
                      got->lost == want->lost && got->problems == want->problems,
                  "seed %u, step %d: generation %lld/%lld added %lld/%lld changed %lld/%lld "
                  "removed %lld/%lld held %lld/%lld "
                  "stale %lld/%lld lost %lld/%lld problems %lld/%lld",
                  seed, step, (long long)got->generation, (long long)want->generation,
                  (long long)got->added, (long long)want->added, (long long)got->changed,
                  (long long)want->changed, (long long)got->removed, (long long)want->removed,
                  (long long)got->held, (long long)want->held, (long long)got->stale,
                  (long long)want->stale, (long long)got->lost, (long long)want->lost,
                  (long long)got->problems, (long long)want->problems);
}

START_TEST(random_passes_do_what_the_model_says)
{
    unsigned start = first_seed() + (unsigned)_i, seed = start;
    struct seen follower = {.arena = cb_arena_new()};
    struct cb_buf text = CB_BUF_INIT, history = CB_BUF_INIT;
    int64_t ids[SOURCE_N], followed = 0;
    struct model_pass pass;
    struct model m;
    struct db db;

    db_open(&db);
    db_sources(&db, keys, SOURCE_N, ids);
    model_init(&m);
    for (int step = 0; step < PASS_N; step++) {
        struct model_result want;
        struct db_pass p;

        if (model_random(&seed, 15) == 0)
            reconfigure(&db, &m, &seed);
        model_draw(&pass, &seed);
        if (model_random(&seed, 6) == 0)
            confirm(&db, &m, pass.source);
        db_pass_begin_hold(&p, &db, ids[pass.source], pass.hold_over_n);
        put_pass(&p, &pass);
        if (model_random(&seed, 8) == 0) {
            crash(&db, &p, &seed);
            compare(&db, &m, "after a crash", start, step);
            continue;
        }
        db_commit(&p);
        want = model_apply(&m, &pass);
        compare_result(&p.result, &want, start, step);
        compare(&db, &m, "after a pass", start, step);
        if (step % 5 == 4) {
            follow(&follower, &followed, db.conn);
            ck_assert_int_eq(followed, m.generation);
            cb_buf_clear(&text);
            seen_text(&text, &follower);
            cb_buf_clear(&history);
            load(&history, db.conn);
            ck_assert_str_eq(text.p, history.p);
            db_sound(&db);
        }
    }
    cb_buf_clear(&history);
    model_history(&history, &m);
    ck_assert_str_eq(ask_history(&db), history.p);
    db_sound(&db);
    cb_buf_fini(&text);
    cb_buf_fini(&history);
    cb_map_fini(&follower.lines);
    cb_arena_free(follower.arena);
    model_fini(&m);
    db_close(&db);
}
END_TEST

/* --- several at once ---------------------------------------------------------------------------- */

struct writer {
    struct db db; /* the same database, a connection of its own */
    int source;
    unsigned seed;
    int64_t generations;
    pthread_t thread;
};

static void write_once(struct writer *w)
{
    struct model_pass pass;
    struct db_pass p;

    model_draw(&pass, &w->seed);
    pass.source = w->source;
    db_pass_begin_hold(&p, &w->db, w->source + 1, pass.hold_over_n);
    put_pass(&p, &pass);
    db_commit(&p); /* a deadlock would be CB_ECONFLICT */
    w->generations += p.result.generation > 0;
}

static void *write_many(void *ctx)
{
    for (int i = 0; i < WRITER_N; i++)
        write_once(ctx);
    return NULL;
}

static void *follow_them(void *ctx)
{
    struct writer *w = ctx;
    struct seen s = {.arena = cb_arena_new()};
    struct cb_buf text = CB_BUF_INIT;
    int64_t at = 0;

    while (w->generations == 0) {
        follow(&s, &at, w->db.conn);
        usleep(2000);
    }
    follow(&s, &at, w->db.conn);
    seen_text(&text, &s);
    cb_map_fini(&s.lines);
    cb_arena_free(s.arena);
    w->seed = (unsigned)at;
    return cb_buf_take(&text, NULL);
}

START_TEST(writers_of_several_sources_never_wait_in_a_circle)
{
    struct writer writers[SOURCE_N], reader = {0};
    struct cb_buf text = CB_BUF_INIT;
    int64_t ids[SOURCE_N], generations = 0;
    void *followed;
    struct db db;

    db_open(&db);
    db_sources(&db, keys, SOURCE_N, ids);
    reader.db = db;
    CHECK_OK(cb_pool_take(&reader.db.conn, db.pool, 10000000, &db_err));
    ck_assert_int_eq(pthread_create(&reader.thread, NULL, follow_them, &reader), 0);
    for (int i = 0; i < SOURCE_N; i++) {
        writers[i] =
            (struct writer){.db = db, .source = i, .seed = first_seed() + (unsigned)(_i * 100 + i)};
        CHECK_OK(cb_pool_take(&writers[i].db.conn, db.pool, 10000000, &db_err));
        ck_assert_int_eq(pthread_create(&writers[i].thread, NULL, write_many, &writers[i]), 0);
    }
    for (int i = 0; i < SOURCE_N; i++) {
        pthread_join(writers[i].thread, NULL);
        cb_pool_give(db.pool, writers[i].db.conn);
        generations += writers[i].generations;
    }
    reader.generations = 1;
    pthread_join(reader.thread, &followed);
    cb_pool_give(db.pool, reader.db.conn);
    ck_assert_int_eq(load(&text, db.conn), generations);
    ck_assert_int_eq(reader.seed, (unsigned)generations);
    ck_assert_str_eq(followed, text.p);
    free(followed);
    cb_buf_fini(&text);
    db_sound(&db);
    db_close(&db);
}
END_TEST

/* A writer in a process of its own, killed whenever. */
START_TEST(a_killed_writer_leaves_nothing_half_done)
{
    unsigned seed = first_seed();
    int64_t ids[SOURCE_N];
    struct db db;

    db_open(&db);
    db_sources(&db, keys, SOURCE_N, ids);
    for (int i = 0; i < 8; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            struct writer w = {.db = db, .source = i % SOURCE_N, .seed = seed + (unsigned)i};

            if (cb_pool_new(&w.db.pool, db.url, 1, NULL) != CB_OK ||
                cb_pool_take(&w.db.conn, w.db.pool, 10000000, NULL) != CB_OK)
                _exit(1);
            for (;;)
                write_once(&w);
        }
        usleep(50000 + model_random(&seed, 150000));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        usleep(20000); /* its server process notices */
        db_sound(&db);
    }
    db_say(&db, ids[0], "p0", DOCS({"n00", "t0"}));
    db_sound(&db);
    db_close(&db);
}
END_TEST

CB_SUITE(model)
{
    db_server();
    CB_LOOP_TEST(suite, random_passes_do_what_the_model_says, 6);
    CB_LOOP_TEST(suite, writers_of_several_sources_never_wait_in_a_circle, 2);
    CB_TEST(suite, a_killed_writer_leaves_nothing_half_done);
}
