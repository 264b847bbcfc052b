/*
 * The first byte chooses: a packed text that is read, damaged as it may be; or JSON that is packed, whose rows are then
 * sorted, unique and within their limits.
 */
#include <assert.h>
#include <stdint.h>

#include "catalog/entity/term.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(cb_str rest, bool ours)
{
    struct cb_term term, before = {0};
    size_t n = 0;

    while (cb_term_next(&term, &rest)) {
        if (ours) {
            int c = cb_str_cmp(before.key, term.key);

            assert(!n || c < 0 || (c == 0 && cb_str_cmp(before.value, term.value) <= 0));
            assert(term.key.n <= CB_TERM_KEY_MAX && term.value.n <= CB_TERM_VALUE_MAX);
        }
        before = term;
        n++;
    }
    assert(!ours || rest.n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_term_notes notes = {.arena = a};
    struct cb_buf b = CB_BUF_INIT;
    struct cb_err err = {0};
    struct cb_node *node;

    if (size && data[0] == 0) {
        walk(cb_str_make((const char *)data + 1, size - 1), false);
    } else if (cb_node_parse(&node, a, cb_str_make((const char *)data, size), &err) == CB_OK) {
        if (cb_term_pack_noting(&b, node, &notes, &err) == CB_OK)
            walk(cb_buf_str(&b), true);
        else
            assert(b.n == 0 && err.code == CB_ELIMIT);
        assert(!notes.clashes.n == !notes.clash);
    }
    cb_buf_fini(&b);
    cb_arena_free(a);
    return 0;
}
