#include "catalog/fetch/credential.h"

#include <stdlib.h>
#include <strings.h>

#include "catalog/base/arena.h"
#include "catalog/base/buf.h"
#include "catalog/base/vec.h"
#include "catalog/fetch/remote.h"

struct cb_credential_set {
    CB_VEC(struct cb_credential) all;
};

/* ---- the set */

static char *copy(const char *text)
{
    char *p = text ? strdup(text) : NULL;

    if (text && !p)
        abort();
    return p;
}

static void wipe(const char *text)
{
    char *p = (char *)(uintptr_t)text;

    if (p)
        explicit_bzero(p, strlen(p));
    free(p);
}

struct cb_credential_set *cb_credential_set_new(void)
{
    struct cb_credential_set *s = calloc(1, sizeof(*s));

    if (!s)
        abort();
    return s;
}

void cb_credential_set_free(struct cb_credential_set *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->all.n; i++) {
        const struct cb_credential *c = &s->all.v[i];
        const char *const owned[] = {c->host,    c->username,    c->token,
                                     c->ssh_key, c->known_hosts, c->ca_file};

        for (size_t k = 0; k < CB_COUNT(owned); k++)
            wipe(owned[k]);
    }
    cb_vec_fini(&s->all);
    free(s);
}

void cb_credential_set_put(struct cb_credential_set *s, const struct cb_credential *c)
{
    struct cb_credential mine = {copy(c->host),    copy(c->username),    copy(c->token),
                                 copy(c->ssh_key), copy(c->known_hosts), copy(c->ca_file)};

    cb_vec_push(&s->all, mine);
}

/* An entry for this very port is nearer than one for the host. */
static const struct cb_credential *find(const struct cb_credential_set *s, cb_str name)
{
    for (size_t i = 0; i < s->all.n; i++)
        if (s->all.v[i].host && cb_str_eq_nocase(cb_str_cstr(s->all.v[i].host), name))
            return &s->all.v[i];
    return NULL;
}

static cb_str default_port(enum cb_remote_scheme scheme)
{
    switch (scheme) {
    case CB_REMOTE_HTTPS:
        return CB_LIT("443");
    case CB_REMOTE_HTTP:
        return CB_LIT("80");
    case CB_REMOTE_SSH:
        return CB_LIT("22");
    case CB_REMOTE_GIT:
        return CB_LIT("9418");
    default:
        return CB_LIT("");
    }
}

const struct cb_credential *cb_credential_find(const struct cb_credential_set *s, cb_str url)
{
    const struct cb_credential *c = NULL;
    struct cb_arena *a;
    struct cb_remote r;
    cb_str host;

    if (!s || s->all.n == 0)
        return NULL;
    a = cb_arena_new();
    if (cb_remote_parse(&r, a, url, NULL) == CB_OK && r.host.n) {
        bool v6 = cb_str_find_char(r.host, ':', 0) != SIZE_MAX;

        host = v6 ? cb_arena_printf(a, "[%" CB_FMT "]", CB_ARG(r.host)) : r.host;
        c = find(s, cb_arena_printf(a, "%" CB_FMT ":%" CB_FMT, CB_ARG(host),
                                    CB_ARG(r.port.n ? r.port : default_port(r.scheme))));
        if (!c)
            c = find(s, host);
    }
    cb_arena_free(a);
    return c;
}

const char *cb_credential_username(const struct cb_credential *c)
{
    return c->username && c->username[0] ? c->username : "x-access-token";
}

/* ---- scrubbing */

/* Replace each NEEDLE in TEXT by "***", or less where the needle is shorter. */
static void strike(char *text, cb_str needle)
{
    size_t n = needle.n < 3 ? needle.n : 3;
    char *at = text, *write = text;

    if (needle.n == 0)
        return;
    while (*at) {
        if (strncmp(at, needle.p, needle.n) == 0) {
            memset(write, '*', n);
            write += n;
            at += needle.n;
        } else {
            *write++ = *at++;
        }
    }
    *write = '\0';
}

static void put_base64(struct cb_buf *out, cb_str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t left = (uint32_t)(s.n - i), v = (uint32_t)(unsigned char)s.p[i] << 16;

        if (left > 1)
            v |= (uint32_t)(unsigned char)s.p[i + 1] << 8;
        if (left > 2)
            v |= (unsigned char)s.p[i + 2];
        cb_buf_put_char(out, digits[v >> 18]);
        cb_buf_put_char(out, digits[v >> 12 & 63]);
        cb_buf_put_char(out, left > 1 ? digits[v >> 6 & 63] : '=');
        cb_buf_put_char(out, left > 2 ? digits[v & 63] : '=');
    }
}

static void put_percent(struct cb_buf *out, const char *s)
{
    for (; *s; s++) {
        bool plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
                     (*s >= '0' && *s <= '9') || strchr("-._~", *s);

        if (plain)
            cb_buf_put_char(out, *s);
        else
            cb_buf_printf(out, "%%%02X", (unsigned)(unsigned char)*s);
    }
}

void cb_credential_scrub_one(const struct cb_credential *c, char *text)
{
    struct cb_buf pair = CB_BUF_INIT, base64 = CB_BUF_INIT, percent = CB_BUF_INIT;

    if (!c->token || !c->token[0])
        return;
    cb_buf_printf(&pair, "%s:%s", cb_credential_username(c), c->token);
    put_base64(&base64, cb_buf_str(&pair));
    put_percent(&percent, c->token);
    strike(text, cb_buf_str(&base64));
    strike(text, cb_str_cstr(c->token));
    strike(text, cb_buf_str(&percent));
    explicit_bzero(pair.p, pair.n);
    explicit_bzero(base64.p, base64.n);
    explicit_bzero(percent.p, percent.n);
    cb_buf_fini(&pair);
    cb_buf_fini(&base64);
    cb_buf_fini(&percent);
}

/* "scheme://anything@host" loses what stands before the '@'. */
static void strike_user_info(char *text)
{
    char *at = text;

    while ((at = strstr(at, "://"))) {
        char *end = at += 3, *last = NULL;

        for (; *end && !strchr("/ \t\r\n'\"<>?#", *end); end++)
            if (*end == '@')
                last = end;
        if (last)
            memmove(at, last + 1, strlen(last + 1) + 1);
    }
}

void cb_credential_scrub(const struct cb_credential_set *s, char *text)
{
    for (size_t i = 0; s && i < s->all.n; i++)
        cb_credential_scrub_one(&s->all.v[i], text);
    strike_user_info(text);
}
