#include "catalog/base/hash.h"
#include "catalog/base/vec.h"
#include "catalog/entity/relation.h"
#include "catalog/persist/problem_store.h"
#include "catalog/persist/source_store.h"
#include "server/config/integration.h"
#include "server/http/router.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 1000
#define DANGLING "dangling-reference"
#define LOCATION "metadata.annotations"

/*
 * The list is the rows of the database by id, and behind them the references to nothing, which are a question to the served
 * catalog. A cursor says where it stands: "r<id>" behind that row, "d<n>" behind that many references.
 */
struct place {
    int64_t row_id;    /* rows behind this one */
    int64_t skip;      /* references already told */
    bool rows_done;
};

struct wish {
    struct cb_problem_query q;
    bool dangling, rows; /* does the filter let any of these through */
};

static enum cb_code read_cursor(struct place *at, cb_str text, struct cb_err *err)
{
    int64_t n;

    if (!text.p)
        return CB_OK;
    if (text.n < 2 || !cb_str_to_int(&n, cb_str_sub(text, 1, text.n), 0, INT64_MAX) || (text.p[0] != 'r' && text.p[0] != 'd'))
        return cb_fail(err, CB_EINVAL, "request/query/cursor is none of ours: take it from pageInfo.nextCursor");
    at->rows_done = text.p[0] == 'd';
    if (at->rows_done)
        at->skip = n;
    else
        at->row_id = n;
    return CB_OK;
}

static enum cb_code read_wish(struct wish *w, struct cb_request *rq, struct cb_err *err)
{
    cb_str source = cb_params_get(&rq->params, "source");

    *w = (struct wish){
        .q =
            {
                .entity = cb_arena_lower(rq->arena, cb_params_get(&rq->params, "entity")),
                .rule = cb_params_get(&rq->params, "rule"),
                .severity = cb_params_get(&rq->params, "severity"),
                .path = cb_params_get(&rq->params, "path"),
                .limit = (int32_t)cb_params_int(&rq->params, "limit", LIMIT_DEFAULT),
            },
    };
    if (source.p && !cb_str_to_int(&w->q.source_id, source, 1, INT64_MAX))
        return cb_fail(err, CB_EINVAL, "request/query/source must be the id of a source, as /api/sources tells it");
    w->dangling = (!w->q.rule.n || cb_str_eq(w->q.rule, CB_LIT(DANGLING))) &&
                  (!w->q.severity.n || cb_str_eq(w->q.severity, CB_LIT("warning")));
    w->rows = !cb_str_eq(w->q.rule, CB_LIT(DANGLING));
    return CB_OK;
}

struct walk {
    struct cb_conn *conn; /* of the page, until it is written */
    struct cb_request *rq;
    const struct wish *w;
    struct cb_buf *out;
    const struct cb_forge_table *forges;
    const struct cb_source_row *sources;
    size_t source_n;
    struct cb_arena *scratch; /* for one body at a time */
    int64_t total, skip, room;
    bool first;
};

static void put_optional(struct cb_buf *out, const char *key, cb_str text)
{
    if (text.n)
        cb_put_member(out, key, text);
}

/* Where a browser shows the line, at a forge that is known. */
static void put_view(struct cb_buf *out, struct cb_arena *a, const struct cb_forge_table *forges, cb_str repository, cb_str branch, cb_str path,
                     uint32_t line)
{
    if (repository.n && branch.n && path.n)
        put_optional(out, "viewUrl", cb_forge_line(a, forges, repository, branch, path, line));
}

static void put_row(struct walk *k, const struct cb_problem_row *row)
{
    const struct cb_problem *p = &row->problem;
    struct cb_buf *out = k->out;

    cb_buf_printf(out, "{\"id\":\"%lld\"", (long long)row->id);
    cb_put_member(out, "source", row->source_key);
    cb_buf_printf(out, ",\"sourceId\":\"%lld\"", (long long)row->source_id);
    put_optional(out, "repository", row->repository);
    put_optional(out, "commit", row->commit);
    put_optional(out, "path", p->at.path);
    if (p->at.line)
        cb_put_member_int(out, "line", p->at.line);
    if (p->at.column)
        cb_put_member_int(out, "column", p->at.column);
    put_view(out, k->rq->arena, k->forges, row->repository, row->branch, p->at.path, p->at.line);
    cb_put_member(out, "rule", cb_str_cstr(p->rule));
    cb_put_member(out, "severity", cb_str_cstr(cb_severity_name(p->severity)));
    put_optional(out, "field", p->field);
    cb_put_member(out, "message", p->message);
    put_optional(out, "remedy", p->remedy);
    put_optional(out, "entityRef", p->entity);
    cb_put_member_time(out, "firstSeen", row->first_seen_us);
    cb_put_member_time(out, "lastSeen", row->last_seen_us);
    cb_buf_put_char(out, '}');
}

/* ---- references to nothing */

static const struct cb_source_row *source_of(const struct walk *k, int64_t id)
{
    for (size_t i = 0; i < k->source_n; i++)
        if (k->sources[i].id == id)
            return &k->sources[i];
    return NULL;
}

/* "url:https://host/org/repo/blob/main/a/b.yaml", "url:<clone>#main:a/b.yaml", "file:/srv/b.yaml" -> the path in its tree. */
static cb_str path_of(cb_str location, cb_str branch)
{
    static const char *const marks[] = {"/-/blob/", "/-/tree/", "/blob/", "/src/branch/", "/src/"};
    size_t at;

    if (cb_str_starts(location, CB_LIT("file:")))
        return cb_str_sub(location, 5, location.n);
    if ((at = cb_str_find_char(location, '#', 0)) != SIZE_MAX && (at = cb_str_find_char(location, ':', at)) != SIZE_MAX)
        return cb_str_sub(location, at + 1, location.n);
    for (size_t i = 0; i < CB_COUNT(marks); i++) {
        cb_str rest;

        if ((at = cb_str_find(location, cb_str_cstr(marks[i]))) == SIZE_MAX)
            continue;
        rest = cb_str_sub(location, at + strlen(marks[i]), location.n);
        if (branch.n && cb_str_starts(rest, branch) && rest.n > branch.n && rest.p[branch.n] == '/')
            return cb_str_sub(rest, branch.n + 1, rest.n);
        at = cb_str_find_char(rest, '/', 0);
        return at == SIZE_MAX ? rest : cb_str_sub(rest, at + 1, rest.n);
    }
    return location;
}

/* Good until the next one is asked for. */
static cb_str path_of_doc(struct walk *k, cb_doc doc, cb_str branch)
{
    struct cb_node *root = NULL, *annotations;

    cb_arena_reset(k->scratch);
    if (cb_node_parse(&root, k->scratch, cb_doc_body(k->rq->snapshot, doc), NULL) != CB_OK)
        return CB_LIT("");
    annotations = cb_node_path(root, LOCATION);
    return path_of(cb_node_text(annotations, "backstage.io/managed-by-location"), branch);
}

static void put_dangling(struct walk *k, cb_doc from, uint8_t type, cb_str target, cb_str path, const struct cb_source_row *source)
{
    cb_str id = cb_doc_id(k->rq->snapshot, from);
    cb_str said = cb_arena_printf(k->rq->arena, "%" CB_FMT " %" CB_FMT " %" CB_FMT, CB_ARG(id), CB_ARG(cb_relations[type].name),
                                  CB_ARG(target));
    struct cb_origin at = {0};
    struct cb_err ignored;
    uint8_t sha1[CB_SHA1_BYTES];
    char hex[17];

    cb_sha1(sha1, said);
    cb_hex(hex, sha1, 8);
    cb_buf_put_cstr(k->out, k->first ? "" : ",");
    k->first = false;
    cb_buf_printf(k->out, "{\"id\":\"d-%s\"", hex);
    cb_put_member(k->out, "source", source ? source->key : CB_LIT(""));
    cb_buf_printf(k->out, ",\"sourceId\":\"%lld\"", (long long)cb_doc_source(k->rq->snapshot, from));
    if (source) {
        put_optional(k->out, "repository", source->url);
        put_optional(k->out, "commit", source->commit);
    }
    if (cb_problem_place(&at, k->rq->arena, k->conn, id, &ignored) == CB_OK)
        path = at.path; /* line numbers move without a new version: the claim knows today's */
    put_optional(k->out, "path", path);
    if (at.line) {
        cb_put_member_int(k->out, "line", at.line);
        cb_put_member_int(k->out, "column", at.column ? at.column : 1);
    }
    if (source)
        put_view(k->out, k->rq->arena, k->forges, source->url, source->branch, path, at.line);
    cb_buf_put_cstr(k->out, ",\"rule\":\"" DANGLING "\",\"severity\":\"warning\"");
    cb_put_member(k->out, "field", cb_relations[type].name);
    cb_put_member(k->out, "message",
                  cb_arena_printf(k->rq->arena, "%" CB_FMT " says %" CB_FMT " %" CB_FMT ", which nobody has registered", CB_ARG(id),
                                  CB_ARG(cb_relations[type].name), CB_ARG(target)));
    cb_put_member(k->out, "remedy",
                  CB_LIT("Correct the reference, or register the entity it names: kind, namespace and name must be its own."));
    cb_put_member(k->out, "entityRef", id);
    cb_buf_put_char(k->out, '}');
}

static int on_dangling(cb_doc from, uint8_t type, cb_str target, void *ctx)
{
    struct walk *k = ctx;
    const struct cb_problem_query *q = &k->w->q;
    int64_t source_id = cb_doc_source(k->rq->snapshot, from);
    const struct cb_source_row *source;
    cb_str path = CB_LIT("");
    bool in_page;

    if ((k->total & 1023) == 0 && k->rq->job && cb_job_over(k->rq->job))
        return 1;
    if ((q->source_id && q->source_id != source_id) ||
        (q->entity.n && !cb_str_eq(q->entity, cb_doc_id(k->rq->snapshot, from))))
        return 0;
    source = source_of(k, source_id);
    in_page = k->total >= k->skip && k->room > 0;
    if (in_page || q->path.n)
        path = path_of_doc(k, from, source ? source->branch : CB_LIT(""));
    if (q->path.n && !cb_str_starts(path, q->path))
        return 0;
    k->total++;
    if (in_page) {
        k->room--;
        put_dangling(k, from, type, target, path, source);
    }
    return 0;
}

/* ---- the page */

static enum cb_code read_rows(struct cb_problem_row **rows, size_t *n, int64_t *total, struct walk *k, struct cb_request *rq,
                              const struct wish *w, struct cb_err *err)
{
    struct cb_source_row *sources = NULL;
    enum cb_code rc;

    *n = 0;
    *total = 0;
    if ((rc = cb_request_conn(&k->conn, rq, err)) != CB_OK)
        return rc;
    if (w->rows)
        rc = cb_problem_find(rows, n, total, rq->arena, k->conn, &w->q, err);
    if (rc == CB_OK && w->dangling)
        rc = cb_source_all(&sources, &k->source_n, rq->arena, k->conn, err);
    if (rc != CB_OK)
        cb_pool_give(rq->env->pool, k->conn);
    k->sources = sources;
    return rc;
}

static enum cb_code get_problems(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_problem_row *rows = NULL;
    struct place at = {0};
    struct wish w;
    struct walk k = {.rq = rq, .w = &w, .out = &rp->body, .forges = cb_integration_forges(rq->arena, rq->config), .first = true};
    int64_t total, limit;
    enum cb_code rc;
    size_t n;

    if ((rc = read_cursor(&at, cb_params_get(&rq->params, "cursor"), err)) != CB_OK || (rc = read_wish(&w, rq, err)) != CB_OK)
        return rc;
    limit = w.q.limit;
    w.q.after_id = at.rows_done ? INT64_MAX : at.row_id;
    if ((rc = read_rows(&rows, &n, &total, &k, rq, &w, err)) != CB_OK)
        return rc;
    cb_buf_put_cstr(&rp->body, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        cb_buf_put_cstr(&rp->body, k.first ? "" : ",");
        k.first = false;
        put_row(&k, &rows[i]);
    }
    k.skip = at.skip;
    k.room = (int64_t)n < limit ? limit - (int64_t)n : 0;
    k.scratch = cb_arena_new();
    if (w.dangling)
        cb_snapshot_each_dangling(rq->snapshot, on_dangling, &k);
    cb_arena_free(k.scratch);
    cb_pool_give(rq->env->pool, k.conn);
    cb_buf_printf(&rp->body, "],\"totalItems\":%lld,\"pageInfo\":{", (long long)(total + k.total));
    if ((int64_t)n == limit)
        cb_buf_printf(&rp->body, "\"nextCursor\":\"r%lld\"", (long long)rows[n - 1].id);
    else if (k.room == 0 && k.skip + limit - (int64_t)n < k.total)
        cb_buf_printf(&rp->body, "\"nextCursor\":\"d%lld\"", (long long)(k.skip + limit - (int64_t)n));
    cb_buf_put_cstr(&rp->body, "}}");
    rp->no_store = true;
    return CB_OK;
}

static const struct cb_param_rule problem_params[] = {
    {"entity", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"source", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"rule", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"severity", CB_PARAM_WORD, false, 0, 0, "info, warning, error"},
    {"path", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"limit", CB_PARAM_INT, false, 1, LIMIT_MAX, NULL},
    {"cursor", CB_PARAM_TEXT, false, 0, 0, NULL},
    {0},
};

const struct cb_route cb_routes_problem[] = {
    {CB_GET, "/api/problems", CB_RIGHT_READ, CB_ROUTE_WORKER, get_problems, "GetProblems", "What is wrong, where, and what to do",
     problem_params},
    {0},
};
