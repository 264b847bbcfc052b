/* The small lists that headers are: cookies, codings, ETags, hosts; and escapes. */
#include <stdint.h>
#include <stdlib.h>

#include "catalog/base/buf.h"
#include "server/http/params.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(cb_str part, cb_str whole)
{
    if (part.n && (part.p < whole.p || part.p + part.n > whole.p + whole.n))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cb_str text = cb_str_make((const char *)data, size);
    struct cb_arena *a = cb_arena_new();
    struct cb_buf escaped = CB_BUF_INIT;
    cb_str host, port;

    inside(cb_cookie_get(text, CB_LIT("callboard-session")), text);
    cb_accepts_coding(text, CB_LIT("gzip"));
    cb_etag_matches(text, CB_LIT("W/\"0123-42\""));
    if (cb_host_split(&host, &port, text)) {
        inside(host, text);
        inside(port, text);
        if (host.n == 0)
            abort();
    }
    cb_percent_encode(&escaped, text);
    if (!cb_str_eq(cb_percent_decode(a, cb_buf_str(&escaped), false), text))
        abort();
    cb_buf_fini(&escaped);
    cb_arena_free(a);
    return 0;
}
