/* A page's URL: what is read is written, and read again as the same place. */
#include <assert.h>
#include <stdint.h>

#include "catalog/fetch/forge.h"
#include "catalog/fetch/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct cb_forge rows[] = {
        {"h", CB_FORGE_GITEA, NULL},
        {"b", CB_FORGE_BITBUCKET_SERVER, "https://b/scm/"},
        {"l", CB_FORGE_GITLAB, "https://l/git/"},
    };
    static const struct cb_forge_table table = {rows, CB_COUNT(rows)};
    struct cb_forge_place p, again;
    struct cb_arena *a = cb_arena_new();
    struct cb_err err = {0};

    if (cb_forge_parse(&p, a, &table, cb_str_make((const char *)data, size), &err) == CB_OK) {
        assert(p.path.n == 0 || !memchr(p.path.p, '\0', p.path.n));
        /* A branch named "refs" cannot be told from the head of a full name: nor can a forge. */
        if (!cb_str_eq(p.branch, CB_LIT("refs")) && p.branch.n && p.path.n && !p.folder &&
            cb_str_find_char(p.branch, '/', 0) == SIZE_MAX) {
            cb_str view = cb_forge_view(a, &table, p.clone, p.branch, p.path);

            cb_forge_edit(a, &table, p.clone, p.branch, p.path);
            cb_forge_source(a, &table, p.clone, p.branch, p.path);
            if (cb_forge_parse(&again, a, &table, view, &err) == CB_OK) {
                assert(cb_str_eq(p.path, again.path));
                assert(cb_str_eq(p.branch, again.branch));
            }
        }
    } else {
        assert(err.code < 0 && err.text[0]);
    }
    cb_arena_free(a);
    return 0;
}
