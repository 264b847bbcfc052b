#include "server/auth/policy.h"

#include <arpa/inet.h>

static const char *const role_names[] = {
    [CB_ROLE_NONE] = "none",
    [CB_ROLE_READER] = "reader",
    [CB_ROLE_EDITOR] = "editor",
    [CB_ROLE_ADMIN] = "admin",
};

/* A right is a row: its name, and the least role that has it. */
static const struct {
    const char *name;
    enum cb_role role;
} rights[] = {
    [CB_RIGHT_OPEN] = {"open", CB_ROLE_NONE},
    [CB_RIGHT_SIGNED] = {"signed", CB_ROLE_NONE},
    [CB_RIGHT_READ] = {"read", CB_ROLE_READER},
    [CB_RIGHT_REFRESH] = {"refresh", CB_ROLE_EDITOR},
    [CB_RIGHT_ACT] = {"act", CB_ROLE_READER},
    [CB_RIGHT_TEMPLATES] = {"templates", CB_ROLE_READER},
    [CB_RIGHT_PLUGIN] = {"plugin", CB_ROLE_NONE},
    [CB_RIGHT_RELOAD] = {"reload", CB_ROLE_ADMIN},
    [CB_RIGHT_CONFIRM] = {"confirm", CB_ROLE_EDITOR},
    [CB_RIGHT_LOCATIONS] = {"locations", CB_ROLE_EDITOR},
    [CB_RIGHT_TOKENS] = {"tokens", CB_ROLE_ADMIN},
};

const char *cb_role_name(enum cb_role role)
{
    return role_names[role];
}

bool cb_role_parse(enum cb_role *out, cb_str name)
{
    for (size_t i = CB_ROLE_READER; i < CB_COUNT(role_names); i++) {
        if (cb_str_eq(name, cb_str_cstr(role_names[i]))) {
            *out = (enum cb_role)i;
            return true;
        }
    }
    return false;
}

const char *cb_right_name(enum cb_right right)
{
    return rights[right].name;
}

enum cb_role cb_right_role(enum cb_right right)
{
    return rights[right].role;
}

bool cb_policy_allows(enum cb_role role, enum cb_right right)
{
    return role >= rights[right].role;
}

static bool is_loopback(cb_str host)
{
    char text[INET6_ADDRSTRLEN + 2];
    struct in_addr v4;
    struct in6_addr v6;

    if (host.n && host.p[0] == '/')
        return true; /* a unix socket: the file's mode decides */
    if (cb_str_eq_nocase(host, CB_LIT("localhost")))
        return true;
    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = cb_str_sub(host, 1, host.n - 1);
    if (host.n == 0 || host.n >= sizeof(text))
        return false;
    memcpy(text, host.p, host.n);
    text[host.n] = '\0';
    if (inet_pton(AF_INET, text, &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    return inet_pton(AF_INET6, text, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

enum cb_code cb_policy_listen(cb_str host, bool auth_configured, struct cb_err *err)
{
    if (auth_configured || is_loopback(host))
        return CB_OK;
    return cb_fail(err, CB_EDENIED,
                   "listen %" CB_FMT " can be reached from other machines, and nothing says who may come in: set "
                   "auth: {tokens: true} and make a token with `callboard token create`, or list the addresses of an "
                   "authenticating proxy under auth: {trusted_proxies: [...]}, or listen on 127.0.0.1",
                   CB_ARG(host));
}
