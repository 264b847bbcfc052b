#include "catalog/entity/url.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <utf8proc.h>

#define HOST_MAX 4096 /* bytes of a host that is looked at */

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* A byte that no host may hold; a domain may hold fewer still. */
static bool is_forbidden(char c, bool domain)
{
    if (c == '\0' || c == '\t' || c == '\n' || c == '\r' || c == ' ')
        return true;
    if (strchr("#/:<>?@[\\]^|", c))
        return true;
    return domain && ((unsigned char)c < 0x20 || c == '%' || c == 0x7f);
}

/* One part of a dotted number: decimal, 0x hexadecimal or 0 octal. */
static bool number_part(uint64_t *out, cb_str part)
{
    int base = 10;

    if (part.n == 0)
        return false;
    if (part.n >= 2 && part.p[0] == '0' && (part.p[1] | 0x20) == 'x') {
        base = 16;
        part = cb_str_sub(part, 2, part.n);
    } else if (part.n >= 2 && part.p[0] == '0') {
        base = 8;
        part = cb_str_sub(part, 1, part.n);
    }
    *out = 0;
    for (size_t i = 0; i < part.n; i++) {
        int v = hex_value(part.p[i]);

        if (v < 0 || v >= base)
            return false;
        if (*out <= UINT32_MAX)
            *out = *out * (uint64_t)base + (uint64_t)v;
    }
    return true;
}

static bool all_digits(cb_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return s.n > 0;
}

/* A host whose last part is a number must be a whole IPv4 address. */
static bool number_host_ok(cb_str host)
{
    cb_str part, rest = host, last = {0};
    uint64_t v;
    size_t n = 0;

    if (host.n && host.p[host.n - 1] == '.')
        host.n--;
    for (rest = host; cb_str_split(&part, &rest, '.'); n++)
        last = part;
    if (!all_digits(last) && !(last.n >= 2 && number_part(&v, last)))
        return true; /* a name */
    if (n > 4)
        return false;
    rest = host;
    for (size_t i = 0; cb_str_split(&part, &rest, '.'); i++) {
        if (!number_part(&v, part))
            return false;
        if (i + 1 < n ? v > 255 : v >= (UINT64_C(1) << (8 * (5 - n))))
            return false;
    }
    return true;
}

static bool domain_ascii_ok(cb_str host)
{
    cb_str part, rest = host;

    if (host.n == 0)
        return false;
    for (size_t i = 0; i < host.n; i++)
        if (is_forbidden(host.p[i], true))
            return false;
    while (cb_str_split(&part, &rest, '.'))
        if (part.n <= 4 && cb_str_eq_nocase(part, CB_LIT("xn--")))
            return false;
    return number_host_ok(host);
}

static bool domain_ok(cb_str host)
{
    char plain[HOST_MAX];
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t folded_n;
    bool ascii = true, ok;
    size_t n = 0;

    if (host.n > sizeof(plain))
        return false;
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];

        if (c == '%' && i + 2 < host.n && hex_value(host.p[i + 1]) >= 0 && hex_value(host.p[i + 2]) >= 0) {
            c = (char)(hex_value(host.p[i + 1]) * 16 + hex_value(host.p[i + 2]));
            i += 2;
        }
        ascii = ascii && (unsigned char)c < 0x80;
        plain[n++] = c;
    }
    if (ascii)
        return domain_ascii_ok(cb_str_make(plain, n));
    folded_n = utf8proc_map((const utf8proc_uint8_t *)plain, (utf8proc_ssize_t)n, &folded,
                            UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE |
                                UTF8PROC_REJECTNA);
    if (folded_n < 0)
        return false;
    ok = domain_ascii_ok(cb_str_make((const char *)folded, (size_t)folded_n)) &&
         cb_str_find(cb_str_make((const char *)folded, (size_t)folded_n), CB_LIT("\xef\xbf\xbd")) == SIZE_MAX;
    free(folded);
    return ok;
}

static bool six_ok(cb_str inner)
{
    char text[64];
    struct in6_addr addr;

    if (inner.n >= sizeof(text) || memchr(inner.p, '\0', inner.n))
        return false;
    memcpy(text, inner.p, inner.n);
    text[inner.n] = '\0';
    return inet_pton(AF_INET6, text, &addr) == 1;
}

static bool host_ok(cb_str host, bool special)
{
    if (host.n && host.p[0] == '[')
        return host.p[host.n - 1] == ']' && host.n > 2 && six_ok(cb_str_sub(host, 1, host.n - 1));
    if (special)
        return domain_ok(host);
    for (size_t i = 0; i < host.n; i++)
        if (is_forbidden(host.p[i], false))
            return false;
    return true;
}

static bool port_ok(cb_str port)
{
    unsigned v = 0;

    for (size_t i = 0; i < port.n; i++) {
        if (!is_digit(port.p[i]))
            return false;
        v = v * 10 + (unsigned)(port.p[i] - '0');
        if (v > 65535)
            return false;
    }
    return true;
}

/* REST begins behind the slashes: [user[:password]@]host[:port][/...]. */
static bool authority_ok(cb_str rest, bool special)
{
    size_t end = 0, at = SIZE_MAX, colon = SIZE_MAX;
    bool bracket = false;
    cb_str host;

    while (end < rest.n && !strchr(special ? "/?#\\" : "/?#", rest.p[end])) {
        if (rest.p[end] == '@')
            at = end;
        end++;
    }
    host = cb_str_sub(rest, at == SIZE_MAX ? 0 : at + 1, end);
    for (size_t i = 0; i < host.n && colon == SIZE_MAX; i++) {
        if (host.p[i] == '[')
            bracket = true;
        else if (host.p[i] == ']')
            bracket = false;
        else if (host.p[i] == ':' && !bracket)
            colon = i;
    }
    if (colon != SIZE_MAX) {
        if (colon == 0 || !port_ok(cb_str_sub(host, colon + 1, host.n)))
            return false;
        host.n = colon;
    }
    if (host.n == 0)
        return !special && at == SIZE_MAX;
    return host_ok(host, special);
}

static bool file_ok(cb_str rest)
{
    size_t end;

    if (rest.n < 2 || !strchr("/\\", rest.p[0]) || !strchr("/\\", rest.p[1]))
        return true;
    rest = cb_str_sub(rest, 2, rest.n);
    for (end = 0; end < rest.n && !strchr("/?#\\", rest.p[end]);)
        end++;
    if (end == 0 || (end == 2 && is_alpha(rest.p[0]) && strchr(":|", rest.p[1])))
        return true;
    return host_ok(cb_str_sub(rest, 0, end), true);
}

/* What follows "scheme:". */
static bool after_scheme(cb_str scheme, cb_str rest)
{
    static const char *const special[] = {"http", "https", "ws", "wss", "ftp"};

    if (cb_str_eq_nocase(scheme, CB_LIT("file")))
        return file_ok(rest);
    for (size_t i = 0; i < CB_COUNT(special); i++) {
        if (!cb_str_eq_nocase(scheme, cb_str_cstr(special[i])))
            continue;
        while (rest.n && (rest.p[0] == '/' || rest.p[0] == '\\'))
            rest = cb_str_sub(rest, 1, rest.n);
        return authority_ok(rest, true);
    }
    if (rest.n >= 2 && rest.p[0] == '/' && rest.p[1] == '/')
        return authority_ok(cb_str_sub(rest, 2, rest.n), false);
    return true;
}

bool cb_url_ok(cb_str text)
{
    char room[2048], *p = room;
    size_t n = 0, colon = 0;
    bool ok;

    while (text.n && (unsigned char)text.p[0] <= 0x20)
        text = cb_str_sub(text, 1, text.n);
    while (text.n && (unsigned char)text.p[text.n - 1] <= 0x20)
        text.n--;
    if (text.n == 0 || !is_alpha(text.p[0]))
        return false;
    if (text.n > sizeof(room) && !(p = malloc(text.n)))
        abort();
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '\t' && text.p[i] != '\n' && text.p[i] != '\r')
            p[n++] = text.p[i];
    while (colon < n && (is_alpha(p[colon]) || is_digit(p[colon]) || strchr("+-.", p[colon])))
        colon++;
    ok = colon < n && p[colon] == ':' &&
         after_scheme(cb_str_make(p, colon), cb_str_make(p + colon + 1, n - colon - 1));
    if (p != room)
        free(p);
    return ok;
}

bool cb_url_is_script(cb_str text)
{
    static const char word[] = "javascript:";
    size_t at = 0;

    while (at < text.n && (unsigned char)text.p[at] <= 0x20)
        at++;
    for (size_t i = 0; word[i]; i++) {
        while (i && at < text.n && strchr("\r\n\t", text.p[at]) && text.p[at])
            at++;
        if (at >= text.n || (word[i] == ':' ? text.p[at] != ':' : (text.p[at] | 0x20) != word[i]))
            return false;
        at++;
    }
    return true;
}
