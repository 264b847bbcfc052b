#include "catalog/entity/term.h"

#include <math.h>
#include <utf8proc.h>

#include "catalog/base/number.h"
#include "catalog/base/vec.h"

#define CLASHES_MAX 1000 /* bytes of the list of keys that differ only in case */

/* A slice of the scratch text, by offset: the text moves as it grows. */
struct span {
    uint32_t at, n;
};

struct row {
    uint8_t type;
    bool item;         /* the "path.s" row of an array's item */
    bool gone;
    uint32_t order;    /* as it was found */
    struct span key;   /* lower case */
    struct span raw;   /* as written; the same span when that is lower case already */
    struct span lower; /* of the value, once it was needed */
    cb_str value;
    const struct cb_node *node;
};

struct path {
    struct span raw, key;
};

struct pack {
    struct cb_buf text; /* keys, numbers */
    CB_VEC(struct row) rows;
    CB_VEC(struct row *) sorted;
    struct cb_term_notes *notes;
    bool full;
};

static cb_str span_str(const struct pack *p, struct span s)
{
    return cb_str_make(p->text.p + s.at, s.n);
}

/* Behaves as JavaScript's toLowerCase() does on one character at a time. */
static void put_lower_wide(struct cb_buf *b, cb_str s)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)s.p;
    utf8proc_ssize_t left = (utf8proc_ssize_t)s.n, n;

    for (; left > 0; at += n, left -= n) {
        utf8proc_int32_t c;

        n = utf8proc_iterate(at, left, &c);
        if (n <= 0 || c < 0) {
            cb_buf_put_char(b, (char)*at);
            n = 1;
        } else {
            char *room = cb_buf_reserve(b, 4);

            b->n += (size_t)utf8proc_encode_char(utf8proc_tolower(c), (utf8proc_uint8_t *)room);
        }
    }
}

static void put_lower(struct cb_buf *b, cb_str s)
{
    char *room = cb_buf_reserve(b, s.n);

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c >= 0x80) {
            put_lower_wide(b, s);
            return;
        }
        room[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    b->n += s.n;
}

static bool is_lower(cb_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80 || (s.p[i] >= 'A' && s.p[i] <= 'Z'))
            return false;
    return true;
}

static struct span put_joined(struct pack *p, struct span up, cb_str key, bool lower)
{
    struct span s = {(uint32_t)p->text.n, 0};
    char *room = cb_buf_reserve(&p->text, up.n + 1 + key.n);

    if (up.n) {
        memcpy(room, p->text.p + up.at, up.n);
        room[up.n] = '.';
        p->text.n += up.n + 1;
    }
    if (lower)
        put_lower(&p->text, key);
    else
        cb_buf_put_str(&p->text, key);
    s.n = (uint32_t)(p->text.n - s.at);
    return s;
}

/* UP.KEY in both spellings; one text where they are the same. */
static struct path join(struct pack *p, const struct path *up, cb_str key)
{
    struct path out;
    bool same;

    if (up->raw.n > CB_TERM_KEY_MAX || up->key.n > CB_TERM_KEY_MAX)
        return *up; /* too long for a row already: what is below has none either */
    same = up->raw.at == up->key.at && is_lower(key);
    out.raw = put_joined(p, up->raw, key, false);
    out.key = same ? out.raw : put_joined(p, up->key, key, true);
    return out;
}

static void add(struct pack *p, const struct path *path, enum cb_term_type type, cb_str value, bool item,
                const struct cb_node *node)
{
    if (path->key.n > CB_TERM_KEY_MAX || path->raw.n > CB_TERM_KEY_MAX) {
        if (p->notes && !p->notes->long_key && !item)
            p->notes->long_key = node;
        return;
    }
    if (p->rows.n >= 2 * CB_TERM_N_MAX) {
        p->full = true;
        return;
    }
    if (value.n > CB_TERM_VALUE_MAX) {
        type = CB_TERM_NULL;
        value.n = 0;
    }
    cb_vec_push(&p->rows, (struct row){.type = (uint8_t)type, .item = item, .order = (uint32_t)p->rows.n,
                                       .key = path->key, .raw = path->raw, .value = value, .node = node});
}

/* Members that are not walked: what the server writes, and what has a row of its own. */
static bool is_special(const struct pack *p, const struct path *up, cb_str key)
{
    if (up->raw.n == 0)
        return cb_str_eq(key, CB_LIT("attachments")) || cb_str_eq(key, CB_LIT("relations")) ||
               cb_str_eq(key, CB_LIT("status"));
    if (up->raw.n != 8 || (key.n != 3 && key.n != 4 && key.n != 9) || !cb_str_eq(span_str(p, up->raw), CB_LIT("metadata")))
        return false;
    return cb_str_eq(key, CB_LIT("name")) || cb_str_eq(key, CB_LIT("namespace")) || cb_str_eq(key, CB_LIT("uid")) ||
           cb_str_eq(key, CB_LIT("etag"));
}

static cb_str number_text(const struct cb_node *node, char room[CB_NUMBER_TEXT_MAX])
{
    return cb_str_make(room, node->type == CB_INT ? cb_number_format_int(room, node->i) : cb_number_format(room, node->d));
}

static void visit(struct pack *p, const struct path *path, const struct cb_node *node)
{
    char room[CB_NUMBER_TEXT_MAX];

    switch (node->type) {
    case CB_NULL:
        add(p, path, CB_TERM_NULL, (cb_str){0}, false, node);
        break;
    case CB_BOOL:
        add(p, path, CB_TERM_VALUE, node->b ? CB_LIT("true") : CB_LIT("false"), false, node);
        break;
    case CB_INT:
    case CB_REAL:
        if (node->type == CB_REAL && !isfinite(node->d)) {
            add(p, path, CB_TERM_NULL, (cb_str){0}, false, node);
        } else {
            /* The text goes to the scratch: its offset is kept until all of it is there. */
            cb_str text = number_text(node, room);
            struct span at = {(uint32_t)p->text.n, (uint32_t)text.n};

            cb_buf_put_str(&p->text, text);
            add(p, path, CB_TERM_VALUE, (cb_str){NULL, 0}, false, node);
            if (p->rows.n && p->rows.v[p->rows.n - 1].node == node)
                p->rows.v[p->rows.n - 1].lower = at;
        }
        break;
    case CB_STRING:
        add(p, path, CB_TERM_VALUE, node->text, false, node);
        break;
    case CB_ARRAY:
        add(p, path, CB_TERM_INNER, (cb_str){0}, false, node);
        for (const struct cb_node *item = node->first; item && !p->full; item = item->next) {
            visit(p, path, item);
            if (item->type == CB_STRING) {
                struct path named = join(p, path, item->text);

                add(p, &named, CB_TERM_VALUE, CB_LIT("true"), true, item);
                if (named.key.n > CB_TERM_KEY_MAX)
                    p->text.n = named.raw.at; /* take a long text out of the scratch again */
            }
        }
        break;
    case CB_OBJECT:
        if (path->raw.n)
            add(p, path, CB_TERM_INNER, (cb_str){0}, false, node);
        for (const struct cb_node *child = node->first; child && !p->full; child = child->next) {
            struct path inner;

            if (is_special(p, path, child->key))
                continue;
            inner = join(p, path, child->key);
            visit(p, &inner, child);
        }
        break;
    }
}

static void add_own(struct pack *p, const struct cb_node *entity)
{
    static const char *const keys[] = {"name", "namespace", "uid"};
    const struct cb_node *metadata = cb_node_get(entity, "metadata");
    struct path up = {{0}, {0}}, path;

    up = join(p, &up, CB_LIT("metadata"));
    for (size_t i = 0; i < CB_COUNT(keys); i++) {
        const struct cb_node *node = cb_node_get(metadata, keys[i]);

        path = join(p, &up, cb_str_cstr(keys[i]));
        if (node && node->type == CB_STRING)
            add(p, &path, CB_TERM_VALUE, node->text, false, node);
        else if (i == 1)
            add(p, &path, CB_TERM_VALUE, CB_LIT("default"), false, metadata);
    }
}

/* --- order ------------------------------------------------------------------------------------- */

static int compare_keys(const struct pack *p, const struct row *x, const struct row *y)
{
    return x->key.at == y->key.at && x->key.n == y->key.n ? 0 : cb_str_cmp(span_str(p, x->key), span_str(p, y->key));
}

static int compare_rows(const void *a, const void *b, void *ctx)
{
    const struct row *const *xp = a, *const *yp = b, *x = *xp, *y = *yp;
    int c = compare_keys(ctx, x, y);

    if (!c)
        c = cb_str_cmp(x->value, y->value);
    if (!c)
        c = (int)x->type - (int)y->type;
    return c ? c : (x->order < y->order ? -1 : 1);
}

static int compare_lower(const void *a, const void *b, void *ctx)
{
    const struct row *const *xp = a, *const *yp = b, *x = *xp, *y = *yp;
    int c = (int)x->type - (int)y->type;

    if (!c)
        c = cb_str_cmp(span_str(ctx, x->lower), span_str(ctx, y->lower));
    return c ? c : (x->order < y->order ? -1 : 1);
}

/* Rows of one key that are the same but for the case of their value: keep the first that was found. */
static void unique_values(struct pack *p, struct row **v, size_t n)
{
    if (n == 2 && v[0]->type != v[1]->type)
        return;
    for (size_t i = 0; i < n; i++) {
        v[i]->lower.at = (uint32_t)p->text.n;
        put_lower(&p->text, v[i]->value);
        v[i]->lower.n = (uint32_t)(p->text.n - v[i]->lower.at);
    }
    qsort_r(v, n, sizeof(*v), compare_lower, p);
    for (size_t i = 1, kept = 0; i < n; i++) {
        if (v[i]->type == v[kept]->type && cb_str_eq(span_str(p, v[i]->lower), span_str(p, v[kept]->lower)))
            v[i]->gone = true;
        else
            kept = i;
    }
    qsort_r(v, n, sizeof(*v), compare_rows, p);
}

/* Two leaves whose paths are the same but for case: of an array's items only the first of a spelling counts. */
static void note_clash(struct pack *p, struct row *const *v, size_t n)
{
    const struct row *first = NULL, *item = NULL, *other = NULL;
    struct cb_term_notes *notes = p->notes;

    for (size_t i = 0; i < n; i++)
        if (v[i]->item && (!item || v[i]->order < item->order))
            item = v[i];
    for (size_t i = 0; i < n; i++)
        if (v[i]->type != CB_TERM_INNER && (!v[i]->item || v[i] == item) && (!first || v[i]->order < first->order))
            first = v[i];
    for (size_t i = 0; i < n; i++)
        if (v[i]->type != CB_TERM_INNER && (!v[i]->item || v[i] == item) &&
            !cb_str_eq(span_str(p, v[i]->raw), span_str(p, first->raw)) && (!other || v[i]->order < other->order))
            other = v[i];
    if (!other)
        return;
    if (!notes->clashes.n) {
        notes->one = cb_arena_str(notes->arena, span_str(p, first->raw));
        notes->other = cb_arena_str(notes->arena, span_str(p, other->raw));
        notes->clash = other->node;
    }
    if (notes->clashes.n < CLASHES_MAX)
        notes->clashes = cb_arena_printf(notes->arena, "%" CB_FMT "%s'%" CB_FMT "'", CB_ARG(notes->clashes),
                                         notes->clashes.n ? ", " : "", CB_ARG(span_str(p, other->key)));
}

/* Lower-cased values go to the scratch later, at most three bytes for two: from here on it may not move. */
static void settle(struct pack *p)
{
    struct row *v = p->rows.v;
    size_t more = 1;

    for (size_t i = 0; i < p->rows.n; i++)
        more += (v[i].value.n + v[i].lower.n) * 2 + 4;
    cb_buf_reserve(&p->text, more);
    cb_vec_reserve(&p->sorted, p->rows.n);
    for (size_t i = 0; i < p->rows.n; i++) {
        if (v[i].lower.n && !v[i].value.p)
            v[i].value = span_str(p, v[i].lower); /* a number's text */
        cb_vec_push(&p->sorted, &v[i]);
    }
}

static void order(struct pack *p)
{
    struct row **v = p->sorted.v;
    size_t n = p->sorted.n;

    qsort_r(v, n, sizeof(*v), compare_rows, p);
    for (size_t i = 0, j; i < n; i = j) {
        bool spelt = v[i]->raw.at != v[i]->key.at;

        for (j = i + 1; j < n && compare_keys(p, v[i], v[j]) == 0; j++)
            spelt = spelt || v[j]->raw.at != v[j]->key.at;
        if (j - i == 1)
            continue;
        if (spelt && p->notes)
            note_clash(p, v + i, j - i);
        unique_values(p, v + i, j - i);
    }
}

static char *put_varint(char *at, size_t v)
{
    for (; v >= 0x80; v >>= 7)
        *at++ = (char)(unsigned char)(v | 0x80);
    *at++ = (char)v;
    return at;
}

static char *put_bytes(char *at, cb_str s)
{
    at = put_varint(at, s.n);
    if (s.n)
        memcpy(at, s.p, s.n);
    return at + s.n;
}

static size_t put_rows(struct cb_buf *out, const struct pack *p)
{
    size_t kept = 0, room = 0;
    char *at;

    for (size_t i = 0; i < p->sorted.n; i++)
        room += p->sorted.v[i]->key.n + p->sorted.v[i]->value.n + 8; /* a type, and lengths of up to three bytes */
    at = cb_buf_reserve(out, room);

    for (size_t i = 0; i < p->sorted.n; i++) {
        const struct row *row = p->sorted.v[i];

        if (row->gone)
            continue;
        kept++;
        *at++ = (char)row->type;
        at = put_bytes(put_bytes(at, span_str(p, row->key)), row->value);
    }
    out->n = (size_t)(at - out->p);
    return kept;
}

static void begin(struct pack *p)
{
    cb_vec_reserve(&p->rows, 128);
    cb_buf_reserve(&p->text, 8192);
}

/* All rows are there. */
static enum cb_code finish(struct cb_buf *out, struct pack *p, struct cb_err *err)
{
    size_t before = out->n, kept = 0;
    enum cb_code rc = CB_OK;

    if (!p->full) {
        settle(p);
        order(p);
        kept = put_rows(out, p);
    }
    if (p->full || kept > CB_TERM_N_MAX) {
        out->n = before;
        rc = cb_fail(err, CB_ELIMIT, "it has more than %d searchable values", CB_TERM_N_MAX);
    }
    cb_vec_fini(&p->rows);
    cb_vec_fini(&p->sorted);
    cb_buf_fini(&p->text);
    return rc;
}

enum cb_code cb_term_pack_noting(struct cb_buf *out, const struct cb_node *entity, struct cb_term_notes *notes,
                                 struct cb_err *err)
{
    struct pack p = {.notes = notes};
    struct path root = {{0}, {0}};

    begin(&p);
    visit(&p, &root, entity);
    add_own(&p, entity);
    return finish(out, &p, err);
}

enum cb_code cb_term_pack(struct cb_buf *out, const struct cb_node *entity, struct cb_err *err)
{
    return cb_term_pack_noting(out, entity, NULL, err);
}

enum cb_code cb_term_pack_status(struct cb_buf *out, const struct cb_node *status, struct cb_err *err)
{
    struct pack p = {0};
    struct path root = {{0}, {0}};

    begin(&p);
    root = join(&p, &root, CB_LIT("status"));
    visit(&p, &root, status);
    return finish(out, &p, err);
}

static bool take(cb_str *out, cb_str *rest)
{
    uint64_t n;

    if (!cb_varint_get(&n, rest) || n > rest->n)
        return false;
    *out = cb_str_make(rest->p, (size_t)n);
    rest->p += n;
    rest->n -= (size_t)n;
    return true;
}

bool cb_term_next(struct cb_term *out, cb_str *rest)
{
    struct cb_term term = {0};
    cb_str at = *rest;
    uint64_t type;

    if (!cb_varint_get(&type, &at) || type > CB_TERM_INNER || !take(&term.key, &at) || !take(&term.value, &at))
        return false;
    term.type = (enum cb_term_type)type;
    *out = term;
    *rest = at;
    return true;
}

bool cb_term_next_of(struct cb_term *out, cb_str *rest, cb_str *other)
{
    cb_str x = *rest, y = *other;
    struct cb_term a, b;
    bool have = cb_term_next(&a, &x);
    int c;

    if (!cb_term_next(&b, &y)) {
        *rest = have ? x : *rest;
        *out = have ? a : *out;
        return have;
    }
    c = have ? cb_str_cmp(a.key, b.key) : 1;
    if (c < 0 || (c == 0 && cb_str_cmp(a.value, b.value) <= 0)) {
        *out = a;
        *rest = x;
    } else {
        *out = b;
        *other = y;
    }
    return true;
}
