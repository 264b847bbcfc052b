/* Any text to a ref: what is accepted has three parts, and its id is the same ref again. */
#include <assert.h>
#include <stdint.h>

#include "catalog/entity/ref.h"
#include "catalog/entity/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct cb_ref defaults = {.kind = {"component", 9}, .space = {"default", 7}};
    struct cb_arena *a = cb_arena_new();
    cb_str text = {(const char *)data, size};
    struct cb_err err = {0};
    struct cb_ref ref, same;

    (void)cb_url_ok(text);
    (void)cb_url_is_script(text);
    if (cb_ref_parse(&ref, text, &defaults, &err) == CB_OK) {
        cb_str id = cb_ref_id(a, &ref);

        assert(ref.kind.n && ref.space.n && ref.name.n);
        if (cb_ref_parse(&same, id, NULL, &err) == CB_OK)
            assert(cb_str_eq(cb_ref_id(a, &same), id));
        else
            assert(id.n > CB_REF_TEXT_MAX || !cb_str_is_utf8(text));
    } else {
        assert(err.text[0]);
    }
    cb_arena_free(a);
    return 0;
}
