#include "server/http/history.h"

#include "catalog/base/diff.h"
#include "catalog/entity/entity.h"
#include "server/http/reply.h"

void cb_history_put_pass(struct cb_buf *out, const struct cb_history_pass *pass)
{
    cb_buf_printf(out, "\"generation\":%lld", (long long)pass->generation);
    cb_put_member_time(out, "at", pass->at_us);
    cb_put_member(out, "source", pass->source_key);
    cb_buf_printf(out, ",\"sourceId\":\"%lld\"", (long long)pass->source_id);
    if (pass->commit.n)
        cb_put_member(out, "commit", pass->commit);
    if (pass->author.n)
        cb_put_member(out, "author", pass->author);
    if (pass->subject.n)
        cb_put_member(out, "subject", pass->subject);
    if (pass->authored_us)
        cb_put_member_time(out, "authoredAt", pass->authored_us);
}

static void put_location(struct cb_buf *out, const struct cb_history_version *v)
{
    cb_buf_put_cstr(out, ",\"location\":{\"source\":");
    cb_buf_put_json(out, v->source_key);
    cb_put_member(out, "path", v->path);
    if (v->line)
        cb_put_member_int(out, "line", v->line);
    cb_buf_put_char(out, '}');
}

/* ---- documents */

/* The tree of a version; NULL when there is none. */
static struct cb_node *document_of(struct cb_arena *a, cb_str body, cb_str status, uint32_t flags)
{
    struct cb_node *root = NULL, *node;

    if (body.n == 0 || cb_node_parse(&root, a, body, NULL) != CB_OK)
        return NULL;
    if (!(flags & CB_ENTITY_OWN_ETAG) && (node = cb_node_get(root, "metadata")))
        cb_node_del(node, CB_LIT("etag"));
    if (status.n && cb_node_parse(&node, a, status, NULL) == CB_OK)
        cb_node_set(root, CB_LIT("status"), node);
    return root;
}

/* "/metadata/annotations/a~1b" -> "metadata.annotations"; "/spec" -> "spec" */
static cb_str field_of(struct cb_arena *a, cb_str path)
{
    size_t first = cb_str_find_char(path, '/', 1), second;

    if (path.n == 0)
        return path;
    if (first == SIZE_MAX)
        return cb_str_sub(path, 1, path.n);
    second = cb_str_find_char(path, '/', first + 1);
    return cb_arena_printf(a, "%" CB_FMT ".%" CB_FMT, CB_ARG(cb_str_sub(path, 1, first)),
                           CB_ARG(cb_str_sub(path, first + 1, second)));
}

static void put_fields(struct cb_buf *out, struct cb_arena *a, const struct cb_node *old, const struct cb_node *new)
{
    cb_str said[CB_HISTORY_FIELD_MAX];
    const struct cb_diff_op *ops;
    size_t n = cb_diff(&ops, a, old, new), said_n = 0, left_out = 0;
    cb_str last = {0};

    cb_buf_put_cstr(out, ",\"fields\":[");
    for (size_t i = 0; i < n; i++) {
        cb_str field = field_of(a, ops[i].path);
        bool known = cb_str_eq(field, last);

        for (size_t k = 0; k < said_n && !known; k++)
            known = cb_str_eq(said[k], field);
        last = field;
        if (known)
            continue;
        if (said_n == CB_HISTORY_FIELD_MAX) {
            left_out++;
            continue;
        }
        if (said_n)
            cb_buf_put_char(out, ',');
        cb_buf_put_json(out, field);
        said[said_n++] = field;
    }
    cb_buf_put_char(out, ']');
    if (left_out)
        cb_put_member_int(out, "fieldsLeftOut", (int64_t)left_out);
}

/* ---- the list */

struct list {
    struct cb_buf *out;
    struct cb_arena *scratch;
    int64_t limit, n, last;
    bool more;
};

static int put_item(const struct cb_history_version *v, void *ctx)
{
    struct list *l = ctx;
    const struct cb_node *old, *new;

    if (l->n == l->limit) {
        l->more = true;
        return 1;
    }
    cb_arena_reset(l->scratch);
    cb_buf_put_cstr(l->out, l->n++ ? ",{" : "{");
    cb_history_put_pass(l->out, &v->pass);
    cb_put_member(l->out, "change", cb_str_cstr(cb_history_change_name(v->change)));
    put_location(l->out, v);
    old = document_of(l->scratch, v->old_body, v->old_status, v->flags);
    new = document_of(l->scratch, v->body, v->status, v->flags);
    if (old && new)
        put_fields(l->out, l->scratch, old, new);
    cb_buf_put_char(l->out, '}');
    l->last = v->pass.generation;
    return 0;
}

enum cb_code cb_history_put_list(struct cb_buf *out, struct cb_conn *c, cb_str ref, int64_t before, int64_t limit,
                                 struct cb_err *err)
{
    struct list l = {.out = out, .scratch = cb_arena_new(), .limit = limit};
    enum cb_code rc;

    cb_buf_put_cstr(out, "{\"ref\":");
    cb_buf_put_json(out, ref);
    cb_buf_put_cstr(out, ",\"items\":[");
    rc = cb_history_versions(c, ref, before, limit + 1, put_item, &l, err);
    cb_buf_put_cstr(out, "],\"pageInfo\":{");
    if (l.more)
        cb_buf_printf(out, "\"nextCursor\":\"%lld\"", (long long)l.last);
    cb_buf_put_cstr(out, "}}");
    cb_arena_free(l.scratch);
    return rc;
}

/* ---- one version */

static cb_str kind_of(cb_str ref, cb_str *space, cb_str *name)
{
    size_t colon = cb_str_find_char(ref, ':', 0), slash = cb_str_find_char(ref, '/', colon == SIZE_MAX ? 0 : colon);

    *space = cb_str_sub(ref, colon + 1, slash);
    *name = cb_str_sub(ref, slash + 1, ref.n);
    return cb_str_sub(ref, 0, colon);
}

/* Where all of it is, with what other entities say of it. */
static void put_complete(struct cb_buf *out, cb_str ref, int64_t generation)
{
    cb_str space, name, kind = kind_of(ref, &space, &name);

    cb_buf_put_cstr(out, ",\"complete\":\"/api/catalog/entities/by-name/");
    cb_percent_encode(out, kind);
    cb_buf_put_char(out, '/');
    cb_percent_encode(out, space);
    cb_buf_put_char(out, '/');
    cb_percent_encode(out, name);
    cb_buf_printf(out, "?at=%lld\"", (long long)generation);
}

static struct cb_node *relations_of(struct cb_arena *a, const struct cb_history_version *v)
{
    struct cb_node *list = cb_node_new(a, CB_ARRAY);

    for (size_t i = 0; i < v->edge_n; i++) {
        struct cb_node *n = cb_node_new(a, CB_OBJECT);

        cb_node_put(n, CB_LIT("type"), cb_node_string(a, cb_relations[v->edges[i].type].name));
        cb_node_put(n, CB_LIT("targetRef"), cb_node_string(a, v->edges[i].target));
        cb_node_push(list, n);
    }
    return list;
}

enum cb_code cb_history_put_version(struct cb_buf *out, struct cb_arena *a, struct cb_conn *c, cb_str ref, cb_str moment,
                                    struct cb_err *err)
{
    struct cb_history_version v;
    struct cb_node *root;
    int64_t generation;
    bool found;
    enum cb_code rc;

    if ((rc = cb_history_moment(&generation, c, moment, err)) != CB_OK ||
        (rc = cb_history_version_at(&v, &found, a, c, ref, generation, err)) != CB_OK)
        return rc;
    if (!found || !(root = document_of(a, v.body, v.status, v.flags)))
        return cb_fail(err, CB_ENOTFOUND, "%" CB_FMT " was not in the catalog at generation %lld", CB_ARG(ref), (long long)generation);
    cb_node_set(root, CB_LIT("relations"), relations_of(a, &v));
    cb_buf_put_cstr(out, "{\"ref\":");
    cb_buf_put_json(out, ref);
    cb_buf_put_char(out, ',');
    cb_history_put_pass(out, &v.pass);
    if (v.until)
        cb_put_member_int(out, "until", v.until);
    put_location(out, &v);
    put_complete(out, ref, generation);
    cb_buf_put_cstr(out, ",\"entity\":");
    cb_node_dump(out, root);
    cb_buf_put_char(out, '}');
    return CB_OK;
}

/* ---- two versions */

struct side {
    int64_t generation;
    bool found;
    struct cb_history_version v;
    struct cb_node *root; /* NULL: it was not there */
};

static int note_generation(const struct cb_history_version *v, void *ctx)
{
    *(int64_t *)ctx = v->pass.generation;
    return 1;
}

/* What FROM and TO mean. A moment before the first generation is one too: nothing was there. */
static enum cb_code read_sides(struct side *from, struct side *to, struct cb_conn *c, cb_str ref, cb_str from_text, cb_str to_text,
                               struct cb_err *err)
{
    struct cb_history_range range;
    int64_t changed = 0;
    enum cb_code rc;

    if ((rc = cb_history_versions(c, ref, INT64_MAX, 1, note_generation, &changed, err)) != CB_OK ||
        (rc = cb_history_range(&range, c, err)) != CB_OK)
        return rc;
    to->generation = range.newest;
    if (to_text.n && (rc = cb_history_moment(&to->generation, c, to_text, err)) != CB_OK)
        return rc;
    if (from_text.n && !cb_str_eq(from_text, CB_LIT("0")))
        return cb_history_moment(&from->generation, c, from_text, err);
    if (from_text.n)
        return CB_OK;
    if (to_text.n) {
        changed = 0;
        if ((rc = cb_history_versions(c, ref, to->generation + 1, 1, note_generation, &changed, err)) != CB_OK)
            return rc;
        if (changed == 0)
            return cb_fail(err, CB_ENOTFOUND, "nothing is known of %" CB_FMT " at generation %lld or before", CB_ARG(ref),
                           (long long)to->generation);
    }
    from->generation = changed - 1;
    if (from->generation > 0 && from->generation < range.oldest)
        return cb_fail(err, CB_ENOTFOUND, "what %" CB_FMT " was before generation %lld is kept no more", CB_ARG(ref),
                       (long long)changed);
    return CB_OK;
}

static enum cb_code load_side(struct side *s, struct cb_arena *a, struct cb_conn *c, cb_str ref, struct cb_err *err)
{
    enum cb_code rc;

    if (s->generation == 0)
        return CB_OK;
    if ((rc = cb_history_version_at(&s->v, &s->found, a, c, ref, s->generation, err)) == CB_OK && s->found)
        s->root = document_of(a, s->v.body, s->v.status, s->v.flags);
    return rc;
}

static void put_side(struct cb_buf *out, const char *key, const struct side *s)
{
    cb_buf_printf(out, ",\"%s\":{\"moment\":%lld", key, (long long)s->generation);
    cb_put_member_bool(out, "exists", s->root != NULL);
    if (s->root) {
        cb_buf_put_cstr(out, ",\"version\":{");
        cb_history_put_pass(out, &s->v.pass);
        put_location(out, &s->v);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_char(out, '}');
}

static void put_changes(struct cb_buf *out, struct cb_arena *a, const struct cb_node *old, const struct cb_node *new)
{
    const struct cb_diff_op *ops;
    size_t n = cb_diff(&ops, a, old, new);

    cb_buf_put_cstr(out, ",\"changes\":[");
    for (size_t i = 0; i < n; i++) {
        cb_buf_printf(out, "%s{\"op\":\"%s\"", i ? "," : "", cb_diff_name(ops[i].type));
        cb_put_member(out, "path", ops[i].path);
        if (ops[i].old) {
            cb_buf_put_cstr(out, ",\"old\":");
            cb_node_dump(out, ops[i].old);
        }
        if (ops[i].new) {
            cb_buf_put_cstr(out, ",\"value\":");
            cb_node_dump(out, ops[i].new);
        }
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_char(out, ']');
}

static void put_text(struct cb_buf *out, struct cb_arena *a, cb_str ref, const struct side *from, const struct side *to)
{
    struct cb_buf old = CB_BUF_INIT, new = CB_BUF_INIT, text = CB_BUF_INIT;
    cb_str names[2];

    if (from->root)
        cb_node_dump_yaml(&old, from->root);
    if (to->root)
        cb_node_dump_yaml(&new, to->root);
    names[0] = cb_arena_printf(a, "%" CB_FMT " at %lld", CB_ARG(ref), (long long)from->generation);
    names[1] = cb_arena_printf(a, "%" CB_FMT " at %lld", CB_ARG(ref), (long long)to->generation);
    cb_diff_text(&text, names[0], names[1], cb_buf_str(&old), cb_buf_str(&new), NULL, NULL);
    cb_put_member(out, "text", cb_buf_str(&text));
    cb_buf_fini(&old);
    cb_buf_fini(&new);
    cb_buf_fini(&text);
}

enum cb_code cb_history_put_diff(struct cb_buf *out, struct cb_arena *a, struct cb_conn *c, cb_str ref, cb_str from_text,
                                 cb_str to_text, struct cb_err *err)
{
    struct cb_node *nothing = cb_node_new(a, CB_NULL);
    struct side from = {0}, to = {0};
    enum cb_code rc;

    if ((rc = read_sides(&from, &to, c, ref, from_text, to_text, err)) != CB_OK ||
        (rc = load_side(&from, a, c, ref, err)) != CB_OK || (rc = load_side(&to, a, c, ref, err)) != CB_OK)
        return rc;
    cb_buf_put_cstr(out, "{\"ref\":");
    cb_buf_put_json(out, ref);
    put_side(out, "from", &from);
    put_side(out, "to", &to);
    put_changes(out, a, from.root ? from.root : nothing, to.root ? to.root : nothing);
    put_text(out, a, ref, &from, &to);
    cb_buf_put_char(out, '}');
    return CB_OK;
}
