#include "server/http/router.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <stdio.h>

#include "catalog/persist/history_store.h"
#include "server/http/asset.h"
#include "server/http/moment.h"

#define ROUTE_N_MAX 128
#define PART_N_MAX 12 /* parts of a path that any pattern has */
#define HOST_MAX 256  /* bytes of a Host that is looked at */

struct part {
    cb_str text; /* lower case; empty: variable */
};

static struct row {
    const struct cb_route *route;
    struct part parts[PART_N_MAX];
    size_t part_n;
} rows[ROUTE_N_MAX];
static size_t row_n;

static const struct cb_route *const tables[] = {
    cb_routes_auth, cb_routes_inbox, cb_routes_authorize, cb_routes_webhook, cb_routes_permission, cb_routes_preview, cb_routes_setting, cb_routes_saved,
    cb_routes_entity, cb_routes_ranked, cb_routes_search, cb_routes_refresh, cb_routes_relation, cb_routes_problem,
    cb_routes_source, cb_routes_location, cb_routes_watch, cb_routes_explain, cb_routes_session, cb_routes_mine, cb_routes_token, cb_routes_health,
    cb_routes_history, cb_routes_graph, cb_routes_panel, cb_routes_plugin, cb_routes_template, cb_routes_task,
    cb_routes_task_events, cb_routes_task_left, cb_routes_dry,
};

void cb_router_init(void)
{
    if (row_n)
        return;
    for (size_t i = 0; i < CB_COUNT(tables); i++) {
        for (const struct cb_route *route = tables[i]; route->pattern; route++) {
            struct row *row = &rows[row_n++];
            cb_str rest = cb_str_cstr(route->pattern + 1);
            cb_str part;

            assert(row_n < ROUTE_N_MAX && route->handler && route->operation && route->pattern[0] == '/');
            row->route = route;
            while (cb_str_split(&part, &rest, '/')) {
                assert(row->part_n < PART_N_MAX);
                row->parts[row->part_n++].text = part.p[0] == '{' ? CB_LIT("") : part;
            }
        }
    }
}

size_t cb_router_n(void)
{
    return row_n;
}

const struct cb_route *cb_router_row(size_t i)
{
    return rows[i].route;
}

size_t cb_router_index(const struct cb_route *route)
{
    for (size_t i = 0; i < row_n; i++)
        if (rows[i].route == route)
            return i;
    return row_n;
}

void cb_server_routes(struct cb_buf *out)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "?"};

    cb_router_init();
    for (size_t i = 0; i < row_n; i++) {
        const struct cb_route *r = rows[i].route;

        cb_buf_printf(out, "%s %s %s %s\n", methods[r->method], r->pattern, cb_right_name(r->right), r->operation);
    }
}

/* The parts of a path between its slashes, not unescaped; one trailing slash is nothing. SIZE_MAX: more than any pattern has. */
static size_t split_path(cb_str parts[PART_N_MAX], cb_str path)
{
    size_t n = 0;
    cb_str part;

    if (path.n == 0 || path.p[0] != '/')
        return SIZE_MAX;
    path = cb_str_sub(path, 1, path.n);
    if (path.n && path.p[path.n - 1] == '/')
        path.n--;
    while (cb_str_split(&part, &path, '/')) {
        if (n == PART_N_MAX)
            return SIZE_MAX;
        parts[n++] = part;
    }
    return n;
}

static bool fits(const struct row *row, const cb_str *parts)
{
    for (size_t i = row->part_n; i-- > 0;) {
        const cb_str want = row->parts[i].text;

        if (want.n ? !cb_str_eq_nocase(want, parts[i]) : parts[i].n == 0)
            return false;
    }
    return true;
}

/* PART unescaped; p NULL when an escape in it is none, or what it says is no UTF-8. */
static cb_str decode_part(struct cb_arena *a, cb_str part)
{
    for (size_t i = 0; i < part.n; i++)
        if (part.p[i] == '%' &&
            (i + 2 >= part.n || !isxdigit((unsigned char)part.p[i + 1]) || !isxdigit((unsigned char)part.p[i + 2])))
            return cb_str_make(NULL, 0);
    part = cb_percent_decode(a, part, false);
    return cb_str_is_utf8(part) ? part : cb_str_make(NULL, 0);
}

/* A path of ours, be it of another method, with a variable part that cannot be read. */
static bool is_malformed(const struct cb_request *rq)
{
    cb_str parts[PART_N_MAX];
    size_t n;

    if (rq->route) {
        for (size_t i = 0; i < rq->arg_n; i++)
            if (!rq->args[i].p)
                return true;
        return false;
    }
    n = split_path(parts, rq->path);
    for (size_t i = 0; i < row_n; i++) {
        if (rows[i].part_n != n || !fits(&rows[i], parts))
            continue;
        for (size_t j = 0; j < n; j++)
            if (rows[i].parts[j].text.n == 0 && !decode_part(rq->arena, parts[j]).p)
                return true;
    }
    return false;
}

bool cb_router_find(struct cb_request *rq)
{
    enum cb_method method = rq->method == CB_HEAD ? CB_GET : rq->method;
    cb_str parts[PART_N_MAX];
    size_t n = split_path(parts, rq->path);

    for (size_t i = 0; i < row_n; i++) {
        const struct row *row = &rows[i];

        bool tail = row->route->flags & CB_ROUTE_TAIL;

        if ((tail ? n == SIZE_MAX || n < row->part_n : row->part_n != n) || row->route->method != method || !fits(row, parts))
            continue;
        rq->route = row->route;
        if (tail) {
            for (size_t j = 0; j + 1 < row->part_n; j++)
                if (row->parts[j].text.n == 0)
                    rq->args[rq->arg_n++] = decode_part(rq->arena, parts[j]);
            rq->args[rq->arg_n++] = cb_str_make(parts[row->part_n - 1].p, (size_t)(parts[n - 1].p + parts[n - 1].n - parts[row->part_n - 1].p));
            return true;
        }
        for (size_t j = 0; j < n; j++)
            if (row->parts[j].text.n == 0)
                rq->args[rq->arg_n++] = decode_part(rq->arena, parts[j]);
        return true;
    }
    return false;
}

/* ---- checks, in order; each fills the reply and returns false when the request ends here */

static bool refuse(struct cb_request *rq, struct cb_reply *rp, enum cb_code code, const char *text)
{
    cb_reply_error(rp, rq, code, text);
    return false;
}

static bool check_limits(struct cb_request *rq, struct cb_reply *rp)
{
    char text[128];

    if (rq->target.n > CB_REQUEST_TARGET_MAX) {
        snprintf(text, sizeof(text), "the path and query are %zu bytes long: at most %d are looked at", rq->target.n,
                 CB_REQUEST_TARGET_MAX);
        rq->url = cb_str_sub(rq->url, 0, 256);
        cb_reply_refuse(rp, rq, 414, "InputError", text);
        rp->close = true;
        return false;
    }
    if (rq->headers.bytes > CB_REQUEST_HEADER_BYTES || rq->headers.n > CB_REQUEST_HEADER_N) {
        snprintf(text, sizeof(text), "%zu headers of %zu bytes: at most %d of %d bytes are looked at", rq->headers.n,
                 rq->headers.bytes, CB_REQUEST_HEADER_N, CB_REQUEST_HEADER_BYTES);
        cb_reply_refuse(rp, rq, 431, "InputError", text);
        rp->close = true;
        return false;
    }
    return true;
}

static bool is_address(cb_str host)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;

    if (host.n >= sizeof(text))
        return false;
    memcpy(text, host.p, host.n);
    text[host.n] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1;
}

/* Host of "https://portal.example.com:8443/x", with its port. */
static cb_str authority_of(cb_str url)
{
    size_t at = cb_str_find(url, CB_LIT("://"));

    if (at == SIZE_MAX)
        return CB_LIT("");
    url = cb_str_sub(url, at + 3, url.n);
    return cb_str_sub(url, 0, cb_str_find_char(url, '/', 0));
}

/*
 * A name is good when the configuration says it; an address always is: a page that was tricked into asking us under its
 * own name (DNS rebinding) sends that name.
 */
static bool is_our_host(const struct cb_config *conf, cb_str host)
{
    cb_str name, port;

    if (cb_str_eq_nocase(host, CB_LIT("localhost")) || cb_str_eq_nocase(host, conf->listen_host) || is_address(host))
        return true;
    for (size_t i = 0; i < conf->host_n; i++)
        if (cb_str_eq_nocase(host, conf->hosts[i]))
            return true;
    return cb_host_split(&name, &port, authority_of(conf->public_url)) && cb_str_eq_nocase(host, name);
}

static bool check_host(struct cb_request *rq, struct cb_reply *rp)
{
    static __thread char good[HOST_MAX]; /* the last one that passed */
    static __thread size_t good_n;
    static __thread const struct cb_config *good_config;
    cb_str host, port;
    char text[512];

    if (rq->headers.host.n && rq->headers.host.n == good_n && rq->config == good_config &&
        memcmp(good, rq->headers.host.p, good_n) == 0)
        return true;
    if (rq->route && rq->route->flags & CB_ROUTE_ANY_HOST)
        return true;
    if (rq->headers.host.n == 0 && rq->http10)
        return true;
    if (rq->headers.host.n == 0)
        return refuse(rq, rp, CB_EINVAL, "the Host header is missing");
    if (!cb_host_split(&host, &port, rq->headers.host))
        return refuse(rq, rp, CB_EINVAL, "the Host header is not a host");
    if (!is_our_host(rq->config, host)) {
        snprintf(text, sizeof(text),
                 "callboard does not answer for the host '%" CB_FMT
                 "': add it to auth: {hosts: [...]} in the configuration, or set public_url:",
                 CB_ARG(cb_str_sub(host, 0, HOST_MAX)));
        cb_reply_refuse(rp, rq, 421, "NotAllowedError", text);
        return false;
    }
    if (rq->headers.host.n <= sizeof(good)) {
        good_config = rq->config;
        good_n = rq->headers.host.n;
        memcpy(good, rq->headers.host.p, good_n);
    }
    return true;
}

static bool is_listed_origin(const struct cb_config *conf, cb_str origin)
{
    for (size_t i = 0; i < conf->cors_origin_n; i++)
        if (cb_str_eq(origin, conf->cors_origins[i]))
            return true;
    return false;
}

static bool is_own_origin(const struct cb_request *rq, cb_str origin)
{
    cb_str authority = authority_of(origin);
    cb_str url = rq->config->public_url;

    if (authority.n == 0)
        return false;
    return cb_str_eq_nocase(authority, rq->headers.host) || (url.n && cb_str_eq_nocase(authority, authority_of(url)));
}

static bool check_origin(struct cb_request *rq, struct cb_reply *rp)
{
    cb_str origin = rq->headers.origin;

    if (origin.n == 0 || rq->method == CB_GET || rq->method == CB_HEAD || is_own_origin(rq, origin) ||
        is_listed_origin(rq->config, origin))
        return true;
    return refuse(rq, rp, CB_EDENIED,
                  "this page may not change anything here: its Origin is not callboard's own. "
                  "List it under auth: {cors_origins: [...]} if it should");
}

static bool check_caller(struct cb_request *rq, struct cb_reply *rp)
{
    struct cb_identity_facts facts = {
        .authorization = rq->headers.authorization,
        .session = cb_cookie_get(rq->headers.cookie, CB_LIT(CB_SESSION_COOKIE)),
        .proxy_user = rq->headers.proxy_user,
        .peer = rq->peer,
    };
    struct cb_err err = {0};
    char text[512];
    enum cb_code rc;

    if (rq->inside && rq->caller.role == CB_ROLE_READER) { /* a question that somebody else has thought of */
        if (cb_policy_allows(rq->caller.role, rq->route->right))
            return true;
        return refuse(rq, rp, CB_EDENIED, "a step may read here what every reader may, and no more");
    }
    if (rq->inside || (cb_right_role(rq->route->right) == CB_ROLE_NONE && rq->route->right != CB_RIGHT_PLUGIN))
        return true;
    rc = cb_identity_of(&rq->caller, rq->env->identity, &facts, rq->worker, &err);
    if (rc == CB_ETIMEOUT && !rq->worker) {
        rp->later = true;
        return false;
    }
    if (rc == CB_EAUTH && rq->route->right == CB_RIGHT_PLUGIN) { /* the plugin's route may be open to anybody */
        rq->caller = (struct cb_caller){0};
        return true;
    }
    if (rc != CB_OK)
        return refuse(rq, rp, rc, err.text);
    if (cb_policy_allows(rq->caller.role, rq->route->right))
        return true;
    snprintf(text, sizeof(text), "%s may not do this: it needs the role %s, and this caller is a %s", rq->caller.user,
             cb_role_name(cb_right_role(rq->route->right)), cb_role_name(rq->caller.role));
    return refuse(rq, rp, CB_EDENIED, text);
}

static bool is_json_type(cb_str type)
{
    cb_str name = cb_str_trim(cb_str_sub(type, 0, cb_str_find_char(type, ';', 0)));

    return cb_str_eq_nocase(name, CB_LIT("application/json"));
}

/* The charset of "application/json; charset=x", as sent, without quotes; empty when none is named. */
static cb_str charset_of(cb_str type)
{
    cb_str part;

    while (cb_str_split(&part, &type, ';')) {
        part = cb_str_trim(part);
        if (part.n < 8 || !cb_str_eq_nocase(cb_str_sub(part, 0, 8), CB_LIT("charset=")))
            continue;
        part = cb_str_sub(part, 8, part.n);
        if (part.n >= 2 && part.p[0] == '"' && part.p[part.n - 1] == '"')
            part = cb_str_sub(part, 1, part.n - 1);
        return part;
    }
    return CB_LIT("");
}

/* One that is the router's to judge. */
static bool has_body(const struct cb_request *rq)
{
    return (rq->method == CB_POST || rq->method == CB_PUT) && !(rq->route->flags & CB_ROUTE_RAW);
}

static bool check_type(struct cb_request *rq, struct cb_reply *rp)
{
    cb_str type = rq->headers.content_type, charset = charset_of(type);
    char text[300];

    if (!has_body(rq))
        return true;
    if (!is_json_type(type)) {
        cb_str name = cb_str_trim(cb_str_sub(type, 0, cb_str_find_char(type, ';', 0)));

        snprintf(text, sizeof(text), "unsupported media type %" CB_FMT,
                 CB_ARG(name.n ? cb_str_sub(name, 0, 200) : CB_LIT("undefined: send Content-Type: application/json")));
        return refuse(rq, rp, CB_EINVAL, text);
    }
    if (charset.n && !cb_str_eq_nocase(charset, CB_LIT("utf-8")) && !cb_str_eq_nocase(charset, CB_LIT("utf8"))) {
        cb_str upper = cb_arena_str(rq->arena, cb_str_sub(charset, 0, 200));

        for (size_t i = 0; i < upper.n; i++)
            if (upper.p[i] >= 'a' && upper.p[i] <= 'z')
                ((char *)upper.p)[i] -= 'a' - 'A';
        snprintf(text, sizeof(text), "unsupported charset \"%" CB_FMT "\"", CB_ARG(upper));
        return refuse(rq, rp, CB_EINVAL, text);
    }
    return true;
}

static bool check_body(struct cb_request *rq, struct cb_reply *rp)
{
    struct cb_err err = {0};

    if (!has_body(rq))
        return true;
    if ((int64_t)rq->body.n > (rq->route->flags & CB_ROUTE_LARGE ? rq->config->task_body_max_bytes : rq->config->body_max_bytes))
        return refuse(rq, rp, CB_EINVAL, "request entity too large");
    if (rq->route->flags & CB_ROUTE_LARGE && !rq->worker) {
        rp->later = true;
        return false;
    }
    if (rq->body.n == 0)
        rq->json = cb_node_new(rq->arena, CB_OBJECT);
    else if (cb_node_parse(&rq->json, rq->arena, rq->body, &err) != CB_OK)
        return refuse(rq, rp, CB_EINVAL, err.text);
    if (rq->json->type != CB_OBJECT)
        return refuse(rq, rp, CB_EINVAL, "request/body must be object");
    return true;
}

/* What every read of the catalog takes beside its own parameters. */
static const struct cb_param_rule catalog_params[] = {
    {"at", CB_PARAM_TEXT, false, 0, 0, NULL},   /* check_at */
    {"wait", CB_PARAM_TEXT, false, 0, 0, NULL}, /* check_wait */
    {0},
};
static const struct cb_param_rule *const waits_params = catalog_params + 1; /* of what does not answer from the snapshot alone */

static bool check_params(struct cb_request *rq, struct cb_reply *rp)
{
    const struct cb_param_rule *common = rq->route->flags & CB_ROUTE_CATALOG ? catalog_params
                                         : rq->route->flags & CB_ROUTE_WAITS ? waits_params
                                                                             : NULL;
    struct cb_err err = {0};
    enum cb_code rc;

    if ((rc = cb_params_parse(&rq->params, rq->arena, rq->query, &err)) != CB_OK ||
        (!(rq->route->flags & CB_ROUTE_TAIL) && (rc = cb_params_check(&rq->params, rq->route->params, common, &err)) != CB_OK))
        return refuse(rq, rp, rc, err.text);
    return true;
}

/* ?wait=: not before that generation. Ends here with rp->park set until it is served. */
static bool check_wait(struct cb_request *rq, struct cb_reply *rp)
{
    cb_str text = cb_params_get(&rq->params, "wait");
    struct cb_snapshot *s;
    struct cb_moment want;
    int64_t served;
    char why[300];

    if (!text.p || rq->snapshot)
        return true;
    if (!cb_moment_parse(&want, text))
        return refuse(rq, rp, CB_EINVAL, "request/query/wait must be a generation such as 42, or <epoch>:42");
    s = cb_catalog_snapshot(rq->env->catalog);
    if (cb_snapshot_loaded(s) && !cb_moment_is_of(&want, cb_snapshot_epoch(s))) {
        cb_snapshot_unref(s);
        return refuse(rq, rp, CB_ECONFLICT, "the generation to wait for is that of another database: this one was restored or made "
                                            "anew since. Read again without wait, and go on from callboard-generation");
    }
    served = cb_snapshot_generation(s);
    if (served >= want.generation) {
        rq->snapshot = s;
        return true;
    }
    cb_snapshot_unref(s);
    if (!rq->waited) {
        rp->park = want.generation;
        return false;
    }
    snprintf(why, sizeof(why), "generation %lld was not served within %lld ms: the catalog is at %lld. Ask again to go on waiting",
             (long long)want.generation, (long long)(rq->config->wait_timeout_us / 1000), (long long)served);
    return refuse(rq, rp, CB_ETIMEOUT, why);
}

/* Generation that ?at= names, when it takes no database to tell; 0: it does. */
static enum cb_code read_at(int64_t *generation, const struct cb_request *rq, cb_str text, struct cb_err *err)
{
    struct cb_moment m;

    *generation = 0;
    if (!cb_moment_parse(&m, text))
        return CB_OK;
    if (!cb_moment_is_of(&m, cb_snapshot_epoch(rq->snapshot)))
        return cb_fail(err, CB_ECONFLICT, "the generation to look at is that of another database: this one was restored or made "
                                          "anew since");
    if (m.epoch.n || m.generation <= cb_snapshot_generation(rq->snapshot))
        *generation = m.generation;
    return CB_OK;
}

/* The same with the database's help. */
static enum cb_code ask_at(int64_t *generation, struct cb_request *rq, cb_str text, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    enum cb_code rc = cb_request_conn(&c, rq, err);

    if (rc == CB_OK)
        rc = cb_history_moment(generation, c, text, err);
    cb_pool_give(rq->env->pool, c);
    return rc;
}

/* ?at=: which moment is meant. Ends here with rp->later set when the database must say. */
static bool check_at(struct cb_request *rq, struct cb_reply *rp)
{
    cb_str text = cb_params_get(&rq->params, "at");
    struct cb_err err = {0};
    enum cb_code rc;

    if (!text.p || rq->at)
        return true;
    if (!rq->env->past)
        return refuse(rq, rp, CB_EUNAVAILABLE, "there is no database to ask for the past");
    if ((rc = read_at(&rq->at, rq, text, &err)) == CB_OK && rq->at == 0) {
        if (!rq->worker) {
            rp->later = true;
            return false;
        }
        rc = ask_at(&rq->at, rq, text, &err);
    }
    return rc == CB_OK ? true : refuse(rq, rp, rc, err.text);
}

/*
 * The snapshot of that moment instead of the newest. Ends here with rp->later set when it is not in memory, or with
 * rp->await when somebody is loading one already.
 */
static bool check_past(struct cb_request *rq, struct cb_reply *rp)
{
    const char *epoch = cb_snapshot_epoch(rq->snapshot);
    struct cb_past_view *view;
    struct cb_err err = {0};
    enum cb_code rc = CB_OK;

    if (rq->past || rq->at == 0 || rq->at == cb_snapshot_generation(rq->snapshot))
        return true;
    view = cb_past_find(rq->env->past, epoch, rq->at);
    if (!view && !rq->worker) {
        rp->later = true;
        return false;
    }
    if (!view)
        rc = cb_past_load(&view, rq->env->past, epoch, rq->at, rq->job->deadline_us, &err);
    if (rc != CB_OK)
        return refuse(rq, rp, rc, err.text);
    if (!view) {
        rp->await = true;
        return false;
    }
    cb_snapshot_unref(rq->snapshot);
    rq->past = view;
    rq->snapshot = cb_snapshot_ref(cb_past_snapshot(view));
    return true;
}

/* The snapshot, and whether the client has its answer already. */
static bool check_catalog(struct cb_request *rq, struct cb_reply *rp)
{
    char etag[CB_REPLY_ETAG_MAX];

    if (!rq->snapshot)
        rq->snapshot = cb_catalog_snapshot(rq->env->catalog);
    if (!(rq->route->flags & CB_ROUTE_CATALOG))
        return true;
    if (!cb_snapshot_loaded(rq->snapshot))
        return refuse(rq, rp, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    if (!check_at(rq, rp))
        return false;
    rp->etag = true;
    if (rq->headers.if_none_match.n == 0 || rq->route->method != CB_GET)
        return check_past(rq, rp);
    cb_reply_etag(etag, rq);
    if (!cb_etag_matches(rq->headers.if_none_match, cb_str_cstr(etag)))
        return check_past(rq, rp);
    cb_reply_empty(rp, 304);
    rp->etag = true;
    return false;
}

static void say_origin(struct cb_request *rq, struct cb_reply *rp)
{
    if (!rq->headers.origin.n || !is_listed_origin(rq->config, rq->headers.origin))
        return;
    cb_reply_header(rp, "access-control-allow-origin", rq->headers.origin);
    cb_reply_header(rp, "access-control-expose-headers", CB_LIT("etag, link, callboard-generation, x-request-id"));
}

/* OPTIONS of a page elsewhere that the configuration lists. */
static void answer_preflight(struct cb_reply *rp)
{
    cb_reply_empty(rp, 204);
    cb_reply_header(rp, "access-control-allow-methods", CB_LIT("GET, HEAD, POST, PUT, DELETE"));
    cb_reply_header(rp, "access-control-allow-headers", CB_LIT("authorization, content-type, if-none-match, x-request-id"));
    cb_reply_header(rp, "access-control-max-age", CB_LIT("600"));
}

static bool admit(struct cb_request *rq, struct cb_reply *rp)
{
    if (!rq->route) { /* not again when a worker goes on from here */
        bool found = cb_router_find(rq);

        if (!check_limits(rq, rp) || !check_host(rq, rp))
            return false;
        if (rq->method == CB_OPTIONS && rq->headers.origin.n && is_listed_origin(rq->config, rq->headers.origin)) {
            answer_preflight(rp);
            return false;
        }
        if (!found && cb_asset_is_ours(rq->path) && (rq->method == CB_GET || rq->method == CB_HEAD)) {
            cb_asset_answer(rq, rp);
            return false;
        }
        if (is_malformed(rq))
            return refuse(rq, rp, CB_EINVAL, "malformed uri'");
        if (!found) {
            cb_reply_empty(rp, 404);
            return false;
        }
        if (!check_origin(rq, rp))
            return false;
    }
    return check_caller(rq, rp) && check_type(rq, rp) && check_params(rq, rp) && check_wait(rq, rp) && check_catalog(rq, rp) &&
           check_body(rq, rp);
}

void cb_router_answer(struct cb_request *rq, struct cb_reply *rp)
{
    struct cb_err err = {0};
    enum cb_code rc;

    rp->later = false;
    rp->park = 0;
    rp->await = false;
    rp->begin = NULL;
    if (!rq->admitted) {
        rp->status = 200;
        rp->type = "application/json; charset=utf-8";
        rp->compress = true;
        rq->admitted = admit(rq, rp);
        if (!rq->admitted) {
            if (!rp->later && !rp->park && !rp->await)
                say_origin(rq, rp);
            return;
        }
    }
    if (rq->route->flags & CB_ROUTE_WORKER && !rq->worker) {
        rp->later = true;
        return;
    }
    rc = rq->route->handler(rq, rp, &err);
    if (rc != CB_OK)
        cb_reply_error(rp, rq, rc, err.text);
    assert(!(rp->later && rq->worker));
    if (!rp->later && !rp->begin)
        say_origin(rq, rp);
}
