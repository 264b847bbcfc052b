#include "catalog/base/err.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    enum cb_code code;
    int http;
    const char *name;
} codes[] = {
    {CB_OK, 200, "ok"},
    {CB_EINVAL, 400, "invalid"},
    {CB_EAUTH, 401, "unauthenticated"},
    {CB_EDENIED, 403, "denied"},
    {CB_ENOTFOUND, 404, "not-found"},
    {CB_ECONFLICT, 409, "conflict"},
    {CB_ELIMIT, 413, "limit"},
    {CB_ETYPE, 415, "type"},
    {CB_EINTERNAL, 500, "internal"},
    {CB_EUNSUPPORTED, 501, "unsupported"},
    {CB_EUPSTREAM, 502, "upstream"},
    {CB_EUNAVAILABLE, 503, "unavailable"},
    {CB_ETIMEOUT, 504, "timeout"},
    {CB_ECANCELLED, 499, "cancelled"},
};

enum cb_code cb_fail(struct cb_err *err, enum cb_code code, const char *fmt, ...)
{
    char text[CB_ERR_TEXT_MAX +
              4]; /* what FMT names may lie in ERR; 4: to see where a character ends */
    va_list ap;
    cb_str cut;
    int n;

    if (!err)
        return code;
    va_start(ap, fmt);
    n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (n < 0)
        n = 0;
    if ((size_t)n >= sizeof(text))
        n = sizeof(text) - 1;
    cut = cb_str_cut((cb_str){text, (size_t)n}, CB_ERR_TEXT_MAX - 1);
    memcpy(err->text, cut.p, cut.n);
    err->text[cut.n] = '\0';
    err->code = code;
    return code;
}

int cb_code_http(enum cb_code code)
{
    for (size_t i = 0; i < CB_COUNT(codes); i++)
        if (codes[i].code == code)
            return codes[i].http;
    return 500;
}

const char *cb_code_name(enum cb_code code)
{
    for (size_t i = 0; i < CB_COUNT(codes); i++)
        if (codes[i].code == code)
            return codes[i].name;
    return "internal";
}
