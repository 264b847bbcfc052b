/*
 * A query string at each route that reads one: the first byte chooses the route, the rest stands behind its question mark.
 * Whatever is sent, the answer is one of ours, and it is JSON, or the CSV that was asked for.
 */
#include <stdint.h>
#include <stdlib.h>

#include "tests/support/ask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {
    "/api/catalog/entities",
    "/api/catalog/entities/by-query",
    "/api/catalog/entity-facets",
    "/api/graph/component/default/checkout",
    "/api/problems",
    "/api/catalog/entities/by-name/component/default/checkout",
    "/api/catalog/entities/by-name/",
    "/api/",
    "/api/graph/component/default/checkout/impact",
    "/api/graph/path",
};

static void check(int status, cb_str body)
{
    json_t *json;

    if (status != 200 && status != 400 && status != 404 && status != 413 && status != 414 && status != 503)
        abort();
    if (body.n == 0 || cb_str_starts(body, CB_LIT("ref,kind,"))) /* nothing, or CSV that was asked for */
        return;
    json = json_loadb(body.p, body.n, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
    if (!json)
        abort();
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct cb_ask ask; /* for as long as the process */
    struct cb_asking q = {.method = CB_GET};
    struct cb_buf target = CB_BUF_INIT, body = CB_BUF_INIT;
    const char *path;
    int status;

    if (!ask.arena)
        cb_ask_init(&ask);
    /* jansson, which judges the answer, takes no NUL in a key. */
    if (size == 0 || memchr(data + 1, 0, size - 1) || memmem(data + 1, size - 1, "%00", 3))
        return 0;
    path = paths[data[0] % CB_COUNT(paths)];
    cb_buf_put_cstr(&target, path);
    if (path[strlen(path) - 1] != '/')
        cb_buf_put_char(&target, '?');
    cb_buf_put(&target, data + 1, size - 1);
    q.target = cb_buf_str(&target);
    status = cb_ask(&body, NULL, &ask, &q);
    check(status, cb_buf_str(&body));
    cb_buf_fini(&target);
    cb_buf_fini(&body);
    return 0;
}
