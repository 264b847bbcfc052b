#include "server/http/plugin_ask.h"

#include "catalog/base/clock.h"
#include "catalog/entity/ref.h"
#include "catalog/persist/source_store.h"
#include "catalog/persist/location_store.h"
#include "catalog/persist/state_store.h"
#include "catalog/sync/schedule.h"
#include "server/http/inside.h"
#include "server/plugin/git.h"

#define QUERY_MAX 65536 /* bytes */
#define CONN_US (INT64_C(5) * 1000000)
#define REFRESH_US (INT64_C(10) * 1000000) /* CALLBOARD_REFRESH_S of plugin.h */

/* One question and who answers it. */
struct row {
    const char *what;
    enum cb_code (*answer)(struct cb_server_env *env, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err);
};

static enum cb_code inside(struct cb_server_env *env, const struct cb_plugin_ask *ask, enum cb_method method, cb_str target, cb_str body,
                           struct cb_buf *out, struct cb_err *err)
{
    cb_str user = ask->user.n ? ask->user : cb_arena_printf(ask->arena, "plugin:%" CB_FMT, CB_ARG(ask->plugin));

    return cb_inside_ask(out, &(struct cb_inside){.env = env, .method = method, .target = target, .body = body, .user = user, .arena = ask->arena, .job = ask->job}, err);
}

/* ---- the catalog */

static enum cb_code catalog_entity(struct cb_server_env *env, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    static const struct cb_ref preset = {{"component", 9}, {"default", 7}, {"", 0}};
    struct cb_ref ref;
    struct cb_buf target = CB_BUF_INIT;
    enum cb_code rc = cb_ref_parse(&ref, cb_node_text(ask->head, "ref"), &preset, err);

    if (rc != CB_OK)
        return rc;
    cb_buf_put_cstr(&target, "/api/catalog/entities/by-name/");
    cb_percent_encode(&target, ref.kind);
    cb_buf_put_char(&target, '/');
    cb_percent_encode(&target, ref.space);
    cb_buf_put_char(&target, '/');
    cb_percent_encode(&target, ref.name);
    rc = inside(env, ask, CB_GET, cb_arena_str(ask->arena, cb_buf_str(&target)), CB_LIT(""), out, err);
    cb_buf_fini(&target);
    return rc;
}

static enum cb_code catalog_query(struct cb_server_env *env, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    if (ask->body.n > QUERY_MAX)
        return cb_fail(err, CB_ELIMIT, "a query has at most %d bytes", QUERY_MAX);
    return inside(env, ask, CB_GET,
                  cb_arena_printf(ask->arena, "/api/catalog/entities/by-query%s%" CB_FMT, ask->body.n ? "?" : "", CB_ARG(ask->body)),
                  CB_LIT(""), out, err);
}

/* Whoever wrote the template may write any path: a step gets what every reader gets, whoever started it. */
static enum cb_code api_get(struct cb_server_env *env, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    cb_str user = ask->user.n ? ask->user : cb_arena_printf(ask->arena, "plugin:%" CB_FMT, CB_ARG(ask->plugin));

    if (ask->body.n > QUERY_MAX)
        return cb_fail(err, CB_ELIMIT, "a path has at most %d bytes", QUERY_MAX);
    if (!cb_str_starts(ask->body, CB_LIT("/api/")))
        return cb_fail(err, CB_EINVAL, "only paths below /api/ are answered");
    for (size_t i = 0; i < ask->body.n; i++)
        if ((unsigned char)ask->body.p[i] <= ' ' || (unsigned char)ask->body.p[i] >= 0x7f)
            return cb_fail(err, CB_EINVAL, "a path has no blanks and no characters beyond ASCII: they are written with %%");
    return cb_inside_ask(out, &(struct cb_inside){.env = env, .method = CB_GET, .target = ask->body, .user = user, .reader = true, .arena = ask->arena,
                                                  .job = ask->job}, err);
}

static enum cb_code location_register(struct cb_server_env *env, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    struct cb_buf body = CB_BUF_INIT, ignored = CB_BUF_INIT;
    enum cb_code rc;

    (void)out;
    cb_buf_put_cstr(&body, "{\"type\":");
    cb_buf_put_json(&body, cb_node_text(ask->head, "type"));
    cb_buf_put_cstr(&body, ",\"target\":");
    cb_buf_put_json(&body, cb_node_text(ask->head, "target"));
    cb_buf_put_char(&body, '}');
    rc = inside(env, ask, CB_POST, CB_LIT("/api/catalog/locations"), cb_arena_str(ask->arena, cb_buf_str(&body)), &ignored, err);
    cb_buf_fini(&body);
    cb_buf_fini(&ignored);
    return rc;
}

/* ---- Git */

static enum cb_code sync_of(const struct cb_sync_conf **out, struct cb_server_env *env, struct cb_err *err)
{
    *out = env->schedule ? cb_schedule_conf(env->schedule) : NULL;
    return *out ? CB_OK : cb_fail(err, CB_EUNAVAILABLE, "this callboard reads no repositories");
}

static enum cb_code git_export(struct cb_server_env *env, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    const struct cb_sync_conf *conf;
    enum cb_code rc = sync_of(&conf, env, err);

    (void)out;
    return rc == CB_OK ? cb_plugin_git_export(conf, ask, err) : rc;
}

/* What reads the repository that was just pushed to looks at it now, not at its interval. Nothing depends on it. */
static void nudge_readers(struct cb_server_env *env, const struct cb_sync_conf *conf, const struct cb_plugin_ask *ask, cb_str published)
{
    struct cb_source_row *rows = NULL;
    struct cb_conn *conn = NULL;
    struct cb_node *made = NULL;
    cb_str repository, branch;
    struct cb_err ignored;
    size_t n = 0;

    if (!env->pool || cb_node_parse(&made, ask->arena, published, NULL) != CB_OK)
        return;
    repository = cb_forge_repository(ask->arena, conf->forges, cb_node_text(made, "remoteUrl"));
    branch = cb_node_text(made, "branch");
    if (!repository.n || cb_pool_take(&conn, env->pool, CONN_US, &ignored) != CB_OK)
        return;
    if (cb_source_all(&rows, &n, ask->arena, conn, &ignored) != CB_OK)
        n = 0;
    cb_pool_give(env->pool, conn);
    for (size_t i = 0; i < n; i++)
        if (rows[i].configured && (!rows[i].branch.n || cb_str_eq(rows[i].branch, branch)) &&
            cb_str_eq(cb_forge_repository(ask->arena, conf->forges, rows[i].url), repository))
            cb_schedule_nudge(env->schedule, rows[i].id);
}

static enum cb_code git_publish(struct cb_server_env *env, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    const struct cb_sync_conf *conf;
    enum cb_code rc = sync_of(&conf, env, err);

    if (rc == CB_OK && (rc = cb_plugin_git_publish(conf, ask, out, err)) == CB_OK)
        nudge_readers(env, conf, ask, cb_buf_str(out));
    return rc;
}

/* What location_register of the same two has made; nothing is as good. */
static enum cb_code location_remove(struct cb_server_env *env, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    cb_str type = cb_node_text(ask->head, "type"), target = cb_node_text(ask->head, "target");
    struct cb_location_row row;
    struct cb_conn *c = NULL;
    enum cb_code rc;

    if (!env->pool)
        return cb_fail(err, CB_EUNAVAILABLE, "there is no database that has locations");
    if ((rc = cb_pool_take(&c, env->pool, CONN_US, err)) != CB_OK)
        return rc;
    rc = cb_location_find(&row, ask->arena, c, type, target, err);
    cb_pool_give(env->pool, c);
    if (rc == CB_ENOTFOUND)
        return CB_OK;
    if (rc != CB_OK)
        return rc;
    return inside(env, ask, CB_DELETE, cb_arena_printf(ask->arena, "/api/catalog/locations/%" CB_FMT, CB_ARG(row.id)), CB_LIT(""), out, err);
}

/* ---- state */

static enum cb_code with_conn(struct cb_conn **c, struct cb_server_env *env, struct cb_err *err)
{
    if (!env->pool)
        return cb_fail(err, CB_EUNAVAILABLE, "there is no database to remember anything in");
    return cb_pool_take(c, env->pool, CONN_US, err);
}

static enum cb_code state_get(struct cb_server_env *env, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    enum cb_code rc = with_conn(&c, env, err);
    cb_str value;

    if (rc != CB_OK)
        return rc;
    rc = cb_state_get(&value, ask->arena, c, ask->plugin, cb_node_text(ask->head, "key"), err);
    cb_pool_give(env->pool, c);
    if (rc == CB_OK)
        cb_buf_put_str(out, value);
    return rc;
}

static enum cb_code state_put(struct cb_server_env *env, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    const struct cb_node *ttl = cb_node_get(ask->head, "ttl_s");
    int64_t ttl_s = ttl && ttl->type == CB_INT && ttl->i > 0 && ttl->i < INT64_C(10000000000) ? ttl->i : 0;
    struct cb_conn *c = NULL;
    enum cb_code rc = with_conn(&c, env, err);

    (void)out;
    if (rc != CB_OK)
        return rc;
    rc = cb_state_put(c, ask->plugin, cb_node_text(ask->head, "key"), ask->body, ttl_s * CB_S_US, err);
    cb_pool_give(env->pool, c);
    return rc;
}

static enum cb_code state_del(struct cb_server_env *env, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    enum cb_code rc = with_conn(&c, env, err);

    (void)out;
    if (rc != CB_OK)
        return rc;
    rc = cb_state_del(c, ask->plugin, cb_node_text(ask->head, "key"), err);
    cb_pool_give(env->pool, c);
    return rc;
}

/* ---- sources */

/* Its own ones only, by their key in the schedule. */
static enum cb_code source_refresh(struct cb_server_env *env, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    cb_str name = cb_node_text(ask->head, "name");

    (void)out;
    if (!env->schedule)
        return cb_fail(err, CB_EUNAVAILABLE, "this callboard reads no sources");
    if (!cb_schedule_ask(env->schedule, cb_arena_printf(ask->arena, "plugin:%" CB_FMT "/%" CB_FMT, CB_ARG(ask->plugin), CB_ARG(name)),
                         REFRESH_US))
        return cb_fail(err, CB_ENOTFOUND, "the plugin %" CB_FMT " has no source %" CB_FMT, CB_ARG(ask->plugin), CB_ARG(cb_str_sub(name, 0, 100)));
    return CB_OK;
}

static const struct row rows[] = {
    {"api_get", api_get},               {"catalog_entity", catalog_entity}, {"catalog_query", catalog_query}, {"location_register", location_register},
    {"git_export", git_export},         {"git_publish", git_publish},
    {"state_get", state_get},           {"state_put", state_put},         {"state_del", state_del},
    {"source_refresh", source_refresh}, {"location_remove", location_remove},
};

enum cb_code cb_plugin_answer(void *ctx, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    for (size_t i = 0; i < CB_COUNT(rows); i++)
        if (cb_str_eq(ask->what, cb_str_cstr(rows[i].what)))
            return rows[i].answer(ctx, ask, out, err);
    return cb_fail(err, CB_EUNSUPPORTED, "this callboard does not do %" CB_FMT " for plugins", CB_ARG(cb_str_sub(ask->what, 0, 40)));
}
