#include "catalog/base/arena.h"

#include "tests/support/unit.h"

static struct cb_arena *a;
static int order[4], order_n;

static void note(void *arg)
{
    order[order_n++] = *(int *)arg;
}

START_TEST(pieces_are_aligned_and_apart)
{
    char *piece[200];

    a = cb_arena_new();
    for (size_t i = 0; i < CB_COUNT(piece); i++) {
        piece[i] = cb_arena_alloc(a, i * 37);
        ck_assert_uint_eq((uintptr_t)piece[i] % 16, 0);
        memset(piece[i], (int)i, i * 37);
    }
    for (size_t i = 1; i < CB_COUNT(piece); i++) {
        ck_assert_int_eq((unsigned char)piece[i][0], (int)i);
        ck_assert_int_eq((unsigned char)piece[i][i * 37 - 1], (int)i);
    }
    cb_arena_free(a);
}
END_TEST

START_TEST(nothing_asked_for_gives_a_piece_of_its_own)
{
    a = cb_arena_new();
    ck_assert_ptr_nonnull(cb_arena_alloc(a, 0));
    ck_assert_ptr_ne(cb_arena_alloc(a, 0), cb_arena_alloc(a, 0));
    ck_assert_uint_eq(cb_arena_used(a), 0);
    cb_arena_free(a);
}
END_TEST

START_TEST(a_big_piece_leaves_the_small_ones_their_block)
{
    char *before, *after;

    a = cb_arena_new();
    before = cb_arena_alloc(a, 16);
    memset(cb_arena_zalloc(a, 10 << 20), 1, 10 << 20);
    after = cb_arena_alloc(a, 16);
    ck_assert_int_lt(after - before, 4096);
    ck_assert_uint_eq(cb_arena_used(a), 32 + (10 << 20));
    cb_arena_free(a);
}
END_TEST

START_TEST(reset_forgets_and_goes_on)
{
    a = cb_arena_new();
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++)
            cb_arena_zalloc(a, 100);
        ck_assert_uint_eq(cb_arena_used(a), 100000);
        cb_arena_reset(a);
        ck_assert_uint_eq(cb_arena_used(a), 0);
    }
    cb_arena_free(a);
    cb_arena_free(NULL);
}
END_TEST

START_TEST(copies_and_formats_end_in_nul)
{
    cb_str s, longer;

    a = cb_arena_new();
    ck_assert_str_eq(cb_arena_dup(a, "abc", 2), "ab");
    ck_assert_str_eq(cb_arena_dup(a, NULL, 0), "");
    s = cb_arena_str(a, CB_LIT("x"));
    ck_assert_int_eq(s.p[s.n], '\0');
    s = cb_arena_printf(a, "%s=%d", "n", 7);
    ck_assert_str_eq(s.p, "n=7");
    ck_assert_uint_eq(s.n, 3);
    for (int width = 250; width < 260; width++) { /* where the first try becomes too small */
        longer = cb_arena_printf(a, "%*d", width, 1);
        ck_assert_uint_eq(longer.n, (size_t)width);
        ck_assert_uint_eq(strlen(longer.p), (size_t)width);
    }
    cb_arena_free(a);
}
END_TEST

START_TEST(deferred_calls_run_newest_first)
{
    static int numbers[] = {1, 2, 3};

    a = cb_arena_new();
    order_n = 0;
    cb_arena_defer(a, note, &numbers[0]);
    cb_arena_defer(a, note, &numbers[1]);
    cb_arena_reset(a);
    ck_assert_int_eq(order_n, 2);
    ck_assert_int_eq(order[0], 2);
    ck_assert_int_eq(order[1], 1);
    cb_arena_defer(a, note, &numbers[2]);
    cb_arena_free(a);
    ck_assert_int_eq(order_n, 3);
    ck_assert_int_eq(order[2], 3);
}
END_TEST

static const struct {
    const char *text, *lower;
} cases[] = {
    {"Component:Default/Checkout", "component:default/checkout"},
    {"\xc3\x84RGER", "\xc3\xa4rger"},         /* U+00C4 */
    {"\xce\xa3", "\xcf\x83"},                 /* a capital sigma */
    {"\xe1\xba\x9e", "\xc3\x9f"},             /* U+1E9E: three bytes become two */
    {"\xc8\xba", "\xe2\xb1\xa5"},             /* U+023A: two become three */
    {"\xf0\x90\x90\x80", "\xf0\x90\x90\xa8"}, /* U+10400 */
    {"A\xff"
     "B\xc3",
     "a\xff"
     "b\xc3"}, /* bytes that are no UTF-8 stay */
};

START_TEST(lower_folds_ascii_and_unicode)
{
    cb_str s;

    a = cb_arena_new();
    s = cb_arena_lower(a, cb_str_cstr(cases[_i].text));
    ck_assert(cb_str_eq(s, cb_str_cstr(cases[_i].lower)));
    cb_arena_free(a);
}
END_TEST

START_TEST(lower_gives_the_text_itself_when_nothing_changes)
{
    static const char *const same[] = {"component", "\xc3\xa4rger", "", "1-2_3"};

    a = cb_arena_new();
    for (size_t i = 0; i < CB_COUNT(same); i++)
        ck_assert_ptr_eq(cb_arena_lower(a, cb_str_cstr(same[i])).p, same[i]);
    ck_assert_uint_eq(cb_arena_lower(a, (cb_str){0}).n, 0);
    cb_arena_free(a);
}
END_TEST

CB_SUITE(arena)
{
    CB_TEST(suite, pieces_are_aligned_and_apart);
    CB_TEST(suite, nothing_asked_for_gives_a_piece_of_its_own);
    CB_TEST(suite, a_big_piece_leaves_the_small_ones_their_block);
    CB_TEST(suite, reset_forgets_and_goes_on);
    CB_TEST(suite, copies_and_formats_end_in_nul);
    CB_TEST(suite, deferred_calls_run_newest_first);
    CB_LOOP_TEST(suite, lower_folds_ascii_and_unicode, CB_COUNT(cases));
    CB_TEST(suite, lower_gives_the_text_itself_when_nothing_changes);
}
