/* A pattern, a newline, a path: one walk and one whole match say the same, and both end soon. */
#include <assert.h>
#include <stdint.h>

#include "catalog/fetch/glob.h"
#include "catalog/fetch/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool walk(struct cb_glob_set *set, struct cb_arena *a, cb_str path)
{
    size_t width = cb_glob_width(set);
    cb_glob_state *at = CB_NEW_N(a, cb_glob_state, width + 1),
                  *next = CB_NEW_N(a, cb_glob_state, width + 1), *swap;
    cb_str rest = path, name;

    cb_glob_start(set, at);
    while (cb_str_split(&name, &rest, '/')) {
        if (rest.p == NULL || name.p + name.n == path.p + path.n)
            return cb_glob_file(set, at, name);
        if (!cb_glob_enter(set, at, name, next))
            return false;
        swap = at, at = next, next = swap;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cb_str all = cb_str_make((const char *)data, size), glob, path = all, out;
    struct cb_arena *a = cb_arena_new();
    struct cb_glob_set *set;
    struct cb_err err = {0};

    cb_str_split(&glob, &path, '\n');
    if (glob.n + 1 > size)
        path = CB_LIT("");
    if (cb_glob_compile(&set, a, &glob, 1, false, &err) == CB_OK) {
        bool hit = cb_glob_path(set, path);

        if (path.n && path.n < 256 &&
            glob.n < 256) /* over that the steps of one question may run out in one way only */
            assert(hit == walk(set, a, path));
    } else {
        assert(err.code == CB_EINVAL && err.text[0]);
    }
    cb_glob_is_pattern(glob);
    if (cb_tree_resolve(&out, a, path, glob, &err) == CB_OK && out.n)
        assert(cb_tree_check_path(out, NULL) == CB_OK);
    cb_arena_free(a);
    return 0;
}
