#include "server/auth/placeholder.h"

#include "catalog/base/base64.h"
#include "catalog/base/buf.h"

/* The first part, as it is sent: its bytes are what a placeholder is known by. */
static const char *const heads[] = {
    [CB_PLACEHOLDER_GUEST] = "eyJhbGciOiJub25lIiwidHlwIjoiY2FsbGJvYXJkLWd1ZXN0In0.", /* {"alg":"none","typ":"callboard-guest"} */
    [CB_PLACEHOLDER_PROXY] = "eyJhbGciOiJub25lIiwidHlwIjoiY2FsbGJvYXJkLXByb3h5In0.", /* {"alg":"none","typ":"callboard-proxy"} */
};

/* base64url, without padding. */
static cb_str encode(struct cb_arena *a, cb_str bytes)
{
    cb_str text = cb_base64_encode(a, bytes);
    char *p = cb_arena_dup(a, text.p, text.n);

    while (text.n && p[text.n - 1] == '=')
        text.n--;
    for (size_t i = 0; i < text.n; i++)
        p[i] = p[i] == '+' ? '-' : p[i] == '/' ? '_' : p[i];
    return cb_str_make(p, text.n);
}

cb_str cb_placeholder_make(struct cb_arena *a, enum cb_placeholder kind, cb_str user, cb_str ownership, int64_t now_us)
{
    struct cb_buf claims = CB_BUF_INIT;
    long long now_s = now_us / 1000000, until_s = (now_us + CB_PLACEHOLDER_US) / 1000000;
    cb_str part;

    cb_buf_put_cstr(&claims, "{\"sub\":");
    cb_buf_put_json(&claims, user);
    cb_buf_put_cstr(&claims, ",\"ent\":");
    cb_buf_put_str(&claims, ownership);
    cb_buf_printf(&claims, ",\"iat\":%lld,\"exp\":%lld}", now_s, until_s);
    part = encode(a, cb_buf_str(&claims));
    cb_buf_fini(&claims);
    return cb_arena_printf(a, "%s%" CB_FMT ".", heads[kind], CB_ARG(part));
}

enum cb_placeholder cb_placeholder_of(cb_str text)
{
    for (int kind = CB_PLACEHOLDER_GUEST; kind <= CB_PLACEHOLDER_PROXY; kind++)
        if (cb_str_starts(text, cb_str_cstr(heads[kind])) && text.p[text.n - 1] == '.')
            return (enum cb_placeholder)kind;
    return CB_PLACEHOLDER_NOT;
}
