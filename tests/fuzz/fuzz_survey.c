/* What a URL says of its repository: owner, name, where its pages begin. */
#include <stdint.h>
#include <stdlib.h>

#include "catalog/sync/survey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct cb_forge rows[] = {
        {"git.example.com", CB_FORGE_BITBUCKET_SERVER, NULL},
        {"azure.example.com", CB_FORGE_AZURE, NULL},
        {"hub.example.com", CB_FORGE_GITHUB, "/srv/git/"},
    };
    static const struct cb_forge_table table = {rows, CB_COUNT(rows)};
    cb_str url = cb_str_make((const char *)data, size);
    struct cb_arena *a = cb_arena_new();
    struct cb_survey_slug slug;

    if (cb_survey_slug(&slug, a, &table, url, NULL) == CB_OK) {
        if (slug.name.n == 0 || cb_str_find_char(slug.name, '/', 0) != SIZE_MAX || cb_str_find(url, slug.name) == SIZE_MAX)
            abort();
        if (slug.annotation && slug.owner.n == 0)
            abort();
        if (!cb_str_ends(slug.web, CB_LIT("/")))
            abort();
    }
    cb_arena_free(a);
    return 0;
}
