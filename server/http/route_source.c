#include "catalog/base/clock.h"
#include "catalog/persist/token_store.h"
#include "catalog/sync/schedule.h"
#include "server/http/router.h"

static const char *const state_names[] = {
    [CB_SOURCE_NEW] = "new",
    [CB_SOURCE_READING] = "reading",
    [CB_SOURCE_OK] = "ok",
    [CB_SOURCE_FAILING] = "failing",
};

/* "https://git.example.com/acme/catalog.git" -> "acme/catalog"; "/srv/org/all.yaml" -> "all.yaml" */
static cb_str short_name(cb_str url, bool git)
{
    size_t parts = git ? 2 : 1;
    size_t at = url.n;

    if (cb_str_find_char(url, '/', 0) != 0 && !git) /* a plugin's: "forge/github" */
        return url;

    while (at && url.p[at - 1] == '/')
        at = --url.n;
    if (git && cb_str_ends(url, CB_LIT("/.git")))
        url.n -= 5;
    else if (git && cb_str_ends(url, CB_LIT(".git")))
        url.n -= 4;
    for (at = url.n; at > 0; at--)
        if ((url.p[at - 1] == '/' || url.p[at - 1] == ':') && --parts == 0)
            break;
    return cb_str_sub(url, at, url.n);
}

static const char *const made_names[] = {
    [CB_SOURCE_CONFIGURED] = "configured",
    [CB_SOURCE_REGISTERED] = "registered",
    [CB_SOURCE_DERIVED] = "derived",
};

/* Nobody wants it any more, and nothing is left of it. */
static bool is_over(const struct cb_source_row *row)
{
    return row->entity_n == 0 && (row->made == CB_SOURCE_REGISTERED || (row->made == CB_SOURCE_DERIVED && !row->configured));
}

static void put_commit(struct cb_buf *out, const struct cb_source_row *row)
{
    cb_buf_put_cstr(out, ",\"lastCommit\":{\"id\":");
    cb_buf_put_json(out, row->commit);
    cb_put_member(out, "author", row->commit_author);
    cb_put_member(out, "subject", row->commit_subject);
    if (row->commit_at_us)
        cb_put_member_time(out, "at", row->commit_at_us);
    cb_buf_put_char(out, '}');
}

/* How reading it went lately. */
static void put_health(struct cb_buf *out, const struct cb_source_row *row)
{
    int64_t failed = 0;

    for (size_t i = 0; i < row->tries.n; i++)
        failed += row->tries.p[i] == 'x';
    cb_put_member_int(out, "recentTries", (int64_t)row->tries.n);
    cb_put_member_int(out, "recentFailures", failed);
    if (row->took_ms)
        cb_put_member_int(out, "tookMs", row->took_ms);
    if (row->recent.n) {
        cb_buf_put_cstr(out, ",\"recentChanges\":");
        cb_buf_put_str(out, row->recent);
    }
    if (row->last_change.n) {
        cb_buf_put_cstr(out, ",\"lastChange\":");
        cb_buf_put_str(out, row->last_change);
    }
}

static void put_source(struct cb_buf *out, const struct cb_source_row *row)
{
    bool git = cb_str_eq(row->type, CB_LIT("git"));

    cb_buf_printf(out, "{\"id\":\"%lld\"", (long long)row->id);
    cb_put_member(out, "name", row->made == CB_SOURCE_REGISTERED ? CB_LIT("registered locations") : short_name(row->url, git));
    cb_put_member(out, "type", row->type);
    cb_put_member(out, "url", row->url);
    if (row->branch.n)
        cb_put_member(out, "branch", row->branch);
    cb_buf_put_cstr(out, ",\"paths\":");
    cb_buf_put_str(out, row->paths.n && row->paths.p[0] == '[' ? row->paths : CB_LIT("[]"));
    cb_put_member(out, "state", cb_str_cstr(state_names[row->state]));
    cb_put_member_bool(out, "configured", row->configured);
    cb_put_member(out, "made", cb_str_cstr(made_names[row->made]));
    if (row->named.n) {
        cb_buf_put_cstr(out, ",\"locations\":");
        cb_buf_put_str(out, row->named);
    }
    cb_put_member_int(out, "fileCount", row->file_n);
    cb_put_member_int(out, "entityCount", row->entity_n);
    cb_put_member_int(out, "problemCount", row->problem_n);
    cb_put_member_int(out, "heldDeletions", row->held_n);
    if (row->commit.n)
        put_commit(out, row);
    if (row->read_at_us)
        cb_put_member_time(out, "lastRead", row->read_at_us);
    if (row->tried_at_us)
        cb_put_member_time(out, "lastTry", row->tried_at_us);
    if (row->due_at_us > cb_clock_now_us()) /* past: a repository of this machine, which is watched and needs no row for a look */
        cb_put_member_time(out, "nextDue", row->due_at_us);
    cb_put_member_int(out, "failures", row->failures);
    put_health(out, row);
    if (row->generation)
        cb_put_member_int(out, "generation", row->generation);
    if (row->error.n)
        cb_put_member(out, "error", row->error);
    cb_buf_put_char(out, '}');
}

static enum cb_code get_sources(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_source_row *rows;
    struct cb_conn *conn;
    size_t n, put = 0;
    enum cb_code rc;

    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_source_all(&rows, &n, rq->arena, conn, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    cb_buf_put_cstr(&rp->body, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        if (is_over(&rows[i]))
            continue;
        if (put++)
            cb_buf_put_char(&rp->body, ',');
        put_source(&rp->body, &rows[i]);
    }
    cb_buf_put_char(&rp->body, ']');
    if (rq->env->schedule) {
        struct cb_schedule_stats st;

        cb_schedule_stats(rq->env->schedule, &st);
        cb_put_member_int(&rp->body, "queued", st.queue_n);
        cb_put_member_int(&rp->body, "reading", st.reading_n);
    }
    cb_buf_put_char(&rp->body, '}');
    rp->no_store = true;
    return CB_OK;
}

static enum cb_code no_source(cb_str id, struct cb_err *err)
{
    return cb_fail(err, CB_ENOTFOUND, "there is no source %" CB_FMT, CB_ARG(cb_str_sub(id, 0, 100)));
}

/* The row the path names, and a connection to go on with when CONN is wanted. */
static enum cb_code find_source(struct cb_source_row *row, struct cb_conn **conn, struct cb_request *rq, struct cb_err *err)
{
    struct cb_conn *c;
    enum cb_code rc;
    int64_t id;

    if (!cb_str_to_int(&id, rq->args[0], 1, INT64_MAX))
        return no_source(rq->args[0], err);
    if ((rc = cb_request_conn(&c, rq, err)) != CB_OK)
        return rc;
    rc = cb_source_get(row, rq->arena, c, id, err);
    if (rc == CB_OK && conn) {
        *conn = c;
        return CB_OK;
    }
    cb_pool_give(rq->env->pool, c);
    return rc == CB_ENOTFOUND ? no_source(rq->args[0], err) : rc;
}

static enum cb_code get_source(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_source_row row;
    enum cb_code rc = find_source(&row, NULL, rq, err);

    if (rc != CB_OK)
        return rc;
    put_source(&rp->body, &row);
    rp->no_store = true;
    return CB_OK;
}

static enum cb_code accepted(struct cb_reply *rp, int64_t id)
{
    rp->status = 202;
    rp->no_store = true;
    cb_buf_printf(&rp->body, "{\"id\":\"%lld\"}", (long long)id);
    return CB_OK;
}

/* POST /api/sources/{id}/sync: read it now; answered before it is read. */
static enum cb_code post_sync(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_source_row row;
    struct cb_conn *conn;
    enum cb_code rc;

    if ((rc = find_source(&row, &conn, rq, err)) != CB_OK)
        return rc;
    if (!rq->env->schedule || !cb_schedule_nudge(rq->env->schedule, row.id))
        rc = cb_source_nudge(conn, row.id, err);
    cb_pool_give(rq->env->pool, conn);
    return rc == CB_OK ? accepted(rp, row.id) : rc;
}

/* POST /api/sources/{id}/confirm: let the held deletions go through. */
static enum cb_code post_confirm(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_source_row row;
    struct cb_conn *conn;
    enum cb_code rc;
    cb_str held;

    if ((rc = find_source(&row, &conn, rq, err)) != CB_OK)
        return rc;
    held = cb_arena_printf(rq->arena, "{\"held\":%lld}", (long long)row.held_n);
    rc = cb_source_confirm(conn, row.id, err);
    if (rc == CB_OK)
        rc = cb_audit_put(conn, cb_str_cstr(rq->caller.user), CB_LIT("source.confirm"), row.key, held, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    if (rq->env->schedule)
        cb_schedule_nudge(rq->env->schedule, row.id);
    return accepted(rp, row.id);
}

const struct cb_route cb_routes_source[] = {
    {CB_GET, "/api/sources", CB_RIGHT_READ, CB_ROUTE_WORKER, get_sources, "GetSources", "What is read, and how it went", NULL},
    {CB_GET, "/api/sources/{id}", CB_RIGHT_READ, CB_ROUTE_WORKER, get_source, "GetSource", "One source", NULL},
    {CB_POST, "/api/sources/{id}/sync", CB_RIGHT_REFRESH, CB_ROUTE_WORKER, post_sync, "SyncSource", "Read a source now", NULL},
    {CB_POST, "/api/sources/{id}/confirm", CB_RIGHT_CONFIRM, CB_ROUTE_WORKER, post_confirm, "ConfirmDeletions",
     "Let the deletions that a source holds back go through", NULL},
    {0},
};
