#include "catalog/search/project.h"

#include "catalog/base/vec.h"
#include "catalog/search/standing.h"

#define PART_MAX 256 /* parts of a path: more than an entity can be deep */

struct cb_fields {
    cb_str *v;
    size_t n;
    bool stored; /* all can be cut out of the body as stored */
    struct cb_standing *health; /* NULL: not asked for */
};

/* ---- reading parameters */

/* Relations, status and etag are only there in served bytes; "metadata" as a whole has the etag in it. */
static bool is_stored(cb_str field)
{
    return !cb_str_starts(field, CB_LIT("relations")) && !cb_str_starts(field, CB_LIT("status")) &&
           !cb_str_eq(field, CB_LIT("metadata")) && !cb_str_starts(field, CB_LIT("metadata.etag"));
}

static enum cb_code add_field(struct cb_fields *f, struct cb_arena *a, cb_str field, struct cb_err *err)
{
    if (field.n == 0)
        return CB_OK;
    if (cb_str_eq(field, CB_LIT("health"))) {
        if (!f->health)
            f->health = cb_standing_new(a);
        return CB_OK;
    }
    if (cb_str_find_char(field, '[', 0) != SIZE_MAX)
        return cb_fail(err, CB_EINVAL,
                       "Invalid field \"%" CB_FMT "\", array type fields are not supported",
                       CB_ARG(field));
    if (field.n > CB_FIELD_BYTES_MAX)
        return cb_fail(err, CB_ELIMIT, "a field is longer than %d bytes", CB_FIELD_BYTES_MAX);
    for (size_t i = 0; i < f->n; i++)
        if (cb_str_eq(f->v[i], field))
            return CB_OK;
    if (f->n == CB_FIELD_MAX)
        return cb_fail(err, CB_ELIMIT, "more than %d fields asked for", CB_FIELD_MAX);
    f->v[f->n++] = field;
    f->stored &= is_stored(field);
    return CB_OK;
}

enum cb_code cb_fields_parse(struct cb_fields **out, struct cb_arena *a, const cb_str *params,
                             size_t param_n, bool split, struct cb_err *err)
{
    struct cb_fields *f = CB_NEW(a, struct cb_fields);
    enum cb_code rc;
    cb_str field;

    f->v = CB_NEW_N(a, cb_str, CB_FIELD_MAX);
    f->stored = true;
    for (size_t i = 0; i < param_n; i++) {
        cb_str rest = params[i];

        if (!split) {
            if ((rc = add_field(f, a, cb_arena_str(a, rest), err)) != CB_OK)
                return rc;
            continue;
        }
        while (cb_str_split(&field, &rest, ','))
            if ((rc = add_field(f, a, cb_arena_str(a, cb_str_trim(field)), err)) != CB_OK)
                return rc;
    }
    *out = f->n || f->health ? f : NULL;
    return CB_OK;
}

/* ---- a walk over compact, valid JSON */

/* P at the opening quote. */
static const char *skip_string(const char *p, const char *end)
{
    for (p++; p < end; p++) {
        const char *back;

        if (!(p = memchr(p, '"', (size_t)(end - p))))
            return end;
        for (back = p; back[-1] == '\\'; back--)
            ;
        if ((p - back) % 2 == 0)
            return p + 1;
    }
    return end;
}

static const char *skip_nested(const char *p, const char *end)
{
    size_t depth = 0;

    while (p < end) {
        switch (*p) {
        case '"':
            p = skip_string(p, end);
            continue;
        case '{':
        case '[':
            depth++;
            break;
        case '}':
        case ']':
            if (--depth == 0)
                return p + 1;
            break;
        default:
            break;
        }
        p++;
    }
    return end;
}

static const char *skip_value(const char *p, const char *end)
{
    if (p >= end)
        return end;
    if (*p == '"')
        return skip_string(p, end);
    if (*p == '{' || *p == '[')
        return skip_nested(p, end);
    while (p < end && *p != ',' && *p != '}' && *p != ']')
        p++;
    return p;
}

/* Does the JSON string RAW (without its quotes) say KEY? */
static bool key_is(cb_str raw, cb_str key)
{
    struct cb_buf b = CB_BUF_INIT;
    bool same;

    if (cb_str_eq(raw, key))
        return memchr(raw.p ? raw.p : "", '\\', raw.n) == NULL;
    if (raw.n <= key.n || memchr(raw.p, '\\', raw.n) == NULL)
        return false;
    cb_buf_put_json(&b, key);
    same = b.n == raw.n + 2 && memcmp(b.p + 1, raw.p, raw.n) == 0;
    cb_buf_fini(&b);
    return same;
}

/* The value of KEY in the object at P. */
static bool find_member(cb_str *out, cb_str object, cb_str key)
{
    const char *p = object.p + 1, *end = object.p + object.n;

    while (p < end && *p == '"') {
        const char *behind = skip_string(p, end), *value;
        cb_str raw = {p + 1, (size_t)(behind - p) - 2};

        value = behind + 1;
        p = skip_value(value, end);
        if (key_is(raw, key)) {
            *out = (cb_str){value, (size_t)(p - value)};
            return true;
        }
        if (p < end && *p == ',')
            p++;
    }
    return false;
}

static bool is_index(cb_str part, size_t *i)
{
    int64_t n;

    if (!cb_str_to_int(&n, part, 0, INT32_MAX) || part.p[0] == '+' ||
        (part.n > 1 && part.p[0] == '0'))
        return false;
    *i = (size_t)n;
    return true;
}

static bool find_item(cb_str *out, cb_str array, cb_str part)
{
    const char *p = array.p + 1, *end = array.p + array.n;
    size_t i;

    if (!is_index(part, &i))
        return false;
    while (p < end && *p != ']') {
        const char *behind = skip_value(p, end);

        if (i-- == 0) {
            *out = (cb_str){p, (size_t)(behind - p)};
            return true;
        }
        p = behind + (behind < end && *behind == ',');
    }
    return false;
}

static bool find_part(cb_str *out, cb_str in, cb_str part)
{
    if (in.n > 0 && in.p[0] == '{')
        return find_member(out, in, part);
    if (in.n > 0 && in.p[0] == '[')
        return find_item(out, in, part);
    return false;
}

/* ---- what was chosen, as a tree in the order asked */

struct chosen {
    cb_str key;
    cb_str value;               /* JSON; p NULL: made of its children */
    uint32_t first, last, next; /* index + 1 */
    bool array;                 /* its children are items */
};

struct tree {
    CB_VEC(struct chosen) v; /* the root first */
};

static uint32_t child_of(struct tree *t, uint32_t parent, cb_str key)
{
    uint32_t i = t->v.v[parent].first;

    while (i && !cb_str_eq(t->v.v[i - 1].key, key))
        i = t->v.v[i - 1].next;
    if (i)
        return i - 1;
    cb_vec_push(&t->v, (struct chosen){.key = key});
    i = (uint32_t)t->v.n;
    if (t->v.v[parent].last)
        t->v.v[t->v.v[parent].last - 1].next = i;
    else
        t->v.v[parent].first = i;
    t->v.v[parent].last = i;
    return i - 1;
}

/* Follow FIELD into JSON and note what is there. */
static void choose(struct tree *t, cb_str field, cb_str json)
{
    uint32_t at = 0, depth = 0;
    cb_str parts[PART_MAX], in = json, value;
    bool items[PART_MAX]; /* the part is an item of an array */
    size_t from = 0, dot;

    for (dot = 0; dot <= field.n; dot++) {
        cb_str part;

        if (dot < field.n && field.p[dot] != '.')
            continue;
        part = cb_str_sub(field, from, dot);
        if (!find_part(&value, in, part))
            continue;
        if (depth == CB_COUNT(parts))
            return;
        items[depth] = in.p[0] == '[';
        parts[depth++] = part;
        in = value;
        from = dot + 1;
    }
    if (from != field.n + 1)
        return;
    for (uint32_t i = 0; i < depth; i++) {
        /* Something already chosen whole has this in it. */
        if (t->v.v[at].value.p)
            return;
        t->v.v[at].array = items[i];
        at = child_of(t, at, parts[i]);
    }
    t->v.v[at].value = in;
    t->v.v[at].first = t->v.v[at].last = 0;
}

static void put_chosen(struct cb_buf *out, const struct tree *t, uint32_t at);

/* Chosen items stand at their index; what was not asked for in front of them is null. */
static void put_array(struct cb_buf *out, const struct tree *t, uint32_t at)
{
    size_t most = 0, index;

    for (uint32_t i = t->v.v[at].first; i; i = t->v.v[i - 1].next)
        if (is_index(t->v.v[i - 1].key, &index) && index + 1 > most)
            most = index + 1;
    cb_buf_put_char(out, '[');
    for (size_t k = 0; k < most; k++) {
        uint32_t i = t->v.v[at].first;

        if (k)
            cb_buf_put_char(out, ',');
        while (i && !(is_index(t->v.v[i - 1].key, &index) && index == k))
            i = t->v.v[i - 1].next;
        if (i)
            put_chosen(out, t, i - 1);
        else
            cb_buf_put_cstr(out, "null");
    }
    cb_buf_put_char(out, ']');
}

static void put_chosen(struct cb_buf *out, const struct tree *t, uint32_t at)
{
    if (t->v.v[at].value.p) {
        cb_buf_put_str(out, t->v.v[at].value);
        return;
    }
    if (t->v.v[at].array) {
        put_array(out, t, at);
        return;
    }
    cb_buf_put_char(out, '{');
    for (uint32_t i = t->v.v[at].first; i; i = t->v.v[i - 1].next) {
        if (i != t->v.v[at].first)
            cb_buf_put_char(out, ',');
        cb_buf_put_json(out, t->v.v[i - 1].key);
        cb_buf_put_char(out, ':');
        put_chosen(out, t, i - 1);
    }
    cb_buf_put_char(out, '}');
}

void cb_fields_cut(struct cb_buf *out, const struct cb_fields *f, cb_str json)
{
    struct tree t = {0};

    cb_vec_push(&t.v, (struct chosen){.key = CB_LIT("")});
    for (size_t i = 0; i < f->n; i++)
        choose(&t, f->v[i], json);
    put_chosen(out, &t, 0);
    cb_vec_fini(&t.v);
}

/* Behind the members of the object at the end of OUT. */
static void put_health(struct cb_buf *out, cb_str word)
{
    out->n--;
    cb_buf_put_cstr(out, out->p[out->n - 1] == '{' ? "\"health\":" : ",\"health\":");
    cb_buf_put_json(out, word);
    cb_buf_put_char(out, '}');
}

bool cb_fields_health(const struct cb_fields *f)
{
    return f && f->health;
}

void cb_fields_put(struct cb_buf *out, const struct cb_fields *f, const struct cb_snapshot *s,
                   cb_doc d)
{
    struct cb_buf whole = CB_BUF_INIT;

    if (!f) {
        cb_doc_put(out, s, d);
        return;
    }
    if (f->stored) {
        cb_fields_cut(out, f, cb_doc_body(s, d));
    } else {
        cb_doc_put(&whole, s, d);
        cb_fields_cut(out, f, cb_buf_str(&whole));
        cb_buf_fini(&whole);
    }
    if (f->health)
        put_health(out, cb_standing_of(f->health, s, d));
}
