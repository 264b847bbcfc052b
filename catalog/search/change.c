#include "catalog/search/change.h"

#include "catalog/base/clock.h"
#include "catalog/search/column.h"

static const char *const change_names[] = {
    [CB_CHANGE_ADDED] = "added",
    [CB_CHANGE_CHANGED] = "changed",
    [CB_CHANGE_REMOVED] = "removed",
};

/* "component,api" and more of them, in lower case. */
static enum cb_code read_names(const cb_str **out, size_t *out_n, struct cb_arena *a, const cb_str *texts, size_t text_n, bool refs,
                               struct cb_err *err)
{
    const struct cb_ref defaults = {CB_LIT("component"), CB_LIT("default"), CB_LIT("")};
    cb_str *names = CB_NEW_N(a, cb_str, CB_CHANGE_NAME_MAX);
    struct cb_ref ref;
    size_t n = 0;
    enum cb_code rc;
    cb_str name;

    for (size_t i = 0; i < text_n; i++) {
        cb_str rest = texts[i];

        while (cb_str_split(&name, &rest, ',')) {
            name = cb_str_trim(name);
            if (!name.n)
                continue;
            if (n == CB_CHANGE_NAME_MAX)
                return cb_fail(err, CB_ELIMIT, "more than %d %s in one watch", CB_CHANGE_NAME_MAX, refs ? "refs" : "kinds");
            if (refs && (rc = cb_ref_parse(&ref, name, &defaults, err)) != CB_OK)
                return rc;
            names[n++] = refs ? cb_ref_id(a, &ref) : cb_arena_lower(a, name);
        }
    }
    *out = names;
    *out_n = n;
    return CB_OK;
}

/* A version does not know its problems: they come and go without it. */
static bool asks_problems(const struct cb_filter *f)
{
    bool yes = f->key.n > 0 && cb_column_is_problem(f->key);

    for (size_t i = 0; i < f->kid_n && !yes; i++)
        yes = asks_problems(f->kids[i]);
    return yes;
}

enum cb_code cb_change_wish_parse(struct cb_change_wish *out, struct cb_arena *a, const cb_str *filters, size_t filter_n,
                                  const cb_str *kinds, size_t kind_n, const cb_str *refs, size_t ref_n, struct cb_err *err)
{
    struct cb_change_wish w = {0};
    enum cb_code rc;

    if ((rc = read_names(&w.kinds, &w.kind_n, a, kinds, kind_n, false, err)) != CB_OK ||
        (rc = read_names(&w.refs, &w.ref_n, a, refs, ref_n, true, err)) != CB_OK)
        return rc;
    if (filter_n && (rc = cb_filter_parse(&w.filter, a, filters, filter_n, err)) != CB_OK)
        return rc;
    if (w.filter && asks_problems(w.filter))
        return cb_fail(err, CB_EINVAL, "a watch has no problems in its filter: they change without their entity. Watch status, or ask "
                                       "for problems by-query at each generation");
    *out = w;
    return CB_OK;
}

static void put_names(struct cb_buf *out, const cb_str *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cb_buf_put_char(out, i ? ',' : ' ');
        cb_buf_put_str(out, names[i]);
    }
    cb_buf_put_char(out, ';');
}

void cb_change_wish_put(struct cb_buf *out, const struct cb_change_wish *w)
{
    cb_buf_put_char(out, w->body ? 'b' : '-');
    put_names(out, w->kinds, w->kind_n);
    put_names(out, w->refs, w->ref_n);
    cb_filter_put(out, w->filter);
}

static bool is_one_of(cb_str name, const cb_str *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cb_str_eq(name, names[i]))
            return true;
    return n == 0;
}

enum cb_change cb_change_of(const struct cb_change_wish *w, const struct cb_change_row *row, struct cb_arena *scratch)
{
    struct cb_filter_row old = {row->old_terms, row->old_status, row->old_edges.v, row->old_edges.n};
    struct cb_filter_row now = {row->terms, row->status, row->edges.v, row->edges.n};
    bool was, is;

    if (!row->id.n || !is_one_of(cb_str_sub(row->id, 0, cb_str_find_char(row->id, ':', 0)), w->kinds, w->kind_n) ||
        !is_one_of(row->id, w->refs, w->ref_n))
        return CB_CHANGE_NONE;
    was = row->was && cb_filter_match_row(w->filter, &old, scratch);
    is = row->is && cb_filter_match_row(w->filter, &now, scratch);
    return is ? (was ? CB_CHANGE_CHANGED : CB_CHANGE_ADDED) : was ? CB_CHANGE_REMOVED : CB_CHANGE_NONE;
}

static void put_text(struct cb_buf *out, const char *key, cb_str text)
{
    if (!text.n)
        return;
    cb_buf_printf(out, ",\"%s\":", key);
    cb_buf_put_json(out, text);
}

void cb_change_put_head(struct cb_buf *out, const struct cb_change_row *row)
{
    char at[32];

    cb_clock_format(at, row->at_us);
    cb_buf_printf(out, "{\"generation\":%lld,\"at\":\"%s\"", (long long)row->generation, at);
    put_text(out, "source", row->source);
    if (row->commit.n) {
        cb_buf_put_cstr(out, ",\"commit\":{\"id\":");
        cb_buf_put_json(out, row->commit);
        put_text(out, "author", row->author);
        put_text(out, "subject", row->subject);
        cb_buf_put_char(out, '}');
    }
}

/* The body without the place that it keeps for an etag: that is of the whole as it is served, with both ends' relations. */
static void put_entity(struct cb_buf *out, const struct cb_change_row *row)
{
    cb_str body = row->body;

    if (row->flags & CB_ENTITY_OWN_ETAG || body.n < CB_ENTITY_ETAG_AT + CB_ENTITY_ETAG_LEN + 1) {
        cb_buf_put(out, body.p, body.n - 1);
    } else {
        cb_buf_put(out, body.p, CB_ENTITY_UID_AT + 36 + 1);
        body = cb_str_sub(body, CB_ENTITY_ETAG_AT + CB_ENTITY_ETAG_LEN + 1, body.n - 1);
        cb_buf_put_str(out, body);
    }
    cb_buf_put_cstr(out, ",\"relations\":[");
    for (size_t i = 0; i < row->edges.n; i++) {
        cb_buf_put_cstr(out, i ? ",{\"type\":\"" : "{\"type\":\"");
        cb_buf_put_str(out, cb_relations[row->edges.v[i].type].name);
        cb_buf_put_cstr(out, "\",\"targetRef\":");
        cb_buf_put_json(out, row->edges.v[i].target);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_char(out, ']');
    if (row->status.n) {
        cb_buf_put_cstr(out, ",\"status\":");
        cb_buf_put_str(out, row->status);
    }
    cb_buf_put_char(out, '}');
}

void cb_change_put(struct cb_buf *out, const struct cb_change_wish *w, const struct cb_change_row *row, enum cb_change change)
{
    cb_buf_put_cstr(out, "{\"ref\":");
    cb_buf_put_json(out, row->id);
    cb_buf_printf(out, ",\"change\":\"%s\"", change_names[change]);
    if (change == CB_CHANGE_REMOVED && row->is)
        cb_buf_put_cstr(out, ",\"exists\":true");
    put_text(out, "path", row->path);
    if (row->line)
        cb_buf_printf(out, ",\"line\":%u", row->line);
    if (w->body && change != CB_CHANGE_REMOVED) {
        cb_buf_put_cstr(out, ",\"entity\":");
        put_entity(out, row);
    }
    cb_buf_put_char(out, '}');
}
