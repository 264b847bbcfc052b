#include "server/cli/compare.h"

#include <stdlib.h>

#include "catalog/base/map.h"
#include "server/http/params.h"

#define SHOWN_MAX 120 /* bytes of a value that is shown */

/* One side's entities by their refs; slot->value.p is a struct cb_node. */
struct side {
    struct cb_map by_ref;
};

struct comparing {
    struct cb_compare *c;
    struct cb_arena *a;
    struct side theirs, ours;
    struct cb_map hidden;  /* refs and paths that Backstage hides: ref -> 1 */
    struct cb_map broken;  /* "source path" of our errors: path -> 1 */
    size_t explained_n;
    size_t moved_n;        /* differences that show in counts and filters */
};

static cb_str cut(struct cb_arena *a, cb_str text)
{
    cb_str part = cb_str_cut(text, SHOWN_MAX);

    return part.n == text.n ? text : cb_arena_printf(a, "%" CB_FMT "...", CB_ARG(part));
}

static void add(struct comparing *g, struct cb_compare_row row)
{
    struct cb_compare *c = g->c;

    c->differ_n += !row.known;
    c->known_n += row.known;
    g->moved_n += !row.known || !cb_str_eq(cb_str_cstr(row.what), CB_LIT("field"));
    if (c->row_n == CB_COMPARE_ROW_MAX)
        return;
    row.theirs = cut(g->a, row.theirs);
    row.ours = cut(g->a, row.ours);
    c->rows[c->row_n++] = row;
}

static cb_str text_of(struct cb_arena *a, const struct cb_node *n)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str text;

    if (!n)
        return CB_LIT("-");
    cb_node_dump(&out, n);
    text = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return text;
}

/* ---- asking */

static cb_str encoded(struct cb_arena *a, cb_str text)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str result;

    cb_percent_encode(&out, text);
    result = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return result;
}

static cb_str ref_of(struct cb_arena *a, const struct cb_node *entity)
{
    const struct cb_node *metadata = cb_node_get(entity, "metadata");
    cb_str space = cb_node_text(metadata, "namespace");

    return cb_arena_lower(a, cb_arena_printf(a, "%" CB_FMT ":%" CB_FMT "/%" CB_FMT, CB_ARG(cb_node_text(entity, "kind")),
                                             CB_ARG(space.n ? space : CB_LIT("default")), CB_ARG(cb_node_text(metadata, "name"))));
}

static enum cb_code read_side(struct comparing *g, struct side *side, struct cb_upstream *u, size_t *n, struct cb_err *err)
{
    cb_str filter = g->c->filter ? cb_arena_printf(g->a, "&filter=%" CB_FMT, CB_ARG(encoded(g->a, cb_str_cstr(g->c->filter)))) : CB_LIT("");
    cb_str path = cb_arena_printf(g->a, "/api/catalog/entities/by-query?limit=%d%" CB_FMT, CB_COMPARE_PAGE, CB_ARG(filter));

    for (;;) {
        const struct cb_node *items;
        struct cb_node *page;
        enum cb_code rc;
        cb_str next;

        if ((rc = cb_upstream_get(&page, u, g->a, path, err)) != CB_OK)
            return rc;
        items = cb_node_get(page, "items");
        if (!items || items->type != CB_ARRAY)
            return cb_fail(err, CB_EUPSTREAM, "%s answers by-query with something else", cb_upstream_name(u));
        for (struct cb_node *e = items->first; e; e = e->next) {
            if (side->by_ref.n == CB_COMPARE_ENTITY_MAX)
                return cb_fail(err, CB_ELIMIT, "%s has over %d entities: compare a part of them with --filter", cb_upstream_name(u),
                               CB_COMPARE_ENTITY_MAX);
            cb_map_put(&side->by_ref, ref_of(g->a, e), NULL)->p = e;
        }
        next = cb_node_text(cb_node_get(page, "pageInfo"), "nextCursor");
        if (next.n == 0 || !items->first)
            break;
        path = cb_arena_printf(g->a, "/api/catalog/entities/by-query?limit=%d&cursor=%" CB_FMT, CB_COMPARE_PAGE, CB_ARG(encoded(g->a, next)));
    }
    *n = side->by_ref.n;
    return CB_OK;
}

/* ---- what Backstage hides: what is beside something broken, and what only a hidden Location leads to */

static void read_problems(struct comparing *g)
{
    cb_str path = CB_LIT("/api/problems?severity=error&limit=200");
    struct cb_node *page;
    struct cb_err ignored;

    for (int i = 0; i < 50; i++) { /* no callboard: no problems to know of */
        const struct cb_node *items;
        cb_str next;
        int status = 0;

        if (cb_upstream_ask(&page, &status, g->c->ours, g->a, path, CB_LIT(""), &ignored) != CB_OK || status != 200)
            return;
        items = cb_node_get(page, "items");
        for (const struct cb_node *p = items ? items->first : NULL; p; p = p->next) {
            if (cb_node_text(p, "path").n)
                cb_map_put(&g->broken, cb_node_text(p, "path"), NULL)->u = 1;
            if (cb_node_text(p, "entityRef").n)
                cb_map_put(&g->hidden, cb_arena_lower(g->a, cb_node_text(p, "entityRef")), NULL)->u = 1;
        }
        next = cb_node_text(cb_node_get(page, "pageInfo"), "nextCursor");
        if (next.n == 0)
            return;
        path = cb_arena_printf(g->a, "/api/problems?severity=error&limit=200&cursor=%" CB_FMT, CB_ARG(encoded(g->a, next)));
    }
}

static cb_str annotation(const struct cb_node *entity, const char *name)
{
    return cb_node_text(cb_node_path(entity, "metadata.annotations"), name);
}

static cb_str base_of(cb_str path)
{
    size_t at = path.n;

    while (at && path.p[at - 1] != '/')
        at--;
    return cb_str_sub(path, at, path.n);
}

static bool leads_to(const struct cb_node *location, cb_str place)
{
    const struct cb_node *spec = cb_node_get(location, "spec"), *targets = cb_node_get(spec, "targets");
    cb_str one = cb_node_text(spec, "target");

    if (one.n && cb_str_ends(place, base_of(one)))
        return true;
    for (const struct cb_node *t = targets ? targets->first : NULL; t; t = t->next)
        if (t->type == CB_STRING && t->text.n && cb_str_ends(place, base_of(t->text)))
            return true;
    return false;
}

/* Is the extra entity E one that Backstage hides? */
static bool is_hidden(struct comparing *g, cb_str ref, const struct cb_node *e)
{
    cb_str place = annotation(e, "backstage.io/managed-by-location");
    struct cb_map_slot *slot;

    if (cb_map_get(&g->hidden, ref))
        return true;
    for (size_t i = 0; (slot = cb_map_next(&g->broken, &i));)
        if (cb_str_ends(place, slot->key) && place.n > slot->key.n && strchr("/:", place.p[place.n - slot->key.n - 1]))
            return true;
    for (size_t i = 0; (slot = cb_map_next(&g->hidden, &i));) {
        union cb_map_value *location = cb_str_starts(slot->key, CB_LIT("location:")) ? cb_map_get(&g->ours.by_ref, slot->key) : NULL;

        if (location && !cb_str_eq(slot->key, ref) && leads_to(location->p, place))
            return true;
    }
    return false;
}

static bool has_kind(struct comparing *g, cb_str ref)
{
    cb_str kind = cb_str_sub(ref, 0, cb_str_find_char(ref, ':', 0) + 1);
    struct cb_map_slot *slot;

    for (size_t i = 0; (slot = cb_map_next(&g->theirs.by_ref, &i));)
        if (cb_str_starts(slot->key, kind))
            return true;
    return false;
}

static cb_str why_extra(struct comparing *g, cb_str ref)
{
    if (cb_str_starts(ref, CB_LIT("location:default/generated-")))
        return CB_LIT("it stands for a registration or a file of the configuration here");
    if (cb_map_get(&g->hidden, ref))
        return CB_LIT("Backstage hides it: its file, or a Location above it, has something broken (docs/compatibility.md)");
    if (!has_kind(g, ref))
        return CB_LIT("nothing of this kind is there: do its rules allow it, and is the module that knows the kind installed?");
    return CB_LIT("it is not registered there, or not any more");
}

static void compare_extra(struct comparing *g)
{
    struct cb_map_slot *slot;
    bool more = true;

    while (more) { /* behind a hidden one there may be others */
        more = false;
        for (size_t i = 0; (slot = cb_map_next(&g->ours.by_ref, &i));)
            if (!cb_map_get(&g->theirs.by_ref, slot->key) && !cb_map_get(&g->hidden, slot->key) && is_hidden(g, slot->key, slot->value.p)) {
                cb_map_put(&g->hidden, slot->key, NULL)->u = 1;
                more = true;
            }
    }
    for (size_t i = 0; (slot = cb_map_next(&g->ours.by_ref, &i));) {
        bool generated = cb_str_starts(slot->key, CB_LIT("location:default/generated-"));
        bool known = generated || cb_map_get(&g->hidden, slot->key) != NULL;

        if (cb_map_get(&g->theirs.by_ref, slot->key))
            continue;
        add(g, (struct cb_compare_row){
                   .what = "extra",
                   .subject = slot->key,
                   .ours = annotation(slot->value.p, "backstage.io/managed-by-location"),
                   .theirs = CB_LIT("-"),
                   .known = known,
                   .why = why_extra(g, slot->key),
               });
    }
}

/* ---- missing entities */

static cb_str why_missing(struct comparing *g, cb_str ref)
{
    size_t colon = cb_str_find_char(ref, ':', 0);
    cb_str path = cb_arena_printf(g->a, "/api/explain/%" CB_FMT "/%" CB_FMT, CB_ARG(cb_str_sub(ref, 0, colon)),
                                  CB_ARG(cb_str_sub(ref, colon + 1, ref.n)));
    const struct cb_node *findings;
    struct cb_node *json;
    struct cb_err ignored;
    int status = 0;

    if (g->explained_n++ >= CB_COMPARE_EXPLAIN_MAX)
        return CB_LIT("ask /api/explain");
    if (cb_upstream_ask(&json, &status, g->c->ours, g->a, path, CB_LIT(""), &ignored) != CB_OK || status != 200)
        return CB_LIT("no source here has it");
    findings = cb_node_get(json, "findings");
    if (findings && findings->first && cb_node_text(findings->first, "sentence").n)
        return cb_node_text(findings->first, "sentence");
    return CB_LIT("no source here has it");
}

static void compare_missing(struct comparing *g)
{
    struct cb_map_slot *slot;

    for (size_t i = 0; (slot = cb_map_next(&g->theirs.by_ref, &i));) {
        bool generated = cb_str_starts(slot->key, CB_LIT("location:default/generated-"));

        if (cb_map_get(&g->ours.by_ref, slot->key))
            continue;
        add(g, (struct cb_compare_row){
                   .what = "missing",
                   .subject = slot->key,
                   .theirs = annotation(slot->value.p, "backstage.io/managed-by-location"),
                   .ours = CB_LIT("-"),
                   .known = generated,
                   .why = generated ? CB_LIT("it stands for a registration there; here its file is one of a source's paths")
                                    : why_missing(g, slot->key),
               });
    }
}

/* ---- the same entity, field by field */

/* Why a field may differ; NULL: it may not. */
static const char *known_field(cb_str field)
{
    static const struct {
        const char *field, *why;
    } rows[] = {
        {"metadata.annotations.backstage.io/managed-by-location", "each says the place it was read from"},
        {"metadata.annotations.backstage.io/managed-by-origin-location", "each says the place it was read from"},
        {"metadata.annotations.backstage.io/source-location", "each says the place it was read from"},
        {"metadata.annotations.backstage.io/view-url", "each says the place it was read from"},
        {"metadata.annotations.backstage.io/edit-url", "each says the place it was read from"},
        {"metadata.annotations.backstage.io/orphan", "here what no source says goes: there are no orphans"},
        {"status", "an entity at its last good version says so here"},
    };

    for (size_t i = 0; i < CB_COUNT(rows); i++)
        if (cb_str_eq(field, cb_str_cstr(rows[i].field)))
            return rows[i].why;
    return NULL;
}

static bool is_ignored(cb_str field)
{
    return cb_str_eq(field, CB_LIT("metadata.uid")) || cb_str_eq(field, CB_LIT("metadata.etag")) || cb_str_eq(field, CB_LIT("relations"));
}

static void differ(struct comparing *g, cb_str ref, cb_str field, const struct cb_node *theirs, const struct cb_node *ours)
{
    const char *known = known_field(field);

    add(g, (struct cb_compare_row){.what = "field",
                                   .subject = ref,
                                   .field = field,
                                   .theirs = text_of(g->a, theirs),
                                   .ours = text_of(g->a, ours),
                                   .known = known != NULL,
                                   .why = cb_str_cstr(known ? known : "the same entity says otherwise: another commit, or another file?")});
}

static void compare_object(struct comparing *g, cb_str ref, cb_str at, const struct cb_node *theirs, const struct cb_node *ours)
{
    for (int round = 0; round < 2; round++) {
        const struct cb_node *from = round ? ours : theirs;

        for (const struct cb_node *m = from->first; m; m = m->next) {
            const struct cb_node *other = cb_node_get_str(round ? theirs : ours, m->key);
            cb_str field = cb_arena_printf(g->a, "%" CB_FMT "%s%" CB_FMT, CB_ARG(at), at.n ? "." : "", CB_ARG(m->key));

            if (is_ignored(field) || (round && other))
                continue;
            if (other && other->type == CB_OBJECT && m->type == CB_OBJECT)
                compare_object(g, ref, field, m, other);
            else if (!other || !cb_node_same(m, other))
                differ(g, ref, field, round ? other : m, round ? m : other);
        }
    }
}

static bool has_relation(const struct cb_node *relations, cb_str type, cb_str target)
{
    for (const struct cb_node *r = relations ? relations->first : NULL; r; r = r->next)
        if (cb_str_eq(cb_node_text(r, "type"), type) && cb_str_eq_nocase(cb_node_text(r, "targetRef"), target))
            return true;
    return false;
}

/* A relation that is on one side alone follows from an entity that is there alone, or it is a difference. */
static void compare_relations(struct comparing *g, cb_str ref, const struct cb_node *theirs, const struct cb_node *ours)
{
    for (int round = 0; round < 2; round++) {
        const struct cb_node *from = round ? ours : theirs;

        for (const struct cb_node *r = from ? from->first : NULL; r; r = r->next) {
            cb_str type = cb_node_text(r, "type"), target = cb_arena_lower(g->a, cb_node_text(r, "targetRef"));
            cb_str text = cb_arena_printf(g->a, "%" CB_FMT " %" CB_FMT, CB_ARG(type), CB_ARG(target));
            bool alone = !cb_map_get(round ? &g->theirs.by_ref : &g->ours.by_ref, target) &&
                         cb_map_get(round ? &g->ours.by_ref : &g->theirs.by_ref, target);

            if (has_relation(round ? theirs : ours, type, target))
                continue;
            add(g, (struct cb_compare_row){.what = "relation",
                                           .subject = ref,
                                           .field = CB_LIT("relations"),
                                           .theirs = round ? CB_LIT("-") : text,
                                           .ours = round ? text : CB_LIT("-"),
                                           .known = alone,
                                           .why = alone ? CB_LIT("it follows from an entity that is on one side alone")
                                                        : CB_LIT("one side has it alone")});
        }
    }
}

static void compare_common(struct comparing *g)
{
    struct cb_map_slot *slot;

    for (size_t i = 0; (slot = cb_map_next(&g->theirs.by_ref, &i));) {
        union cb_map_value *ours = cb_map_get(&g->ours.by_ref, slot->key);

        if (!ours)
            continue;
        g->c->common_n++;
        compare_object(g, slot->key, CB_LIT(""), slot->value.p, ours->p);
        compare_relations(g, slot->key, cb_node_get(slot->value.p, "relations"), cb_node_get(ours->p, "relations"));
    }
}

/* ---- facets */

static int64_t count_of(const struct cb_node *values, cb_str value)
{
    for (const struct cb_node *v = values ? values->first : NULL; v; v = v->next)
        if (cb_str_eq_nocase(cb_node_text(v, "value"), value))
            return cb_node_get(v, "count") ? cb_node_get(v, "count")->i : 0;
    return 0;
}

static enum cb_code compare_facets(struct comparing *g, struct cb_err *err)
{
    bool follows = g->moved_n > 0;
    cb_str rest = CB_LIT(CB_COMPARE_FACETS), name;
    enum cb_code rc;

    while (cb_str_split(&name, &rest, ',')) {
        cb_str path = cb_arena_printf(g->a, "/api/catalog/entity-facets?facet=%" CB_FMT "%s%" CB_FMT, CB_ARG(name), g->c->filter ? "&filter=" : "",
                                      CB_ARG(encoded(g->a, cb_str_cstr(g->c->filter))));
        struct cb_node *theirs, *ours;

        if ((rc = cb_upstream_get(&theirs, g->c->theirs, g->a, path, err)) != CB_OK ||
            (rc = cb_upstream_get(&ours, g->c->ours, g->a, path, err)) != CB_OK)
            return rc;
        g->c->question_n++;
        theirs = cb_node_get_str(cb_node_get(theirs, "facets"), name);
        ours = cb_node_get_str(cb_node_get(ours, "facets"), name);
        for (int round = 0; round < 2; round++) {
            const struct cb_node *from = round ? ours : theirs;

            for (const struct cb_node *v = from ? from->first : NULL; v; v = v->next) {
                cb_str value = cb_node_text(v, "value");
                int64_t x = count_of(theirs, value), y = count_of(ours, value);

                if (x == y || (round && x))
                    continue;
                add(g, (struct cb_compare_row){.what = "facet",
                                               .subject = name,
                                               .field = value,
                                               .theirs = cb_arena_printf(g->a, "%lld", (long long)x),
                                               .ours = cb_arena_printf(g->a, "%lld", (long long)y),
                                               .known = follows,
                                               .why = follows ? CB_LIT("it follows from the entities that differ")
                                                              : CB_LIT("the entities are the same, and their counts are not")});
            }
        }
    }
    return CB_OK;
}

/* ---- a sample of questions */

/* splitmix64: the same questions for the same seed. */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static cb_str question(struct comparing *g, const struct cb_node *e, uint64_t dice)
{
    cb_str type = cb_node_text(cb_node_get(e, "spec"), "type"), kind = cb_node_text(e, "kind");
    const struct cb_node *tags = cb_node_path(e, "metadata.tags"), *relations = cb_node_get(e, "relations");

    switch (dice % 5) {
    case 0:
        if (tags && tags->first && tags->first->type == CB_STRING)
            return cb_arena_printf(g->a, "metadata.tags=%" CB_FMT, CB_ARG(tags->first->text));
        break;
    case 1:
        if (relations && relations->first)
            return cb_arena_printf(g->a, "relations.%" CB_FMT "=%" CB_FMT, CB_ARG(cb_node_text(relations->first, "type")),
                                   CB_ARG(cb_node_text(relations->first, "targetRef")));
        break;
    case 2:
        if (type.n && cb_str_find_char(type, ',', 0) == SIZE_MAX)
            return cb_arena_printf(g->a, "kind=%" CB_FMT ",spec.type=%" CB_FMT, CB_ARG(kind), CB_ARG(type));
        break;
    case 3:
        return cb_arena_printf(g->a, "metadata.name=%" CB_FMT, CB_ARG(cb_node_text(cb_node_get(e, "metadata"), "name")));
    default:
        break;
    }
    return cb_arena_printf(g->a, "kind=%" CB_FMT, CB_ARG(kind));
}

/* The names of an answer in their order, without entities that one side alone has. */
static cb_str names_of(struct comparing *g, const struct cb_node *page)
{
    const struct cb_node *items = cb_node_get(page, "items");
    struct cb_buf out = CB_BUF_INIT;
    cb_str text;

    for (const struct cb_node *e = items ? items->first : NULL; e; e = e->next) {
        cb_str ref = ref_of(g->a, e);

        if (cb_map_get(&g->theirs.by_ref, ref) && cb_map_get(&g->ours.by_ref, ref))
            cb_buf_printf(&out, "%s%" CB_FMT, out.n ? " " : "", CB_ARG(cb_arena_lower(g->a, cb_node_text(cb_node_get(e, "metadata"), "name"))));
    }
    text = cb_arena_str(g->a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return text;
}

static enum cb_code compare_sample(struct comparing *g, struct cb_err *err)
{
    uint64_t state = g->c->seed;
    bool follows = g->c->differ_n > 0;
    enum cb_code rc;

    for (int64_t i = 0; i < g->c->sample_n && g->theirs.by_ref.slot_n; i++) {
        const struct cb_map_slot *slot = &g->theirs.by_ref.slots[draw(&state) % g->theirs.by_ref.slot_n];
        cb_str filter = question(g, slot->value.p, draw(&state));
        const char *order = draw(&state) % 2 ? "desc" : "asc";
        struct cb_node *theirs, *ours;
        cb_str path, x, y;

        if (cb_str_find_char(filter, ',', cb_str_find(filter, CB_LIT("="))) != SIZE_MAX && !cb_str_starts(filter, CB_LIT("kind=")))
            continue; /* a value with a comma cannot be asked for */
        path = cb_arena_printf(g->a, "/api/catalog/entities/by-query?filter=%" CB_FMT
                                     "&orderField=metadata.name%%2C%s&limit=1000&fields=kind,metadata.name,metadata.namespace",
                               CB_ARG(encoded(g->a, filter)), order);
        if ((rc = cb_upstream_get(&theirs, g->c->theirs, g->a, path, err)) != CB_OK ||
            (rc = cb_upstream_get(&ours, g->c->ours, g->a, path, err)) != CB_OK)
            return rc;
        g->c->question_n++;
        x = names_of(g, theirs);
        y = names_of(g, ours);
        if (!cb_str_eq(x, y))
            add(g, (struct cb_compare_row){.what = "filter",
                                           .subject = filter,
                                           .field = cb_str_cstr(order),
                                           .theirs = x,
                                           .ours = y,
                                           .why = follows ? CB_LIT("fields that differ may be why") : CB_LIT("the same question has another answer")});
    }
    return CB_OK;
}

enum cb_code cb_compare_run(struct cb_compare *c, struct cb_err *err)
{
    struct comparing g = {.c = c, .a = c->arena};
    enum cb_code rc;

    c->rows = CB_NEW_N(c->arena, struct cb_compare_row, CB_COMPARE_ROW_MAX);
    if ((rc = read_side(&g, &g.theirs, c->theirs, &c->their_n, err)) == CB_OK &&
        (rc = read_side(&g, &g.ours, c->ours, &c->our_n, err)) == CB_OK) {
        read_problems(&g);
        compare_missing(&g);
        compare_extra(&g);
        compare_common(&g);
        if ((rc = compare_facets(&g, err)) == CB_OK)
            rc = compare_sample(&g, err);
    }
    cb_map_fini(&g.theirs.by_ref);
    cb_map_fini(&g.ours.by_ref);
    cb_map_fini(&g.hidden);
    cb_map_fini(&g.broken);
    return rc;
}
