#include "server/cli/serving.h"

#include <stdlib.h>

#include "server/cli/command.h"

#define REQUEST_N 1000
#define TIME_US (INT64_C(120) * 1000000)

/* Where one who listens everywhere is reached from here. */
static cb_str address_of(struct cb_arena *a, const struct cb_config *c)
{
    bool v6 = cb_str_find_char(c->listen_host, ':', 0) != SIZE_MAX;
    cb_str host = c->listen_host;

    if (cb_str_eq(host, CB_LIT("0.0.0.0")))
        host = CB_LIT("127.0.0.1");
    if (cb_str_eq(host, CB_LIT("::")))
        host = CB_LIT("::1");
    return cb_arena_printf(a, "%s://%s%" CB_FMT "%s:%lld", c->tls_certificate.n ? "https" : "http", v6 ? "[" : "", CB_ARG(host), v6 ? "]" : "",
                           (long long)c->listen_port);
}

enum cb_code cb_serving_open(struct cb_upstream **out, struct cb_arena *a, const char *url, const struct cb_config_flags *from, struct cb_err *err)
{
    struct cb_upstream_limits limits = {REQUEST_N, TIME_US};
    const char *token = getenv("CALLBOARD_TOKEN");
    struct cb_config *config = NULL;
    cb_str at = cb_str_cstr(url);
    enum cb_code rc;

    if (!url) {
        if ((rc = cb_config_load(&config, from, err)) != CB_OK)
            return rc;
        at = address_of(a, config);
        cb_config_free(config);
    }
    return cb_upstream_open(out, at, cb_str_cstr(token ? token : ""), &limits, err);
}

enum cb_code cb_serving_ask(struct cb_node **out, struct cb_upstream *u, struct cb_arena *a, cb_str path, cb_str body, struct cb_err *err)
{
    struct cb_node *json = NULL;
    int status = 0;
    enum cb_code rc = cb_upstream_ask(&json, &status, u, a, path, body, err);

    if (rc != CB_OK)
        return rc;
    if (status / 100 == 2 && json) {
        *out = json;
        return CB_OK;
    }
    return cb_fail(err, status == 404 ? CB_ENOTFOUND : status == 401 ? CB_EAUTH : status == 403 ? CB_EDENIED : CB_EUPSTREAM, "%s: %" CB_FMT "%s",
                   cb_upstream_name(u), CB_ARG(cb_upstream_why(a, json, status)),
                   status == 401 ? ". Set CALLBOARD_TOKEN to a token of yours" : "");
}
