#include "catalog/entity/ref.h"

#include "tests/support/unit.h"

static const struct cb_ref in_api = {.kind = {"api", 3}, .space = {"payments", 8}};

static const struct {
    const char *text, *id;
} right[] = {
    {"checkout", "api:payments/checkout"},
    {"component:checkout", "component:payments/checkout"},
    {"default/checkout", "api:default/checkout"},
    {"Component:Default/CheckOut", "component:default/checkout"},
    {"a/b:c", "api:a/b:c"},           /* the colon is the name's */
    {"k:n/x:y/z", "k:n/x:y/z"},       /* the first of each splits */
    {"k:x:y", "k:payments/x:y"},
    {"\xc3\x84:\xc3\x9c/\xc3\x9f", "\xc3\xa4:\xc3\xbc/\xc3\x9f"},
};

START_TEST(a_ref_is_split_at_the_first_colon_and_slash)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_err err = {0};
    struct cb_ref ref;

    ck_assert_int_eq(cb_ref_parse(&ref, cb_str_cstr(right[_i].text), &in_api, &err), CB_OK);
    ck_assert_str_eq(cb_ref_id(a, &ref).p, right[_i].id);
    ck_assert(cb_str_eq(cb_ref_id_of(a, cb_str_cstr(right[_i].text), &in_api), cb_str_cstr(right[_i].id)));
    cb_arena_free(a);
}
END_TEST

/* Each row is one mistake an author makes, and the words we answer with. */
static const struct {
    const char *text, *answer;
} wrong[] = {
    {"", "Entity reference must not be empty"},
    {"component:", "Entity reference \"component:\" was not on the form [<kind>:][<namespace>/]<name>"},
    {":a", "Entity reference \":a\" was not on the form [<kind>:][<namespace>/]<name>"},
    {"/a", "Entity reference \"/a\" was not on the form [<kind>:][<namespace>/]<name>"},
    {"a/", "Entity reference \"a/\" was not on the form [<kind>:][<namespace>/]<name>"},
    {"k:/a", "Entity reference \"k:/a\" was not on the form [<kind>:][<namespace>/]<name>"},
};

START_TEST(an_empty_part_is_refused_and_nothing_is_touched)
{
    struct cb_err err = {0};
    struct cb_ref ref = {.name = CB_LIT("as it was")};

    ck_assert_int_eq(cb_ref_parse(&ref, cb_str_cstr(wrong[_i].text), &in_api, &err), CB_EINVAL);
    ck_assert_str_eq(err.text, wrong[_i].answer);
    ck_assert(cb_str_eq(ref.name, CB_LIT("as it was")));
}
END_TEST

START_TEST(without_a_default_kind_the_text_must_name_one)
{
    struct cb_err err = {0};
    struct cb_ref ref;

    ck_assert_int_eq(cb_ref_parse(&ref, CB_LIT("a/b"), NULL, &err), CB_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "had missing or empty kind"));
    ck_assert_int_eq(cb_ref_parse(&ref, CB_LIT("k:b"), NULL, &err), CB_OK);
    ck_assert(cb_str_eq(ref.space, CB_LIT("default")));
}
END_TEST

START_TEST(a_ref_has_a_length_that_is_looked_at)
{
    char text[CB_REF_TEXT_MAX + 1];
    struct cb_err err = {0};
    struct cb_ref ref;

    memset(text, 'a', sizeof(text));
    ck_assert_int_eq(cb_ref_parse(&ref, cb_str_make(text, CB_REF_TEXT_MAX), &in_api, &err), CB_OK);
    ck_assert_int_eq(cb_ref_parse(&ref, cb_str_make(text, CB_REF_TEXT_MAX + 1), &in_api, &err), CB_EINVAL);
}
END_TEST

CB_SUITE(ref)
{
    CB_LOOP_TEST(suite, a_ref_is_split_at_the_first_colon_and_slash, CB_COUNT(right));
    CB_LOOP_TEST(suite, an_empty_part_is_refused_and_nothing_is_touched, CB_COUNT(wrong));
    CB_TEST(suite, without_a_default_kind_the_text_must_name_one);
    CB_TEST(suite, a_ref_has_a_length_that_is_looked_at);
}
