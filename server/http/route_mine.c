#include "catalog/search/mine.h"
#include "catalog/search/project.h"
#include "server/http/people.h"
#include "server/http/router.h"

#define LIMIT_DEFAULT 8
#define LIMIT_MAX 50
#define REF_MAX 100 /* entities that are asked about by name */

/* What a row of one's own things shows. */
static const cb_str fields_told[] = {
    CB_LIT("kind,metadata.name,metadata.namespace,metadata.title,metadata.description,spec.type,spec.lifecycle,"
           "spec.profile.displayName"),
};

/* What people call the group: its title, the name its profile shows, or nothing. */
static cb_str title_of(struct cb_request *rq, cb_doc doc)
{
    struct cb_node *root = NULL;
    cb_str title;

    if (cb_node_parse(&root, rq->arena, cb_doc_body(rq->snapshot, doc), NULL) != CB_OK)
        return CB_LIT("");
    title = cb_node_text(cb_node_path(root, "metadata"), "title");
    return title.n ? title : cb_node_text(cb_node_path(root, "spec.profile"), "displayName");
}

static void put_people(struct cb_buf *out, struct cb_request *rq, const struct cb_people *p)
{
    cb_buf_put_cstr(out, "{\"user\":{\"ref\":");
    cb_buf_put_json(out, p->refs[0]);
    cb_put_member_bool(out, "known", p->known);
    cb_buf_put_cstr(out, "},\"groups\":[");
    for (size_t i = 1; i < p->n; i++) {
        cb_str title = p->there[i] ? title_of(rq, p->docs[i]) : CB_LIT("");

        cb_buf_put_cstr(out, i > 1 ? ",{\"ref\":" : "{\"ref\":");
        cb_buf_put_json(out, p->refs[i]);
        if (title.n)
            cb_put_member(out, "title", title);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_char(out, ']');
}

static void put_counts(struct cb_buf *out, size_t total, size_t troubled)
{
    cb_put_member_int(out, "totalItems", (int64_t)total);
    cb_put_member_int(out, "problemItems", (int64_t)troubled);
}

/* Behind the member that says which one. */
static void put_health(struct cb_buf *out, const struct cb_mine_item *item)
{
    if (item->severity.n) {
        cb_put_member(out, "severity", item->severity);
        cb_buf_put_cstr(out, ",\"rules\":[");
        for (size_t i = 0; i < item->rule_n; i++) {
            if (i)
                cb_buf_put_char(out, ',');
            cb_buf_put_json(out, item->rules[i]);
        }
        cb_buf_put_char(out, ']');
    }
    cb_buf_put_char(out, '}');
}

/* Those that were asked about by name, in that order; what is not there is null. */
static void put_asked(struct cb_buf *out, struct cb_request *rq, const struct cb_fields *fields, const cb_str *refs, size_t n)
{
    struct cb_mine_item *items = CB_NEW_N(rq->arena, struct cb_mine_item, n + 1);
    size_t found = 0, at = 0;

    for (size_t i = 0; i < n; i++)
        found += cb_snapshot_find(&items[found].doc, rq->snapshot, cb_arena_lower(rq->arena, refs[i]));
    cb_mine_look(items, found, rq->snapshot, rq->arena);
    cb_buf_put_cstr(out, ",\"refs\":[");
    for (size_t i = 0; i < n; i++) {
        bool here = at < found && cb_str_eq(cb_doc_id(rq->snapshot, items[at].doc), cb_arena_lower(rq->arena, refs[i]));

        cb_buf_put_cstr(out, i ? ",{\"ref\":" : "{\"ref\":");
        cb_buf_put_json(out, refs[i]);
        cb_buf_put_cstr(out, ",\"entity\":");
        if (!here) {
            cb_buf_put_cstr(out, "null}");
            continue;
        }
        cb_fields_put(out, fields, rq->snapshot, items[at].doc);
        put_health(out, &items[at++]);
    }
    cb_buf_put_char(out, ']');
}

/* GET /api/mine?limit=8&ref=…: what the caller and the caller's groups own, the worst first, and how some others are. */
static enum cb_code get_mine(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    size_t limit = (size_t)cb_params_int(&rq->params, "limit", LIMIT_DEFAULT);
    struct cb_fields *fields = NULL;
    struct cb_people people;
    struct cb_mine mine;
    const cb_str *refs;
    size_t ref_n = cb_params_all(&refs, rq->arena, &rq->params, "ref");
    enum cb_code rc;

    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    if (ref_n > REF_MAX)
        return cb_fail(err, CB_EINVAL, "request/query/ref must NOT have more than %d items", REF_MAX);
    if ((rc = cb_fields_parse(&fields, rq->arena, fields_told, CB_COUNT(fields_told), true, err)) != CB_OK)
        return rc;
    cb_people_find(&people, rq);
    cb_mine_run(&mine, rq->snapshot, people.refs, people.n, limit, rq->arena);
    put_people(&rp->body, rq, &people);
    put_counts(&rp->body, mine.total, mine.troubled);
    cb_buf_put_cstr(&rp->body, ",\"kinds\":[");
    for (size_t i = 0; i < mine.n; i++) {
        const struct cb_mine_kind *kind = &mine.kinds[i];

        cb_buf_put_cstr(&rp->body, i ? ",{\"kind\":" : "{\"kind\":");
        cb_buf_put_json(&rp->body, kind->kind);
        put_counts(&rp->body, kind->total, kind->troubled);
        cb_buf_put_cstr(&rp->body, ",\"items\":[");
        for (size_t j = 0; j < kind->n; j++) {
            if (j)
                cb_buf_put_char(&rp->body, ',');
            cb_buf_put_cstr(&rp->body, "{\"entity\":");
            cb_fields_put(&rp->body, fields, rq->snapshot, kind->items[j].doc);
            put_health(&rp->body, &kind->items[j]);
        }
        cb_buf_put_cstr(&rp->body, "]}");
    }
    cb_buf_put_char(&rp->body, ']');
    put_asked(&rp->body, rq, fields, refs, ref_n);
    cb_buf_put_char(&rp->body, '}');
    rp->no_store = true; /* it is another caller's another time */
    return CB_OK;
}

static const struct cb_param_rule mine_params[] = {
    {"limit", CB_PARAM_INT, false, 1, LIMIT_MAX, NULL},
    {"ref", CB_PARAM_LIST, false, 0, 0, NULL},
    {0},
};

const struct cb_route cb_routes_mine[] = {
    {CB_GET, "/api/mine", CB_RIGHT_READ, CB_ROUTE_WORKER, get_mine, "GetMine", "What the caller and the caller's groups own, the worst first",
     mine_params},
    {0},
};
