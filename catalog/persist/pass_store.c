#include "catalog/persist/pass_store.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#define XXH_STATIC_LINKING_ONLY /* the state lies on our stack */
#include <xxhash.h>

#include "catalog/base/clock.h"
#include "catalog/persist/stmt.h"

#define LARGE_N 500                 /* rows from which the planner is told of them */
#define WAIT_EACH_US (1 * CB_MS_US) /* what a statement over all rows may take more for each */
#define HASH_BYTES 16
#define STAGE_PASS_MAX 200 /* passes that use the same temporary tables: nobody else vacuums them */
#define BROAD_BYTES                                                                                \
    (4 * 1024 * 1024) /* of rows that wait, so that the stream of entities goes on */

enum stage { STAGE_FILE, STAGE_CLAIM, STAGE_BROKEN, STAGE_PROBLEM, STAGE_N };

static const enum cb_sql copies[STAGE_N] = {CB_SQL_COPY_FILE, CB_SQL_COPY_CLAIM, CB_SQL_COPY_BROKEN,
                                            CB_SQL_COPY_PROBLEM};

struct cb_pass {
    struct cb_conn *conn;
    struct cb_arena *arena;
    struct cb_pass_opts opts;
    int64_t started_us, wait_us;
    struct cb_buf rows[STAGE_N];
    int64_t row_n[STAGE_N];
    bool large;
    bool unfound; /* a large pass, this one or another, waits to be filled in for search */
    int open; /* the stage whose COPY goes on, or -1 */
    struct cb_buf scratch;
    const struct cb_location_link *links;
    size_t link_n;
    cb_str links_only;
    bool linked; /* links were put: those of before go */
    cb_str forget_path, forget_id;
    enum cb_code rc; /* of the first failure: the pass can only end */
    struct cb_err err;
};

/* --- reading ---------------------------------------------------------------------------------- */

struct file_reader {
    int (*each)(const struct cb_file_row *, void *);
    void *ctx;
};

static int file_row(const PGresult *res, void *ctx)
{
    struct file_reader *r = ctx;
    struct cb_file_row row = {cb_col_str(res, 0, 0), cb_col_str(res, 0, 1), cb_col_str(res, 0, 2),
                              cb_col_str(res, 0, 3)};

    return r->each(&row, r->ctx);
}

enum cb_code cb_pass_files(struct cb_conn *c, int64_t source_id,
                           int (*each)(const struct cb_file_row *, void *), void *ctx,
                           struct cb_err *err)
{
    struct file_reader r = {each, ctx};
    struct cb_args args = {0};

    cb_args_int(&args, source_id);
    return cb_stmt_each(c, CB_SQL_FILE_ALL, &args, file_row, &r, err);
}

/* --- beginning -------------------------------------------------------------------------------- */

/* Temporary tables serve many passes of a connection: a small pass changes no catalog of PostgreSQL. */
static enum cb_code make_stage(struct cb_conn *c, struct cb_err *err)
{
    static const enum cb_sql tables[] = {
        CB_SQL_STAGE_FILE, CB_SQL_STAGE_CLAIM, CB_SQL_STAGE_BROKEN, CB_SQL_STAGE_PROBLEM,
        CB_SQL_STAGE_REF,  CB_SQL_STAGE_OLD,   CB_SQL_STAGE_WINNER, CB_SQL_STAGE_NEW};
    enum cb_code rc;

    for (size_t i = 0; !c->staged && i < CB_COUNT(tables); i++)
        if ((rc = cb_stmt_do(c, tables[i], NULL, NULL, err)) != CB_OK)
            return rc;
    if (!c->staged)
        c->staged_n = 0;
    c->staged = true;
    return CB_OK;
}

enum cb_code cb_pass_together(struct cb_conn *c, struct cb_err *err)
{
    enum cb_code rc = make_stage(c, err);

    return rc == CB_OK ? cb_tx_begin(c, err) : rc;
}

enum cb_code cb_pass_together_end(struct cb_conn *c, enum cb_code rc, struct cb_err *err)
{
    if (rc == CB_OK)
        rc = cb_tx_commit(c, err);
    if (rc != CB_OK)
        cb_tx_rollback(c);
    return rc;
}

static enum cb_code wrong_fence(const struct cb_pass_opts *o, struct cb_err *err)
{
    return cb_fail(err, CB_ECONFLICT, "the lease of source %lld went to another process",
                   (long long)o->source_id);
}

static enum cb_code check_fence(struct cb_conn *c, const struct cb_pass_opts *opts,
                                struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_int(&args, opts->source_id);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_PASS_FENCE, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res) == 0)
        rc = cb_fail(err, CB_ENOTFOUND, "there is no source %lld", (long long)opts->source_id);
    else if (cb_col_int(res, 0, 0) != opts->fence)
        rc = wrong_fence(opts, err);
    PQclear(res);
    return rc;
}

enum cb_code cb_pass_begin(struct cb_pass **out, struct cb_conn *c, const struct cb_pass_opts *opts,
                           struct cb_err *err)
{
    struct cb_pass *p;
    enum cb_code rc;

    if (!opts->joined && (rc = make_stage(c, err)) != CB_OK)
        return rc;
    if ((!opts->joined && (rc = cb_tx_begin(c, err)) != CB_OK) ||
        (rc = cb_stmt_do(c, CB_SQL_PASS_SETTINGS, NULL, NULL, err)) != CB_OK ||
        (rc = check_fence(c, opts, err)) != CB_OK) {
        cb_tx_rollback(c);
        return rc;
    }
    p = calloc(1, sizeof(*p));
    if (!p)
        abort();
    p->conn = c;
    p->wait_us = c->wait_us;
    p->arena = cb_arena_new();
    p->opts = *opts;
    p->opts.commit = cb_stmt_clean(p->arena, cb_arena_str(p->arena, opts->commit));
    p->opts.author = cb_stmt_clean(p->arena, cb_arena_str(p->arena, opts->author));
    p->opts.subject = cb_stmt_clean(p->arena, cb_arena_str(p->arena, opts->subject));
    p->opts.settings = cb_arena_str(p->arena, opts->settings);
    p->started_us = cb_clock_now_us();
    p->open = -1;
    *out = p;
    return CB_OK;
}

static void pass_free(struct cb_pass *p)
{
    p->conn->wait_us = p->wait_us;
    for (int i = 0; i < STAGE_N; i++)
        cb_buf_fini(&p->rows[i]);
    cb_buf_fini(&p->scratch);
    cb_arena_free(p->arena);
    free(p);
}

void cb_pass_abort(struct cb_pass *p)
{
    if (!p)
        return;
    cb_tx_rollback(p->conn);
    pass_free(p);
}

/* --- staging ---------------------------------------------------------------------------------- */

static enum cb_code close_copy(struct cb_pass *p, struct cb_err *err)
{
    int open = p->open;

    p->open = -1;
    return open < 0 ? CB_OK : cb_copy_end(p->conn, copies[open], err);
}

static enum cb_code send_rows(struct cb_pass *p, int stage, struct cb_err *err)
{
    enum cb_code rc;

    if (p->rows[stage].n == 0)
        return CB_OK;
    if (p->open != stage) {
        if ((rc = close_copy(p, err)) != CB_OK ||
            (rc = cb_copy_begin(p->conn, copies[stage], err)) != CB_OK)
            return rc;
        p->open = stage;
    }
    rc = cb_copy_send(p->conn, cb_buf_str(&p->rows[stage]), err);
    cb_buf_clear(&p->rows[stage]);
    return rc;
}

/* After rows were put: what has grown goes to the server. Keeps the first failure. */
static enum cb_code staged(struct cb_pass *p, struct cb_err *err)
{
    for (int i = 0; i < STAGE_N && p->rc == CB_OK; i++)
        if (p->rows[i].n >= (i == STAGE_CLAIM ? CB_STMT_COPY_BYTES : BROAD_BYTES))
            p->rc = send_rows(p, i, &p->err);
    return p->rc == CB_OK ? CB_OK : cb_fail(err, p->rc, "%s", p->err.text);
}

static struct cb_buf *new_row(struct cb_pass *p, enum stage stage, int columns)
{
    p->row_n[stage]++;
    cb_copy_row(&p->rows[stage], columns);
    return &p->rows[stage];
}

static void put_file_row(struct cb_pass *p, const struct cb_file_row *file, const char *op)
{
    struct cb_buf *b = new_row(p, STAGE_FILE, 5);

    cb_copy_text(b, file->path);
    cb_copy_str(b, cb_str_make(op, 1));
    cb_copy_text(b, file->content_id);
    cb_copy_text(b, file->origin_location);
    cb_copy_text(b, file->state);
}

static void hash_part(XXH3_state_t *h, cb_str part)
{
    uint64_t n = part.n;

    XXH3_128bits_update(h, &n, sizeof(n));
    XXH3_128bits_update(h, part.p ? part.p : "", part.n);
}

static void hash_end(struct cb_buf *b, XXH3_state_t *h)
{
    XXH128_canonical_t out;

    XXH128_canonicalFromHash(&out, XXH3_128bits_digest(h));
    cb_copy_str(b, cb_str_make((const char *)out.digest, HASH_BYTES));
}

/* The edges as a text[] in PostgreSQL's binary form, each "ownedBy group:default/team". */
static void put_edges(struct cb_buf *b, const struct cb_entity *e)
{
    uint32_t head[5] = {htobe32(e->edge_n > 0), 0, htobe32(25) /* text */,
                        htobe32((uint32_t)e->edge_n), htobe32(1)};

    cb_buf_put(b, head, e->edge_n > 0 ? sizeof(head) : 3 * sizeof(head[0]));
    for (size_t i = 0; i < e->edge_n; i++) {
        cb_str type = cb_relations[e->edges[i].type].name, target = e->edges[i].target;
        uint32_t n = htobe32((uint32_t)(type.n + 1 + target.n));

        cb_buf_put(b, &n, sizeof(n));
        cb_buf_put_str(b, type);
        cb_buf_put_char(b, ' ');
        cb_buf_put_str(b, target);
    }
}

static void put_hash(struct cb_buf *b, const struct cb_entity *e, cb_str edges)
{
    XXH3_state_t h;

    XXH3_128bits_reset(&h);
    hash_part(&h, e->body);
    hash_part(&h, e->terms);
    hash_part(&h, edges);
    hash_part(&h, cb_str_make((const char *)&e->flags, sizeof(e->flags)));
    hash_end(b, &h);
}

static void put_status(struct cb_buf *b, cb_str id, const struct cb_status *status, size_t status_n)
{
    for (size_t i = 0; i < status_n; i++)
        if (cb_str_eq(status[i].id, id)) {
            cb_copy_text(b, status[i].json);
            return;
        }
    cb_copy_null(b);
}

static void put_entity(struct cb_pass *p, cb_str path, const struct cb_entity *e,
                       const struct cb_status *status, size_t status_n)
{
    struct cb_buf *b = new_row(p, STAGE_CLAIM, 11);

    cb_buf_clear(&p->scratch);
    put_edges(&p->scratch, e);
    cb_copy_text(b, path);
    cb_copy_str(b, e->id);
    cb_copy_int4(b, (int32_t)e->at.doc);
    cb_copy_int4(b, (int32_t)e->at.line);
    cb_copy_int4(b, (int32_t)e->at.column);
    cb_copy_int4(b, (int32_t)e->flags);
    put_hash(b, e, cb_buf_str(&p->scratch));
    put_status(b, e->id, status, status_n);
    cb_copy_str(b, e->body);
    cb_copy_str(b, e->terms);
    cb_copy_str(b, cb_buf_str(&p->scratch));
}

static void put_broken(struct cb_pass *p, cb_str path, const struct cb_broken *broken,
                       const struct cb_status *status, size_t status_n)
{
    struct cb_buf *b = new_row(p, STAGE_BROKEN, 3);
    cb_str id = broken->id.n > CB_REF_TEXT_MAX ? CB_LIT("") : broken->id;

    cb_copy_text(b, path);
    cb_copy_text(b, id);
    put_status(b, id, status, status_n);
}

static void put_problem(struct cb_pass *p, cb_str path, const struct cb_problem *q)
{
    struct cb_buf *b = new_row(p, STAGE_PROBLEM, 12);
    cb_str rule = cb_str_cstr(q->rule),
           entity = q->entity.n > CB_REF_TEXT_MAX ? CB_LIT("") : q->entity;
    int32_t severity = (int32_t)q->severity;
    XXH3_state_t h;

    XXH3_128bits_reset(&h);
    hash_part(&h, rule);
    hash_part(&h, cb_str_make((const char *)&severity, sizeof(severity)));
    hash_part(&h, q->field);
    hash_part(&h, q->message);
    hash_part(&h, q->remedy);
    hash_part(&h, entity);
    hash_part(&h, q->backstage);
    cb_copy_text(b, path);
    hash_end(b, &h);
    cb_copy_text(b, rule);
    cb_copy_int2(b, (int16_t)severity);
    cb_copy_int4(b, (int32_t)q->at.doc);
    cb_copy_int4(b, (int32_t)q->at.line);
    cb_copy_int4(b, (int32_t)q->at.column);
    cb_copy_text(b, q->field);
    cb_copy_text(b, q->message);
    cb_copy_text(b, q->remedy);
    cb_copy_text(b, entity);
    cb_copy_text(b, q->backstage);
}

/* Before anything of it is staged, so that the pass may go on without this file. */
static enum cb_code check_path(cb_str path, struct cb_err *err)
{
    if (path.n == 0)
        return cb_fail(err, CB_EINVAL, "a file without a path");
    if (path.n > CB_PASS_PATH_MAX)
        return cb_fail(err, CB_ELIMIT, "the path is %zu bytes, over %d", path.n, CB_PASS_PATH_MAX);
    return CB_OK;
}

enum cb_code cb_pass_put_file(struct cb_pass *p, const struct cb_file_row *file,
                              const struct cb_descriptor *d, const struct cb_status *status,
                              size_t status_n, struct cb_err *err)
{
    enum cb_code rc;

    if ((rc = check_path(file->path, err)) != CB_OK)
        return rc;
    put_file_row(p, file, "p");
    for (size_t i = 0; i < d->entity_n; i++) {
        put_entity(p, file->path, &d->entities[i], status, status_n);
        if ((rc = staged(p, err)) != CB_OK)
            return rc;
    }
    for (size_t i = 0; i < d->broken_n; i++)
        put_broken(p, file->path, &d->broken[i], status, status_n);
    for (size_t i = 0; i < d->problem_n; i++)
        put_problem(p, file->path, &d->problems[i]);
    return staged(p, err);
}

enum cb_code cb_pass_touch_file(struct cb_pass *p, const struct cb_file_row *file,
                                struct cb_err *err)
{
    enum cb_code rc;

    if ((rc = check_path(file->path, err)) != CB_OK)
        return rc;
    put_file_row(p, file, "t");
    return staged(p, err);
}

enum cb_code cb_pass_del_file(struct cb_pass *p, cb_str path, struct cb_err *err)
{
    struct cb_file_row file = {.path = path};
    enum cb_code rc;

    if ((rc = check_path(path, err)) != CB_OK)
        return rc;
    put_file_row(p, &file, "d");
    return staged(p, err);
}

enum cb_code cb_pass_put_problem(struct cb_pass *p, const struct cb_problem *problem,
                                 struct cb_err *err)
{
    put_problem(p, CB_LIT(""), problem);
    return staged(p, err);
}

/* --- ending ----------------------------------------------------------------------------------- */

struct tally {
    int64_t pass, added, changed, removed, more;
    bool confirmed, odd;
};

static enum cb_code by_source(struct cb_pass *p, enum cb_sql sql, int64_t *touched,
                              struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_int(&args, p->opts.source_id);
    return cb_stmt_do(p->conn, sql, &args, touched, err);
}

/* One row of integers. */
static enum cb_code ask_row(int64_t *out, int n, struct cb_pass *p, enum cb_sql sql,
                            const struct cb_args *args, struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, p->conn, sql, args, err)) != CB_OK)
        return rc;
    if (PQntuples(res) != 1)
        rc =
            cb_fail(err, CB_EINTERNAL, "%s gave %d rows", cb_sql_queries[sql].name, PQntuples(res));
    for (int i = 0; rc == CB_OK && i < n; i++)
        out[i] = cb_col_int(res, 0, i);
    PQclear(res);
    return rc;
}

/* From LARGE_N rows on the planner is told how many there are of each, and plans for them alone. */
static enum cb_code grow_large(struct cb_pass *p, int64_t row_n, struct cb_err *err)
{
    if (p->large || row_n <= LARGE_N)
        return CB_OK;
    p->large = true;
    return cb_stmt_do(p->conn, CB_SQL_PASS_SETTINGS_LARGE, NULL, NULL, err);
}

static enum cb_code analyze(struct cb_pass *p, enum cb_sql sql, struct cb_err *err)
{
    return p->large ? cb_stmt_do(p->conn, sql, NULL, NULL, err) : CB_OK;
}

/* Everything is with the server; the source is ours until the end. */
static enum cb_code settle(struct cb_pass *p, struct tally *t, struct cb_err *err)
{
    struct cb_args args = {0};
    int64_t row[3];
    enum cb_code rc;

    for (int i = 0; i < STAGE_N; i++)
        if ((rc = send_rows(p, i, err)) != CB_OK)
            return rc;
    if ((rc = close_copy(p, err)) != CB_OK)
        return rc;
    p->conn->wait_us = CB_CONN_STATEMENT_US + p->row_n[STAGE_CLAIM] * WAIT_EACH_US;
    if ((rc = grow_large(p, p->row_n[STAGE_CLAIM] + p->row_n[STAGE_FILE] + p->row_n[STAGE_PROBLEM],
                         err)) != CB_OK ||
        (rc = analyze(p, CB_SQL_STAGE_ANALYZE, err)) != CB_OK)
        return rc;
    cb_args_int(&args, p->opts.source_id);
    if ((rc = ask_row(row, 3, p, CB_SQL_PASS_LOCK, &args, err)) != CB_OK)
        return rc;
    if (row[0] != p->opts.fence)
        return wrong_fence(&p->opts, err);
    t->confirmed = row[1] != 0;
    t->pass = row[2];
    return CB_OK;
}

/* More than half of the source, and more than a few: these deletions wait for somebody. */
static enum cb_code hold_many(struct cb_pass *p, const struct tally *t, struct cb_err *err)
{
    struct cb_args args = {0};
    int64_t going, total;
    enum cb_code rc;

    if (p->opts.hold_over_n < 0 || t->confirmed)
        return CB_OK;
    if ((rc = ask_row(&going, 1, p, CB_SQL_PASS_GOING, NULL, err)) != CB_OK)
        return rc;
    if (going <= p->opts.hold_over_n)
        return CB_OK;
    cb_args_int(&args, p->opts.source_id);
    if ((rc = ask_row(&total, 1, p, CB_SQL_PASS_TOTAL, &args, err)) != CB_OK)
        return rc;
    return 2 * going > total ? cb_stmt_do(p->conn, CB_SQL_PASS_HOLD, NULL, NULL, err) : CB_OK;
}

/* What becomes of the claims that this pass takes away. */
static enum cb_code settle_old(struct cb_pass *p, const struct tally *t, struct cb_err *err)
{
    enum cb_code rc = CB_OK;

    if (p->row_n[STAGE_BROKEN] > 0)
        rc = cb_stmt_do(p->conn, CB_SQL_PASS_MOVE, NULL, NULL, err);
    if (rc == CB_OK)
        rc = hold_many(p, t, err);
    return rc == CB_OK ? by_source(p, CB_SQL_PASS_FATES, NULL, err) : rc;
}

/* Who holds which name, then versions. All names are locked, and the claims of before are dealt with. */
static enum cb_code resolve(struct cb_pass *p, struct tally *t, struct cb_err *err)
{
    struct cb_args pass = {0}, begin = {0}, tally = {0};
    int64_t claims, staged_n, kept_n, row[2];
    enum cb_code rc;

    if ((rc = by_source(p, CB_SQL_PASS_WINNER, NULL, err)) != CB_OK ||
        (rc = analyze(p, CB_SQL_STAGE_ANALYZE_WINNER, err)) != CB_OK)
        return rc;
    cb_args_int(&pass, t->pass);
    cb_args_int(&begin, t->pass);
    cb_args_int(&begin, p->opts.source_id);
    if ((rc = ask_row(row, 2, p, CB_SQL_PASS_END, &pass, err)) != CB_OK ||
        (rc = cb_stmt_do(p->conn, CB_SQL_PASS_BEGIN_STAGED, &begin, &staged_n, err)) != CB_OK ||
        (rc = cb_stmt_do(p->conn, CB_SQL_PASS_BEGIN_KEPT, &pass, &kept_n, err)) != CB_OK ||
        (rc = cb_stmt_do(p->conn, CB_SQL_PASS_TAKE_OVER, NULL, NULL, err)) != CB_OK ||
        (rc = by_source(p, CB_SQL_PASS_CLAIM, &claims, err)) != CB_OK)
        return rc;
    t->removed = row[0];
    t->changed = row[1];
    t->added = staged_n + kept_n - t->changed;
    cb_args_int(&tally, p->opts.source_id);
    cb_args_int(&tally, claims);
    if ((rc = ask_row(row, 2, p, CB_SQL_PASS_TALLY, &tally, err)) != CB_OK)
        return rc;
    t->more = row[0];
    t->odd = row[1] != 0;
    return CB_OK;
}

/* What search finds. A large pass is only noted: computing what is found by what is for the time after it. */
static enum cb_code put_search(struct cb_pass *p, const struct tally *t, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, p->conn, CB_SQL_SEARCH_WAIT, NULL, err)) != CB_OK)
        return rc;
    p->unfound = PQntuples(res) > 0 || p->large;
    PQclear(res);
    if (t->added + t->changed + t->removed == 0)
        return CB_OK;
    cb_args_int(&args, t->pass);
    return cb_stmt_do(p->conn, p->large ? CB_SQL_SEARCH_PUT_LARGE : CB_SQL_SEARCH_PUT, &args, NULL,
                      err);
}

static enum cb_code put_names(struct cb_pass *p, struct tally *t, struct cb_err *err)
{
    int64_t touched, old;
    enum cb_code rc;

    if ((rc = by_source(p, CB_SQL_PASS_TOUCH, &touched, err)) != CB_OK || touched == 0)
        return rc;
    if ((rc = grow_large(p, touched, err)) != CB_OK ||
        (rc = analyze(p, CB_SQL_STAGE_ANALYZE_REF, err)) != CB_OK ||
        (rc = cb_stmt_do(p->conn, CB_SQL_PASS_NAMES, NULL, NULL, err)) != CB_OK ||
        (rc = by_source(p, CB_SQL_PASS_OLD, &old, err)) != CB_OK ||
        (rc = analyze(p, CB_SQL_STAGE_ANALYZE_OLD, err)) != CB_OK)
        return rc;
    if ((old > 0 && (rc = settle_old(p, t, err)) != CB_OK) ||
        (rc = by_source(p, CB_SQL_PASS_UNHOLD, NULL, err)) != CB_OK)
        return rc;
    return resolve(p, t, err);
}

void cb_pass_forget(struct cb_pass *p, cb_str path, cb_str id)
{
    p->forget_path = path;
    p->forget_id = id;
}

/* One claim goes; a name that somebody else claims as well is his from now on. */
static enum cb_code put_forgotten(struct cb_pass *p, struct tally *t, struct cb_err *err)
{
    struct cb_args name = {0}, claim = {0}, source = {0};
    int64_t gone = 0;
    enum cb_code rc;

    cb_args_str(&name, p->forget_id);
    cb_args_int(&claim, p->opts.source_id);
    cb_args_str(&claim, p->forget_path);
    cb_args_str(&claim, p->forget_id);
    if ((rc = cb_stmt_do(p->conn, CB_SQL_PASS_FORGET_NAME, &name, NULL, err)) != CB_OK ||
        (rc = cb_stmt_do(p->conn, CB_SQL_PASS_NAMES, NULL, NULL, err)) != CB_OK ||
        (rc = cb_stmt_do(p->conn, CB_SQL_PASS_FORGET, &claim, &gone, err)) != CB_OK || gone == 0)
        return rc;
    if ((rc = by_source(p, CB_SQL_PASS_FATES, NULL, err)) != CB_OK ||
        (rc = resolve(p, t, err)) != CB_OK)
        return rc;
    cb_args_int(&source, p->opts.source_id);
    cb_args_str(&source, p->forget_path);
    cb_args_int(&source, t->more);
    if ((rc = cb_stmt_do(p->conn, CB_SQL_PASS_FORGOTTEN, &source, NULL, err)) != CB_OK)
        return rc;
    return cb_stmt_do(p->conn, CB_SQL_NOTIFY_NUDGE, NULL, NULL, err);
}

static enum cb_code put_files(struct cb_pass *p, struct tally *t, struct cb_err *err)
{
    struct cb_args args = {0};
    int64_t gone, new = 0;
    enum cb_code rc;

    if (p->row_n[STAGE_FILE] > 0 && (rc = by_source(p, CB_SQL_PASS_FILE, NULL, err)) != CB_OK)
        return rc;
    if ((rc = by_source(p, CB_SQL_PASS_PROBLEM_DEL, &gone, err)) != CB_OK)
        return rc;
    cb_args_int(&args, p->opts.source_id);
    if (p->row_n[STAGE_PROBLEM] > 0 &&
        (rc = ask_row(&new, 1, p, CB_SQL_PASS_PROBLEM, &args, err)) != CB_OK)
        return rc;
    t->odd = t->odd || gone > 0 || new > 0;
    return CB_OK;
}

static enum cb_code put_source(struct cb_pass *p, const struct tally *t, struct cb_pass_result *out,
                               struct cb_err *err)
{
    struct cb_args count = {0}, finish = {0};
    int64_t row[4];
    enum cb_code rc;

    cb_args_int(&count, p->opts.source_id);
    if ((rc = ask_row(row, 4, p, CB_SQL_PASS_COUNTS, &count, err)) != CB_OK)
        return rc;
    *out = (struct cb_pass_result){.added = t->added,
                                   .changed = t->changed,
                                   .removed = t->removed,
                                   .held = row[0],
                                   .stale = row[1],
                                   .lost = row[2],
                                   .problems = row[3]};
    cb_args_int(&finish, p->opts.source_id);
    cb_args_str(&finish, p->opts.commit);
    cb_args_str(&finish, p->opts.author);
    cb_args_str(&finish, p->opts.subject);
    cb_args_time(&finish, p->opts.authored_at_us);
    cb_args_str(&finish, p->opts.settings);
    cb_args_int(&finish, t->more);
    cb_args_int(&finish, out->held);
    cb_args_int(&finish, p->opts.recheck_n);
    if ((rc = ask_row(row, 1, p, CB_SQL_PASS_FINISH, &finish, err)) != CB_OK || row[0] == 0)
        return rc;
    return cb_stmt_do(p->conn, CB_SQL_NOTIFY_NUDGE, NULL, NULL, err);
}

void cb_pass_put_links(struct cb_pass *p, const struct cb_location_link *links, size_t n, cb_str only)
{
    p->links = links;
    p->link_n = n;
    p->links_only = only;
    p->linked = true;
}

static enum cb_code put_links(struct cb_pass *p, struct cb_pass_result *out, struct cb_err *err)
{
    if (!p->linked)
        return CB_OK;
    return cb_link_replace(p->conn, p->opts.source_id, p->links, p->link_n, p->links_only, &out->moved, err);
}

/* What was read of the source. */
static enum cb_code put_read(struct cb_pass *p, struct tally *t, struct cb_pass_result *out,
                             struct cb_err *err)
{
    enum cb_code rc;

    if ((rc = put_names(p, t, err)) != CB_OK || (rc = put_files(p, t, err)) != CB_OK ||
        (rc = put_source(p, t, out, err)) != CB_OK)
        return rc;
    return put_links(p, out, err);
}

/* The very last statement before the commit: its lock is everybody's. */
static enum cb_code put_generation(struct cb_pass *p, const struct tally *t,
                                   struct cb_pass_result *out, struct cb_err *err)
{
    struct cb_args args = {0};

    if (t->added + t->changed + t->removed == 0 && !t->odd)
        return CB_OK;
    cb_args_int(&args, t->pass);
    cb_args_int(&args, p->opts.source_id);
    cb_args_str(&args, p->opts.commit);
    cb_args_str(&args, p->opts.author);
    cb_args_str(&args, p->opts.subject);
    cb_args_time(&args, p->opts.authored_at_us);
    cb_args_time(&args, p->started_us);
    cb_args_int(&args, t->added);
    cb_args_int(&args, t->changed);
    cb_args_int(&args, t->removed);
    return ask_row(&out->generation, 1, p, CB_SQL_PASS_GENERATION, &args, err);
}

/* The stage as the next pass of this connection wants it. Before the generation's lock. */
static enum cb_code clear_stage(struct cb_pass *p, struct cb_err *err)
{
    return p->large && !p->opts.joined ? CB_OK : cb_stmt_do(p->conn, CB_SQL_STAGE_CLEAR, NULL, NULL, err);
}

/* One large pass for search, in a transaction of its own. False: none waits, or not now. */
static bool fill_search(struct cb_conn *c)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    bool more = false;

    if (cb_tx_begin(c, NULL) != CB_OK ||
        cb_stmt_do(c, CB_SQL_PASS_SETTINGS_LARGE, NULL, NULL, NULL) != CB_OK ||
        cb_stmt_run(&res, c, CB_SQL_SEARCH_TAKE, NULL, NULL) != CB_OK)
        goto out;
    if (PQntuples(res) > 0) {
        cb_args_int(&args, cb_col_int(res, 0, 0));
        more = cb_stmt_do(c, CB_SQL_SEARCH_FILL, &args, NULL, NULL) == CB_OK &&
               cb_tx_commit(c, NULL) == CB_OK;
    }
out:
    PQclear(res);
    if (!more)
        cb_tx_rollback(c);
    return more;
}

/* Behind a pass, which is kept whether this works or not: what is large or worn goes, and the planner hears of a large one. */
static void tidy(struct cb_pass *p)
{
    struct cb_conn *c = p->conn;

    if (p->large && (cb_tx_begin(c, NULL) != CB_OK ||
                     cb_stmt_do(c, CB_SQL_PASS_SETTINGS_LARGE, NULL, NULL, NULL) != CB_OK ||
                     cb_stmt_do(c, CB_SQL_PASS_ANALYZE, NULL, NULL, NULL) != CB_OK ||
                     cb_tx_commit(c, NULL) != CB_OK))
        cb_tx_rollback(c);
    while (p->unfound && fill_search(c))
        ;
    if (!p->large && ++c->staged_n < STAGE_PASS_MAX)
        return;
    c->staged = false;
    if (cb_stmt_do(c, CB_SQL_STAGE_DROP, NULL, NULL, NULL) != CB_OK)
        c->broken = true;
}

enum cb_code cb_pass_commit(struct cb_pass *p, struct cb_pass_result *out, struct cb_err *err)
{
    struct cb_pass_result result = {0};
    struct tally t = {0};
    enum cb_code rc = p->rc;

    if (rc != CB_OK) {
        cb_fail(err, rc, "%s", p->err.text);
        goto out;
    }
    if ((rc = settle(p, &t, err)) != CB_OK ||
        (rc = p->forget_id.n ? put_forgotten(p, &t, err) : put_read(p, &t, &result, err)) != CB_OK ||
        (rc = put_search(p, &t, err)) != CB_OK || (rc = clear_stage(p, err)) != CB_OK ||
        (rc = put_generation(p, &t, &result, err)) != CB_OK ||
        (!p->opts.joined && (rc = cb_tx_commit(p->conn, err)) != CB_OK))
        goto out;
    *out = result;
    if (!p->opts.joined)
        tidy(p);
out:
    if (rc != CB_OK)
        cb_tx_rollback(p->conn);
    pass_free(p);
    return rc;
}
