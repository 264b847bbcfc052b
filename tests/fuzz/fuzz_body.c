/*
 * A JSON body at each route that reads one: the first byte chooses the route. Whatever is sent, the answer is one of ours, and
 * it is JSON.
 */
#include <stdint.h>
#include <stdlib.h>

#include "tests/support/ask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {
    "/api/catalog/entities/by-query", "/api/catalog/entities/by-refs", "/api/catalog/entity-facets",
    "/api/catalog/refresh",           "/api/tokens",                   "/api/sources/1/sync",
    "/api/session",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct cb_ask ask; /* for as long as the process */
    struct cb_asking q = {.method = CB_POST};
    struct cb_buf body = CB_BUF_INIT;
    json_t *json;
    int status;

    if (!ask.arena)
        cb_ask_init(&ask);
    if (size == 0)
        return 0;
    q.target = cb_str_cstr(paths[data[0] % CB_COUNT(paths)]);
    q.body = cb_str_make((const char *)data + 1, size - 1);
    status = cb_ask(&body, NULL, &ask, &q);
    if (status != 200 && status != 400 && status != 401 && status != 404 && status != 413 && status != 503)
        abort();
    if (body.n) {
        json = json_loadb(body.p, body.n, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
        if (!json)
            abort();
        json_decref(json);
    }
    cb_buf_fini(&body);
    return 0;
}
