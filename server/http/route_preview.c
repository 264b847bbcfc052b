#include "server/http/preview.h"

#include "catalog/entity/validate.h"
#include "catalog/persist/location_store.h"
#include "catalog/persist/source_store.h"
#include "catalog/search/query.h"
#include "catalog/sync/judge.h"
#include "catalog/sync/preview.h"
#include "catalog/sync/schedule.h"
#include "catalog/sync/survey.h"
#include "server/http/location.h"

#define WHERE "request/body"
#define FILE_NAME CB_LIT("catalog-info.yaml")
#define MANAGED_BY "backstage.io/managed-by-location"
#define ORIGIN "backstage.io/managed-by-origin-location"

/* ---- what may be looked at */

static bool is_over(void *ctx)
{
    const struct cb_request *rq = ctx;

    return rq->job && cb_job_over(rq->job);
}

/* Who may register a location may have any forge asked; others only what callboard reads anyway. */
static enum cb_code visit_opts(struct cb_visit_opts *out, struct cb_request *rq, struct cb_err *err)
{
    const struct cb_sync_conf *conf = rq->env->schedule ? cb_schedule_conf(rq->env->schedule) : NULL;
    struct cb_source_row *rows;
    struct cb_conn *conn;
    cb_str *known;
    enum cb_code rc;
    size_t n;

    if (!conf)
        return cb_fail(err, CB_EUNAVAILABLE, "nothing is read by this process");
    *out = (struct cb_visit_opts){.conf = conf, .over = is_over, .ctx = rq};
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_source_all(&rows, &n, rq->arena, conn, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    known = CB_NEW_N(rq->arena, cb_str, n + 1);
    for (size_t i = 0; i < n; i++)
        known[i] = rows[i].url;
    out->known_only = !cb_policy_allows(rq->caller.role, CB_RIGHT_LOCATIONS);
    out->known = known;
    out->known_n = n;
    return CB_OK;
}

/* ---- POST /api/catalog/locations?dryRun=true */

static void put_problem(struct cb_buf *out, const struct cb_preview_error *e)
{
    const struct cb_problem *p = &e->problem;

    cb_buf_put_cstr(out, "{\"message\":");
    cb_buf_put_json(out, p->message);
    if (p->remedy.n)
        cb_put_member(out, "remedy", p->remedy);
    if (e->location.n)
        cb_put_member(out, "location", e->location);
    if (p->at.path.n)
        cb_put_member(out, "path", p->at.path);
    if (p->at.path.n && p->at.line)
        cb_put_member_int(out, "line", p->at.line);
    if (p->at.path.n && p->at.column)
        cb_put_member_int(out, "column", p->at.column);
    if (p->field.n)
        cb_put_member(out, "field", p->field);
    if (p->entity.n)
        cb_put_member(out, "entityRef", p->entity);
    cb_put_member(out, "rule", cb_str_cstr(p->rule));
    cb_buf_put_char(out, '}');
}

/* "exists":…,"location":{…},"entities":[…] */
static void put_preview(struct cb_buf *out, struct cb_visit *visit, const struct cb_preview *found, const struct cb_location_row *row, bool exists)
{
    cb_buf_printf(out, "\"exists\":%s,\"location\":", exists ? "true" : "false");
    cb_put_location(out, row);
    cb_buf_put_cstr(out, ",\"entities\":[");
    for (size_t i = 0; i < found->entity_n; i++) {
        if (i)
            cb_buf_put_char(out, ',');
        cb_preview_put(out, cb_visit_arena(visit), &found->entities[i]);
    }
    cb_buf_put_char(out, ']');
}

/* Backstage's refusal, and beside it what is good and what is wrong, one by one. */
static void refuse_preview(struct cb_request *rq, struct cb_reply *rp, struct cb_visit *visit, const struct cb_preview *found,
                           const struct cb_location_row *row, bool exists)
{
    cb_reply_refuse(rp, rq, 400, "InputError", found->errors.p);
    rp->body.n--; /* its last brace */
    cb_buf_put_cstr(&rp->body, ",\"preview\":{");
    put_preview(&rp->body, visit, found, row, exists);
    cb_buf_put_cstr(&rp->body, ",\"errors\":[");
    for (size_t i = 0; i < found->error_n; i++) {
        if (i)
            cb_buf_put_char(&rp->body, ',');
        put_problem(&rp->body, &found->error_list[i]);
    }
    cb_buf_printf(&rp->body, "],\"errorCount\":%zu}}", found->error_total);
}

enum cb_code cb_preview_reply(struct cb_request *rq, struct cb_reply *rp, cb_str type, cb_str target, cb_str entity_ref, bool exists,
                              struct cb_err *err)
{
    struct cb_location_row row = {.type = type, .target = target, .entity_ref = entity_ref};
    struct cb_visit *visit = NULL;
    struct cb_visit_opts opts;
    struct cb_preview found;
    enum cb_code rc;

    row.id = cb_arena_printf(rq->arena, "%" CB_FMT ":%" CB_FMT, CB_ARG(type), CB_ARG(target));
    if ((rc = visit_opts(&opts, rq, err)) != CB_OK || (rc = cb_visit_open(&visit, &opts, err)) != CB_OK)
        return rc;
    rc = cb_preview(&found, visit, type, target, err);
    if (rc == CB_OK && found.errors.n) {
        refuse_preview(rq, rp, visit, &found, &row, exists);
    } else if (rc == CB_OK) {
        rp->status = 201;
        cb_buf_put_char(&rp->body, '{');
        put_preview(&rp->body, visit, &found, &row, exists);
        cb_buf_put_char(&rp->body, '}');
        rp->no_store = true;
    }
    cb_visit_close(visit);
    return rc;
}

/* ---- POST /api/catalog/validate-entity */

/* "TypeError: words; caused by Error: more" as {"name","message"[,"cause":{…}]}, as Backstage serializes one. */
static void put_error(struct cb_buf *out, cb_str text)
{
    static const char caused[] = "; caused by ";
    size_t colon = cb_str_find(text, CB_LIT(": ")), cause = cb_str_find(text, cb_str_cstr(caused));
    cb_str name = cb_str_sub(text, 0, colon == SIZE_MAX ? 0 : colon);
    bool named = cb_str_ends(name, CB_LIT("Error")) && cb_str_find_char(name, ' ', 0) == SIZE_MAX;

    cb_buf_put_cstr(out, "{\"name\":");
    cb_buf_put_json(out, named ? name : CB_LIT("InputError"));
    cb_put_member(out, "message", named ? cb_str_sub(text, colon + 2, text.n) : text);
    if (cause != SIZE_MAX) {
        cb_buf_put_cstr(out, ",\"cause\":");
        put_error(out, cb_str_sub(text, cause + sizeof(caused) - 1, text.n));
    }
    cb_buf_put_char(out, '}');
}

static enum cb_code refuse_entity(struct cb_request *rq, struct cb_reply *rp, const struct cb_problem *problems, size_t n)
{
    rp->status = 400;
    rp->no_store = true;
    cb_buf_put_cstr(&rp->body, "{\"errors\":[");
    for (size_t i = 0; i < n; i++) {
        const struct cb_problem *p = &problems[i];

        if (i)
            cb_buf_put_char(&rp->body, ',');
        put_error(&rp->body, p->backstage.n ? p->backstage
                             : p->remedy.n  ? cb_arena_printf(rq->arena, "InputError: %" CB_FMT "; %" CB_FMT, CB_ARG(p->message), CB_ARG(p->remedy))
                                            : cb_arena_printf(rq->arena, "InputError: %" CB_FMT, CB_ARG(p->message)));
    }
    cb_buf_put_cstr(&rp->body, "]}");
    return CB_OK;
}

static enum cb_code refuse_text(struct cb_request *rq, struct cb_reply *rp, cb_str words)
{
    return refuse_entity(rq, rp, &(struct cb_problem){.backstage = words}, 1);
}

/* What is wrong with "<type>:<target>", or the empty slice. */
static cb_str wrong_location(struct cb_arena *a, cb_str text)
{
    size_t colon = cb_str_find_char(text, ':', 0);
    cb_str type = cb_str_trim(cb_str_sub(text, 0, colon == SIZE_MAX ? 0 : colon));
    cb_str target = colon == SIZE_MAX ? CB_LIT("") : cb_str_trim(cb_str_sub(text, colon + 1, text.n));
    cb_str shown = cb_str_cut(text, 2000);

    if (!type.n || !target.n)
        return cb_arena_printf(a, "TypeError: Unable to parse location ref '%" CB_FMT "', expected '<type>:<target>', e.g. 'url:https://host/path'",
                               CB_ARG(shown));
    if (cb_str_eq(type, CB_LIT("http")) || cb_str_eq(type, CB_LIT("https")))
        return cb_arena_printf(a, "TypeError: Invalid location ref '%" CB_FMT "', please prefix it with 'url:', e.g. 'url:%" CB_FMT "'",
                               CB_ARG(shown), CB_ARG(shown));
    if (!cb_str_eq(type, CB_LIT("url")))
        return cb_arena_printf(a, "TypeError: Invalid location ref %" CB_FMT ", only 'url:<target>' is supported, e.g. url:https://host/path",
                               CB_ARG(shown));
    return (cb_str){0};
}

/* The author's own annotation goes before the location that was sent. */
static cb_str own_or(const struct cb_node *entity, const char *key, cb_str otherwise)
{
    cb_str own = cb_node_text(cb_node_path(entity, "metadata.annotations"), key);

    return own.n ? own : otherwise;
}

/* {"entity", "location"}: 200 and nothing, or 400 {"errors"}. In this order: body, envelope, location, all the rest. */
static enum cb_code post_validate(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_node *entity = cb_node_get(rq->json, "entity");
    struct cb_validate v = {.problems = &(struct cb_problems){.arena = rq->arena}};
    struct cb_visit_opts opts;
    struct cb_problem *problems;
    cb_str location, words;
    enum cb_code rc;
    size_t n;

    if ((rc = cb_body_text(&location, rq->json, WHERE, "location", true, err)) != CB_OK)
        return rc;
    if (!entity || entity->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, entity ? WHERE "/entity must be object" : WHERE " must have required property 'entity'");
    if (!cb_validate_envelope(&v, entity))
        return refuse_entity(rq, rp, v.problems->v, v.problems->n);
    if ((words = wrong_location(rq->arena, location)).n)
        return refuse_text(rq, rp, words);
    if ((rc = visit_opts(&opts, rq, err)) != CB_OK ||
        (rc = cb_judge(&problems, &n, rq->arena, entity, cb_str_trim(own_or(entity, MANAGED_BY, location)),
                       cb_str_trim(own_or(entity, ORIGIN, location)), &opts, err)) != CB_OK)
        return rc;
    return n ? refuse_entity(rq, rp, problems, n) : cb_reply_empty(rp, 200);
}

/* ---- POST /api/catalog/analyze-location */

struct analysis {
    struct cb_request *rq;
    struct cb_buf *out;
    size_t n;
    cb_str last;
    bool registered; /* the file LAST */
};

static void put_existing(struct analysis *an, cb_str location, bool registered)
{
    cb_buf_put_cstr(an->out, an->n++ ? ",{\"location\":{\"type\":\"url\",\"target\":" : "{\"location\":{\"type\":\"url\",\"target\":");
    cb_buf_put_json(an->out, cb_str_sub(location, 4, location.n));
    cb_buf_printf(an->out, "},\"isRegistered\":%s,\"entity\":", registered ? "true" : "false");
}

static cb_str location_of(struct cb_request *rq, cb_doc doc)
{
    struct cb_node *body;

    if (cb_node_parse(&body, rq->arena, cb_doc_body(rq->snapshot, doc), NULL) != CB_OK)
        return CB_LIT("");
    return cb_node_text(cb_node_path(body, "metadata.annotations"), MANAGED_BY);
}

/* The entity is served from that very file, or the file is registered. */
static bool is_registered(struct analysis *an, const struct cb_survey_found *f)
{
    struct cb_request *rq = an->rq;
    struct cb_location_row row;
    struct cb_conn *conn;
    struct cb_err ignored;
    cb_doc doc;

    if (cb_snapshot_find(&doc, rq->snapshot, f->entity.id) && cb_str_eq(location_of(rq, doc), f->location))
        return true;
    if (an->last.p && cb_str_eq(an->last, f->location))
        return an->registered;
    an->last = f->location;
    an->registered = false;
    if (cb_request_conn(&conn, rq, &ignored) == CB_OK) {
        an->registered = cb_location_find(&row, rq->arena, conn, CB_LIT("url"), cb_str_sub(f->location, 4, f->location.n), &ignored) == CB_OK;
        cb_pool_give(rq->env->pool, conn);
    }
    return an->registered;
}

/* What the repository itself says; nothing when it cannot be read. */
static enum cb_code put_found(struct analysis *an, const struct cb_visit_opts *opts, cb_str url, cb_str name, struct cb_err *err)
{
    struct cb_survey_found *found;
    struct cb_visit *visit;
    enum cb_code rc;
    size_t n;

    if ((rc = cb_visit_open(&visit, opts, err)) != CB_OK)
        return rc;
    if ((rc = cb_survey(&found, &n, visit, url, name, err)) == CB_OK)
        for (size_t i = 0; i < n; i++) {
            put_existing(an, found[i].location, is_registered(an, &found[i]));
            cb_preview_put(an->out, cb_visit_arena(visit), &found[i].entity);
            cb_buf_put_char(an->out, '}');
        }
    cb_visit_close(visit);
    return rc == CB_ECANCELLED || rc == CB_EUNAVAILABLE ? rc : CB_OK;
}

/* What the catalog has from it, should nobody be able to ask the repository. */
static enum cb_code put_served(struct analysis *an, const struct cb_survey_slug *slug, struct cb_err *err)
{
    struct cb_request *rq = an->rq;
    cb_str prefix = cb_arena_lower(rq->arena, cb_arena_printf(rq->arena, "url:%" CB_FMT, CB_ARG(slug->web)));
    struct cb_filter filter = {.op = CB_FILTER_PREFIX, .key = CB_LIT("metadata.annotations." MANAGED_BY), .values = &prefix, .value_n = 1};
    struct cb_query q = {.filter = &filter, .limit = CB_SURVEY_FILE_MAX};
    struct cb_page page;
    enum cb_code rc;

    if ((rc = cb_query_run(&page, rq->snapshot, &q, rq->arena, err)) != CB_OK)
        return rc;
    for (size_t i = 0; i < page.n; i++) {
        put_existing(an, location_of(rq, page.docs[i]), true);
        cb_doc_put(an->out, rq->snapshot, page.docs[i]);
        cb_buf_put_char(an->out, '}');
    }
    return CB_OK;
}

static void put_generated(struct cb_buf *out, struct cb_arena *a, const struct cb_survey_slug *slug)
{
    cb_buf_put_cstr(out, "{\"entity\":{\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"Component\",\"metadata\":{\"name\":");
    cb_buf_put_json(out, slug->name);
    if (slug->annotation) {
        cb_buf_printf(out, ",\"annotations\":{\"%s\":", slug->annotation);
        cb_buf_put_json(out, cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(slug->owner), CB_ARG(slug->name)));
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_cstr(out, "},\"spec\":{\"type\":\"other\",\"lifecycle\":\"unknown\"}},\"fields\":[]}");
}

static cb_str host_of(cb_str url)
{
    size_t scheme = cb_str_find(url, CB_LIT("://"));
    cb_str host = scheme == SIZE_MAX ? CB_LIT("") : cb_str_sub(url, scheme + 3, url.n);

    return cb_str_sub(host, 0, cb_str_find_char(host, '/', 0));
}

/* Nobody is asked whom callboard has nothing to do with: that takes an integration, or a source on that host. */
static bool may_ask(const struct cb_visit_opts *opts, cb_str url)
{
    const struct cb_forge_table *forges = opts->conf->forges;
    cb_str host = host_of(url);

    for (size_t i = 0; forges && i < forges->n; i++)
        if (cb_str_eq_nocase(host, cb_str_cstr(forges->v[i].host)))
            return true;
    for (size_t i = 0; i < opts->known_n; i++)
        if (host.n && cb_str_eq_nocase(host, host_of(opts->known[i])))
            return true;
    return false;
}

/* {"location": {"type", "target"}, "catalogFilename"} */
static enum cb_code post_analyze(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    const struct cb_node *location = cb_node_get(rq->json, "location");
    struct analysis an = {.rq = rq, .out = &rp->body};
    struct cb_survey_slug slug;
    struct cb_visit_opts opts;
    cb_str type, target, name, other;
    enum cb_code rc;

    if (!location || location->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, location ? WHERE "/location must be object" : WHERE " must have required property 'location'");
    if ((rc = cb_body_text(&type, location, WHERE "/location", "type", true, err)) != CB_OK ||
        (rc = cb_body_text(&target, location, WHERE "/location", "target", true, err)) != CB_OK ||
        (rc = cb_body_only(location, WHERE "/location", "type,target", err)) != CB_OK ||
        (rc = cb_body_text(&name, rq->json, WHERE, "catalogFilename", false, err)) != CB_OK ||
        (rc = cb_body_text(&other, rq->json, WHERE, "catalogFileName", false, err)) != CB_OK ||
        (rc = visit_opts(&opts, rq, err)) != CB_OK)
        return rc;
    if (!name.n)
        name = other.n ? other : FILE_NAME;
    if (name.n > CB_SURVEY_NAME_MAX)
        return cb_fail(err, CB_EINVAL, "catalogFilename has %zu bytes, over %d", name.n, CB_SURVEY_NAME_MAX);
    target = cb_str_trim(target);
    if ((rc = cb_survey_slug(&slug, rq->arena, opts.conf->forges, target, err)) != CB_OK)
        return rc;
    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    cb_buf_put_cstr(&rp->body, "{\"existingEntityFiles\":[");
    if ((may_ask(&opts, target) && (rc = put_found(&an, &opts, target, name, err)) != CB_OK) ||
        (an.n == 0 && (rc = put_served(&an, &slug, err)) != CB_OK))
        return rc;
    cb_buf_put_cstr(&rp->body, "],\"generateEntities\":[");
    if (an.n == 0)
        put_generated(&rp->body, rq->arena, &slug);
    cb_buf_put_cstr(&rp->body, "]}");
    rp->no_store = true;
    return CB_OK;
}

const struct cb_route cb_routes_preview[] = {
    {CB_POST, "/api/catalog/validate-entity", CB_RIGHT_READ, CB_ROUTE_WORKER, post_validate, "ValidateEntity",
     "Would this entity be good where it is going to lie?", NULL},
    {CB_POST, "/api/catalog/analyze-location", CB_RIGHT_READ, CB_ROUTE_WORKER, post_analyze, "AnalyzeLocation",
     "What a repository has for the catalog, or what to write", NULL},
    {0},
};
