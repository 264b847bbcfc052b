#include "server/http/graph_json.h"

#include "catalog/base/node.h"
#include "catalog/relate/link.h"
#include "catalog/relate/near.h"
#include "catalog/search/project.h"
#include "server/http/reply.h"

struct cb_facts {
    const struct cb_snapshot *s;
    struct cb_fields *fields;
    struct cb_arena *scratch;
    struct cb_buf cut;
};

static void facts_free(void *p)
{
    struct cb_facts *f = p;

    cb_arena_free(f->scratch);
    cb_buf_fini(&f->cut);
}

struct cb_facts *cb_facts_new(const struct cb_snapshot *s, struct cb_arena *a)
{
    static const char *const names[] = {"kind", "metadata.title", "spec.type", "spec.lifecycle", "spec.profile.displayName"};
    cb_str paths[CB_COUNT(names)];
    struct cb_facts *f = CB_NEW(a, struct cb_facts);

    for (size_t i = 0; i < CB_COUNT(names); i++)
        paths[i] = cb_str_cstr(names[i]);
    f->s = s;
    f->scratch = cb_arena_new();
    cb_arena_defer(a, facts_free, f);
    if (cb_fields_parse(&f->fields, a, paths, CB_COUNT(paths), false, NULL) != CB_OK)
        f->fields = NULL;
    return f;
}

static cb_str text_of(const struct cb_facts *f, uint32_t ref)
{
    return cb_intern_text(cb_snapshot_names(f->s)->refs, ref);
}

/* The least other end of TYPE; of KIND when there is one. */
static cb_str other_of(const struct cb_facts *f, uint32_t ref, uint8_t type, cb_str kind)
{
    cb_str least = CB_LIT("");
    struct cb_link_run run;

    for (cb_link_start(&run, f->s, ref, UINT64_C(1) << type); cb_link_next(&run);) {
        cb_str text = text_of(f, run.ref);

        if ((kind.n == 0 || cb_str_starts(text, kind)) && (least.n == 0 || cb_str_cmp(text, least) < 0))
            least = text;
    }
    return least;
}

void cb_facts_of(struct cb_entity_facts *out, struct cb_facts *f, uint32_t ref)
{
    cb_doc d = cb_snapshot_where(f->s, ref);
    struct cb_node *root = NULL, *spec;

    *out = (struct cb_entity_facts){.ref = text_of(f, ref), .missing = d.segment == CB_DOC_NONE};
    out->kind = cb_str_sub(out->ref, 0, cb_str_find_char(out->ref, ':', 0));
    if (out->missing)
        return;
    out->owner = other_of(f, ref, CB_RELATION_OWNED_BY, CB_LIT(""));
    out->system = other_of(f, ref, CB_RELATION_PART_OF, CB_LIT("system:"));
    cb_arena_reset(f->scratch);
    cb_buf_clear(&f->cut);
    cb_fields_put(&f->cut, f->fields, f->s, d);
    if (cb_node_parse(&root, f->scratch, cb_buf_str(&f->cut), NULL) != CB_OK)
        return;
    spec = cb_node_get(root, "spec");
    out->kind = cb_node_text(root, "kind");
    out->title = cb_node_text(cb_node_get(root, "metadata"), "title");
    if (out->title.n == 0) /* a group's, a user's */
        out->title = cb_node_text(cb_node_get(spec, "profile"), "displayName");
    out->type = cb_node_text(spec, "type");
    out->lifecycle = cb_node_text(spec, "lifecycle");
}

static void put_some(struct cb_buf *out, const char *key, cb_str text)
{
    if (text.n)
        cb_put_member(out, key, text);
}

void cb_facts_put(struct cb_buf *out, struct cb_facts *f, uint32_t ref)
{
    struct cb_entity_facts e;

    cb_facts_of(&e, f, ref);
    cb_buf_put_cstr(out, "\"ref\":");
    cb_buf_put_json(out, e.ref);
    cb_put_member(out, "kind", e.kind);
    put_some(out, "title", e.title);
    put_some(out, "type", e.type);
    put_some(out, "lifecycle", e.lifecycle);
    put_some(out, "owner", e.owner);
    put_some(out, "system", e.system);
    cb_put_member_bool(out, "missing", e.missing);
}

/* ---- relation types */

void cb_types_json(struct cb_buf *out, const char *key, uint64_t types, bool forward)
{
    bool first = true;

    cb_buf_printf(out, ",\"%s\":[", key);
    for (size_t i = 0; i < cb_relation_n; i++) {
        bool wanted = types >> i & 1;

        if (forward)
            wanted = i % 2 == 0 && (types >> i & 3);
        if (!wanted)
            continue;
        cb_buf_put_cstr(out, first ? "" : ",");
        first = false;
        cb_buf_put_json(out, cb_relations[i].name);
    }
    cb_buf_put_char(out, ']');
}

enum cb_code cb_types_parse(uint64_t *types, cb_str list, struct cb_err *err)
{
    cb_str name;

    while (cb_str_split(&name, &list, ',')) {
        int type = cb_relation_find(cb_str_trim(name), true);

        if (type < 0 || type > 63)
            return cb_fail(err, CB_EINVAL, "there is no relation '%" CB_FMT "'; one is dependsOn", CB_ARG(cb_str_cut(name, 100)));
        *types |= UINT64_C(1) << type;
    }
    return CB_OK;
}

uint64_t cb_types_toward(uint64_t types, cb_str direction)
{
    uint64_t all = (UINT64_C(1) << cb_relation_n) - 1, forward = all & UINT64_C(0x5555555555555555);

    if (types == 0)
        types = all;
    types |= cb_reach_inverse(types);
    return cb_str_eq(direction, CB_LIT("out")) ? types & forward : cb_str_eq(direction, CB_LIT("in")) ? types & ~forward : types;
}

/* ---- neighbourhood */

void cb_walk_json(struct cb_buf *out, struct cb_facts *f, const struct cb_walk *walk)
{
    cb_buf_put_cstr(out, "{\"root\":");
    cb_buf_put_json(out, walk->nodes[0].id);
    cb_buf_put_cstr(out, ",\"nodes\":[");
    for (size_t i = 0; i < walk->node_n; i++) {
        cb_buf_put_cstr(out, i ? ",{" : "{");
        cb_facts_put(out, f, walk->nodes[i].ref);
        cb_put_member_int(out, "hop", walk->nodes[i].hop);
        cb_put_member_int(out, "more", walk->nodes[i].more_n);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_cstr(out, "],\"edges\":[");
    for (size_t i = 0; i < walk->edge_n; i++) {
        const struct cb_walk_edge *edge = &walk->edges[i];

        cb_buf_put_cstr(out, i ? ",{\"from\":" : "{\"from\":");
        cb_buf_put_json(out, walk->nodes[edge->from].id);
        cb_put_member(out, "to", walk->nodes[edge->to].id);
        cb_put_member(out, "type", cb_relations[edge->type].name);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_char(out, ']');
    cb_put_member_bool(out, "truncated", walk->truncated);
    cb_put_member_int(out, "leftOut", (int64_t)walk->left_out_n);
    cb_buf_printf(out, ",\"omitted\":{\"nodesOverLimit\":%zu,\"nodesOfOtherKinds\":%zu,\"edgesOverLimit\":%zu,\"edgesToOmitted\":%zu,\"edgesBeyondDepth\":%zu}}",
                  walk->left_out_n, walk->other_kind_n, walk->edge_over_n, walk->edge_lost_n, walk->edge_beyond_n);
}

/* ---- impact */

/* Of one of the kinds, and OWNER's when there is one to have. */
struct choice {
    const cb_str *kinds;
    size_t kind_n;
    bool owned;
    uint32_t owner; /* CB_INTERN_NONE: nobody is */
};

static struct choice choice_of(const struct cb_facts *f, const cb_str *kinds, size_t kind_n, cb_str owner)
{
    return (struct choice){kinds, kind_n, owner.n > 0, cb_intern_find(cb_snapshot_names(f->s)->refs, owner)};
}

static bool passes(const struct cb_facts *f, const struct choice *c, uint32_t ref)
{
    bool fits = c->kind_n == 0;
    struct cb_link_run run;
    cb_str text = text_of(f, ref);

    for (size_t i = 0; i < c->kind_n && !fits; i++)
        fits = text.n > c->kinds[i].n && text.p[c->kinds[i].n] == ':' && cb_str_starts(text, c->kinds[i]);
    if (!fits || !c->owned)
        return fits;
    for (cb_link_start(&run, f->s, ref, UINT64_C(1) << CB_RELATION_OWNED_BY); cb_link_next(&run);)
        if (run.ref == c->owner)
            return true;
    return false;
}

enum cb_code cb_impact_of(struct cb_impact *out, const struct cb_snapshot *s, cb_str id, const struct cb_impact_opts *opts,
                          const struct cb_stop *stop, struct cb_arena *a, struct cb_err *err)
{
    struct cb_facts f = {.s = s};
    struct choice choice;
    uint32_t from;
    enum cb_code rc;

    *out = (struct cb_impact){.opts = opts, .types = cb_reach_types(opts->pairs ? opts->pairs : cb_reach_usual(), opts->needs)};
    if ((rc = cb_ref_of(&from, s, id, err)) != CB_OK ||
        (rc = cb_reach_from(&out->reach, s, from, out->types, (uint32_t)opts->depth, CB_INTERN_NONE, stop, a, err)) != CB_OK)
        return rc;
    out->refs = out->reach.refs + 1;
    out->n = out->reach.n - 1;
    if (opts->kind_n == 0 && opts->owner.n == 0)
        return CB_OK;
    choice = choice_of(&f, opts->kinds, opts->kind_n, opts->owner);
    out->n = 0;
    for (size_t i = 1; i < out->reach.n; i++)
        if (passes(&f, &choice, out->reach.refs[i]))
            out->refs[out->n++] = out->reach.refs[i];
    return CB_OK;
}

static void put_tally(struct cb_buf *out, const struct cb_facts *f, const struct cb_impact *i, const char *key, const char *none_key,
                      uint8_t type, cb_str kind)
{
    struct cb_arena *scratch = cb_arena_new();
    struct cb_tally *rows;
    size_t none, n = cb_reach_tally(&rows, &none, f->s, i->refs, i->n, type, kind, scratch);

    cb_buf_printf(out, ",\"%s\":[", key);
    for (size_t k = 0; k < n; k++) {
        cb_buf_put_cstr(out, k ? ",{\"ref\":" : "{\"ref\":");
        cb_buf_put_json(out, text_of(f, rows[k].ref));
        cb_put_member_int(out, "entities", rows[k].n);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_char(out, ']');
    cb_put_member_int(out, none_key, (int64_t)none);
    cb_arena_free(scratch);
}

/* Kinds in the order in which they are met. */
static void put_kinds(struct cb_buf *out, const struct cb_facts *f, const struct cb_impact *i)
{
    struct {
        cb_str kind;
        size_t n;
    } rows[64];
    size_t row_n = 0;

    for (size_t k = 0; k < i->n; k++) {
        cb_str text = text_of(f, i->refs[k]), kind = cb_str_sub(text, 0, cb_str_find_char(text, ':', 0));
        size_t at = 0;

        while (at < row_n && !cb_str_eq(rows[at].kind, kind))
            at++;
        if (at == CB_COUNT(rows))
            continue; /* more kinds than a catalog can have */
        if (at == row_n) {
            rows[row_n].kind = kind;
            rows[row_n++].n = 0;
        }
        rows[at].n++;
    }
    cb_buf_put_cstr(out, ",\"kinds\":[");
    for (size_t k = 0; k < row_n; k++) {
        cb_buf_put_cstr(out, k ? ",{\"kind\":" : "{\"kind\":");
        cb_buf_put_json(out, rows[k].kind);
        cb_put_member_int(out, "entities", (int64_t)rows[k].n);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_char(out, ']');
}

static void put_hops(struct cb_buf *out, const struct cb_impact *i)
{
    size_t n[CB_REACH_HOP_MAX + 1] = {0};

    for (size_t k = 0; k < i->n; k++)
        n[i->reach.hop[i->refs[k]]]++;
    cb_buf_put_cstr(out, ",\"hops\":[");
    for (uint32_t hop = 1; hop <= i->reach.hop_n; hop++)
        cb_buf_printf(out, "%s{\"hop\":%u,\"entities\":%zu}", hop > 1 ? "," : "", hop, n[hop]);
    cb_buf_put_char(out, ']');
}

/* The page of N: from *AT up to the end that is given back. */
static size_t page_of(size_t *at, size_t n, int64_t offset, int64_t limit)
{
    size_t left;

    *at = (uint64_t)offset < n ? (size_t)offset : n;
    left = n - *at;
    return *at + ((uint64_t)limit < left ? (size_t)limit : left);
}

void cb_impact_json(struct cb_buf *out, struct cb_facts *f, const struct cb_impact *i)
{
    size_t at, first, end = page_of(&at, i->n, i->opts->offset, i->opts->limit);

    first = at;
    cb_buf_put_cstr(out, "{\"root\":{");
    cb_facts_put(out, f, i->reach.refs[0]);
    cb_buf_put_char(out, '}');
    cb_put_member(out, "direction", i->opts->needs ? CB_LIT("out") : CB_LIT("in"));
    cb_types_json(out, "relations", i->types, true);
    cb_put_member_int(out, "totalItems", (int64_t)i->n);
    put_hops(out, i);
    put_kinds(out, f, i);
    put_tally(out, f, i, "owners", "withoutOwner", CB_RELATION_OWNED_BY, CB_LIT(""));
    put_tally(out, f, i, "systems", "withoutSystem", CB_RELATION_PART_OF, CB_LIT("system"));
    cb_buf_put_cstr(out, ",\"items\":[");
    for (; at < end; at++) {
        uint32_t ref = i->refs[at];

        cb_buf_put_cstr(out, at > first ? ",{" : "{");
        cb_facts_put(out, f, ref);
        cb_put_member_int(out, "hop", i->reach.hop[ref]);
        cb_put_member(out, "via", text_of(f, i->reach.via[ref]));
        cb_put_member(out, "relation", cb_relations[cb_relations[i->reach.type[ref]].inverse].name);
        cb_buf_put_char(out, '}');
    }
    cb_buf_printf(out, "],\"omitted\":{\"before\":%zu,\"behind\":%zu,\"furtherHops\":%s}}", first, i->n - end,
                  i->reach.further ? "true" : "false");
}

static void put_cell(struct cb_buf *out, cb_str text, char behind)
{
    bool quoted = false;

    for (size_t i = 0; i < text.n; i++)
        quoted |= text.p[i] == '"' || text.p[i] == ',' || text.p[i] == '\n' || text.p[i] == '\r';
    if (quoted)
        cb_buf_put_char(out, '"');
    if (text.n && strchr("=+-@\t\r", text.p[0]))
        cb_buf_put_char(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            cb_buf_put_char(out, '"');
        cb_buf_put_char(out, text.p[i]);
    }
    if (quoted)
        cb_buf_put_char(out, '"');
    if (behind)
        cb_buf_put_char(out, behind);
}

void cb_impact_csv(struct cb_buf *out, struct cb_facts *f, const struct cb_impact *i)
{
    size_t at, end = page_of(&at, i->n, i->opts->offset, i->opts->limit);

    cb_buf_put_cstr(out, "ref,kind,title,type,lifecycle,owner,system,hop,via,relation,missing\r\n");
    for (; at < end; at++) {
        uint32_t ref = i->refs[at];
        struct cb_entity_facts e;

        cb_facts_of(&e, f, ref);
        put_cell(out, e.ref, ',');
        put_cell(out, e.kind, ',');
        put_cell(out, e.title, ',');
        put_cell(out, e.type, ',');
        put_cell(out, e.lifecycle, ',');
        put_cell(out, e.owner, ',');
        put_cell(out, e.system, ',');
        cb_buf_printf(out, "%u,", i->reach.hop[ref]);
        put_cell(out, text_of(f, i->reach.via[ref]), ',');
        put_cell(out, cb_relations[cb_relations[i->reach.type[ref]].inverse].name, ',');
        cb_buf_put_cstr(out, e.missing ? "true\r\n" : "false\r\n");
    }
}

/* ---- paths */

/* As the forward side of its pair says it, whichever way it was walked. */
static void put_edge(struct cb_buf *out, const struct cb_facts *f, uint32_t from, uint8_t type, uint32_t to)
{
    bool back = type > cb_relations[type].inverse;

    cb_buf_put_cstr(out, "{\"from\":");
    cb_buf_put_json(out, text_of(f, back ? to : from));
    cb_put_member(out, "to", text_of(f, back ? from : to));
    cb_put_member(out, "type", cb_relations[back ? cb_relations[type].inverse : type].name);
    cb_buf_put_char(out, '}');
}

void cb_paths_json(struct cb_buf *out, struct cb_facts *f, uint32_t from, uint32_t to, const struct cb_paths *p)
{
    cb_buf_put_cstr(out, "{\"from\":");
    cb_buf_put_json(out, text_of(f, from));
    cb_put_member(out, "to", text_of(f, to));
    cb_buf_put_cstr(out, ",\"paths\":[");
    for (size_t i = 0; i < p->n; i++) {
        const struct cb_path *way = &p->v[i];

        cb_buf_printf(out, "%s{\"length\":%u,\"nodes\":[", i ? "," : "", way->n);
        for (uint32_t k = 0; k <= way->n; k++) {
            cb_buf_put_cstr(out, k ? ",{" : "{");
            cb_facts_put(out, f, way->refs[k]);
            cb_buf_put_char(out, '}');
        }
        cb_buf_put_cstr(out, "],\"edges\":[");
        for (uint32_t k = 0; k < way->n; k++) {
            cb_buf_put_cstr(out, k ? "," : "");
            put_edge(out, f, way->refs[k], way->types[k], way->refs[k + 1]);
        }
        cb_buf_put_cstr(out, "]}");
    }
    cb_buf_put_char(out, ']');
    cb_put_member_bool(out, "truncated", p->cut);
    cb_buf_put_char(out, '}');
}

/* ---- rings */

static void put_ring(struct cb_buf *out, struct cb_facts *f, struct cb_cycles *all, size_t at, struct cb_arena *a)
{
    const struct cb_cycle *c = &all->v[at];
    size_t told = c->n < CB_CYCLE_MEMBER_MAX ? c->n : CB_CYCLE_MEMBER_MAX, steps;
    struct cb_cycle_way way;

    cb_cycle_way(&way, all, at, f->s, a);
    steps = way.n < CB_CYCLE_MEMBER_MAX ? way.n : CB_CYCLE_MEMBER_MAX;
    cb_buf_printf(out, "{\"entities\":%zu,\"members\":[", c->n);
    for (size_t i = 0; i < told; i++) {
        cb_buf_put_cstr(out, i ? ",{" : "{");
        cb_facts_put(out, f, c->refs[i]);
        cb_buf_put_char(out, '}');
    }
    cb_buf_printf(out, "],\"cycle\":{\"length\":%zu,\"nodes\":[", way.n);
    for (size_t i = 0; i < steps; i++) {
        cb_buf_put_cstr(out, i ? "," : "");
        cb_buf_put_json(out, text_of(f, way.refs[i]));
    }
    cb_buf_put_cstr(out, "],\"edges\":[");
    for (size_t i = 0; i < steps; i++) {
        cb_buf_put_cstr(out, i ? "," : "");
        put_edge(out, f, way.refs[i], way.types[i], way.refs[(i + 1) % way.n]);
    }
    cb_buf_printf(out, "]},\"omitted\":{\"members\":%zu,\"steps\":%zu}}", c->n - told, way.n - steps);
}

static bool has_one(const struct cb_facts *f, const struct choice *choice, const struct cb_cycle *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (passes(f, choice, c->refs[i]))
            return true;
    return false;
}

void cb_cycles_json(struct cb_buf *out, struct cb_facts *f, struct cb_cycles *all, const struct cb_cycle_opts *opts, struct cb_arena *a)
{
    struct choice choice = choice_of(f, opts->kinds, opts->kind_n, opts->owner);
    size_t *rings = CB_NEW_N(a, size_t, all->n + 1), n = 0, entities = 0, at, first, end;

    for (size_t i = 0; i < all->n; i++)
        if (has_one(f, &choice, &all->v[i])) {
            rings[n++] = i;
            entities += all->v[i].n;
        }
    end = page_of(&at, n, opts->offset, opts->limit);
    first = at;
    cb_buf_printf(out, "{\"totalItems\":%zu,\"entities\":%zu", n, entities);
    cb_types_json(out, "relations", all->types, true);
    cb_buf_put_cstr(out, ",\"items\":[");
    for (; at < end; at++) {
        cb_buf_put_cstr(out, at > first ? "," : "");
        put_ring(out, f, all, rings[at], a);
    }
    cb_buf_printf(out, "],\"omitted\":{\"before\":%zu,\"behind\":%zu}}", first, n - end);
}

/* ---- references to nothing */

struct naming_choice {
    struct cb_facts f;
    struct choice target, by;
    uint64_t pairs;
};

static bool names_wanted(const struct cb_naming *by, uint32_t target, void *ctx)
{
    const struct naming_choice *c = ctx;
    uint64_t both = UINT64_C(1) << by->type | UINT64_C(1) << cb_relations[by->type].inverse;

    return (!c->pairs || c->pairs & both) && passes(&c->f, &c->target, target) && passes(&c->f, &c->by, by->ref);
}

enum cb_code cb_danglings_of(struct cb_danglings *out, const struct cb_snapshot *s, const struct cb_dangling_opts *opts,
                             const struct cb_stop *stop, struct cb_arena *a, struct cb_err *err)
{
    struct naming_choice c = {.f = {.s = s}, .pairs = opts->pairs};

    c.target = choice_of(&c.f, opts->kinds, opts->kind_n, CB_LIT(""));
    c.by = choice_of(&c.f, NULL, 0, opts->owner);
    return cb_dangling_all(out, s, names_wanted, &c, stop, a, err);
}

static void put_dangling(struct cb_buf *out, const struct cb_facts *f, const struct cb_dangling *d, const struct cb_near *near)
{
    cb_str id = text_of(f, d->ref), refs[CB_NEAR_MOST];
    size_t near_n = cb_near_find(refs, near, id), told = d->by_n < CB_DANGLING_BY_MAX ? d->by_n : CB_DANGLING_BY_MAX;

    cb_buf_put_cstr(out, "{\"ref\":");
    cb_buf_put_json(out, id);
    cb_put_member(out, "kind", cb_str_sub(id, 0, cb_str_find_char(id, ':', 0)));
    cb_buf_printf(out, ",\"references\":%zu,\"namedBy\":[", d->by_n);
    for (size_t i = 0; i < told; i++) {
        cb_buf_put_cstr(out, i ? ",{\"ref\":" : "{\"ref\":");
        cb_buf_put_json(out, text_of(f, d->by[i].ref));
        cb_put_member(out, "relation", cb_relations[d->by[i].type].name);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_cstr(out, "],\"didYouMean\":[");
    for (size_t i = 0; i < near_n; i++) {
        cb_buf_put_cstr(out, i ? "," : "");
        cb_buf_put_json(out, refs[i]);
    }
    cb_buf_printf(out, "],\"omitted\":{\"namedBy\":%zu}}", d->by_n - told);
}

void cb_danglings_json(struct cb_buf *out, const struct cb_snapshot *s, const struct cb_danglings *all, const struct cb_dangling_opts *opts,
                       struct cb_arena *a)
{
    struct cb_facts f = {.s = s};
    size_t at, first, end = page_of(&at, all->n, opts->offset, opts->limit);
    const struct cb_near *near = at < end ? cb_near_new(s, a) : NULL;

    first = at;
    cb_buf_printf(out, "{\"totalItems\":%zu,\"references\":%zu,\"items\":[", all->n, all->naming_n);
    for (; at < end; at++) {
        cb_buf_put_cstr(out, at > first ? "," : "");
        put_dangling(out, &f, &all->v[at], near);
    }
    cb_buf_printf(out, "],\"omitted\":{\"before\":%zu,\"behind\":%zu}}", first, all->n - end);
}

/* ---- the map */

static void put_health(struct cb_buf *out, enum cb_health health)
{
    cb_put_member(out, "health", cb_str_cstr(cb_health_name(health)));
}

static void put_place(struct cb_buf *out, int32_t x, int32_t y)
{
    cb_put_member_int(out, "x", x);
    cb_put_member_int(out, "y", y);
}

static void put_boxes(struct cb_buf *out, struct cb_facts *f, const struct cb_landscape *land, const uint32_t *told)
{
    bool first = true;

    cb_buf_put_cstr(out, ",\"boxes\":[");
    for (size_t i = 0; i < land->box_n; i++) {
        const struct cb_land_box *b = &land->boxes[i];

        if (told[i] == CB_LAND_NONE)
            continue;
        cb_buf_put_cstr(out, first ? "{" : ",{");
        first = false;
        if (b->ref == CB_INTERN_NONE) {
            cb_buf_put_cstr(out, "\"ref\":null,\"kind\":\"\",\"missing\":false");
        } else {
            cb_facts_put(out, f, b->ref);
        }
        put_health(out, b->health);
        if (b->parent == CB_LAND_NONE || told[b->parent] == CB_LAND_NONE)
            cb_buf_put_cstr(out, ",\"parent\":null");
        else
            cb_put_member_int(out, "parent", told[b->parent]);
        cb_put_member_int(out, "entities", b->below);
        put_place(out, b->x, b->y);
        cb_put_member_int(out, "width", b->w);
        cb_put_member_int(out, "height", b->h);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_char(out, ']');
}

/* Numbers of the boxes that are told, in order; the others CB_LAND_NONE. *ROOT: the one that it is about, or CB_LAND_NONE. */
static uint32_t *number_boxes(uint32_t *root, const struct cb_landscape *land, uint32_t ref, struct cb_arena *a)
{
    uint32_t *told = CB_NEW_N(a, uint32_t, land->box_n + 1), n = 0;

    *root = CB_LAND_NONE;
    for (size_t i = 0; i < land->box_n; i++) {
        const struct cb_land_box *b = &land->boxes[i];
        bool here = ref == CB_INTERN_NONE || b->ref == ref || (b->parent != CB_LAND_NONE && told[b->parent] != CB_LAND_NONE);

        if (ref != CB_INTERN_NONE && b->ref == ref)
            *root = (uint32_t)i;
        told[i] = here ? n++ : CB_LAND_NONE;
    }
    return told;
}

enum cb_code cb_landscape_json(struct cb_buf *out, struct cb_facts *f, const struct cb_landscape *land, const struct cb_land_opts *opts,
                               struct cb_arena *a, struct cb_err *err)
{
    uint32_t ref = opts->root.n ? cb_intern_find(cb_snapshot_names(f->s)->refs, opts->root) : CB_INTERN_NONE, root, *told;
    const struct cb_land_box *b;
    bool whole, first = true;
    size_t total;

    told = number_boxes(&root, land, ref, a);
    if (opts->root.n && (ref == CB_INTERN_NONE || root == CB_LAND_NONE))
        return cb_fail(err, CB_ENOTFOUND, "%" CB_FMT " is no domain or system of the map", CB_ARG(cb_str_cut(opts->root, 200)));
    b = opts->root.n ? &land->boxes[root] : NULL;
    total = b ? b->below : land->tile_n;
    whole = total <= (uint64_t)opts->limit;
    cb_buf_printf(out, "{\"level\":\"%s\",\"tile\":%d", whole ? "entity" : "system", CB_LAND_TILE);
    put_place(out, b ? b->x : 0, b ? b->y : 0);
    cb_put_member_int(out, "width", b ? b->w : land->w);
    cb_put_member_int(out, "height", b ? b->h : land->h);
    cb_put_member_int(out, "totalItems", (int64_t)total);
    put_boxes(out, f, land, told);
    cb_buf_put_cstr(out, ",\"entities\":[");
    for (size_t i = 0; i < land->tile_n && whole; i++) {
        const struct cb_land_tile *t = &land->tiles[i];

        if (told[t->box] == CB_LAND_NONE)
            continue;
        cb_buf_put_cstr(out, first ? "{" : ",{");
        first = false;
        cb_facts_put(out, f, t->ref);
        put_health(out, t->health);
        cb_put_member_int(out, "box", told[t->box]);
        put_place(out, t->x, t->y);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_cstr(out, "],\"roads\":[");
    first = true;
    for (size_t i = 0; i < land->road_n; i++) {
        const struct cb_land_road *r = &land->roads[i];

        if (told[r->from] == CB_LAND_NONE || told[r->to] == CB_LAND_NONE)
            continue;
        cb_buf_printf(out, "%s{\"from\":%u,\"to\":%u,\"relations\":%u}", first ? "" : ",", told[r->from], told[r->to], r->n);
        first = false;
    }
    cb_buf_printf(out, "],\"omitted\":{\"entities\":%zu}}", whole ? (size_t)0 : total);
    return CB_OK;
}

/* ---- what stands above what */

/* ,"key":{"component":3}: what there is of it. */
static void put_counts(struct cb_buf *out, const char *key, const struct cb_tree *tree, const uint32_t *n)
{
    bool first = true;

    cb_buf_printf(out, ",\"%s\":{", key);
    for (size_t k = 0; k < tree->kind_n; k++) {
        if (n[k] == 0)
            continue;
        cb_buf_put_cstr(out, first ? "" : ",");
        first = false;
        cb_buf_put_json(out, tree->kinds[k].n ? tree->kinds[k] : CB_LIT("other"));
        cb_buf_printf(out, ":%u", n[k]);
    }
    cb_buf_put_char(out, '}');
}

static void put_tree_node(struct cb_buf *out, struct cb_facts *f, const struct cb_tree *tree, size_t at, bool people)
{
    const struct cb_tree_node *node = &tree->nodes[at];

    cb_buf_put_char(out, '{');
    cb_facts_put(out, f, node->ref);
    cb_buf_put_cstr(out, ",\"parents\":[");
    for (uint32_t i = 0; i < node->parent_n; i++) {
        cb_buf_put_cstr(out, i ? "," : "");
        cb_buf_put_json(out, text_of(f, tree->nodes[tree->parents[node->parent_at + i]].ref));
    }
    cb_buf_put_char(out, ']');
    if (people) {
        cb_put_member_int(out, "people", node->people);
        cb_put_member_int(out, "peopleBelow", node->people_below);
    }
    put_counts(out, "has", tree, tree->has + at * CB_TREE_KIND_MAX);
    put_counts(out, "below", tree, tree->below + at * CB_TREE_KIND_MAX);
    cb_put_member(out, "health", cb_str_cstr(cb_health_name(node->health)));
    cb_put_member(out, "healthBelow", cb_str_cstr(cb_health_name(node->health_below)));
    cb_buf_put_char(out, '}');
}

void cb_tree_json(struct cb_buf *out, struct cb_facts *f, const struct cb_tree *tree, bool people, int64_t limit)
{
    size_t told = tree->node_n < (uint64_t)limit ? tree->node_n : (size_t)limit;

    cb_buf_printf(out, "{\"totalItems\":%zu", tree->node_n);
    if (people) {
        cb_put_member_int(out, "people", tree->people);
        cb_put_member_int(out, "peopleAlone", tree->people_alone);
    }
    put_counts(out, "alone", tree, tree->alone);
    cb_buf_put_cstr(out, ",\"items\":[");
    for (size_t i = 0; i < told; i++) {
        cb_buf_put_cstr(out, i ? "," : "");
        put_tree_node(out, f, tree, i, people);
    }
    cb_buf_printf(out, "],\"omitted\":{\"behind\":%zu}}", tree->node_n - told);
}
