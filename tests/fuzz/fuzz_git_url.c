/*
 * A clone URL: what is taken has a clean form that is taken too, means the same, and holds no
 * password.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "catalog/fetch/mirror.h"
#include "catalog/fetch/remote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cb_str url = cb_str_make((const char *)data, size);
    struct cb_arena *a = cb_arena_new();
    struct cb_remote r, again;
    struct cb_err err = {0};
    char *text;

    cb_git_url_clean(a, url);
    if (cb_remote_parse(&r, a, url, &err) == CB_OK) {
        enum cb_code rc = cb_remote_parse(&again, a, r.clean, &err);

        assert(rc == CB_OK);
        (void)rc;
        assert(r.scheme == again.scheme && cb_str_eq(r.host, again.host) &&
               cb_str_eq(r.port, again.port) && cb_str_eq(r.path, again.path) &&
               again.password.n == 0);
        assert(r.host.n == 0 || r.host.p[0] != '-');
        assert(r.clean.p[0] != '-');
        cb_remote_is_loopback(&r);
    } else {
        assert(err.code == CB_EINVAL && err.text[0]);
    }
    text = strndup((const char *)data, size);
    cb_credential_scrub(NULL, text);
    free(text);
    cb_arena_free(a);
    return 0;
}
