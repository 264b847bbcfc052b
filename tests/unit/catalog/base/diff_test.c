/* Carried out one after the other, the changes make the old value into the new one: any two values. */
#include "catalog/base/diff.h"

#include <stdlib.h>

#include "tests/support/unit.h"

#define ROUND_N 3000

static struct cb_node *parse(struct cb_arena *a, const char *json)
{
    struct cb_node *n = NULL;
    struct cb_err err;

    ck_assert_msg(cb_node_parse(&n, a, cb_str_cstr(json), &err) == CB_OK, "%s", json);
    return n;
}

static const char *text_of(struct cb_arena *a, const struct cb_node *n)
{
    struct cb_buf out = CB_BUF_INIT;
    const char *text;

    cb_node_dump(&out, n);
    text = cb_arena_str(a, cb_buf_str(&out)).p;
    cb_buf_fini(&out);
    return text;
}

/* ---- the plainest way to carry changes out: RFC 6902 by lists of children */

static cb_str unescape(struct cb_arena *a, cb_str key)
{
    char *out = cb_arena_alloc(a, key.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] == '~')
            out[n++] = key.p[++i] == '0' ? '~' : '/';
        else
            out[n++] = key.p[i];
    }
    return cb_str_make(out, n);
}

/* The same node with its children in a new list: without child AT, or with PUT in front of it. */
static void splice(struct cb_arena *a, struct cb_node *parent, size_t at, bool drop, struct cb_node *put)
{
    struct cb_node **all = CB_NEW_N(a, struct cb_node *, parent->child_n + 2);
    size_t n = 0, i = 0;

    for (struct cb_node *c = parent->first; c; c = c->next, i++) {
        if (i == at && put)
            all[n++] = put;
        if (i != at || !drop)
            all[n++] = c;
    }
    if (i == at && put)
        all[n++] = put;
    parent->first = parent->last = NULL;
    parent->child_n = 0;
    for (i = 0; i < n; i++) {
        all[i]->next = NULL;
        if (parent->type == CB_OBJECT)
            cb_node_put(parent, all[i]->key, all[i]);
        else
            cb_node_push(parent, all[i]);
    }
}

static struct cb_node *carry_out(struct cb_arena *a, struct cb_node *root, const struct cb_diff_op *op)
{
    struct cb_node *at = root;
    cb_str rest = op->path, part;

    if (rest.n == 0)
        return cb_node_copy(a, op->new);
    rest = cb_str_sub(rest, 1, rest.n);
    for (;;) {
        size_t slash = cb_str_find_char(rest, '/', 0);
        size_t i = 0;
        struct cb_node *child = at->first;
        int64_t want = 0;

        part = unescape(a, cb_str_sub(rest, 0, slash));
        if (at->type == CB_ARRAY)
            ck_assert(cb_str_to_int(&want, part, 0, INT32_MAX));
        while (child && (at->type == CB_ARRAY ? i < (size_t)want : !cb_str_eq(child->key, part))) {
            child = child->next;
            i++;
        }
        if (slash != SIZE_MAX) {
            ck_assert_ptr_nonnull(child);
            at = child;
            rest = cb_str_sub(rest, slash + 1, rest.n);
            continue;
        }
        if (op->type == CB_DIFF_ADD) {
            struct cb_node *put = cb_node_copy(a, op->new);

            ck_assert(at->type == CB_ARRAY || !child);
            put->key = part;
            splice(a, at, at->type == CB_ARRAY ? i : at->child_n, false, put);
        } else {
            struct cb_node *put = op->new ? cb_node_copy(a, op->new) : NULL;

            ck_assert_ptr_nonnull(child);
            ck_assert_str_eq(text_of(a, child), text_of(a, op->old));
            if (put)
                put->key = part;
            splice(a, at, i, true, put);
        }
        return root;
    }
}

static bool is_number(const struct cb_node *n)
{
    return n->type == CB_INT || n->type == CB_REAL;
}

/* As JSON: 1 and 1.0 are one number. */
static bool equal(const struct cb_node *x, const struct cb_node *y, struct cb_arena *a)
{
    if (is_number(x) && is_number(y))
        return strcmp(text_of(a, x), text_of(a, y)) == 0;
    if (x->type != y->type || x->child_n != y->child_n)
        return false;
    if (x->type == CB_OBJECT) {
        for (const struct cb_node *c = x->first; c; c = c->next) {
            const struct cb_node *other = cb_node_get_str(y, c->key);

            if (!other || !equal(c, other, a))
                return false;
        }
        return true;
    }
    if (x->type == CB_ARRAY) {
        for (x = x->first, y = y->first; x; x = x->next, y = y->next)
            if (!equal(x, y, a))
                return false;
        return true;
    }
    return strcmp(text_of(a, x), text_of(a, y)) == 0;
}

static void check_pair(struct cb_arena *a, const struct cb_node *old, const struct cb_node *new)
{
    struct cb_node *got = cb_node_copy(a, old);
    const struct cb_diff_op *ops;
    size_t n = cb_diff(&ops, a, old, new);

    for (size_t i = 0; i < n; i++)
        got = carry_out(a, got, &ops[i]);
    ck_assert_msg(equal(got, new, a), "from %s\nto   %s\ngot  %s", text_of(a, old), text_of(a, new), text_of(a, got));
    ck_assert_msg((n == 0) == equal(old, new, a), "%zu changes from %s to %s", n, text_of(a, old), text_of(a, new));
}

/* ---- random values, alike enough to have something in common */

static struct cb_node *draw(struct cb_arena *a, unsigned *seed, int depth)
{
    static const char *const words[] = {"a", "b", "a/b", "c~d", "", "name", "url"};
    unsigned what = (unsigned)rand_r(seed) % (depth > 0 ? 9 : 5);
    struct cb_node *n;

    switch (what) {
    case 0:
        return cb_node_new(a, CB_NULL);
    case 1:
        return cb_node_bool(a, rand_r(seed) % 2);
    case 2:
        return cb_node_int(a, rand_r(seed) % 3);
    case 3:
        n = cb_node_new(a, CB_REAL);
        n->d = 0.5 * (rand_r(seed) % 3);
        return n;
    case 4:
        return cb_node_string(a, cb_str_cstr(words[(unsigned)rand_r(seed) % 7]));
    case 5:
    case 6:
        n = cb_node_new(a, CB_ARRAY);
        for (int i = rand_r(seed) % 6; i > 0; i--)
            cb_node_push(n, draw(a, seed, depth - 1));
        return n;
    default:
        n = cb_node_new(a, CB_OBJECT);
        for (int i = rand_r(seed) % 5; i > 0; i--)
            cb_node_set(n, cb_str_cstr(words[(unsigned)rand_r(seed) % 7]), draw(a, seed, depth - 1));
        return n;
    }
}

START_TEST(the_changes_make_any_value_into_any_other)
{
    struct cb_arena *a = cb_arena_new();
    unsigned seed = 20261125;

    for (int i = 0; i < ROUND_N; i++) {
        cb_arena_reset(a);
        check_pair(a, draw(a, &seed, 4), draw(a, &seed, 4));
    }
    cb_arena_free(a);
}
END_TEST

/* Each row is one thing that people do to a descriptor, and what is told of it. */
static const struct {
    const char *old, *new, *want;
} told[] = {
    {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", ""},
    {"{\"spec\":{\"owner\":\"x\"}}", "{\"spec\":{\"owner\":\"y\"}}", "replace /spec/owner \"x\" \"y\"\n"},
    {"{\"t\":[\"go\",\"web\"]}", "{\"t\":[\"go\",\"new\",\"web\"]}", "add /t/1 - \"new\"\n"},
    {"{\"t\":[\"a\",\"b\",\"c\"]}", "{\"t\":[\"c\"]}", "remove /t/0 \"a\" -\nremove /t/0 \"b\" -\n"},
    {"{\"l\":[{\"url\":\"u\",\"title\":\"x\"},{\"url\":\"v\"}]}", "{\"l\":[{\"url\":\"w\"},{\"url\":\"u\",\"title\":\"y\"},{\"url\":\"v\"}]}",
     "add /l/0 - {\"url\":\"w\"}\nreplace /l/1/title \"x\" \"y\"\n"},
    {"{\"m\":{\"a/b~c\":\"1\"}}", "{\"m\":{}}", "remove /m/a~1b~0c \"1\" -\n"},
    {"{\"x\":1}", "[1]", "replace  {\"x\":1} [1]\n"},
};

START_TEST(a_change_is_told_where_it_is)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_buf out = CB_BUF_INIT;
    const struct cb_diff_op *ops;
    size_t n = cb_diff(&ops, a, parse(a, told[_i].old), parse(a, told[_i].new));

    for (size_t i = 0; i < n; i++)
        cb_buf_printf(&out, "%s %" CB_FMT " %s %s\n", cb_diff_name(ops[i].type), CB_ARG(ops[i].path),
                      ops[i].old ? text_of(a, ops[i].old) : "-", ops[i].new ? text_of(a, ops[i].new) : "-");
    ck_assert_str_eq(out.p ? out.p : "", told[_i].want);
    cb_buf_fini(&out);
    cb_arena_free(a);
}
END_TEST

START_TEST(arrays_over_the_limit_are_replaced_whole)
{
    struct cb_arena *a = cb_arena_new();
    const struct cb_diff_op *ops;

    for (int over = 0; over < 2; over++) {
        struct cb_node *old = cb_node_new(a, CB_ARRAY), *new = cb_node_new(a, CB_ARRAY);

        for (int i = 0; i < 1000; i++)
            cb_node_push(old, cb_node_int(a, i));
        for (int i = 0; i < 1000 + over; i++)
            cb_node_push(new, cb_node_int(a, 5000 + i));
        ck_assert_uint_eq(cb_diff(&ops, a, old, new), over ? 1 : 2000);
        check_pair(a, old, new);
    }
    cb_arena_free(a);
}
END_TEST

/* ---- texts */

static const struct {
    const char *old, *new, *want;
} texts[] = {
    {"a\nb\n", "a\nb\n", ""},
    {"a\n", "b\n", "--- x\n+++ y\n@@ -1,1 +1,1 @@\n-a\n+b\n"},
    {"", "b\n", "--- x\n+++ y\n@@ -0,0 +1,1 @@\n+b\n"},
    {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
     "--- x\n+++ y\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"},
    {"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n", "one\n2\n3\n4\n5\n6\n7\n8\n9\n10\neleven\n",
     "--- x\n+++ y\n@@ -1,4 +1,4 @@\n-1\n+one\n 2\n 3\n 4\n@@ -8,4 +8,4 @@\n 8\n 9\n 10\n-11\n+eleven\n"},
    {"1\n2\n3\n4\n5\n", "one\n2\n3\n4\nfive\n", "--- x\n+++ y\n@@ -1,5 +1,5 @@\n-1\n+one\n 2\n 3\n 4\n-5\n+five\n"},
};

START_TEST(texts_are_told_apart_in_hunks)
{
    struct cb_buf out = CB_BUF_INIT;

    cb_diff_text(&out, CB_LIT("x"), CB_LIT("y"), cb_str_cstr(texts[_i].old), cb_str_cstr(texts[_i].new), NULL, NULL);
    ck_assert_str_eq(out.p ? out.p : "", texts[_i].want);
    cb_buf_fini(&out);
}
END_TEST

static const struct {
    const char *json, *want;
} yaml[] = {
    {"{\"a\":[1,{\"b\":\"c d\"},[]],\"e\":{}}", "a:\n  - 1\n  - b: \"c d\"\n  - []\ne: {}\n"},
    {"{\"a\":\"x\\ny\"}", "a: |-\n  x\n  y\n"},
    {"{\"a\":\"x\\n\\n  y\\n\"}", "a: |\n  x\n\n    y\n"},
    {"{\"a\":[\"x\\n\\n\"]}", "a:\n  - |+\n    x\n\n"},
    {"{\"a\":\" x\\ny\"}", "a: \" x\\ny\"\n"},
    {"{\"a\\nb\":\"x\"}", "\"a\\nb\": x\n"},
    {"{}", "{}\n"},
    {"\"yes\"", "\"yes\"\n"},
};

START_TEST(a_value_is_written_as_yaml)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_buf out = CB_BUF_INIT;

    cb_node_dump_yaml(&out, parse(a, yaml[_i].json));
    ck_assert_str_eq(out.p, yaml[_i].want);
    cb_buf_fini(&out);
    cb_arena_free(a);
}
END_TEST

CB_SUITE(diff)
{
    CB_TEST(suite, the_changes_make_any_value_into_any_other);
    CB_LOOP_TEST(suite, a_change_is_told_where_it_is, CB_COUNT(told));
    CB_TEST(suite, arrays_over_the_limit_are_replaced_whole);
    CB_LOOP_TEST(suite, texts_are_told_apart_in_hunks, CB_COUNT(texts));
    CB_LOOP_TEST(suite, a_value_is_written_as_yaml, CB_COUNT(yaml));
}
