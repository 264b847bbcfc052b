#include "catalog/entity/term.h"

#include "tests/support/unit.h"

static struct cb_node *parse(struct cb_arena *a, const char *json)
{
    struct cb_node *node;
    struct cb_err err = {0};

    ck_assert_msg(cb_node_parse(&node, a, cb_str_cstr(json), &err) == CB_OK, "%s", err.text);
    return node;
}

/* "v key=value" "n key" "i key", one a line. */
static cb_str packed(struct cb_arena *a, const struct cb_node *node, struct cb_term_notes *notes)
{
    struct cb_buf b = CB_BUF_INIT, text = CB_BUF_INIT;
    struct cb_err err = {0};
    struct cb_term term;
    cb_str rest, out;

    ck_assert_int_eq(cb_term_pack_noting(&b, node, notes, &err), CB_OK);
    rest = cb_buf_str(&b);
    while (cb_term_next(&term, &rest))
        cb_buf_printf(&text, "%c %" CB_FMT "%s%" CB_FMT "\n", "vni"[term.type], CB_ARG(term.key),
                      term.type == CB_TERM_VALUE ? "=" : "", CB_ARG(term.value));
    ck_assert_uint_eq(rest.n, 0);
    out = cb_arena_str(a, cb_buf_str(&text));
    cb_buf_fini(&b);
    cb_buf_fini(&text);
    return out;
}

START_TEST(leaves_items_and_inner_paths_have_rows_in_order)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_node *node = parse(a, "{\"metadata\":{\"uid\":\"u\",\"etag\":\"e\",\"name\":\"N\",\"namespace\":\"default\","
                                    "\"tags\":[\"Go\",\"go\",\"java\"]},\"kind\":\"Component\",\"spec\":{\"n\":1.5,\"big\":1e21,"
                                    "\"no\":null,\"Deep\":{\"a/b\":true},\"empty\":{},\"list\":[1,[\"x\"],{\"k\":\"v\"}]},"
                                    "\"relations\":[{\"type\":\"x\"}],\"status\":{\"a\":1}}");

    ck_assert_str_eq(packed(a, node, NULL).p, "v kind=Component\n"
                                              "i metadata\n"
                                              "v metadata.name=N\n"
                                              "v metadata.namespace=default\n"
                                              "i metadata.tags\n"
                                              "v metadata.tags=Go\n"
                                              "v metadata.tags=java\n"
                                              "v metadata.tags.go=true\n"
                                              "v metadata.tags.java=true\n"
                                              "v metadata.uid=u\n"
                                              "i spec\n"
                                              "v spec.big=1e+21\n"
                                              "i spec.deep\n"
                                              "v spec.deep.a/b=true\n"
                                              "i spec.empty\n"
                                              "i spec.list\n"
                                              "v spec.list=1\n"
                                              "v spec.list=x\n"
                                              "v spec.list.k=v\n"
                                              "v spec.list.x=true\n"
                                              "v spec.n=1.5\n"
                                              "n spec.no\n");
    cb_arena_free(a);
}
END_TEST

static const struct {
    const char *json, *clashes;
} clashes[] = {
    {"{\"spec\":{\"owner\":1,\"Owner\":2}}", "'spec.owner'"},
    {"{\"spec\":{\"owner\":{\"a\":1},\"Owner\":{\"A\":1}}}", "'spec.owner.a'"},
    {"{\"spec\":{\"owner\":{\"a\":1},\"Owner\":{\"b\":1}}}", ""},   /* leaves alone are compared */
    {"{\"spec\":{\"owner\":{},\"Owner\":{}}}", ""},
    {"{\"spec\":{\"l\":[\"a\",\"A\"]}}", ""},                       /* items of lists may differ in case */
    {"{\"spec\":{\"l\":[\"a\",{\"A\":1}]}}", "'spec.l.a'"},
    {"{\"metadata\":{\"name\":\"n\",\"Name\":\"m\"}}", "'metadata.name'"},
    {"{\"spec\":{\"\\u00c4\":1,\"\\u00e4\":2,\"b\":1,\"B\":1}}", "'spec.b', 'spec.\xc3\xa4'"},
};

START_TEST(a_status_has_rows_of_its_own_that_stand_between_those_of_the_document)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_node *status = parse(a, "{\"items\":[{\"level\":\"error\",\"message\":\"m\"},{\"level\":\"Error\"}]}");
    struct cb_node *node = parse(a, "{\"kind\":\"K\",\"Status\":{\"items\":1},\"zzz\":2}");
    struct cb_buf b = CB_BUF_INIT, more = CB_BUF_INIT, text = CB_BUF_INIT;
    struct cb_err err = {0};
    struct cb_term term;
    cb_str rest, other;

    ck_assert_int_eq(cb_term_pack(&b, node, &err), CB_OK);
    ck_assert_int_eq(cb_term_pack_status(&more, status, &err), CB_OK);
    rest = cb_buf_str(&b);
    other = cb_buf_str(&more);
    while (cb_term_next_of(&term, &rest, &other))
        cb_buf_printf(&text, "%" CB_FMT "=%" CB_FMT " ", CB_ARG(term.key), CB_ARG(term.value));
    ck_assert_str_eq(cb_arena_str(a, cb_buf_str(&text)).p,
                     "kind=K metadata.namespace=default status= status= status.items= status.items=1 status.items.level=error "
                     "status.items.message=m zzz=2 ");
    ck_assert_uint_eq(rest.n + other.n, 0);
    cb_buf_fini(&b);
    cb_buf_fini(&more);
    cb_buf_fini(&text);
    cb_arena_free(a);
}
END_TEST

START_TEST(keys_that_differ_only_in_case_are_noted)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_term_notes notes = {.arena = a};

    packed(a, parse(a, clashes[_i].json), &notes);
    ck_assert_msg(cb_str_eq(notes.clashes, cb_str_cstr(clashes[_i].clashes)), "%.*s", (int)notes.clashes.n, notes.clashes.p);
    ck_assert((notes.clash != NULL) == (clashes[_i].clashes[0] != '\0'));
    cb_arena_free(a);
}
END_TEST

static cb_str filled(struct cb_arena *a, size_t n)
{
    char *p = cb_arena_alloc(a, n + 1);

    memset(p, 'x', n);
    p[n] = '\0';
    return cb_str_make(p, n);
}

START_TEST(a_value_over_its_limit_keeps_its_row_without_the_value)
{
    for (size_t more = 0; more < 2; more++) {
        struct cb_arena *a = cb_arena_new();
        struct cb_node *node = cb_node_new(a, CB_OBJECT);

        cb_node_put(node, CB_LIT("k"), cb_node_string(a, filled(a, CB_TERM_VALUE_MAX + more)));
        ck_assert_int_eq(packed(a, node, NULL).p[0], more ? 'n' : 'v');
        cb_arena_free(a);
    }
}
END_TEST

START_TEST(a_path_over_its_limit_has_no_row_and_is_noted)
{
    for (size_t more = 0; more < 2; more++) {
        struct cb_arena *a = cb_arena_new();
        struct cb_term_notes notes = {.arena = a};
        struct cb_node *node = cb_node_new(a, CB_OBJECT);

        cb_node_put(node, filled(a, CB_TERM_KEY_MAX + more), cb_node_int(a, 1));
        ck_assert_uint_eq(cb_str_find(packed(a, node, &notes), CB_LIT("\nv x")) != SIZE_MAX, more == 0);
        ck_assert((notes.long_key != NULL) == (more == 1));
        cb_arena_free(a);
    }
}
END_TEST

START_TEST(an_entity_has_a_limit_of_rows)
{
    for (size_t more = 0; more < 2; more++) {
        struct cb_arena *a = cb_arena_new();
        struct cb_node *node = cb_node_new(a, CB_OBJECT), *list = cb_node_new(a, CB_ARRAY);
        struct cb_buf b = CB_BUF_INIT;
        struct cb_err err = {0};

        cb_node_put(node, CB_LIT("l"), list);
        /* the list itself and the namespace that is always there are rows too */
        for (size_t i = 0; i < CB_TERM_N_MAX - 2 + more; i++)
            cb_node_push(list, cb_node_int(a, (int64_t)i));
        ck_assert_int_eq(cb_term_pack(&b, node, &err), more ? CB_ELIMIT : CB_OK);
        ck_assert((b.n == 0) == (more == 1));
        cb_buf_fini(&b);
        cb_arena_free(a);
    }
}
END_TEST

START_TEST(a_damaged_text_ends_the_walk)
{
    struct cb_term term;
    cb_str cut = CB_LIT("\x00\x05" "ab"), type = CB_LIT("\x07\x01" "a\x01" "b"), none = {0};

    ck_assert(!cb_term_next(&term, &cut));
    ck_assert(!cb_term_next(&term, &type));
    ck_assert(!cb_term_next(&term, &none));
}
END_TEST

CB_SUITE(term)
{
    CB_TEST(suite, leaves_items_and_inner_paths_have_rows_in_order);
    CB_LOOP_TEST(suite, keys_that_differ_only_in_case_are_noted, CB_COUNT(clashes));
    CB_TEST(suite, a_value_over_its_limit_keeps_its_row_without_the_value);
    CB_TEST(suite, a_path_over_its_limit_has_no_row_and_is_noted);
    CB_TEST(suite, an_entity_has_a_limit_of_rows);
    CB_TEST(suite, a_status_has_rows_of_its_own_that_stand_between_those_of_the_document);
    CB_TEST(suite, a_damaged_text_ends_the_walk);
}
