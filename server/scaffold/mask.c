#include "server/scaffold/mask.h"

#include <stdlib.h>

#include "catalog/base/base64.h"

static int longest_first(const void *a, const void *b)
{
    const cb_str *x = a, *y = b;

    return x->n < y->n ? 1 : x->n > y->n ? -1 : cb_str_cmp(*x, *y);
}

static void put(struct cb_mask *m, struct cb_arena *a, cb_str text)
{
    if (text.n < 2 || m->n >= CB_MASK_N_MAX)
        return;
    for (size_t i = 0; i < m->n; i++)
        if (cb_str_eq(m->v[i], text))
            return;
    m->first[(unsigned char)text.p[0]] = true;
    m->v[m->n++] = cb_arena_str(a, text);
}

static void percent(struct cb_buf *out, cb_str s)
{
    static const char free_bytes[] = "-_.!~*'()";

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr(free_bytes, c)))
            cb_buf_put_char(out, (char)c);
        else
            cb_buf_printf(out, "%%%02X", c);
    }
}

static void put_forms(struct cb_mask *m, struct cb_arena *a, cb_str text)
{
    struct cb_buf form = CB_BUF_INIT;
    cb_str rest = text, line, base64;

    put(m, a, text);
    put(m, a, cb_str_trim(text));
    if (text.n < CB_MASK_LINE_MIN)
        return;
    cb_buf_put_json(&form, text);
    put(m, a, cb_str_sub(cb_buf_str(&form), 1, form.n - 1));
    cb_buf_clear(&form);
    percent(&form, text);
    put(m, a, cb_buf_str(&form));
    cb_buf_fini(&form);
    base64 = cb_base64_encode(a, text);
    while (base64.n && base64.p[base64.n - 1] == '=')
        base64.n--;
    put(m, a, base64);
    if (cb_str_find_char(text, '\n', 0) == SIZE_MAX)
        return;
    while (cb_str_split(&line, &rest, '\n')) {
        line = cb_str_trim(line);
        if (line.n >= CB_MASK_LINE_MIN)
            put(m, a, line);
    }
}

static void walk(struct cb_mask *m, struct cb_arena *a, const struct cb_node *n)
{
    if (n->type == CB_STRING)
        put_forms(m, a, n->text);
    else if (n->type == CB_INT || n->type == CB_REAL)
        put_forms(m, a, cb_node_scalar(a, n));
    for (const struct cb_node *c = n->type == CB_ARRAY || n->type == CB_OBJECT ? n->first : NULL; c; c = c->next)
        walk(m, a, c);
}

bool cb_mask_add(struct cb_mask *m, struct cb_arena *a, const struct cb_node *secrets)
{
    if (!m->v)
        m->v = CB_NEW_N(a, cb_str, CB_MASK_N_MAX);
    if (secrets)
        walk(m, a, secrets);
    qsort(m->v, m->n, sizeof(*m->v), longest_first);
    return m->n < CB_MASK_N_MAX;
}

/* The length of the secret that stands at AT; 0: none does. */
static size_t at(const struct cb_mask *m, cb_str text, size_t i)
{
    if (!m->first[(unsigned char)text.p[i]])
        return 0;
    for (size_t j = 0; j < m->n; j++)
        if (m->v[j].n <= text.n - i && memcmp(text.p + i, m->v[j].p, m->v[j].n) == 0)
            return m->v[j].n;
    return 0;
}

bool cb_mask_hits(const struct cb_mask *m, cb_str text)
{
    for (size_t i = 0; m->n && i < text.n; i++)
        if (at(m, text, i))
            return true;
    return false;
}

cb_str cb_mask_text(struct cb_arena *a, const struct cb_mask *m, cb_str text)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str masked;
    size_t n;

    if (!cb_mask_hits(m, text))
        return text;
    for (size_t i = 0; i < text.n;) {
        if ((n = at(m, text, i))) {
            cb_buf_put_cstr(&out, "***");
            i += n;
        } else {
            cb_buf_put_char(&out, text.p[i++]);
        }
    }
    masked = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return masked;
}

cb_str cb_mask_cut(const struct cb_mask *m, cb_str text)
{
    size_t most = 0;

    for (size_t i = 0; i < m->n; i++)
        for (size_t n = m->v[i].n - 1 < text.n ? m->v[i].n - 1 : text.n; n > most; n--)
            if (memcmp(text.p + text.n - n, m->v[i].p, n) == 0)
                most = n;
    return cb_str_sub(text, 0, text.n - most);
}

/* The longest ones come first. */
static bool key_hits(const struct cb_mask *m, cb_str key)
{
    for (size_t i = 0; i < m->n && m->v[i].n >= CB_MASK_KEY_MIN; i++)
        if (cb_str_find(key, m->v[i]) != SIZE_MAX)
            return true;
    return false;
}

bool cb_mask_node_hits(const struct cb_mask *m, const struct cb_node *node)
{
    if (node->type == CB_STRING)
        return cb_mask_hits(m, node->text);
    for (const struct cb_node *c = node->type == CB_ARRAY || node->type == CB_OBJECT ? node->first : NULL; c; c = c->next)
        if (key_hits(m, c->key) || cb_mask_node_hits(m, c))
            return true;
    return false;
}

struct cb_node *cb_mask_node(struct cb_arena *a, const struct cb_mask *m, const struct cb_node *node)
{
    struct cb_node *copy = cb_node_new(a, node->type);

    if (node->type == CB_STRING) {
        copy->text = cb_arena_str(a, cb_mask_text(a, m, node->text));
        return copy;
    }
    if (node->type != CB_ARRAY && node->type != CB_OBJECT)
        return cb_node_copy(a, node);
    for (const struct cb_node *c = node->first; c; c = c->next) {
        struct cb_node *child = cb_mask_node(a, m, c);

        if (node->type == CB_ARRAY)
            cb_node_push(copy, child);
        else
            cb_node_set(copy, cb_arena_str(a, key_hits(m, c->key) ? cb_mask_text(a, m, c->key) : c->key), child);
    }
    return copy;
}

struct cb_node *cb_mask_prune(struct cb_arena *a, const struct cb_mask *m, const struct cb_node *node)
{
    struct cb_node *copy, *child;

    if (node->type == CB_STRING && cb_mask_hits(m, node->text))
        return NULL;
    if (node->type != CB_ARRAY && node->type != CB_OBJECT)
        return cb_node_copy(a, node);
    copy = cb_node_new(a, node->type);
    for (const struct cb_node *c = node->first; c; c = c->next) {
        if (key_hits(m, c->key) || !(child = cb_mask_prune(a, m, c)))
            continue;
        if (node->type == CB_ARRAY)
            cb_node_push(copy, child);
        else
            cb_node_put(copy, cb_arena_str(a, c->key), child);
    }
    return copy;
}
