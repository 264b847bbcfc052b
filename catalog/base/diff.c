#include "catalog/base/diff.h"

#include <assert.h>

#include "catalog/base/vec.h"

struct differ {
    struct cb_arena *arena;
    CB_VEC(struct cb_diff_op) ops;
};

enum step { KEEP, DROP, PUT };

/* Steps that make A into B, by a longest common row of items that are equal. */
struct script {
    CB_VEC(uint8_t) steps;
};

static void push_steps(struct script *s, enum step step, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cb_vec_push(&s->steps, (uint8_t)step);
}

/* What is left between equal ends: a table of lengths from the back. False: too big. */
static bool push_middle(struct script *s, const cb_str *a, size_t n, const cb_str *b, size_t m)
{
    size_t width = m + 1, i = 0, k = 0;
    uint32_t *length;

    if (n == 0 || m == 0) {
        push_steps(s, DROP, n);
        push_steps(s, PUT, m);
        return true;
    }
    if (n > CB_DIFF_CELLS / m)
        return false;
    length = calloc((n + 1) * width, sizeof(*length));
    if (!length)
        abort();
    for (size_t x = n; x-- > 0;)
        for (size_t y = m; y-- > 0;) {
            uint32_t down = length[(x + 1) * width + y], right = length[x * width + y + 1];

            length[x * width + y] =
                cb_str_eq(a[x], b[y]) ? length[(x + 1) * width + y + 1] + 1 : down > right ? down : right;
        }
    while (i < n && k < m) {
        if (cb_str_eq(a[i], b[k])) {
            push_steps(s, KEEP, 1);
            i++;
            k++;
        } else if (length[(i + 1) * width + k] >= length[i * width + k + 1]) {
            push_steps(s, DROP, 1);
            i++;
        } else {
            push_steps(s, PUT, 1);
            k++;
        }
    }
    push_steps(s, DROP, n - i);
    push_steps(s, PUT, m - k);
    free(length);
    return true;
}

/* False: too big, and then all between the equal ends goes and comes when ANYWAY. */
static bool make_script(struct script *s, const cb_str *a, size_t n, const cb_str *b, size_t m, bool anyway)
{
    size_t head = 0, tail = 0;
    bool fits;

    while (head < n && head < m && cb_str_eq(a[head], b[head]))
        head++;
    while (tail < n - head && tail < m - head && cb_str_eq(a[n - 1 - tail], b[m - 1 - tail]))
        tail++;
    push_steps(s, KEEP, head);
    fits = push_middle(s, a + head, n - head - tail, b + head, m - head - tail);
    if (!fits && anyway) {
        push_steps(s, DROP, n - head - tail);
        push_steps(s, PUT, m - head - tail);
    }
    push_steps(s, KEEP, tail);
    return fits || anyway;
}

/* ---- values */

static cb_str dump(struct cb_arena *a, const struct cb_node *n)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str text;

    cb_node_dump(&out, n);
    text = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return text;
}

/* What an array's item is known by. */
static cb_str identity(struct cb_arena *a, const struct cb_node *n)
{
    static const char *const keys[] = {"name", "id", "ref", "targetRef", "url", "title"};

    for (size_t i = 0; n->type == CB_OBJECT && i < CB_COUNT(keys); i++) {
        const struct cb_node *value = cb_node_get(n, keys[i]), *type = cb_node_get(n, "type");

        if (value && value->type == CB_STRING)
            return cb_arena_printf(a, "%s %" CB_FMT " %" CB_FMT, keys[i], CB_ARG(value->text),
                                   CB_ARG(type && type->type == CB_STRING ? type->text : CB_LIT("")));
    }
    return dump(a, n);
}

/* "/spec/a~1b" */
static cb_str below(struct cb_arena *a, cb_str path, cb_str key)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str text;

    cb_buf_put_str(&out, path);
    cb_buf_put_char(&out, '/');
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] == '~')
            cb_buf_put_cstr(&out, "~0");
        else if (key.p[i] == '/')
            cb_buf_put_cstr(&out, "~1");
        else
            cb_buf_put_char(&out, key.p[i]);
    }
    text = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return text;
}

static void say(struct differ *d, enum cb_diff_type type, cb_str path, const struct cb_node *old, const struct cb_node *new)
{
    cb_vec_push(&d->ops, (struct cb_diff_op){type, path, old, new});
}

static void compare(struct differ *d, cb_str path, const struct cb_node *old, const struct cb_node *new);

static void compare_objects(struct differ *d, cb_str path, const struct cb_node *old, const struct cb_node *new)
{
    for (const struct cb_node *m = old->first; m; m = m->next) {
        const struct cb_node *other = cb_node_get_str(new, m->key);

        if (!other)
            say(d, CB_DIFF_REMOVE, below(d->arena, path, m->key), m, NULL);
        else if (!cb_node_same(m, other))
            compare(d, below(d->arena, path, m->key), m, other);
    }
    for (const struct cb_node *m = new->first; m; m = m->next)
        if (!cb_node_get_str(old, m->key))
            say(d, CB_DIFF_ADD, below(d->arena, path, m->key), NULL, m);
}

static const cb_str *identities(struct cb_arena *a, const struct cb_node *array)
{
    cb_str *out = CB_NEW_N(a, cb_str, array->child_n + 1);
    size_t n = 0;

    for (const struct cb_node *item = array->first; item; item = item->next)
        out[n++] = identity(a, item);
    return out;
}

static void compare_arrays(struct differ *d, cb_str path, const struct cb_node *old, const struct cb_node *new)
{
    const struct cb_node *x = old->first, *y = new->first;
    struct script s = {0};
    size_t at = 0;

    if (!make_script(&s, identities(d->arena, old), old->child_n, identities(d->arena, new), new->child_n, false)) {
        say(d, CB_DIFF_REPLACE, path, old, new);
        cb_vec_fini(&s.steps);
        return;
    }
    for (size_t i = 0; i < s.steps.n; i++) {
        cb_str here = cb_arena_printf(d->arena, "%" CB_FMT "/%zu", CB_ARG(path), at);

        switch (s.steps.v[i]) {
        case KEEP:
            if (!cb_node_same(x, y))
                compare(d, here, x, y);
            x = x->next;
            y = y->next;
            at++;
            break;
        case DROP:
            say(d, CB_DIFF_REMOVE, here, x, NULL);
            x = x->next;
            break;
        default:
            say(d, CB_DIFF_ADD, here, NULL, y);
            y = y->next;
            at++;
        }
    }
    cb_vec_fini(&s.steps);
}

static void compare(struct differ *d, cb_str path, const struct cb_node *old, const struct cb_node *new)
{
    if (old->type == CB_OBJECT && new->type == CB_OBJECT)
        compare_objects(d, path, old, new);
    else if (old->type == CB_ARRAY && new->type == CB_ARRAY)
        compare_arrays(d, path, old, new);
    else if (!cb_node_same(old, new))
        say(d, CB_DIFF_REPLACE, path, old, new);
}

size_t cb_diff(const struct cb_diff_op **out, struct cb_arena *a, const struct cb_node *old, const struct cb_node *new)
{
    struct differ d = {.arena = a};
    size_t n;

    compare(&d, CB_LIT(""), old, new);
    n = d.ops.n;
    *out = n ? (const struct cb_diff_op *)(const void *)cb_arena_dup(a, d.ops.v, n * sizeof(*d.ops.v)) : NULL;
    cb_vec_fini(&d.ops);
    return n;
}

const char *cb_diff_name(enum cb_diff_type type)
{
    static const char *const names[] = {"add", "remove", "replace"};

    return names[type];
}

/* ---- texts */

struct lines {
    CB_VEC(cb_str) all;
};

static void split_lines(struct lines *l, cb_str text)
{
    cb_str line;

    if (text.n && text.p[text.n - 1] == '\n')
        text.n--;
    if (text.n == 0)
        return;
    while (cb_str_split(&line, &text, '\n'))
        cb_vec_push(&l->all, line);
}

/* End of the hunk that begins at step FROM: CB_DIFF_CONTEXT kept steps behind the last change of it. */
static size_t hunk_end(const struct script *s, size_t from)
{
    size_t end = from, kept = 0;

    for (size_t i = from; i < s->steps.n && kept <= 2 * CB_DIFF_CONTEXT; i++) {
        kept = s->steps.v[i] == KEEP ? kept + 1 : 0;
        if (!kept)
            end = i + 1;
    }
    return end + CB_DIFF_CONTEXT < s->steps.n ? end + CB_DIFF_CONTEXT : s->steps.n;
}

static void put_hunk(struct cb_buf *out, const struct script *s, size_t from, size_t to, const struct lines *a,
                     const struct lines *b, size_t i, size_t k)
{
    size_t n = 0, m = 0;

    for (size_t at = from; at < to; at++) {
        n += s->steps.v[at] != PUT;
        m += s->steps.v[at] != DROP;
    }
    cb_buf_printf(out, "@@ -%zu,%zu +%zu,%zu @@\n", n ? i + 1 : i, n, m ? k + 1 : k, m);
    for (size_t at = from; at < to; at++) {
        enum step step = (enum step)s->steps.v[at];

        cb_buf_put_char(out, step == KEEP ? ' ' : step == DROP ? '-' : '+');
        cb_buf_put_str(out, step == PUT ? b->all.v[k] : a->all.v[i]);
        cb_buf_put_char(out, '\n');
        i += step != PUT;
        k += step != DROP;
    }
}

static void put_hunks(struct cb_buf *out, const struct script *s, const struct lines *a, const struct lines *b)
{
    size_t i = 0, k = 0, at = 0;

    while (at < s->steps.n) {
        size_t next = at, from, end;

        while (next < s->steps.n && s->steps.v[next] == KEEP)
            next++;
        if (next == s->steps.n)
            return;
        from = next - at > CB_DIFF_CONTEXT ? next - CB_DIFF_CONTEXT : at;
        i += from - at;
        k += from - at;
        end = hunk_end(s, next);
        put_hunk(out, s, from, end, a, b, i, k);
        for (at = from; at < end; at++) {
            i += s->steps.v[at] != PUT;
            k += s->steps.v[at] != DROP;
        }
    }
}

void cb_diff_text(struct cb_buf *out, cb_str old_name, cb_str new_name, cb_str old, cb_str new, size_t *added, size_t *removed)
{
    struct lines a = {0}, b = {0};
    struct script s = {0};
    size_t came = 0, went = 0;

    split_lines(&a, old);
    split_lines(&b, new);
    make_script(&s, a.all.v, a.all.n, b.all.v, b.all.n, true);
    for (size_t i = 0; i < s.steps.n; i++) {
        came += s.steps.v[i] == PUT;
        went += s.steps.v[i] == DROP;
    }
    if (came + went) {
        cb_buf_printf(out, "--- %" CB_FMT "\n+++ %" CB_FMT "\n", CB_ARG(old_name), CB_ARG(new_name));
        put_hunks(out, &s, &a, &b);
    }
    if (added)
        *added = came;
    if (removed)
        *removed = went;
    cb_vec_fini(&s.steps);
    cb_vec_fini(&a.all);
    cb_vec_fini(&b.all);
}
