#include "server/plugin/lend.h"

#include "catalog/fetch/forge.h"

/* Of a type of forge: what stands behind "https://HOST". Others have no API that actions speak. */
static const char *api_path(enum cb_forge_type type)
{
    switch (type) {
    case CB_FORGE_GITHUB: return "/api/v3";
    case CB_FORGE_GITLAB: return "/api/v4";
    case CB_FORGE_GITEA: return "/api/v1";
    default: return NULL;
    }
}

static cb_str web_of(struct cb_arena *a, const struct cb_config_integration *in)
{
    return cb_arena_printf(a, "%s://%" CB_FMT, cb_str_starts(in->clone, CB_LIT("http://")) ? "http" : "https", CB_ARG(in->host));
}

static cb_str api_of(struct cb_arena *a, const struct cb_config_integration *in, enum cb_forge_type type, cb_str web)
{
    cb_str api = in->api;

    while (api.n && api.p[api.n - 1] == '/')
        api.n--;
    if (api.n)
        return api;
    if (type == CB_FORGE_GITHUB && cb_str_eq_nocase(in->host, CB_LIT("github.com")))
        return CB_LIT("https://api.github.com");
    return cb_arena_printf(a, "%" CB_FMT "%s", CB_ARG(web), api_path(type));
}

static void put(struct cb_node *row, struct cb_arena *a, const char *key, cb_str text)
{
    cb_node_put(row, cb_str_cstr(key), cb_node_string(a, cb_arena_str(a, text)));
}

/* False: a type without an API. */
static bool add(struct cb_node *out, struct cb_arena *a, const struct cb_config_integration *in)
{
    struct cb_node *row = cb_node_new(a, CB_OBJECT);
    enum cb_forge_type type = CB_FORGE_OTHER;
    cb_str web = web_of(a, in);

    if (!cb_forge_type_parse(&type, in->type) || !api_path(type))
        return false;
    put(row, a, "host", in->host);
    put(row, a, "type", cb_str_cstr(type == CB_FORGE_GITHUB ? "github" : type == CB_FORGE_GITLAB ? "gitlab" : "gitea"));
    put(row, a, "web", web);
    put(row, a, "api", api_of(a, in, type, web));
    if (in->token.n)
        put(row, a, "token", in->token);
    cb_node_push(out, row);
    return true;
}

static enum cb_code add_host(struct cb_node *out, struct cb_arena *a, const struct cb_config *config, cb_str host, struct cb_err *err)
{
    struct cb_config_integration public = {.host = host};
    enum cb_forge_type type;

    for (size_t i = 0; i < config->integration_n; i++) {
        if (!cb_str_eq_nocase(config->integrations[i].host, host))
            continue;
        if (add(out, a, &config->integrations[i]))
            return CB_OK;
        return cb_fail(err, CB_EINVAL, "%" CB_FMT " is of type %" CB_FMT ", which has no API that plugins speak: github, gitlab, gitea and forgejo have",
                       CB_ARG(host), CB_ARG(config->integrations[i].type));
    }
    type = cb_forge_type_of(NULL, cb_arena_printf(a, "https://%" CB_FMT "/o/r", CB_ARG(host)));
    if (type == CB_FORGE_OTHER || !api_path(type))
        return cb_fail(err, CB_EINVAL, "%" CB_FMT " is no host of the configuration's integrations: add it there", CB_ARG(cb_str_cut(host, 200)));
    public.type = cb_str_cstr(cb_forge_type_name(type));
    add(out, a, &public);
    return CB_OK;
}

enum cb_code cb_lend(struct cb_node **out, struct cb_arena *a, const struct cb_config *config, const struct cb_node *names, struct cb_err *err)
{
    enum cb_code rc = CB_OK;

    *out = cb_node_new(a, CB_ARRAY);
    if (names->type == CB_STRING && cb_str_eq(names->text, CB_LIT("all"))) {
        for (size_t i = 0; i < config->integration_n; i++)
            add(*out, a, &config->integrations[i]);
        return CB_OK;
    }
    if (names->type != CB_ARRAY)
        return cb_fail(err, CB_EINVAL, "integrations is a list of hosts that the configuration's integrations have, or all");
    for (const struct cb_node *n = names->first; n && rc == CB_OK; n = n->next)
        rc = n->type == CB_STRING ? add_host(*out, a, config, n->text, err)
                                  : cb_fail(err, CB_EINVAL, "integrations is a list of hosts that the configuration's integrations have, or all");
    return rc;
}
