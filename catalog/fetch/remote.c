#include "catalog/fetch/remote.h"

#include "catalog/fetch/mirror.h"

static const struct {
    cb_str prefix;
    enum cb_remote_scheme scheme;
} schemes[] = {
    {{"https://", 8}, CB_REMOTE_HTTPS}, {{"http://", 7}, CB_REMOTE_HTTP},
    {{"ssh://", 6}, CB_REMOTE_SSH},     {{"git://", 6}, CB_REMOTE_GIT},
    {{"file://", 7}, CB_REMOTE_LOCAL},
};

/* ---- parts */

static bool starts_nocase(cb_str s, cb_str prefix)
{
    return s.n >= prefix.n && cb_str_eq_nocase(cb_str_sub(s, 0, prefix.n), prefix);
}

/* The authority of "scheme://authority/path": from behind "://" to the first '/', '?' or '#'. */
static cb_str authority_of(cb_str behind)
{
    size_t n = 0;

    while (n < behind.n && behind.p[n] != '/' && behind.p[n] != '?' && behind.p[n] != '#')
        n++;
    return cb_str_sub(behind, 0, n);
}

/* Index behind the last '@' of AUTHORITY, 0 when it has none. */
static size_t behind_user(cb_str authority)
{
    size_t n = authority.n;

    while (n && authority.p[n - 1] != '@')
        n--;
    return n;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'f')
        return (c | 32) - 'a' + 10;
    return -1;
}

cb_str cb_remote_decode(struct cb_arena *a, cb_str s)
{
    char *out = cb_arena_alloc(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '%' && i + 2 < s.n && hex_digit(s.p[i + 1]) >= 0 &&
            hex_digit(s.p[i + 2]) >= 0) {
            out[n++] = (char)(hex_digit(s.p[i + 1]) << 4 | hex_digit(s.p[i + 2]));
            i += 2;
        } else {
            out[n++] = s.p[i];
        }
    }
    out[n] = '\0';
    return cb_str_make(out, n);
}

static bool has_control(cb_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
            return true;
    return false;
}

static bool is_host(cb_str h, bool bracketed)
{
    if (h.n == 0 || h.n > 253 || h.p[0] == '-')
        return false;
    for (size_t i = 0; i < h.n; i++) {
        char c = h.p[i];
        bool word =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';

        if (bracketed ? !(hex_digit(c) >= 0 || c == ':' || c == '.') : !word)
            return false;
    }
    return true;
}

/* ---- showing */

/*
 * Where the user's part ends in what stands behind "://", 0 for none. A password in which someone
 * left a '/', '?' or '#' unencoded still counts: such a URL is refused, but must not be shown
 * either.
 */
static size_t secret_end(cb_str behind)
{
    cb_str authority = authority_of(behind);
    size_t n = behind_user(authority), colon = cb_str_find_char(authority, ':', 0);
    int64_t port;

    if (n || authority.n == behind.n || colon == SIZE_MAX || authority.p[0] == '[')
        return n;
    if (behind.p[authority.n] == '/' &&
        cb_str_to_int(&port, cb_str_sub(authority, colon + 1, authority.n), 0, 65535))
        return 0;
    return behind_user(behind);
}

/* Does the slice look like "[user@]host:path", the form that scp and ssh users write? */
static bool is_scp_like(cb_str url)
{
    size_t colon = cb_str_find_char(url, ':', 0), slash = cb_str_find_char(url, '/', 0);

    if (url.n && cb_str_find_char(url, '[', 0) < slash) {
        size_t close = cb_str_find_char(url, ']', 0);

        colon = close == SIZE_MAX ? SIZE_MAX : cb_str_find_char(url, ':', close);
    }
    return colon != SIZE_MAX && colon > 0 && (slash == SIZE_MAX || colon < slash);
}

cb_str cb_git_url_clean(struct cb_arena *a, cb_str url)
{
    size_t colon = cb_str_find(url, CB_LIT("://")), user_n, end;
    cb_str scheme, user, rest;
    bool ssh;

    if (colon == SIZE_MAX) {
        user_n =
            is_scp_like(url) ? behind_user(cb_str_sub(url, 0, cb_str_find_char(url, '/', 0))) : 0;
        end = user_n ? cb_str_find_char(cb_str_sub(url, 0, user_n), ':', 0) : SIZE_MAX;
        if (end != SIZE_MAX) /* "user:secret@host:path" is no form of git's, but people try it */
            return cb_arena_printf(a, "%" CB_FMT "@%" CB_FMT, CB_ARG(cb_str_sub(url, 0, end)),
                                   CB_ARG(cb_str_sub(url, user_n, url.n)));
        return cb_arena_str(a, url);
    }
    scheme = cb_str_sub(url, 0, colon + 3);
    if (starts_nocase(scheme, CB_LIT("file://")))
        return cb_arena_str(a, url); /* a name of a folder may hold anything */
    rest = cb_str_sub(url, colon + 3, url.n);
    user_n = secret_end(rest);
    user = cb_str_sub(rest, 0, user_n ? user_n - 1 : 0);
    user = cb_str_sub(user, 0, cb_str_find_char(user, ':', 0));
    ssh = starts_nocase(scheme, CB_LIT("ssh://")) && user.n;
    rest = cb_str_sub(rest, user_n, rest.n);
    end = cb_str_find_char(rest, '?', 0);
    if (cb_str_find_char(rest, '#', 0) < end)
        end = cb_str_find_char(rest, '#', 0);
    return cb_arena_printf(a, "%" CB_FMT "%" CB_FMT "%s%" CB_FMT, CB_ARG(scheme),
                           CB_ARG(ssh ? user : CB_LIT("")), ssh ? "@" : "",
                           CB_ARG(cb_str_sub(rest, 0, end)));
}

/* ---- parsing */

/* "host", "host:port", "[v6]:port". */
static bool parse_host(struct cb_remote *r, struct cb_arena *a, cb_str text)
{
    bool bracketed = text.n && text.p[0] == '[';
    size_t end = bracketed ? cb_str_find_char(text, ']', 0) : cb_str_find_char(text, ':', 0);
    int64_t port;

    if (bracketed && end == SIZE_MAX)
        return false;
    r->host = cb_arena_lower(a, cb_str_sub(text, bracketed ? 1 : 0, end));
    text = cb_str_sub(text, end == SIZE_MAX ? text.n : end + (bracketed ? 1 : 0), text.n);
    if (text.n) {
        r->port = cb_str_sub(text, 1, text.n);
        if (text.p[0] != ':' || !cb_str_to_int(&port, r->port, 1, 65535))
            return false;
    }
    return is_host(r->host, bracketed);
}

static enum cb_code parse_scp_like(struct cb_remote *r, struct cb_arena *a, cb_str url,
                                   struct cb_err *err)
{
    size_t user_n = behind_user(cb_str_sub(url, 0, cb_str_find_char(url, '/', 0)));
    cb_str rest = cb_str_sub(url, user_n, url.n), host;
    size_t colon;

    if (rest.n && rest.p[0] == '[') { /* [::1]:path or [host:port]:path */
        size_t close = cb_str_find_char(rest, ']', 0), first;

        host = cb_str_sub(rest, 1, close);
        first = cb_str_find_char(host, ':', 0);
        if (first != SIZE_MAX && cb_str_find_char(host, ':', first + 1) != SIZE_MAX)
            host = cb_str_sub(rest, 0, close + 1);
        colon = close == SIZE_MAX ? rest.n : close + 1;
    } else if (cb_str_find(rest, CB_LIT("::")) != SIZE_MAX) {
        return cb_fail(err, CB_EINVAL,
                       "the clone URL %s names a transport helper, which is not allowed: "
                       "use https, ssh or a path",
                       r->clean.p);
    } else {
        colon = cb_str_find_char(rest, ':', 0);
        host = cb_str_sub(rest, 0, colon);
    }
    r->scheme = CB_REMOTE_SSH;
    r->user = cb_str_sub(url, 0, user_n ? user_n - 1 : 0);
    r->path = cb_str_sub(rest, colon + 1, rest.n);
    if (cb_str_find_char(r->user, ':', 0) != SIZE_MAX)
        return cb_fail(err, CB_EINVAL,
                       "the clone URL %s has a password, which ssh cannot use: "
                       "give the host an ssh key instead",
                       r->clean.p);
    if (!parse_host(r, a, host) || r->path.n == 0 || r->path.p[0] == '-' ||
        (r->user.n && r->user.p[0] == '-'))
        return cb_fail(err, CB_EINVAL,
                       "the clone URL %s is not understood: write it as user@host:path",
                       r->clean.p);
    return CB_OK;
}

static enum cb_code parse_file(struct cb_remote *r, struct cb_arena *a, cb_str behind,
                               struct cb_err *err)
{
    cb_str host = authority_of(behind);

    if (host.n && !cb_str_eq_nocase(host, CB_LIT("localhost")))
        return cb_fail(
            err, CB_EINVAL,
            "the clone URL %s names another machine: write file:///path, with three slashes",
            r->clean.p);
    r->path = cb_remote_decode(a, cb_str_sub(behind, host.n, behind.n));
    if (r->path.n == 0 || has_control(r->path))
        return cb_fail(err, CB_EINVAL, "the clone URL %s has no usable path", r->clean.p);
    return CB_OK;
}

static enum cb_code parse_url(struct cb_remote *r, struct cb_arena *a, cb_str behind,
                              struct cb_err *err)
{
    cb_str authority = authority_of(behind), user;
    size_t user_n = behind_user(authority), colon;

    user = cb_str_sub(authority, 0, user_n ? user_n - 1 : 0);
    colon = cb_str_find_char(user, ':', 0);
    r->user = cb_remote_decode(a, cb_str_sub(user, 0, colon));
    r->password =
        colon == SIZE_MAX ? CB_LIT("") : cb_remote_decode(a, cb_str_sub(user, colon + 1, user.n));
    r->path = cb_str_sub(behind, authority.n, behind.n);
    if (cb_str_find_char(behind, '?', 0) != SIZE_MAX ||
        cb_str_find_char(behind, '#', 0) != SIZE_MAX)
        return cb_fail(err, CB_EINVAL,
                       "the clone URL %s had a '?' or '#': leave it out, and give a token "
                       "under integrations",
                       r->clean.p);
    if (!parse_host(r, a, cb_str_sub(authority, user_n, authority.n)))
        return cb_fail(err, CB_EINVAL, "the clone URL %s has no usable host name", r->clean.p);
    if (r->path.n < 2)
        return cb_fail(err, CB_EINVAL, "the clone URL %s names a host but no repository",
                       r->clean.p);
    if (has_control(r->user) || has_control(r->password) || (r->user.n && r->user.p[0] == '-'))
        return cb_fail(err, CB_EINVAL, "the user in the clone URL %s is not usable", r->clean.p);
    if (r->scheme == CB_REMOTE_SSH && r->password.n)
        return cb_fail(err, CB_EINVAL,
                       "the clone URL %s has a password, which ssh cannot use: "
                       "give the host an ssh key instead",
                       r->clean.p);
    if (r->path.n > 1 && r->path.p[1] == '-' && r->scheme == CB_REMOTE_SSH)
        return cb_fail(err, CB_EINVAL, "the path in the clone URL %s looks like an option",
                       r->clean.p);
    return CB_OK;
}

enum cb_code cb_remote_parse(struct cb_remote *out, struct cb_arena *a, cb_str url,
                             struct cb_err *err)
{
    struct cb_remote r = {
        .user = CB_LIT(""), .password = CB_LIT(""), .host = CB_LIT(""), .port = CB_LIT("")};
    enum cb_code rc = CB_OK;
    bool known = false;

    if (url.n == 0)
        return cb_fail(err, CB_EINVAL, "the clone URL is empty");
    if (url.n > CB_REMOTE_URL_MAX)
        return cb_fail(err, CB_EINVAL, "the clone URL has %zu bytes, over %d", url.n,
                       CB_REMOTE_URL_MAX);
    if (has_control(url))
        return cb_fail(err, CB_EINVAL, "the clone URL has a control character in it");
    if (url.p[0] == '-')
        return cb_fail(err, CB_EINVAL, "the clone URL begins with '-', as an option does");
    r.clean = cb_git_url_clean(a, url);
    for (size_t i = 0; i < CB_COUNT(schemes) && !known; i++) {
        if (!starts_nocase(url, schemes[i].prefix))
            continue;
        known = true;
        r.scheme = schemes[i].scheme;
        rc = r.scheme == CB_REMOTE_LOCAL
                 ? parse_file(&r, a, cb_str_sub(url, schemes[i].prefix.n, url.n), err)
                 : parse_url(&r, a, cb_str_sub(url, schemes[i].prefix.n, url.n), err);
    }
    if (!known && cb_str_find(url, CB_LIT("://")) != SIZE_MAX)
        rc = cb_fail(err, CB_EINVAL,
                     "the clone URL %s has a scheme that is not allowed: use https, ssh, git, "
                     "file or a path",
                     r.clean.p);
    else if (!known && is_scp_like(url))
        rc = parse_scp_like(&r, a, url, err);
    else if (!known) {
        r.scheme = CB_REMOTE_LOCAL;
        r.path = cb_arena_str(a, url);
    }
    if (rc == CB_OK)
        *out = r;
    return rc;
}

bool cb_remote_is_loopback(const struct cb_remote *r)
{
    return cb_str_eq(r->host, CB_LIT("localhost")) || cb_str_eq(r->host, CB_LIT("::1")) ||
           cb_str_starts(r->host, CB_LIT("127."));
}
