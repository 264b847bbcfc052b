#include "catalog/sync/lead.h"

#include "catalog/base/map.h"
#include "catalog/base/vec.h"
#include "catalog/fetch/remote.h"
#include "catalog/persist/link_store.h"
#include "catalog/sync/pass.h"

static bool is_local(cb_str clone)
{
    return cb_str_starts(clone, CB_LIT("/")) || cb_str_starts(clone, CB_LIT("file:"));
}

static bool has_dots(cb_str path)
{
    cb_str rest = path, part;

    while (cb_str_split(&part, &rest, '/'))
        if (cb_str_eq(part, CB_LIT("..")) || cb_str_eq(part, CB_LIT(".")))
            return true;
    return false;
}

static bool below_integration(const struct cb_forge_table *forges, cb_str clone)
{
    for (size_t i = 0; forges && i < forges->n; i++)
        if (forges->v[i].clone && cb_str_starts(clone, cb_str_cstr(forges->v[i].clone)))
            return true;
    return false;
}

/* Below our own folder of repositories? */
static bool is_own(const struct cb_sync_conf *conf, cb_str path)
{
    cb_str own = conf->repositories;

    return own.n && cb_str_starts(path, own) && path.n > own.n + 1 && path.p[own.n] == '/';
}

const struct cb_source_conf *cb_lead_source_of(struct cb_arena *a, const struct cb_sync_conf *conf, cb_str clone)
{
    struct cb_remote r, s;

    if (cb_remote_parse(&r, a, clone, NULL) != CB_OK)
        return NULL;
    for (size_t i = 0; i < conf->source_n; i++) {
        const struct cb_source_conf *source = &conf->sources[i];

        if (!source->git || cb_remote_parse(&s, a, source->url, NULL) != CB_OK || s.scheme != r.scheme)
            continue;
        if (r.scheme == CB_REMOTE_LOCAL ? cb_str_eq(s.path, r.path) : cb_str_eq(s.clean, r.clean))
            return source;
    }
    return NULL;
}

bool cb_lead_is_forge(struct cb_arena *a, const struct cb_sync_conf *conf, const struct cb_forge_place *place)
{
    struct cb_remote r;

    if (!is_local(place->clone))
        return place->type != CB_FORGE_OTHER || cb_forge_type_of(conf->forges, place->clone) != CB_FORGE_OTHER ||
               cb_credential_find(conf->secrets, place->clone);
    return cb_remote_parse(&r, a, place->clone, NULL) == CB_OK && !has_dots(r.path) && below_integration(conf->forges, place->clone);
}

static bool is_listed(struct cb_arena *a, cb_str hosts, const struct cb_remote *r)
{
    cb_str address = r->port.n ? cb_arena_printf(a, "%" CB_FMT ":%" CB_FMT, CB_ARG(r->host), CB_ARG(r->port)) : r->host, one;

    while (cb_str_split(&one, &hosts, ',')) {
        one = cb_str_trim(one);
        if (cb_str_eq(one, CB_LIT("*")) || cb_str_eq_nocase(one, address))
            return true;
    }
    return false;
}

bool cb_lead_publishes(struct cb_arena *a, const struct cb_sync_conf *conf, cb_str clone)
{
    struct cb_forge_place place = {.clone = clone};
    struct cb_remote r, s;

    if (cb_remote_parse(&r, a, clone, NULL) != CB_OK)
        return false;
    if (cb_lead_is_forge(a, conf, &place))
        return true;
    if (r.scheme == CB_REMOTE_LOCAL)
        return false;
    for (size_t i = 0; i < conf->source_n; i++)
        if (conf->sources[i].git && cb_remote_parse(&s, a, conf->sources[i].url, NULL) == CB_OK && cb_str_eq(s.host, r.host) &&
            cb_str_eq(s.port, r.port))
            return true;
    return is_listed(a, conf->publish_hosts, &r);
}

bool cb_lead_allows(struct cb_arena *a, const struct cb_sync_conf *conf, const struct cb_forge_place *place)
{
    struct cb_remote r;

    if (cb_lead_is_forge(a, conf, place) || cb_lead_source_of(a, conf, place->clone))
        return true;
    return is_local(place->clone) && cb_remote_parse(&r, a, place->clone, NULL) == CB_OK && !has_dots(r.path) && is_own(conf, r.path);
}

enum cb_code cb_lead_of(struct cb_lead *out, struct cb_arena *a, const struct cb_sync_conf *conf, cb_str url, struct cb_err *err)
{
    struct cb_forge_place place;
    cb_str tail;
    enum cb_code rc;

    if ((rc = cb_forge_parse(&place, a, conf->forges, url, err)) != CB_OK)
        return rc;
    if (!cb_lead_allows(a, conf, &place))
        return cb_fail(err, CB_EDENIED, "%" CB_FMT " is on no forge that callboard knows: add its host under integrations:",
                       CB_ARG(cb_str_cut(cb_git_url_clean(a, url), 300)));
    if (place.path.n == 0 || place.folder)
        return cb_fail(err, CB_EINVAL, "%" CB_FMT " is no file: name a descriptor, such as .../catalog-info.yaml",
                       CB_ARG(cb_str_cut(cb_git_url_clean(a, url), 300)));
    tail = place.tail.n ? place.tail : cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(place.branch), CB_ARG(place.path));
    *out = (struct cb_lead){
        .key = cb_arena_printf(a, "location:%" CB_FMT "#%" CB_FMT, CB_ARG(place.clone), CB_ARG(tail)),
        .url = place.clone,
        .branch = place.branch,
        .path = place.path,
    };
    return CB_OK;
}

bool cb_lead_split(cb_str *branch, cb_str *path, cb_str tail, cb_str first, size_t i)
{
    size_t slash = 0;

    for (size_t parts = 1; parts <= CB_LEAD_BRANCH_MAX; parts++) {
        slash = cb_str_find_char(tail, '/', parts > 1 ? slash + 1 : 0);
        if (slash == SIZE_MAX || slash == 0 || slash + 1 >= tail.n)
            return false;
        if (slash == first.n || i-- > 0)
            continue;
        *branch = cb_str_sub(tail, 0, slash);
        *path = cb_str_sub(tail, slash + 1, tail.n);
        return true;
    }
    return false;
}

bool cb_lead_is_pattern(cb_str path)
{
    return cb_str_find_char(path, '*', 0) != SIZE_MAX || cb_str_find_char(path, '?', 0) != SIZE_MAX;
}

cb_str cb_lead_paths(struct cb_arena *a, cb_str path)
{
    struct cb_buf text = CB_BUF_INIT;
    cb_str out;

    cb_buf_put_char(&text, '[');
    cb_buf_put_json(&text, path);
    cb_buf_put_char(&text, ']');
    out = cb_arena_str(a, cb_buf_str(&text));
    cb_buf_fini(&text);
    return out;
}

/* ---- which sources are reached */

/* Where the links of a source begin: they are in order of it. */
static size_t first_link(const struct cb_link_row *links, size_t n, int64_t source_id)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (links[mid].source_id < source_id)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static cb_str id_key(struct cb_arena *a, int64_t id)
{
    return cb_arena_printf(a, "%lld", (long long)id);
}

static void walk(struct cb_lead_source *all, size_t n, const struct cb_link_row *links, size_t link_n, struct cb_arena *a)
{
    struct cb_lead_source **queue = (struct cb_lead_source **)CB_NEW_N(a, void *, n + 1);
    struct cb_map by_id = {0};
    size_t head = 0, tail = 0;

    for (size_t i = 0; i < n; i++) {
        cb_map_put(&by_id, id_key(a, all[i].row.id), NULL)->p = &all[i];
        if (all[i].row.made == CB_SOURCE_DERIVED)
            continue;
        all[i].reached = true;
        all[i].root_id = all[i].row.id;
        queue[tail++] = &all[i];
    }
    while (head < tail) {
        const struct cb_lead_source *from = queue[head++];

        for (size_t i = first_link(links, link_n, from->row.id); i < link_n && links[i].source_id == from->row.id; i++) {
            union cb_map_value *v = cb_map_get(&by_id, id_key(a, links[i].target_id));
            struct cb_lead_source *to = v ? v->p : NULL;

            if (!to || to->row.made != CB_SOURCE_DERIVED)
                continue;
            if (to->reached) {
                to->optional &= links[i].optional;
                continue;
            }
            if (from->depth >= CB_LEAD_DEPTH_MAX)
                continue;
            to->reached = true;
            to->depth = from->depth + 1;
            to->root_id = from->root_id;
            to->origin = from->depth == 0 ? links[i].origin : from->origin;
            to->optional = links[i].optional;
            queue[tail++] = to;
        }
    }
    cb_map_fini(&by_id);
}

enum cb_code cb_lead_plan(struct cb_lead_source **out, size_t *n, struct cb_arena *a, struct cb_conn *conn, struct cb_err *err)
{
    struct cb_source_row *rows;
    struct cb_link_row *links;
    size_t link_n;
    enum cb_code rc;

    if ((rc = cb_source_all(&rows, n, a, conn, err)) != CB_OK || (rc = cb_link_all(&links, &link_n, a, conn, err)) != CB_OK)
        return rc;
    *out = CB_NEW_N(a, struct cb_lead_source, *n + 1);
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = (struct cb_lead_source){.row = rows[i]};
    walk(*out, *n, links, link_n, a);
    return CB_OK;
}

enum cb_code cb_lead_drop(struct cb_pass_result *out, struct cb_arena *a, struct cb_conn *conn, struct cb_err *err)
{
    struct cb_lead_source *all;
    enum cb_code rc;
    size_t n;

    if ((rc = cb_lead_plan(&all, &n, a, conn, err)) != CB_OK)
        return rc;
    for (size_t i = 0; i < n; i++) {
        struct cb_source_row *row = &all[i].row;
        struct cb_pass_result one = {0};

        if (all[i].reached || (!row->configured && row->entity_n == 0))
            continue;
        if ((rc = cb_source_seize(conn, row->id, &row->fence, err)) != CB_OK ||
            (rc = cb_pass_drop(&one, row, true, conn, err)) != CB_OK || (rc = cb_source_let_go(conn, row->id, err)) != CB_OK)
            return rc;
        out->removed += one.removed;
        if (one.generation)
            out->generation = one.generation;
    }
    return CB_OK;
}
