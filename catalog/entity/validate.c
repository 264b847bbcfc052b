#include "catalog/entity/validate.h"

#include "catalog/entity/format.h"

#define SHOWN_MAX 100 /* bytes of an author's value that a message repeats */
#define ADR "https://github.com/backstage/backstage/blob/master/docs/architecture-decisions/adr002-default-catalog-file-format.md"

/* The step of Backstage's processing that finds a mistake: it decides how its message is wrapped. */
enum step { STEP_ENVELOPE, STEP_SCHEMA, STEP_ROOT, STEP_FORMAT, STEP_KIND };

/* Where the walk is: a chain of keys and indexes on the stack. */
struct where {
    const struct where *up;
    cb_str key;
    size_t index; /* when KEY.p is NULL */
    const struct cb_node *node;
};

struct walk {
    const struct cb_validate *v;
    enum step step;
    const struct cb_kind *kind;
    size_t first; /* this document's first problem */
    const struct where *either; /* a list of objects that may be an object: Backstage's words are about that */
};

static const char *type_name(enum cb_node_type type)
{
    static const char *const names[] = {"nothing (null)", "true or false", "a number", "a number",
                                        "a text",         "a list",        "a mapping"};

    return names[type];
}

/* VALUE as an author would know it, cut, in quotes when it is text. */
static cb_str shown(struct cb_arena *a, const struct cb_node *node)
{
    if (node->type == CB_STRING) {
        cb_str cut = cb_problem_cut(node->text, SHOWN_MAX);

        return cb_arena_printf(a, "\"%" CB_FMT "%s\"", CB_ARG(cut), cut.n < node->text.n ? "..." : "");
    }
    if (node->type == CB_ARRAY || node->type == CB_OBJECT)
        return cb_str_cstr(type_name(node->type));
    return cb_node_scalar(a, node);
}

/* "metadata.tags.0" */
static cb_str dotted(struct cb_arena *a, const struct where *at)
{
    cb_str up;

    if (!at || !at->up)
        return (cb_str){0};
    up = dotted(a, at->up);
    if (!at->key.p)
        return cb_arena_printf(a, "%" CB_FMT ".%zu", CB_ARG(up), at->index);
    return cb_arena_printf(a, "%" CB_FMT "%s%" CB_FMT, CB_ARG(up), up.n ? "." : "", CB_ARG(at->key));
}

/*
 * Backstage sorts some lists of texts before it looks. The one mistake that such a text can have is to be empty, and
 * an empty one comes first.
 */
static size_t sorted_index(const struct where *at)
{
    static const char *const sorted[] = {"providesApis", "consumesApis", "dependsOn", "dependencyOf",
                                         "memberOf",     "children",     "members"};

    const struct where *spec = at->up ? at->up->up : NULL;

    if (!spec || !spec->up || spec->up->up || !cb_str_eq(spec->key, CB_LIT("spec")))
        return at->index;
    for (const struct cb_node *n = at->up->node->first; n; n = n->next)
        if (n->type != CB_STRING)
            return at->index;
    for (size_t i = 0; i < CB_COUNT(sorted); i++)
        if (cb_str_eq(at->up->key, cb_str_cstr(sorted[i])))
            return 0;
    return at->index;
}

static void put_pointer(struct cb_buf *b, const struct where *at)
{
    if (!at || !at->up)
        return;
    put_pointer(b, at->up);
    cb_buf_put_char(b, '/');
    if (!at->key.p) {
        cb_buf_printf(b, "%zu", sorted_index(at));
        return;
    }
    for (size_t i = 0; i < at->key.n; i++) {
        if (at->key.p[i] == '~')
            cb_buf_put_cstr(b, "~0");
        else if (at->key.p[i] == '/')
            cb_buf_put_cstr(b, "~1");
        else
            cb_buf_put_char(b, at->key.p[i]);
    }
}

/* "/metadata/tags/0", or "<root>" */
static cb_str pointer(struct cb_arena *a, const struct where *at)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str out;

    put_pointer(&b, at);
    out = b.n ? cb_arena_str(a, cb_buf_str(&b)) : CB_LIT("<root>");
    cb_buf_fini(&b);
    return out;
}

/* Backstage's whole sentence around CAUSE ("TypeError: ..."). */
static cb_str wrap(const struct walk *w, cb_str id, const char *cause_type, cb_str cause)
{
    struct cb_arena *a = w->v->problems->arena;

    switch (w->step) {
    case STEP_ENVELOPE:
        return cb_arena_printf(a, "%s: %" CB_FMT, cause_type, CB_ARG(cause));
    case STEP_SCHEMA:
    case STEP_ROOT:
    case STEP_FORMAT:
        return cb_arena_printf(a, "InputError: Policy check failed for %" CB_FMT "; caused by %s: %" CB_FMT, CB_ARG(id),
                               cause_type, CB_ARG(cause));
    case STEP_KIND:
        break;
    }
    return cb_arena_printf(a,
                           "InputError: Processor %s threw an error while validating the entity %" CB_FMT
                           "; caused by %s: %" CB_FMT,
                           w->kind->processor, CB_ARG(id), cause_type, CB_ARG(cause));
}

/* What a check found; the words are filled in by the caller. */
struct finding {
    const char *rule;
    cb_str message, remedy;
    cb_str words;       /* of the validator: "must be string" */
    cb_str params;      /* "type: string" */
    bool at_key;        /* the place is the field's key */
    bool missing_child; /* the place is the object; the field is KEY in it */
    cb_str child;
};

static bool known_field(const struct walk *w, cb_str field)
{
    for (size_t i = w->first; i < w->v->problems->n; i++)
        if (cb_str_eq(w->v->problems->v[i].field, field))
            return true;
    return false;
}

/* The document has its fill of problems: one more is only counted. */
static bool is_full(const struct walk *w)
{
    struct cb_problems *list = w->v->problems;

    if (list->n - w->first < CB_VALIDATE_MAX)
        return false;
    list->left_out++;
    return true;
}

static void report(const struct walk *w, const struct where *at, const struct finding *f)
{
    struct cb_problems *list = w->v->problems;
    struct cb_arena *a = list->arena;
    struct cb_problem p = {.rule = f->rule, .severity = CB_PROBLEM_ERROR, .message = f->message, .remedy = f->remedy};
    bool key_place = (f->missing_child || f->at_key) && at->node->key_line;

    p.field = dotted(a, at);
    if (f->missing_child)
        p.field = cb_arena_printf(a, "%" CB_FMT "%s%" CB_FMT, CB_ARG(p.field), p.field.n ? "." : "", CB_ARG(f->child));
    if (is_full(w) || known_field(w, p.field))
        return;
    p.at = (struct cb_origin){w->v->path, w->v->doc, at->node->line, at->node->column};
    if (key_place) {
        p.at.line = at->node->key_line;
        p.at.column = at->node->key_column;
    }
    p.entity = w->v->entity;
    if (list->n == w->first && f->words.n) {
        bool policy = w->step == STEP_SCHEMA;
        cb_str where = pointer(a, at), cause;

        if (w->step == STEP_ROOT || w->step == STEP_FORMAT)
            cause = f->words;
        else if (w->either)
            cause = cb_arena_printf(a, "%" CB_FMT " must be object - type: object", CB_ARG(pointer(a, w->either)));
        else if (policy)
            cause = cb_arena_printf(a, "Malformed envelope, %" CB_FMT " %" CB_FMT, CB_ARG(where), CB_ARG(f->words));
        else
            cause = cb_arena_printf(a, "%" CB_FMT " %" CB_FMT " - %" CB_FMT, CB_ARG(where), CB_ARG(f->words),
                                    CB_ARG(f->params));
        p.backstage = wrap(w, p.entity, w->step == STEP_ENVELOPE || w->step == STEP_KIND ? "TypeError" : "Error", cause);
    }
    cb_problem_add(list, &p);
}

/* --- the walk over a table of fields ----------------------------------------------------------- */

static uint8_t is_of(const struct cb_node *node)
{
    switch (node->type) {
    case CB_STRING:
        return CB_IS_STRING;
    case CB_BOOL:
        return CB_IS_BOOL;
    case CB_OBJECT:
        return CB_IS_OBJECT;
    case CB_ARRAY:
        return CB_IS_ARRAY;
    default:
        return 0;
    }
}

static const char *is_words(uint8_t is)
{
    switch (is) {
    case CB_IS_STRING:
        return "a text";
    case CB_IS_OBJECT:
        return "a mapping";
    case CB_IS_ARRAY:
        return "a list";
    case CB_IS_STRING | CB_IS_BOOL:
        return "a text, true or false";
    default:
        return "a mapping or a list of mappings";
    }
}

static const char *is_json(uint8_t is)
{
    switch (is) {
    case CB_IS_STRING:
        return "string";
    case CB_IS_ARRAY:
        return "array";
    case CB_IS_STRING | CB_IS_BOOL:
        return "string,boolean";
    default:
        return "object";
    }
}

static cb_str for_example(struct cb_arena *a, const struct cb_field *field, const struct where *at, cb_str name)
{
    if (!field->hint)
        return (cb_str){0};
    if (!name.n)
        name = at->key.p ? at->key : (cb_str){0};
    return cb_arena_printf(a, ", for example %" CB_FMT "%s%s", CB_ARG(name), name.n ? ": " : "", field->hint);
}

static void wrong_type(const struct walk *w, const struct cb_field *field, const struct where *at)
{
    struct cb_arena *a = w->v->problems->arena;
    cb_str name, eg;
    bool brace = at->node->type == CB_OBJECT && at->node->child_n == 1 && at->node->first->key.n &&
                 at->node->first->key.p[0] == '{';
    struct finding f = {.rule = "field-type"};

    if (is_full(w))
        return;
    name = dotted(a, at);
    eg = for_example(a, field, at, (cb_str){0});
    f.message = cb_arena_printf(a, "%" CB_FMT " is %s, where %s belongs", CB_ARG(name.n ? name : CB_LIT("the document")),
                                type_name(at->node->type), is_words(field->is));
    if (brace)
        f.remedy = CB_LIT("\"{{ ... }}\" without quotes is a YAML mapping: quote it; if this file is a template's "
                          "skeleton, leave it out of the source's paths");
    else if (field->is == CB_IS_STRING && (is_of(at->node) == 0 || at->node->type == CB_BOOL) &&
             at->node->type != CB_NULL)
        f.remedy = cb_arena_printf(a, "put it in quotes: \"%" CB_FMT "\"", CB_ARG(cb_node_scalar(a, at->node)));
    else
        f.remedy = cb_arena_printf(a, "write %s%" CB_FMT "%s", is_words(field->is), CB_ARG(eg),
                                   field->flags & CB_FIELD_REQUIRED ? "" : ", or leave the field out");
    f.words = cb_arena_printf(a, "must be %s", is_json(field->is));
    f.params = cb_arena_printf(a, "type: %s", is_json(field->is));
    report(w, at, &f);
}

static void missing(const struct walk *w, const struct cb_field *child, const struct where *at)
{
    struct cb_arena *a = w->v->problems->arena;
    cb_str up = dotted(a, at);
    struct finding f = {.rule = "field-missing", .missing_child = true, .child = cb_str_cstr(child->name)};

    f.message = cb_arena_printf(a, "%" CB_FMT "%s%s is missing", CB_ARG(up), up.n ? "." : "", child->name);
    f.remedy = cb_arena_printf(a, "add it%" CB_FMT, CB_ARG(for_example(a, child, at, f.child)));
    f.words = cb_arena_printf(a, "must have required property '%s'", child->name);
    f.params = cb_arena_printf(a, "missingProperty: %s", child->name);
    report(w, at, &f);
}

static void too_short(const struct walk *w, const struct cb_field *field, const struct where *at, bool items)
{
    struct cb_arena *a = w->v->problems->arena;
    struct finding f = {.rule = "field-empty"};

    f.message = cb_arena_printf(a, "%" CB_FMT " is empty", CB_ARG(dotted(a, at)));
    f.remedy = cb_arena_printf(a, "give it a value%" CB_FMT "%s", CB_ARG(for_example(a, field, at, (cb_str){0})),
                               field->flags & CB_FIELD_REQUIRED ? "" : ", or leave the field out");
    f.words = cb_arena_printf(a, "must NOT have fewer than %u %s", (unsigned)field->min, items ? "items" : "characters");
    f.params = cb_arena_printf(a, "limit: %u", (unsigned)field->min);
    report(w, at, &f);
}

static size_t character_n(cb_str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

static void check_one_of(const struct walk *w, const struct cb_field *field, const struct where *at)
{
    struct cb_arena *a = w->v->problems->arena;
    cb_str list = {0};
    struct finding f = {.rule = "field-value"};

    for (const char *const *v = field->one_of; *v; v++) {
        if (at->node->type == CB_STRING && cb_str_eq(at->node->text, cb_str_cstr(*v)))
            return;
        list = cb_arena_printf(a, "%" CB_FMT "%s%s", CB_ARG(list), list.n ? "," : "", *v);
    }
    f.message = cb_arena_printf(a, "%" CB_FMT " is %" CB_FMT ", which it may not be", CB_ARG(dotted(a, at)),
                                CB_ARG(shown(a, at->node)));
    f.remedy = cb_arena_printf(a, "write one of: %" CB_FMT, CB_ARG(list));
    f.words = CB_LIT("must be equal to one of the allowed values");
    f.params = cb_arena_printf(a, "allowedValues: %" CB_FMT, CB_ARG(list));
    report(w, at, &f);
}

static bool is_word(cb_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return s.n > 0;
}

static void check_string(const struct walk *w, const struct cb_field *field, const struct where *at)
{
    struct cb_arena *a = w->v->problems->arena;
    struct finding f = {.rule = "field-length"};

    if (field->min && at->node->text.n == 0) {
        too_short(w, field, at, false);
    } else if (field->max && character_n(at->node->text) > field->max) {
        f.message = cb_arena_printf(a, "%" CB_FMT " has %zu characters", CB_ARG(dotted(a, at)), character_n(at->node->text));
        f.remedy = cb_arena_printf(a, "write at most %u", (unsigned)field->max);
        f.words = cb_arena_printf(a, "must NOT have more than %u characters", (unsigned)field->max);
        f.params = cb_arena_printf(a, "limit: %u", (unsigned)field->max);
        report(w, at, &f);
    } else if ((field->flags & CB_FIELD_WORD) && !is_word(at->node->text)) {
        f.rule = "field-format";
        f.message = cb_arena_printf(a, "%" CB_FMT " is %" CB_FMT, CB_ARG(dotted(a, at)), CB_ARG(shown(a, at->node)));
        f.remedy = CB_LIT("write letters, digits and '_' only");
        f.words = CB_LIT("must match pattern \"^\\w+$\"");
        f.params = CB_LIT("pattern: ^\\w+$");
        report(w, at, &f);
    }
}

static void walk_field(const struct walk *w, const struct cb_field *field, const struct where *at);

static const struct cb_field *find_member(const struct cb_field *members, cb_str key)
{
    for (; members && members->name; members++)
        if (cb_str_eq(cb_str_cstr(members->name), key))
            return members;
    return NULL;
}

static void unknown_member(const struct walk *w, const struct where *at, const struct cb_node *child)
{
    struct cb_arena *a = w->v->problems->arena;
    struct where here = {at, child->key, 0, child};
    struct finding f = {.rule = "field-unknown", .at_key = true};

    if (is_full(w))
        return;
    f.message = cb_arena_printf(a, "%" CB_FMT " is not a field of %s", CB_ARG(dotted(a, &here)),
                                at->up ? "this object" : "an entity");
    f.remedy = at->up ? CB_LIT("take it out")
                      : CB_LIT("an entity has apiVersion, kind, metadata and spec at its root: move it into metadata or "
                               "spec, or take it out");
    f.words = CB_LIT("must NOT have additional properties");
    f.params = cb_arena_printf(a, "additionalProperty: %" CB_FMT, CB_ARG(child->key));
    /* The validator's place is the object; ours is the member. */
    if (w->v->problems->n == w->first) {
        struct cb_problem *p;
        size_t n = w->v->problems->n;

        report(w, &here, &f);
        if (w->v->problems->n > n) {
            cb_str cause = w->step == STEP_SCHEMA
                               ? cb_arena_printf(a, "Malformed envelope, %" CB_FMT " %" CB_FMT, CB_ARG(pointer(a, at)),
                                                 CB_ARG(f.words))
                               : cb_arena_printf(a, "%" CB_FMT " %" CB_FMT " - %" CB_FMT, CB_ARG(pointer(a, at)),
                                                 CB_ARG(f.words), CB_ARG(f.params));

            p = &w->v->problems->v[n];
            p->backstage = wrap(w, p->entity, w->step == STEP_SCHEMA ? "Error" : "TypeError", cause);
        }
        return;
    }
    report(w, &here, &f);
}

/* What the schema's pattern ^.+$ takes for a key. */
static bool is_named(cb_str key)
{
    return key.n && !memchr(key.p, '\n', key.n) && !memchr(key.p, '\r', key.n) &&
           cb_str_find(key, CB_LIT("\xe2\x80\xa8")) == SIZE_MAX && cb_str_find(key, CB_LIT("\xe2\x80\xa9")) == SIZE_MAX;
}

static void walk_object(const struct walk *w, const struct cb_field *field, const struct where *at)
{
    const struct cb_node *node = at->node;

    for (const struct cb_field *m = field->members; m && m->name; m++)
        if ((m->flags & CB_FIELD_REQUIRED) && !cb_node_get(node, m->name))
            missing(w, m, at);
    if (field->flags & CB_FIELD_CLOSED)
        for (const struct cb_node *child = node->first; child; child = child->next)
            if (!find_member(field->members, child->key))
                unknown_member(w, at, child);
    for (const struct cb_field *m = field->members; m && m->name; m++) {
        const struct cb_node *child = cb_node_get(node, m->name);
        struct where here = {at, cb_str_cstr(m->name), 0, child};

        if (child)
            walk_field(w, m, &here);
    }
    if (field->rest)
        for (const struct cb_node *child = node->first; child; child = child->next) {
            struct where here = {at, child->key.p ? child->key : CB_LIT(""), 0, child};

            if (!find_member(field->members, child->key) && (!(field->flags & CB_FIELD_NAMED) || is_named(child->key)))
                walk_field(w, field->rest, &here);
        }
}

static void walk_array(const struct walk *w, const struct cb_field *field, const struct where *at)
{
    size_t i = 0;

    if (field->min && at->node->child_n < field->min)
        too_short(w, field, at, true);
    if (field->items)
        for (const struct cb_node *child = at->node->first; child; child = child->next, i++) {
            struct where here = {at, {0}, i, child};

            walk_field(w, field->items, &here);
        }
}

/* An object of the field's shape, or a list of such objects. The list's own mistake hides those within. */
static void walk_either(const struct walk *w, const struct cb_field *field, const struct where *at)
{
    struct cb_field one = *field;
    struct walk list = *w;
    size_t i = 0;

    one.is = CB_IS_OBJECT;
    if (at->node->type == CB_OBJECT) {
        walk_object(w, &one, at);
        return;
    }
    list.either = at;
    for (const struct cb_node *child = at->node->first; child; child = child->next, i++) {
        struct where here = {at, {0}, i, child};

        walk_field(&list, &one, &here);
    }
}

static void walk_field(const struct walk *w, const struct cb_field *field, const struct where *at)
{
    if (field->is && !(field->is & is_of(at->node))) {
        wrong_type(w, field, at);
        return;
    }
    if (field->one_of) /* before its length, as the validator does */
        check_one_of(w, field, at);
    if (field->is == CB_IS_EITHER)
        walk_either(w, field, at);
    else if (at->node->type == CB_STRING)
        check_string(w, field, at);
    else if (at->node->type == CB_ARRAY)
        walk_array(w, field, at);
    else if (at->node->type == CB_OBJECT)
        walk_object(w, field, at);
}

/* --- formats ----------------------------------------------------------------------------------- */

static void check_format(const struct walk *w, enum cb_format format, const char *label, cb_str value, bool is_key,
                         const struct where *at)
{
    struct cb_arena *a = w->v->problems->arena;
    struct finding f = {.rule = "field-format"};
    size_t length;
    cb_str cut, near;

    if (cb_format_ok(format, value) || is_full(w))
        return;
    cut = cb_problem_cut(value, SHOWN_MAX);
    length = cb_format_length(value);
    near = cb_format_near(a, format, value);
    f.message = cb_arena_printf(a, "%" CB_FMT "%s \"%" CB_FMT "%s\" %s", CB_ARG(dotted(a, at)), is_key ? ": the key" : "",
                                CB_ARG(cut), cut.n < value.n ? "..." : "",
                                length > CB_NAME_MAX && format != CB_FORMAT_URL && format != CB_FORMAT_TEXT
                                    ? cb_arena_printf(a, "is too long (%zu characters) or has one that is not allowed",
                                                      length).p
                                    : "is not of the right form");
    if (cb_str_find(value, CB_LIT("{{")) != SIZE_MAX)
        f.remedy = CB_LIT("\"{{\" is filled in when a template runs: leave a skeleton out of the source's paths");
    else
        f.remedy = cb_arena_printf(a, "write %s%s%" CB_FMT "%s", cb_format_rule(format),
                                   near.n ? "; for example \"" : "", CB_ARG(near), near.n ? "\"" : "");
    if (w->v->problems->n == w->first)
        f.words = cb_arena_printf(a,
                                  "\"%s\" is not valid; expected %s but found \"%" CB_FMT
                                  "\". To learn more about catalog file format, visit: " ADR,
                                  label, cb_format_expected(format), CB_ARG(value));
    report(w, at, &f);
}

static void check_member(const struct walk *w, enum cb_format format, const char *label, const char *key,
                         const struct where *up)
{
    const struct cb_node *node = cb_node_get(up->node, key);
    struct where at = {up, cb_str_cstr(key), 0, node};

    if (node && node->type == CB_STRING)
        check_format(w, format, label, node->text, false, &at);
}

static bool names_ok(const struct cb_node *map, enum cb_format value)
{
    for (const struct cb_node *n = map->first; n; n = n->next)
        if (!cb_format_ok(CB_FORMAT_LABEL_KEY, n->key) ||
            (value != CB_FORMAT_N && n->type == CB_STRING && !cb_format_ok(value, n->text)))
            return false;
    return true;
}

/* Labels or annotations: VALUE is CB_FORMAT_N where any text will do. */
static void check_names(const struct walk *w, const char *key, enum cb_format value, const struct where *metadata)
{
    const struct cb_node *map = cb_node_get(metadata->node, key);
    struct where up = {metadata, cb_str_cstr(key), 0, map};

    if (!map || map->type != CB_OBJECT || names_ok(map, value))
        return;
    for (const struct cb_node *n = map->first; n; n = n->next) {
        cb_str label = cb_arena_printf(w->v->problems->arena, "%s.%" CB_FMT, key, CB_ARG(n->key));
        struct where at = {&up, n->key.p ? n->key : CB_LIT(""), 0, n};

        check_format(w, CB_FORMAT_LABEL_KEY, label.p, n->key, true, &at);
        if (value != CB_FORMAT_N && n->type == CB_STRING)
            check_format(w, value, label.p, n->text, false, &at);
    }
}

static void check_tags(const struct walk *w, const struct where *metadata)
{
    const struct cb_node *tags = cb_node_get(metadata->node, "tags");
    struct where up = {metadata, CB_LIT("tags"), 0, tags};
    size_t i = 0;

    if (!tags || tags->type != CB_ARRAY)
        return;
    for (const struct cb_node *n = tags->first; n; n = n->next, i++) {
        struct where at = {&up, {0}, i, n};
        char label[32];

        if (n->type != CB_STRING || cb_format_ok(CB_FORMAT_TAG, n->text))
            continue;
        snprintf(label, sizeof(label), "tags.%zu", i);
        check_format(w, CB_FORMAT_TAG, label, n->text, false, &at);
    }
}

static void check_links(const struct walk *w, const struct where *metadata)
{
    static const struct {
        const char *key;
        enum cb_format format;
    } fields[] = {{"url", CB_FORMAT_URL}, {"title", CB_FORMAT_TEXT}, {"icon", CB_FORMAT_TEXT}};
    const struct cb_node *links = cb_node_get(metadata->node, "links");
    struct where up = {metadata, CB_LIT("links"), 0, links};
    size_t i = 0;

    if (!links || links->type != CB_ARRAY)
        return;
    for (const struct cb_node *n = links->first; n; n = n->next, i++) {
        struct where at = {&up, {0}, i, n};
        char label[48];

        for (size_t k = 0; k < CB_COUNT(fields); k++) {
            snprintf(label, sizeof(label), "links.%zu.%s", i, fields[k].key);
            check_member(w, fields[k].format, label, fields[k].key, &at);
        }
    }
}

static void check_formats(const struct walk *w, const struct where *root)
{
    const struct cb_node *node = cb_node_get(root->node, "metadata");
    struct where metadata = {root, CB_LIT("metadata"), 0, node};

    check_member(w, CB_FORMAT_API_VERSION, "apiVersion", "apiVersion", root);
    check_member(w, CB_FORMAT_KIND, "kind", "kind", root);
    check_member(w, CB_FORMAT_NAME, "metadata.name", "name", &metadata);
    check_member(w, CB_FORMAT_NAMESPACE, "metadata.namespace", "namespace", &metadata);
    check_names(w, "labels", CB_FORMAT_LABEL_VALUE, &metadata);
    check_names(w, "annotations", CB_FORMAT_N, &metadata);
    check_tags(w, &metadata);
    check_links(w, &metadata);
}

/* --- kinds ------------------------------------------------------------------------------------- */

static cb_str kind_names(struct cb_arena *a)
{
    cb_str out = {0};

    for (size_t i = 0; cb_kind_at(i); i++)
        if (!cb_kind_at(i)->spec_type.n && !cb_kind_at(i)->opt_in)
            out = cb_arena_printf(a, "%" CB_FMT "%s%" CB_FMT, CB_ARG(out), out.n ? ", " : "", CB_ARG(cb_kind_at(i)->name));
    return out;
}

/* Neither kind nor apiVersion is one that we know: say which of the two it is. */
static void unknown_kind(const struct walk *w, const struct where *root)
{
    struct cb_problems *list = w->v->problems;
    struct cb_arena *a = list->arena;
    const struct cb_node *kind = cb_node_get(root->node, "kind"), *version = cb_node_get(root->node, "apiVersion");
    const struct cb_kind *exact = cb_kind_find(kind->text), *near = cb_kind_find_nocase(kind->text);
    const struct cb_node *node = exact && !exact->opt_in ? version : kind;
    struct cb_problem p = {.rule = "kind-unknown", .severity = CB_PROBLEM_ERROR};

    p.field = node == kind ? CB_LIT("kind") : CB_LIT("apiVersion");
    if (known_field(w, p.field))
        return;
    p.at = (struct cb_origin){w->v->path, w->v->doc, node->line, node->column};
    p.entity = w->v->entity;
    p.message = cb_arena_printf(a, "%" CB_FMT " %" CB_FMT " is not one that is known%s%" CB_FMT, CB_ARG(p.field),
                                CB_ARG(shown(a, node)), node == version ? " for kind " : "",
                                CB_ARG(node == version ? kind->text : (cb_str){0}));
    if (node == version)
        p.remedy = cb_arena_printf(a, "write apiVersion: %s", exact->versions[0]);
    else if (exact)
        p.remedy = cb_arena_printf(a, "kind %" CB_FMT " is off unless the configuration's rules allow it by name",
                                   CB_ARG(exact->name));
    else if (near)
        p.remedy = cb_arena_printf(a, "write kind: %" CB_FMT, CB_ARG(near->name));
    else
        p.remedy = cb_arena_printf(a, "write one of: %" CB_FMT, CB_ARG(kind_names(a)));
    if (list->n == w->first)
        p.backstage = cb_arena_printf(a,
                                      "InputError: No processor recognized the entity %" CB_FMT
                                      " as valid, possibly caused by a foreign kind or apiVersion",
                                      CB_ARG(p.entity));
    cb_problem_add(list, &p);
}

static const struct cb_kind *check_kind(struct walk *w, const struct where *root)
{
    const struct cb_node *doc = root->node, *spec = cb_node_get(doc, "spec");
    struct where at = {root, CB_LIT("spec"), 0, spec};
    struct cb_field spec_field = {.name = "spec", .is = CB_IS_OBJECT, .flags = CB_FIELD_REQUIRED, .hint = "{owner: team-payments}"};

    w->step = STEP_KIND;
    w->kind = cb_kind_for(cb_node_text(doc, "kind"), cb_node_text(doc, "apiVersion"), cb_node_text(spec, "type"),
                          w->v->rules);
    if (!w->kind) {
        unknown_kind(w, root);
        return NULL;
    }
    spec_field.members = w->kind->fields;
    if (!spec)
        missing(w, &spec_field, root);
    else if (spec->type == CB_OBJECT)
        walk_object(w, &spec_field, &at);
    return w->kind;
}

bool cb_validate_is_entity(const struct cb_validate *v, const struct cb_node *doc)
{
    struct walk w = {.v = v, .step = STEP_ENVELOPE, .first = v->first};
    struct where root = {.node = doc};
    struct finding f = {.rule = "document-shape"};

    if (doc->type != CB_OBJECT || cb_node_get(doc, "apiVersion") || cb_node_get(doc, "kind") || cb_node_get(doc, "metadata"))
        return true;
    f.message = CB_LIT("the document is no entity: it has neither apiVersion nor kind nor metadata");
    f.remedy = CB_LIT("write them; if this file is no descriptor, leave it out of the source's paths");
    f.words = CB_LIT("must have required property 'apiVersion'");
    f.params = CB_LIT("missingProperty: apiVersion");
    report(&w, &root, &f);
    return false;
}

bool cb_validate_envelope(const struct cb_validate *v, const struct cb_node *doc)
{
    struct walk w = {.v = v, .step = STEP_ENVELOPE, .first = v->first};
    struct where root = {.node = doc};
    size_t before = cb_problem_count(v->problems);

    walk_field(&w, &cb_field_envelope, &root);
    return cb_problem_count(v->problems) == before;
}

bool cb_validate_entity(const struct cb_validate *v, const struct cb_node *doc, const struct cb_kind **kind)
{
    struct walk w = {.v = v, .step = STEP_SCHEMA, .first = v->first};
    struct where root = {.node = doc};
    size_t before = cb_problem_count(v->problems);

    *kind = NULL;
    walk_field(&w, &cb_field_entity, &root);
    w.step = STEP_ROOT;
    for (const struct cb_node *child = doc->first; child; child = child->next) {
        struct where at = {&root, child->key, 0, child};
        struct finding f = {.rule = "field-unknown", .at_key = true};

        if (!cb_str_eq(child->key, CB_LIT("relations")) && !cb_str_eq(child->key, CB_LIT("status")))
            continue;
        f.message = cb_arena_printf(v->problems->arena, "%" CB_FMT " is written by the catalog, not by authors",
                                    CB_ARG(child->key));
        f.remedy = CB_LIT("take it out; relations come from fields of spec such as owner, system and dependsOn");
        f.words = cb_arena_printf(v->problems->arena, "Unknown field %" CB_FMT, CB_ARG(child->key));
        report(&w, &at, &f);
    }
    w.step = STEP_FORMAT;
    check_formats(&w, &root);
    if (cb_node_text(doc, "kind").n && cb_node_text(doc, "apiVersion").n)
        *kind = check_kind(&w, &root);
    return cb_problem_count(v->problems) == before;
}
