#include "catalog/parse/descriptor.h"

#include "catalog/base/hash.h"
#include "catalog/base/vec.h"
#include "catalog/entity/validate.h"
#include "catalog/parse/body.h"
#include "catalog/parse/derive.h"
#include "catalog/parse/placeholder.h"
#include "catalog/parse/yaml.h"

#define SHOWN_MAX 100 /* bytes of an author's value that a message repeats */

struct reading {
    struct cb_arena *a;    /* the result's */
    struct cb_arena *tree; /* of what the result is made from */
    const struct cb_descriptor_at *at;
    const struct cb_descriptor_opts *opts;
    struct cb_problems problems;
    struct cb_placeholder placeholders;
    CB_VEC(struct cb_entity) entities;
    CB_VEC(struct cb_target) targets;
    CB_VEC(struct cb_broken) broken;
    uint32_t doc;
    size_t first; /* this document's first problem */
};

static void start(struct reading *r, struct cb_arena *a, const struct cb_descriptor_at *at,
                  const struct cb_descriptor_opts *opts)
{
    *r = (struct reading){.a = a, .tree = opts && opts->scratch ? opts->scratch : a, .at = at, .opts = opts};
    r->problems.arena = a;
    r->placeholders.a = r->tree;
    r->placeholders.at = at;
    r->placeholders.opts = opts;
}

static struct cb_origin origin_of(const struct reading *r, const struct cb_node *node)
{
    return (struct cb_origin){r->at->path, r->doc, node ? node->line : 0, node ? node->column : 0};
}

/* The id that a document was meant to have, broken as it may be. */
static cb_str meant_id(struct cb_arena *a, const struct cb_node *doc)
{
    const struct cb_node *metadata = cb_node_get(doc, "metadata");
    struct cb_ref ref = {cb_node_text(doc, "kind"), cb_node_text(metadata, "namespace"), cb_node_text(metadata, "name")};

    return ref.kind.n && ref.name.n ? cb_ref_id(a, &ref) : (cb_str){0};
}

static void add_problem(struct reading *r, const char *rule, const struct cb_node *node, cb_str field, cb_str message,
                        cb_str remedy, cb_str entity, cb_str backstage)
{
    struct cb_problem p = {.rule = rule, .severity = CB_PROBLEM_ERROR, .at = origin_of(r, node), .field = field,
                           .message = message, .remedy = remedy, .entity = entity};

    if (r->problems.n == r->first)
        p.backstage = backstage;
    cb_problem_add(&r->problems, &p);
}

/* A document that YAML itself refuses. */
static void add_unreadable(struct reading *r, const struct cb_yaml_doc *doc)
{
    struct cb_problem p = {.rule = doc->rule, .severity = CB_PROBLEM_ERROR};

    p.message = cb_arena_str(r->a, doc->message);
    p.remedy = cb_arena_str(r->a, doc->remedy);
    p.at = (struct cb_origin){r->at->path, r->doc, doc->line, doc->column};
    p.backstage = cb_arena_printf(r->a,
                                  "Error: YAML error at %" CB_FMT ", YAMLParseError: %" CB_FMT
                                  " at line %u, column %u",
                                  CB_ARG(r->at->location), CB_ARG(doc->message), doc->line, doc->column);
    cb_problem_add(&r->problems, &p);
    cb_vec_push(&r->broken, (struct cb_broken){.at = p.at});
}

static const char *js_type(const struct cb_node *node)
{
    switch (node->type) {
    case CB_BOOL:
        return "boolean";
    case CB_INT:
    case CB_REAL:
        return "number";
    case CB_STRING:
        return "string";
    default:
        return "object";
    }
}

static void add_no_object(struct reading *r, const struct cb_node *root)
{
    bool list = root->type == CB_ARRAY;

    add_problem(r, "document-shape", root, (cb_str){0},
                list ? CB_LIT("the document is a list, where an entity belongs")
                     : CB_LIT("the document is a single value, where an entity belongs"),
                list ? CB_LIT("write each entity as a document of its own, with --- between them")
                     : CB_LIT("write apiVersion, kind, metadata and spec"),
                (cb_str){0},
                cb_arena_printf(r->a, "Error: Expected object at root, got %s", js_type(root)));
}

static bool is_allowed(struct reading *r, const struct cb_node *doc, cb_str id)
{
    const struct cb_rules *rules = r->opts ? r->opts->rules : NULL;
    cb_str kind = cb_node_text(doc, "kind");
    cb_str type = cb_node_text(cb_node_get(doc, "spec"), "type");

    if (cb_rules_allow(rules, kind, type, r->at->origin_location))
        return true;
    add_problem(r, "rules-kind", cb_node_get(doc, "kind"), CB_LIT("kind"),
                cb_arena_printf(r->a, "kind %" CB_FMT " is not allowed from this source", CB_ARG(kind)),
                cb_arena_printf(r->a, "add %" CB_FMT " to rules.allow in the configuration, or take the entity out",
                                CB_ARG(kind)),
                id,
                cb_arena_printf(r->a,
                                "NotAllowedError: Entity %" CB_FMT " at %" CB_FMT ", originated at %" CB_FMT
                                ", is not of an allowed kind for that location",
                                CB_ARG(id), CB_ARG(r->at->location), CB_ARG(r->at->origin_location)));
    return false;
}

static bool fill_placeholders(struct reading *r, struct cb_node *doc, cb_str id)
{
    struct cb_placeholder_fault f;

    if (cb_placeholder_fill(&r->placeholders, doc, &f))
        return true;
    add_problem(r, f.rule, f.node, cb_arena_str(r->a, f.field), cb_arena_str(r->a, f.message), f.remedy, id,
                cb_arena_printf(r->a,
                                "InputError: Processor PlaceholderProcessor threw an error while preprocessing; caused "
                                "by Error: %" CB_FMT,
                                CB_ARG(f.words)));
    return false;
}

static bool is_nothing(const struct cb_node *n)
{
    return n->type == CB_NULL || (n->type == CB_BOOL && !n->b) || (n->type == CB_INT && n->i == 0) ||
           (n->type == CB_STRING && n->text.n == 0);
}

/* Backstage takes an empty annotations key for none. */
static void drop_empty_annotations(struct cb_node *doc)
{
    struct cb_node *metadata = cb_node_get(doc, "metadata"), *annotations = cb_node_get(metadata, "annotations");

    if (annotations && is_nothing(annotations))
        cb_node_del(metadata, CB_LIT("annotations"));
}

static bool make_edges(struct reading *r, struct cb_entity *e, const struct cb_kind *kind, const struct cb_node *doc)
{
    struct cb_derive_fault f = {0};
    struct cb_err err = {0};
    enum cb_code rc = cb_derive_edges(&e->edges, &e->edge_n, r->a, kind, doc, &e->ref, &f, &err);
    cb_str value = {0};

    if (rc == CB_OK)
        return true;
    if (rc == CB_ELIMIT) {
        add_problem(r, "limit", doc, CB_LIT("spec"), cb_arena_printf(r->a, "%s", err.text),
                    CB_LIT("name fewer entities in one"), e->id, cb_arena_printf(r->a, "Error: %s", err.text));
        return false;
    }
    if (f.node->type != CB_ARRAY && f.node->type != CB_OBJECT)
        value = cb_problem_cut(cb_node_scalar(r->a, f.node), SHOWN_MAX);
    add_problem(r, "ref-form", f.node, f.field,
                cb_arena_printf(r->a, "%" CB_FMT " \"%" CB_FMT "\" %s", CB_ARG(f.field), CB_ARG(value),
                                f.hint_kind ? "does not say what kind of entity it is"
                                            : "is not a reference to an entity"),
                f.hint_kind ? cb_arena_printf(r->a, "put the kind before it, for example %s:%" CB_FMT " or resource:%" CB_FMT,
                                              f.hint_kind, CB_ARG(value), CB_ARG(value))
                            : CB_LIT("write [kind:][namespace/]name, for example component:default/payment-service"),
                e->id,
                cb_arena_printf(r->a, "InputError: Processor %s threw an error while postprocessing; caused by %" CB_FMT,
                                kind->processor, CB_ARG(f.words)));
    return false;
}

static bool make_body(struct reading *r, struct cb_entity *e, struct cb_node *doc)
{
    struct cb_term_notes notes = {.arena = r->a};
    struct cb_err err = {0};
    enum cb_code rc = cb_body_make(e, r->a, r->tree, doc, r->at, &notes, &err);
    cb_str message = rc == CB_OK ? (cb_str){0} : cb_arena_printf(r->a, "%s", err.text);

    if (rc == CB_ECONFLICT) {
        add_problem(r, "key-case", notes.clash, notes.other, message,
                    CB_LIT("keep one spelling: filters do not tell upper from lower case"), e->id,
                    cb_arena_printf(r->a,
                                    "InputError: Entity has duplicate keys that vary only in casing, %" CB_FMT,
                                    CB_ARG(notes.clashes)));
    } else if (rc != CB_OK) {
        add_problem(r, "limit", doc, (cb_str){0}, message, CB_LIT("make the entity smaller"), e->id,
                    cb_arena_printf(r->a, "Error: %" CB_FMT, CB_ARG(message)));
    } else if (notes.long_key) {
        struct cb_problem p = {.rule = "key-long", .severity = CB_PROBLEM_WARNING, .at = origin_of(r, notes.long_key),
                               .entity = e->id, .remedy = CB_LIT("use shorter keys or fewer levels")};

        p.message = cb_arena_printf(r->a, "a path of keys is longer than %d bytes: it cannot be searched for",
                                    CB_TERM_KEY_MAX);
        cb_problem_add(&r->problems, &p);
    }
    return rc == CB_OK;
}

/* The targets of a Location. Their type is judged by whoever reads them. */
static void add_targets(struct reading *r, const struct cb_entity *e, const struct cb_node *doc)
{
    const struct cb_node *spec = cb_node_get(doc, "spec"), *one = cb_node_get(spec, "target");
    const struct cb_node *many = cb_node_get(spec, "targets");
    struct cb_target target = {.entity = e->id, .type = cb_arena_str(r->a, cb_node_text(spec, "type"))};
    size_t n = 0;

    if (!target.type.n)
        target.type = r->at->location_type;
    target.optional = cb_str_eq(cb_node_text(spec, "presence"), CB_LIT("optional"));
    if (one && one->type == CB_STRING) {
        target.text = cb_arena_str(r->a, one->text);
        target.at = origin_of(r, one);
        cb_vec_push(&r->targets, target);
        n++;
    }
    for (const struct cb_node *c = many && many->type == CB_ARRAY ? many->first : NULL; c; c = c->next) {
        if (c->type != CB_STRING)
            continue;
        if (n++ >= CB_TARGET_MAX) {
            add_problem(r, "limit", c, CB_LIT("spec.targets"),
                        cb_arena_printf(r->a, "the location has more than %d targets: the rest is not read", CB_TARGET_MAX),
                        CB_LIT("split it into several locations"), e->id, (cb_str){0});
            return;
        }
        target.text = cb_arena_str(r->a, c->text);
        target.at = origin_of(r, c);
        cb_vec_push(&r->targets, target);
    }
}

/* One document that is an object: an entity, or problems. The broken list gets it unless the rules turned it away. */
static bool read_doc(struct reading *r, struct cb_node *doc, struct cb_entity *e)
{
    struct cb_validate v = {&r->problems, r->at->path, r->doc, r->first, meant_id(r->a, doc),
                            r->opts ? r->opts->rules : NULL};
    const struct cb_kind *kind = NULL;
    bool is_entity = cb_validate_is_entity(&v, doc), whole = is_entity && cb_validate_envelope(&v, doc);
    bool forbidden = false, ok;

    *e = (struct cb_entity){.id = v.entity, .at = origin_of(r, doc)};
    drop_empty_annotations(doc);
    if (whole)
        forbidden = !is_allowed(r, doc, e->id);
    if (forbidden)
        return false;
    ok = whole && fill_placeholders(r, doc, e->id);
    if (doc->type == CB_OBJECT && is_entity && (ok || !whole))
        ok = cb_validate_entity(&v, doc, &kind) && whole;
    if (ok) {
        const struct cb_node *metadata = cb_node_get(doc, "metadata");
        cb_str space = cb_node_text(metadata, "namespace");

        e->ref = (struct cb_ref){cb_arena_str(r->a, cb_node_text(doc, "kind")),
                                 space.n ? cb_arena_str(r->a, space) : CB_LIT("default"),
                                 cb_arena_str(r->a, cb_node_text(metadata, "name"))};
        cb_derive_sort(r->tree, cb_node_get(doc, "spec"));
        ok = make_edges(r, e, kind, doc);
        ok = make_body(r, e, doc) && ok;
    }
    if (!ok)
        cb_vec_push(&r->broken, (struct cb_broken){e->id, e->at});
    else if (cb_str_eq(kind->name, CB_LIT("Location")))
        add_targets(r, e, doc);
    return ok;
}

static void warn_encoding(struct reading *r, uint32_t line)
{
    struct cb_problem p = {.rule = "yaml-encoding", .severity = CB_PROBLEM_WARNING, .at = {r->at->path, 0, line, 0},
                           .message = CB_LIT("the file has bytes that are not UTF-8; they are shown as U+FFFD"),
                           .remedy = CB_LIT("save the file as UTF-8")};

    cb_problem_add(&r->problems, &p);
}

#define GIVE(to, n_to, vec)                                                                        \
    do {                                                                                           \
        (n_to) = (vec).n;                                                                          \
        (to) = (vec).n ? cb_arena_alloc(r->a, (vec).n * sizeof(*(vec).v)) : NULL;                  \
        if ((vec).n)                                                                               \
            memcpy((to), (vec).v, (vec).n * sizeof(*(vec).v));                                     \
        cb_vec_fini(&(vec));                                                                       \
    } while (0)

/* The last of a full list gives its place to a word about those that are not in it. */
static void say_more(struct reading *r)
{
    struct cb_problems *list = &r->problems;
    struct cb_problem p = {.rule = "limit", .severity = CB_PROBLEM_ERROR, .remedy = CB_LIT("correct those that are listed first")};
    size_t more = list->left_out;

    if (!more)
        return;
    if (list->n == CB_PROBLEM_N_MAX) {
        list->n--;
        more++;
    }
    p.at.path = r->at->path;
    p.message = cb_arena_printf(r->a, "%zu more mistakes of this file are not listed", more);
    cb_problem_add(list, &p);
}

static void finish(struct reading *r, struct cb_descriptor *out)
{
    say_more(r);
    GIVE(out->entities, out->entity_n, r->entities);
    GIVE(out->targets, out->target_n, r->targets);
    GIVE(out->broken, out->broken_n, r->broken);
    out->problems = r->problems.v;
    out->problem_n = r->problems.n;
    out->include_n = r->placeholders.path_n;
    out->includes = out->include_n ? CB_NEW_N(r->a, cb_str, out->include_n) : NULL;
    for (size_t i = 0; i < out->include_n; i++)
        out->includes[i] = cb_arena_str(r->a, r->placeholders.paths[i]);
}

void cb_descriptor_read(struct cb_descriptor *out, struct cb_arena *a, cb_str bytes, const struct cb_descriptor_at *at,
                        const struct cb_descriptor_opts *opts)
{
    struct reading r;
    struct cb_yaml yaml;

    start(&r, a, at, opts);
    *out = (struct cb_descriptor){0};
    cb_yaml_read(&yaml, r.tree, bytes);
    if (yaml.bad_line)
        warn_encoding(&r, yaml.bad_line);
    for (size_t i = 0; i < yaml.doc_n; i++) {
        struct cb_yaml_doc *doc = &yaml.docs[i];
        struct cb_entity e;

        r.doc = (uint32_t)i;
        r.first = r.problems.n;
        if (doc->broken) {
            add_unreadable(&r, doc);
        } else if (doc->root && doc->root->type != CB_OBJECT) {
            add_no_object(&r, doc->root);
            cb_vec_push(&r.broken, (struct cb_broken){.at = origin_of(&r, doc->root)});
        } else if (doc->root && read_doc(&r, doc->root, &e)) {
            cb_vec_push(&r.entities, e);
        }
    }
    out->doc_n = (uint32_t)yaml.doc_n;
    finish(&r, out);
}

enum cb_code cb_descriptor_entity(struct cb_entity *out, struct cb_arena *a, struct cb_node *doc,
                                  const struct cb_descriptor_at *at, const struct cb_descriptor_opts *opts,
                                  struct cb_problem **problems, size_t *problem_n, struct cb_err *err)
{
    struct cb_descriptor all = {0};
    struct reading r;
    bool ok;

    start(&r, a, at, opts);
    ok = read_doc(&r, doc, out);
    finish(&r, &all);
    if (problems)
        *problems = all.problems;
    if (problem_n)
        *problem_n = all.problem_n;
    if (ok)
        return CB_OK;
    return cb_fail(err, CB_EINVAL, "%" CB_FMT "; %" CB_FMT, CB_ARG(all.problems[0].message), CB_ARG(all.problems[0].remedy));
}

struct cb_node *cb_descriptor_location(struct cb_arena *a, cb_str type, cb_str target, cb_str presence)
{
    struct cb_node *doc = cb_node_new(a, CB_OBJECT), *metadata = cb_node_new(a, CB_OBJECT);
    struct cb_node *spec = cb_node_new(a, CB_OBJECT);
    cb_str ref = cb_arena_printf(a, "%" CB_FMT ":%" CB_FMT, CB_ARG(type), CB_ARG(target));
    uint8_t sha1[CB_SHA1_BYTES];
    char hex[2 * CB_SHA1_BYTES + 1];

    cb_sha1(sha1, ref);
    cb_hex(hex, sha1, sizeof(sha1));
    cb_node_put(metadata, CB_LIT("name"), cb_node_string(a, cb_arena_printf(a, "generated-%s", hex)));
    cb_node_put(spec, CB_LIT("type"), cb_node_string(a, type));
    cb_node_put(spec, CB_LIT("target"), cb_node_string(a, target));
    if (presence.n)
        cb_node_put(spec, CB_LIT("presence"), cb_node_string(a, presence));
    cb_node_put(doc, CB_LIT("apiVersion"), cb_node_string(a, CB_LIT("backstage.io/v1alpha1")));
    cb_node_put(doc, CB_LIT("kind"), cb_node_string(a, CB_LIT("Location")));
    cb_node_put(doc, CB_LIT("metadata"), metadata);
    cb_node_put(doc, CB_LIT("spec"), spec);
    return doc;
}
