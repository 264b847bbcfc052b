#include "catalog/base/schema.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "catalog/base/match.h"
#include "catalog/base/number.h"

struct check {
    struct cb_arena *a;
    const struct cb_node *root;
    struct cb_schema_errors *out; /* NULL: only whether */
    size_t wrong_n;
    size_t steps;
    enum cb_code rc;
    struct cb_err *err;
};

/* Where a value stands, for its path. */
struct place {
    const struct place *up;
    cb_str key;
    size_t index;
    bool is_index;
};

/* What is said of a value against one subschema. */
struct spot {
    struct check *c;
    const struct cb_node *schema, *value;
    const struct place *place;
    size_t depth;
};

static bool keeps(struct check *c, const struct cb_node *schema, const struct cb_node *value,
                  const struct place *place, size_t depth);

/* ---- values */

static bool is_number(const struct cb_node *n)
{
    return n->type == CB_INT || n->type == CB_REAL;
}

static double number_of(const struct cb_node *n)
{
    return n->type == CB_INT ? (double)n->i : n->d;
}

static bool is_type(const struct cb_node *n, cb_str name)
{
    if (cb_str_eq(name, CB_LIT("integer")))
        return n->type == CB_INT || (n->type == CB_REAL && isfinite(n->d) && floor(n->d) == n->d);
    if (cb_str_eq(name, CB_LIT("number")))
        return is_number(n);
    return (cb_str_eq(name, CB_LIT("string")) && n->type == CB_STRING) ||
           (cb_str_eq(name, CB_LIT("object")) && n->type == CB_OBJECT) ||
           (cb_str_eq(name, CB_LIT("array")) && n->type == CB_ARRAY) ||
           (cb_str_eq(name, CB_LIT("boolean")) && n->type == CB_BOOL) ||
           (cb_str_eq(name, CB_LIT("null")) && n->type == CB_NULL) ||
           cb_str_eq(name, CB_LIT("any"));
}

static size_t characters(cb_str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

/* ---- errors */

static void put_path(struct cb_buf *out, const struct place *place)
{
    if (!place->up)
        return;
    put_path(out, place->up);
    if (place->is_index) {
        cb_buf_printf(out, "/%zu", place->index);
        return;
    }
    cb_buf_put_char(out, '/');
    for (size_t i = 0; i < place->key.n; i++) {
        char ch = place->key.p[i];

        cb_buf_put(out, ch == '~' ? "~0" : ch == '/' ? "~1" : &ch, ch == '~' || ch == '/' ? 2 : 1);
    }
}

static bool stop(struct check *c, enum cb_code rc, const char *text)
{
    if (c->rc == CB_OK)
        c->rc = cb_fail(c->err, rc, "%s", text);
    return false;
}

static bool wrong(const struct spot *s, const char *keyword, const struct cb_node *argument,
                  cb_str message)
{
    struct check *c = s->c;
    struct cb_buf path = CB_BUF_INIT;

    c->wrong_n++;
    if (!c->out || c->out->n == CB_SCHEMA_ERROR_MAX)
        return false;
    put_path(&path, s->place);
    c->out->v[c->out->n++] = (struct cb_schema_error){
        .at = s->value,
        .schema = s->schema,
        .path = cb_arena_str(c->a, cb_buf_str(&path)),
        .keyword = keyword,
        .message = message,
        .argument = argument,
    };
    cb_buf_fini(&path);
    return false;
}

static cb_str quoted(struct cb_arena *a, cb_str text)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str kept;

    cb_buf_put_json(&out, text);
    kept = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return kept;
}

/* Values as String() joins them. */
static cb_str joined(struct cb_arena *a, const struct cb_node *array)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str kept;

    for (const struct cb_node *n = array->first; n; n = n->next) {
        cb_buf_put_cstr(&out, n == array->first ? "" : ",");
        if (n->type == CB_ARRAY || n->type == CB_OBJECT)
            cb_node_dump(&out, n);
        else
            cb_buf_put_str(&out, cb_node_scalar(a, n));
    }
    kept = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return kept;
}

/* ---- assertions, one a keyword; ARG is the keyword's value. True: kept to, or it says nothing of such a value */

typedef bool keyword_fn(const struct spot *s, const struct cb_node *arg);

static bool check_type(const struct spot *s, const struct cb_node *arg)
{
    if (arg->type == CB_STRING)
        return is_type(s->value, arg->text) ||
               wrong(s, "type", arg,
                     cb_arena_printf(s->c->a, "is not of a type(s) %" CB_FMT, CB_ARG(arg->text)));
    if (arg->type != CB_ARRAY)
        return stop(s->c, CB_EINVAL, "the schema's \"type\" is neither a text nor a list");
    for (const struct cb_node *n = arg->first; n; n = n->next)
        if (n->type == CB_STRING
                ? is_type(s->value, n->text)
                : keeps(&(struct check){.a = s->c->a, .root = s->c->root, .err = s->c->err}, n,
                        s->value, s->place, s->depth + 1))
            return true;
    return wrong(
        s, "type", arg,
        cb_arena_printf(s->c->a, "is not of a type(s) %" CB_FMT, CB_ARG(joined(s->c->a, arg))));
}

static bool check_enum(const struct spot *s, const struct cb_node *arg)
{
    for (const struct cb_node *n = arg->first; n; n = n->next)
        if (cb_node_same(n, s->value))
            return true;
    return wrong(s, "enum", arg,
                 cb_arena_printf(s->c->a, "is not one of enum values: %" CB_FMT,
                                 CB_ARG(joined(s->c->a, arg))));
}

static bool check_const(const struct spot *s, const struct cb_node *arg)
{
    struct cb_buf text = CB_BUF_INIT;
    cb_str kept;

    if (cb_node_same(arg, s->value))
        return true;
    cb_node_dump(&text, arg);
    kept = cb_arena_printf(s->c->a, "does not exactly match expected constant: %" CB_FMT,
                           CB_ARG(cb_buf_str(&text)));
    cb_buf_fini(&text);
    return wrong(s, "const", arg, kept);
}

/* Bounds of numbers and of counts are one shape: N against the keyword's number. */
enum bound { AT_LEAST, AT_MOST, OVER, UNDER };

static bool check_bound(const struct spot *s, const char *keyword, const struct cb_node *arg,
                        double n, enum bound bound, const char *words)
{
    double limit;
    char text[CB_NUMBER_TEXT_MAX];

    if (!is_number(arg))
        return true;
    limit = number_of(arg);
    if (bound == AT_LEAST  ? n >= limit
        : bound == AT_MOST ? n <= limit
        : bound == OVER    ? n > limit
                           : n < limit)
        return true;
    cb_number_format(text, limit);
    return wrong(s, keyword, arg, cb_arena_printf(s->c->a, "%s %s", words, text));
}

#define NUMBER_BOUND(name, keyword, bound, words)                                                  \
    static bool name(const struct spot *s, const struct cb_node *arg)                              \
    {                                                                                              \
        return !is_number(s->value) ||                                                             \
               check_bound(s, keyword, arg, number_of(s->value), bound, words);                    \
    }
#define COUNT_BOUND(name, keyword, kind, count, bound, words)                                      \
    static bool name(const struct spot *s, const struct cb_node *arg)                              \
    {                                                                                              \
        return s->value->type != (kind) ||                                                         \
               check_bound(s, keyword, arg, (double)(count), bound, words);                        \
    }

NUMBER_BOUND(check_minimum, "minimum", AT_LEAST, "must be greater than or equal to")
NUMBER_BOUND(check_maximum, "maximum", AT_MOST, "must be less than or equal to")
NUMBER_BOUND(check_over, "exclusiveMinimum", OVER, "must be strictly greater than")
NUMBER_BOUND(check_under, "exclusiveMaximum", UNDER, "must be strictly less than")
COUNT_BOUND(check_min_length, "minLength", CB_STRING, characters(s->value->text), AT_LEAST,
            "does not meet minimum length of")
COUNT_BOUND(check_max_length, "maxLength", CB_STRING, characters(s->value->text), AT_MOST,
            "does not meet maximum length of")
COUNT_BOUND(check_min_items, "minItems", CB_ARRAY, s->value->child_n, AT_LEAST,
            "does not meet minimum length of")
COUNT_BOUND(check_max_items, "maxItems", CB_ARRAY, s->value->child_n, AT_MOST,
            "does not meet maximum length of")
COUNT_BOUND(check_min_properties, "minProperties", CB_OBJECT, s->value->child_n, AT_LEAST,
            "does not meet minimum property length of")
COUNT_BOUND(check_max_properties, "maxProperties", CB_OBJECT, s->value->child_n, AT_MOST,
            "does not meet maximum property length of")

static bool check_multiple(const struct spot *s, const struct cb_node *arg)
{
    double n, by, times;
    char text[CB_NUMBER_TEXT_MAX];

    if (!is_number(s->value) || !is_number(arg))
        return true;
    n = number_of(s->value);
    by = number_of(arg);
    times = by > 0 ? n / by : 0;
    if (isfinite(times) &&
        fabs(times - round(times)) <= 1e-9 * (fabs(times) > 1 ? 1 : fabs(times) + 1e-9))
        return true;
    cb_number_format(text, by);
    return wrong(s, "multipleOf", arg,
                 cb_arena_printf(s->c->a, "is not a multiple of (divisible by) %s", text));
}

static bool matches(struct check *c, cb_str pattern, cb_str text)
{
    bool found = false;
    enum cb_code rc;

    if (pattern.n > CB_SCHEMA_PATTERN_MAX)
        return stop(c, CB_EINVAL, "a pattern of the schema is too long");
    rc = cb_match_find(&found, pattern, text, c->rc == CB_OK ? c->err : NULL);
    if (rc != CB_OK && c->rc == CB_OK)
        c->rc = rc;
    return found;
}

static bool check_pattern(const struct spot *s, const struct cb_node *arg)
{
    if (s->value->type != CB_STRING || arg->type != CB_STRING ||
        matches(s->c, arg->text, s->value->text))
        return true;
    return s->c->rc == CB_OK && wrong(s, "pattern", arg,
                                      cb_arena_printf(s->c->a, "does not match pattern %" CB_FMT,
                                                      CB_ARG(quoted(s->c->a, arg->text))));
}

/* The one format that is asserted: what it guards is where a plugin may go. */
static bool check_format(const struct spot *s, const struct cb_node *arg)
{
    size_t n = 0;

    if (s->value->type != CB_STRING || arg->type != CB_STRING ||
        !cb_str_eq(arg->text, CB_LIT("uri")))
        return true;
    while (n < s->value->text.n &&
           (strchr("+-.", s->value->text.p[n]) ||
            (s->value->text.p[n] >= '0' && s->value->text.p[n] <= '9') ||
            ((s->value->text.p[n] | 32) >= 'a' && (s->value->text.p[n] | 32) <= 'z')))
        n++;
    if (n > 0 && n < s->value->text.n && s->value->text.p[n] == ':' &&
        cb_str_find_char(s->value->text, ' ', 0) == SIZE_MAX)
        return true;
    return wrong(s, "format", arg, CB_LIT("does not conform to the \"uri\" format"));
}

static bool check_required(const struct spot *s, const struct cb_node *arg)
{
    bool good = true;

    if (s->value->type != CB_OBJECT || arg->type != CB_ARRAY)
        return true;
    for (const struct cb_node *n = arg->first; n; n = n->next)
        if (n->type == CB_STRING && !cb_node_get_str(s->value, n->text))
            good = wrong(s, "required", n,
                         cb_arena_printf(s->c->a, "requires property %" CB_FMT,
                                         CB_ARG(quoted(s->c->a, n->text))));
    return good;
}

static bool keeps_member(const struct spot *s, const struct cb_node *schema,
                         const struct cb_node *member)
{
    struct place place = {.up = s->place, .key = member->key};

    return keeps(s->c, schema, member, &place, s->depth + 1);
}

/* properties, patternProperties and additionalProperties judge each member together. */
static bool check_members(const struct spot *s, const struct cb_node *arg)
{
    const struct cb_node *named = cb_node_get(s->schema, "properties"),
                         *patterns = cb_node_get(s->schema, "patternProperties");
    const struct cb_node *others = cb_node_get(s->schema, "additionalProperties");
    bool good = true;

    (void)arg;
    if (s->value->type != CB_OBJECT)
        return true;
    for (const struct cb_node *m = s->value->first; m && s->c->rc == CB_OK; m = m->next) {
        const struct cb_node *own = cb_node_get_str(named, m->key);
        bool known = own != NULL;

        if (own)
            good &= keeps_member(s, own, m);
        for (const struct cb_node *p = patterns ? patterns->first : NULL; p; p = p->next) {
            if (!matches(s->c, p->key, m->key))
                continue;
            known = true;
            good &= keeps_member(s, p, m);
        }
        if (known || !others)
            continue;
        if (others->type == CB_BOOL && !others->b)
            good = wrong(s, "additionalProperties", others,
                         cb_arena_printf(s->c->a,
                                         "is not allowed to have the additional property %" CB_FMT,
                                         CB_ARG(quoted(s->c->a, m->key))));
        else
            good &= keeps_member(s, others, m);
    }
    return good;
}

static bool check_names(const struct spot *s, const struct cb_node *arg)
{
    bool good = true;

    if (s->value->type != CB_OBJECT)
        return true;
    for (const struct cb_node *m = s->value->first; m; m = m->next) {
        struct cb_node name = {
            .type = CB_STRING, .text = m->key, .line = m->key_line, .column = m->key_column};

        good &= keeps(s->c, arg, cb_node_copy(s->c->a, &name), s->place, s->depth + 1);
    }
    return good;
}

static bool check_dependencies(const struct spot *s, const struct cb_node *arg)
{
    bool good = true;

    if (s->value->type != CB_OBJECT || arg->type != CB_OBJECT)
        return true;
    for (const struct cb_node *d = arg->first; d; d = d->next) {
        if (!cb_node_get_str(s->value, d->key))
            continue;
        if (d->type != CB_ARRAY) {
            good &= keeps(s->c, d, s->value, s->place, s->depth + 1);
            continue;
        }
        for (const struct cb_node *n = d->first; n; n = n->next)
            if (n->type == CB_STRING && !cb_node_get_str(s->value, n->text))
                good = wrong(s, "dependencies", n,
                             cb_arena_printf(s->c->a,
                                             "property %" CB_FMT " not found, required by %" CB_FMT,
                                             CB_ARG(n->text), CB_ARG(d->key)));
    }
    return good;
}

/* items and additionalItems judge each element together. */
static bool check_items(const struct spot *s, const struct cb_node *arg)
{
    const struct cb_node *rest = cb_node_get(s->schema, "additionalItems");
    const struct cb_node *row = arg->type == CB_ARRAY ? arg->first : NULL;
    struct place place = {.up = s->place, .is_index = true};
    bool good = true;

    if (s->value->type != CB_ARRAY)
        return true;
    for (const struct cb_node *n = s->value->first; n && s->c->rc == CB_OK;
         n = n->next, place.index++) {
        const struct cb_node *schema = arg->type != CB_ARRAY ? arg : row ? row : rest;

        if (schema)
            good &= keeps(s->c, schema, n, &place, s->depth + 1);
        row = row ? row->next : NULL;
    }
    return good;
}

static bool check_unique(const struct spot *s, const struct cb_node *arg)
{
    if (s->value->type != CB_ARRAY || arg->type != CB_BOOL || !arg->b)
        return true;
    for (const struct cb_node *x = s->value->first; x; x = x->next) {
        for (const struct cb_node *y = x->next; y; y = y->next) {
            if (++s->c->steps > CB_SCHEMA_STEP_MAX)
                return stop(s->c, CB_ELIMIT, "the value is too big to be checked");
            if (cb_node_same(x, y))
                return wrong(s, "uniqueItems", arg, CB_LIT("contains duplicate item"));
        }
    }
    return true;
}

/* Whether alone, without a word. */
static bool would_keep(const struct spot *s, const struct cb_node *schema,
                       const struct cb_node *value)
{
    struct check quiet = {.a = s->c->a, .root = s->c->root, .steps = s->c->steps, .err = s->c->err};
    bool good = keeps(&quiet, schema, value, s->place, s->depth + 1);

    s->c->steps = quiet.steps;
    if (s->c->rc == CB_OK)
        s->c->rc = quiet.rc;
    return good;
}

static bool check_contains(const struct spot *s, const struct cb_node *arg)
{
    if (s->value->type != CB_ARRAY)
        return true;
    for (const struct cb_node *n = s->value->first; n; n = n->next)
        if (would_keep(s, arg, n))
            return true;
    return wrong(s, "contains", arg, CB_LIT("must contain an item matching given schema"));
}

static bool check_all(const struct spot *s, const struct cb_node *arg)
{
    bool good = true;

    for (const struct cb_node *n = arg->first; n; n = n->next)
        good &= keeps(s->c, n, s->value, s->place, s->depth + 1);
    return good;
}

/* How those of a list of schemas are named in a message. */
static cb_str names_of(struct cb_arena *a, const struct cb_node *list)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str kept;
    size_t i = 0;

    for (const struct cb_node *n = list->first; n; n = n->next, i++) {
        cb_str name = cb_node_text(n, "$id");

        if (!name.n)
            name = cb_node_text(n, "title");
        cb_buf_put_cstr(&out, i ? "," : "");
        if (name.n)
            cb_buf_printf(&out, "<%" CB_FMT ">", CB_ARG(name));
        else
            cb_buf_printf(&out, "[subschema %zu]", i);
    }
    kept = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return kept;
}

static bool check_any(const struct spot *s, const struct cb_node *arg)
{
    for (const struct cb_node *n = arg->first; n; n = n->next)
        if (would_keep(s, n, s->value))
            return true;
    return wrong(
        s, "anyOf", arg,
        cb_arena_printf(s->c->a, "is not any of %" CB_FMT, CB_ARG(names_of(s->c->a, arg))));
}

static bool check_one(const struct spot *s, const struct cb_node *arg)
{
    size_t good_n = 0;

    for (const struct cb_node *n = arg->first; n; n = n->next)
        good_n += would_keep(s, n, s->value);
    return good_n == 1 || wrong(s, "oneOf", arg,
                                cb_arena_printf(s->c->a, "is not exactly one from %" CB_FMT,
                                                CB_ARG(names_of(s->c->a, arg))));
}

static bool check_not(const struct spot *s, const struct cb_node *arg)
{
    return !would_keep(s, arg, s->value) || wrong(s, "not", arg, CB_LIT("is of prohibited type"));
}

static bool check_if(const struct spot *s, const struct cb_node *arg)
{
    const struct cb_node *next =
        cb_node_get(s->schema, would_keep(s, arg, s->value) ? "then" : "else");

    return !next || keeps(s->c, next, s->value, s->place, s->depth + 1);
}

static const struct {
    const char *name, *unless; /* UNLESS one of these is there too: it does the work */
    keyword_fn *check;
} keywords[] = {
    {"type", NULL, check_type},
    {"enum", NULL, check_enum},
    {"const", NULL, check_const},
    {"multipleOf", NULL, check_multiple},
    {"minimum", NULL, check_minimum},
    {"maximum", NULL, check_maximum},
    {"exclusiveMinimum", NULL, check_over},
    {"exclusiveMaximum", NULL, check_under},
    {"minLength", NULL, check_min_length},
    {"maxLength", NULL, check_max_length},
    {"pattern", NULL, check_pattern},
    {"format", NULL, check_format},
    {"minItems", NULL, check_min_items},
    {"maxItems", NULL, check_max_items},
    {"uniqueItems", NULL, check_unique},
    {"items", NULL, check_items},
    {"contains", NULL, check_contains},
    {"minProperties", NULL, check_min_properties},
    {"maxProperties", NULL, check_max_properties},
    {"required", NULL, check_required},
    {"properties", NULL, check_members},
    {"patternProperties", "properties", check_members},
    {"additionalProperties", "properties patternProperties", check_members},
    {"propertyNames", NULL, check_names},
    {"dependencies", NULL, check_dependencies},
    {"allOf", NULL, check_all},
    {"anyOf", NULL, check_any},
    {"oneOf", NULL, check_one},
    {"not", NULL, check_not},
    {"if", NULL, check_if},
};

/* ---- $ref */

static cb_str unescaped(struct cb_arena *a, cb_str part)
{
    char *out = cb_arena_alloc(a, part.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < part.n; i++) {
        char ch = part.p[i];
        unsigned byte;

        if (ch == '%' && i + 2 < part.n && sscanf(part.p + i + 1, "%2x", &byte) == 1) {
            ch = (char)byte;
            i += 2;
        }
        if (ch == '~' && i + 1 < part.n && (part.p[i + 1] == '0' || part.p[i + 1] == '1'))
            ch = part.p[++i] == '0' ? '~' : '/';
        out[n++] = ch;
    }
    return cb_str_make(out, n);
}

static const struct cb_node *by_pointer(struct cb_arena *a, const struct cb_node *from,
                                        cb_str pointer)
{
    cb_str part;

    if (!pointer.n)
        return from;
    pointer = cb_str_sub(pointer, 1, pointer.n);
    while (from && cb_str_split(&part, &pointer, '/')) {
        int64_t i;

        part = unescaped(a, part);
        if (from->type == CB_ARRAY) {
            if (!cb_str_to_int(&i, part, 0, INT32_MAX))
                return NULL;
            for (from = from->first; from && i; i--)
                from = from->next;
        } else {
            from = cb_node_get_str(from, part);
        }
    }
    return from;
}

/* Is ID the schema's "$id", or what stands behind its last '/'? */
static bool is_called(const struct cb_node *n, cb_str id)
{
    cb_str own = cb_node_text(n, "$id");

    return cb_str_eq(own, id) ||
           (cb_str_ends(own, id) && own.n > id.n && own.p[own.n - id.n - 1] == '/');
}

static const struct cb_node *by_id(const struct cb_node *n, cb_str id)
{
    const struct cb_node *found;

    if (n->type == CB_OBJECT && cb_node_get(n, "$id") && is_called(n, id))
        return n;
    for (const struct cb_node *kid = n->first; kid; kid = kid->next)
        if (!cb_str_eq(kid->key, CB_LIT("enum")) && !cb_str_eq(kid->key, CB_LIT("const")) &&
            (found = by_id(kid, id)))
            return found;
    return NULL;
}

static const struct cb_node *follow_ref(struct check *c, cb_str ref)
{
    size_t hash = cb_str_find_char(ref, '#', 0);
    cb_str base = cb_str_sub(ref, 0, hash),
           part = hash == SIZE_MAX ? CB_LIT("") : cb_str_sub(ref, hash + 1, ref.n);
    const struct cb_node *from = c->root, *found = NULL;

    if (base.n)
        from = by_id(c->root, base);
    if (from && (!part.n || part.p[0] == '/'))
        found = by_pointer(c->a, from, part);
    if (!found)
        found = by_id(c->root, ref);
    if (!found)
        stop(c, CB_EINVAL,
             cb_arena_printf(c->a, "the schema's $ref '%" CB_FMT "' leads nowhere within it",
                             CB_ARG(ref))
                 .p);
    return found;
}

/* ---- all of it */

static bool is_done_by(const struct cb_node *schema, const char *names)
{
    cb_str rest = cb_str_cstr(names ? names : ""), name;

    while (cb_str_split(&name, &rest, ' '))
        if (cb_node_get_str(schema, name))
            return true;
    return false;
}

static bool keeps(struct check *c, const struct cb_node *schema, const struct cb_node *value,
                  const struct place *place, size_t depth)
{
    struct spot s = {c, schema, value, place, depth};
    const struct cb_node *ref;
    bool good = true;

    if (c->rc != CB_OK)
        return false;
    if (depth > CB_SCHEMA_DEPTH_MAX || ++c->steps > CB_SCHEMA_STEP_MAX)
        return stop(c, CB_ELIMIT,
                    "the value or its schema is nested too deep, or too big to be checked");
    if (schema->type == CB_BOOL)
        return schema->b || wrong(&s, "false", schema, CB_LIT("is not allowed"));
    if (schema->type != CB_OBJECT)
        return stop(c, CB_EINVAL, "a part of the schema is neither an object nor true or false");
    ref = cb_node_get(schema, "$ref");
    if (ref && ref->type == CB_STRING) {
        const struct cb_node *to = follow_ref(c, ref->text);

        return to && keeps(c, to, value, place, depth + 1);
    }
    for (size_t i = 0; i < CB_COUNT(keywords) && c->rc == CB_OK; i++) {
        const struct cb_node *arg = cb_node_get(schema, keywords[i].name);

        if (arg && !is_done_by(schema, keywords[i].unless))
            good &= keywords[i].check(&s, arg);
    }
    return good && c->rc == CB_OK;
}

enum cb_code cb_schema_check(struct cb_schema_errors *out, struct cb_arena *a,
                             const struct cb_node *schema, const struct cb_node *value,
                             struct cb_err *err)
{
    struct check c = {.a = a, .root = schema, .out = out, .err = err};
    struct place top = {0};

    out->n = 0;
    keeps(&c, schema, value, &top, 0);
    return c.rc;
}

void cb_schema_fill(struct cb_arena *a, const struct cb_node *schema, struct cb_node *value)
{
    const struct cb_node *properties = cb_node_get(schema, "properties"),
                         *items = cb_node_get(schema, "items");

    if (value->type == CB_ARRAY && items && items->type == CB_OBJECT)
        for (struct cb_node *n = value->first; n; n = n->next)
            cb_schema_fill(a, items, n);
    if (value->type != CB_OBJECT || !properties)
        return;
    for (const struct cb_node *p = properties->first; p; p = p->next) {
        const struct cb_node *otherwise = cb_node_get(p, "default");
        struct cb_node *own = cb_node_get_str(value, p->key);

        if (!own && otherwise) {
            own = cb_node_copy(a, otherwise);
            cb_node_put(value, cb_arena_str(a, p->key), own);
        }
        if (own)
            cb_schema_fill(a, p, own);
    }
}

void cb_schema_each_text(const struct cb_node *schema, const struct cb_node *value,
                         const char *keyword, const char *format,
                         void (*each)(cb_str text, void *ctx), void *ctx)
{
    const struct cb_node *said = cb_node_get(schema, keyword),
                         *items = cb_node_get(schema, "items");
    const struct cb_node *others = cb_node_get(schema, "additionalProperties");

    if (value->type == CB_STRING) {
        if ((said && !(said->type == CB_BOOL && !said->b)) ||
            (format && cb_str_eq(cb_node_text(schema, "format"), cb_str_cstr(format))))
            each(value->text, ctx);
        return;
    }
    for (const struct cb_node *n = value->first; n; n = n->next) {
        const struct cb_node *own =
            value->type == CB_ARRAY ? items
                                    : cb_node_get_str(cb_node_get(schema, "properties"), n->key);

        if (!own && value->type == CB_OBJECT)
            own = others;
        if (own && own->type == CB_OBJECT)
            cb_schema_each_text(own, n, keyword, format, each, ctx);
    }
}
