#include "server/config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/entity/kind.h"
#include "catalog/parse/yaml.h"
#include "server/config/option.h"

#define CONFIG_FILE_MAX (1024 * 1024) /* bytes */
#define INTERVAL_MIN_US CB_S_US
#define INTERVAL_US (60 * CB_S_US)

struct loading {
    struct cb_config *c;
    cb_str dir; /* of the file; relative paths begin there */
    struct cb_err *err;
};

/* "callboard.yaml:12:5: sentence" */
static enum cb_code wrong(struct loading *l, const struct cb_node *at, const char *fmt, ...) CB_PRINTF(3, 4);
static enum cb_code wrong(struct loading *l, const struct cb_node *at, const char *fmt, ...)
{
    cb_str text;
    va_list ap;

    va_start(ap, fmt);
    text = cb_arena_vprintf(l->c->arena, fmt, ap);
    va_end(ap);
    if (at && at->line)
        return cb_fail(l->err, CB_EINVAL, "%" CB_FMT ":%u:%u: %" CB_FMT, CB_ARG(l->c->file), at->line, at->column, CB_ARG(text));
    return cb_fail(l->err, CB_EINVAL, "%" CB_FMT ": %" CB_FMT, CB_ARG(l->c->file), CB_ARG(text));
}

/* A key stands where it is written, not where its value begins. */
static enum cb_code unknown_key(struct loading *l, const struct cb_node *n, const char *in, const char *known)
{
    struct cb_node at = {.line = n->key_line, .column = n->key_column};

    return wrong(l, &at, "unknown key \"%" CB_FMT "\"%s%s: known are %s", CB_ARG(n->key), *in ? " in " : "", in, known);
}

/* Put the environment in for ${NAME}; $${ is a literal ${. */
static enum cb_code expand(struct loading *l, struct cb_node *n)
{
    struct cb_buf out = CB_BUF_INIT;
    size_t at = 0, dollar;
    enum cb_code rc = CB_OK;

    if (cb_str_find(n->text, CB_LIT("${")) == SIZE_MAX)
        return CB_OK;
    while ((dollar = cb_str_find_char(n->text, '$', at)) != SIZE_MAX) {
        cb_str rest = cb_str_sub(n->text, dollar, n->text.n), name;
        size_t end;
        const char *value;

        cb_buf_put(&out, n->text.p + at, dollar - at);
        if (cb_str_starts(rest, CB_LIT("$${"))) {
            cb_buf_put_cstr(&out, "${");
            at = dollar + 3;
            continue;
        }
        if (!cb_str_starts(rest, CB_LIT("${"))) {
            cb_buf_put_char(&out, '$');
            at = dollar + 1;
            continue;
        }
        end = cb_str_find_char(rest, '}', 0);
        name = cb_str_sub(rest, 2, end == SIZE_MAX ? 2 : end);
        if (name.n == 0) {
            rc = wrong(l, n, "\"${\" without a name and \"}\": write $${ for the two characters themselves");
            break;
        }
        if (!(value = getenv(cb_arena_str(l->c->arena, name).p))) {
            rc = wrong(l, n, "the environment has no %" CB_FMT, CB_ARG(name));
            break;
        }
        cb_buf_put_cstr(&out, value);
        at = dollar + end + 1;
    }
    if (rc == CB_OK) {
        cb_buf_put(&out, n->text.p + at, n->text.n - at);
        n->text = cb_arena_str(l->c->arena, cb_buf_str(&out));
    }
    cb_buf_fini(&out);
    return rc;
}

static enum cb_code expand_all(struct loading *l, struct cb_node *n)
{
    enum cb_code rc = n->type == CB_STRING ? expand(l, n) : CB_OK;

    for (struct cb_node *child = n->first; child && rc == CB_OK; child = child->next)
        rc = expand_all(l, child);
    return rc;
}

/* ---- values */

static enum cb_code text_of(struct loading *l, cb_str *out, const struct cb_node *n, const char *what)
{
    if (n->type != CB_STRING)
        return wrong(l, n, "%s must be a text", what);
    *out = n->text;
    return CB_OK;
}

static enum cb_code texts_of(struct loading *l, const cb_str **out, size_t *out_n, const struct cb_node *n, const char *what)
{
    cb_str *v = CB_NEW_N(l->c->arena, cb_str, n->child_n + 1);
    enum cb_code rc;

    if (n->type == CB_STRING) {
        v = CB_NEW(l->c->arena, cb_str);
        v[0] = n->text;
        *out = v;
        *out_n = 1;
        return CB_OK;
    }
    if (n->type != CB_ARRAY)
        return wrong(l, n, "%s must be a list of texts", what);
    *out = v;
    *out_n = 0;
    for (const struct cb_node *item = n->first; item; item = item->next)
        if ((rc = text_of(l, &v[(*out_n)++], item, what)) != CB_OK)
            return rc;
    return CB_OK;
}

static enum cb_code duration_of(struct loading *l, int64_t *out, const struct cb_node *n, const char *what, int64_t min_us)
{
    cb_str text = cb_node_scalar(l->c->arena, n);

    if (!cb_duration_parse(out, text) || *out < min_us)
        return wrong(l, n, "%s must be a duration such as 30s or 5m, at least %llds", what, (long long)(min_us / CB_S_US));
    return CB_OK;
}

/* ---- rules */

/* {allow: […]} of one row: kinds as texts or {kind, spec.type}, for each of the row's locations. */
static enum cb_code rules_row(struct loading *l, struct cb_rule *v, size_t *n, size_t most, const struct cb_node *row)
{
    const struct cb_node *allow = cb_node_get(row, "allow"), *locations = cb_node_get(row, "locations");

    for (const struct cb_node *k = row->first; k; k = k->next)
        if (!cb_str_eq(k->key, CB_LIT("allow")) && !cb_str_eq(k->key, CB_LIT("locations")))
            return unknown_key(l, k, "rules", "allow, locations");
    if (!allow || allow->type != CB_ARRAY)
        return wrong(l, row, "rules need allow: a list of kinds");
    for (const struct cb_node *item = allow->first; item; item = item->next) {
        struct cb_rule rule = {.kind = item->type == CB_STRING ? item->text : cb_node_text(item, "kind"),
                               .spec_type = cb_node_text(item, "spec.type")};

        if (rule.kind.n == 0)
            return wrong(l, item, "a rule allows a kind (Component), or {kind: Template, 'spec.type': website}");
        if (!locations || !locations->first) {
            if (*n < most)
                v[(*n)++] = rule;
            continue;
        }
        for (const struct cb_node *at = locations->first; at; at = at->next) {
            cb_str exact = cb_node_text(at, "exact"), pattern = cb_node_text(at, "pattern"), type = cb_node_text(at, "type");

            if (exact.n && pattern.n)
                return wrong(l, at, "a location of a rule has exact or pattern, not both");
            rule.glob = pattern.n != 0;
            rule.location = cb_arena_printf(l->c->arena, "%" CB_FMT ":%" CB_FMT, CB_ARG(type),
                                            CB_ARG(exact.n ? exact : pattern.n ? pattern : CB_LIT("**")));
            rule.glob |= !exact.n;
            if (*n < most)
                v[(*n)++] = rule;
        }
    }
    return CB_OK;
}

#define RULE_MAX 1000

static enum cb_code rules_of(struct loading *l, struct cb_rules *out, const struct cb_node *n)
{
    struct cb_rule *v = CB_NEW_N(l->c->arena, struct cb_rule, RULE_MAX);
    enum cb_code rc = CB_OK;

    out->v = v;
    out->n = 0;
    if (n->type == CB_OBJECT)
        return rules_row(l, v, &out->n, RULE_MAX, n);
    if (n->type != CB_ARRAY)
        return wrong(l, n, "rules must be {allow: [Component, …]} or a list of such");
    for (const struct cb_node *row = n->first; row && rc == CB_OK; row = row->next)
        rc = rules_row(l, v, &out->n, RULE_MAX, row);
    return rc;
}

/* One secret or a list of them; what was there before (a preset) goes. */
static enum cb_code secrets_of(struct loading *l, struct cb_config_secrets *to, cb_str key, const struct cb_node *n)
{
    struct cb_err why;
    cb_str text;
    enum cb_code rc;

    *to = (struct cb_config_secrets){0};
    for (const struct cb_node *item = n->type == CB_ARRAY ? n->first : n; item; item = n->type == CB_ARRAY ? item->next : NULL) {
        if ((rc = text_of(l, &text, item, "a secret")) != CB_OK)
            return rc;
        if (cb_option_secrets(to, l->c->arena, text, l->dir, &why) != CB_OK)
            return wrong(l, item, "%" CB_FMT " %s", CB_ARG(key), why.text);
    }
    return CB_OK;
}

/* ---- sources and integrations */

static enum cb_code source_of(struct loading *l, struct cb_config_source *s, const struct cb_node *n)
{
    static const cb_str preset[] = {{"catalog-info.yaml", 17}, {"**/catalog-info.yaml", 20}};
    enum cb_code rc = CB_OK;

    *s = (struct cb_config_source){.paths = preset, .path_n = CB_COUNT(preset), .interval_us = INTERVAL_US, .line = n->line};
    if (n->type != CB_OBJECT)
        return wrong(l, n, "a source is {git: URL, branch: main, paths: […]} or {file: PATH}");
    for (const struct cb_node *k = n->first; k && rc == CB_OK; k = k->next) {
        if (cb_str_eq(k->key, CB_LIT("git")) || cb_str_eq(k->key, CB_LIT("file"))) {
            if (s->url.n)
                return wrong(l, k, "a source has git or file, not both");
            s->git = k->key.n == 3;
            rc = text_of(l, &s->url, k, s->git ? "git" : "file");
            if (rc == CB_OK && s->url.n == 0)
                rc = wrong(l, k, "it is empty");
        } else if (cb_str_eq(k->key, CB_LIT("branch"))) {
            rc = text_of(l, &s->branch, k, "branch");
        } else if (cb_str_eq(k->key, CB_LIT("paths"))) {
            rc = texts_of(l, &s->paths, &s->path_n, k, "paths");
        } else if (cb_str_eq(k->key, CB_LIT("interval"))) {
            rc = duration_of(l, &s->interval_us, k, "interval", INTERVAL_MIN_US);
        } else if (cb_str_eq(k->key, CB_LIT("rules"))) {
            rc = rules_of(l, &s->rules, k);
        } else {
            rc = unknown_key(l, k, "a source", "git, file, branch, paths, interval, rules");
        }
    }
    if (rc == CB_OK && !s->url.n)
        return wrong(l, n, "a source needs git: URL or file: PATH");
    /* "dir/repo" and "./repo" are paths; "host:path" and "scheme://" are for the git program to judge */
    if (rc == CB_OK && (!s->git || (s->url.p[0] != '/' && cb_str_find_char(s->url, ':', 0) == SIZE_MAX)))
        s->url = cb_option_path(l->c->arena, s->url, l->dir);
    return rc;
}

static enum cb_code sources_of(struct loading *l, const struct cb_node *n)
{
    struct cb_config *c = l->c;
    enum cb_code rc;

    if (n->type != CB_ARRAY)
        return wrong(l, n, "sources must be a list");
    c->sources = CB_NEW_N(c->arena, struct cb_config_source, n->child_n + 1);
    for (const struct cb_node *item = n->first; item; item = item->next) {
        struct cb_config_source *s = &c->sources[c->source_n];

        if ((rc = source_of(l, s, item)) != CB_OK)
            return rc;
        for (size_t i = 0; i < c->source_n; i++)
            if (c->sources[i].git == s->git && cb_str_eq(c->sources[i].url, s->url) && cb_str_eq(c->sources[i].branch, s->branch))
                return wrong(l, item, "the same source stands in line %u: put all paths there", c->sources[i].line);
        c->source_n++;
    }
    return CB_OK;
}

static enum cb_code integration_of(struct loading *l, struct cb_config_integration *out, const struct cb_node *n)
{
    static const char *const types[] = {"github", "gitlab", "gitea", "forgejo", "bitbucketCloud", "bitbucketServer", "azure", "git"};
    struct cb_err why;
    bool known = false;

    if (n->type != CB_OBJECT)
        return wrong(l, n, "an integration is {host: git.example.com, type: gitea, token: …}");
    for (const struct cb_node *k = n->first; k; k = k->next) {
        cb_str text;
        enum cb_code rc;

        if (cb_str_eq(k->key, CB_LIT("webhook_secret"))) {
            if ((rc = secrets_of(l, &out->webhook, k->key, k)) != CB_OK)
                return rc;
            continue;
        }
        if ((rc = text_of(l, &text, k, "it")) != CB_OK)
            return rc;
        if (cb_str_eq(k->key, CB_LIT("host")))
            out->host = text;
        else if (cb_str_eq(k->key, CB_LIT("type")))
            out->type = text;
        else if (cb_str_eq(k->key, CB_LIT("clone")))
            out->clone = text;
        else if (cb_str_eq(k->key, CB_LIT("api"))) {
            if (!cb_str_starts(text, CB_LIT("https://")) && !cb_str_starts(text, CB_LIT("http://")))
                return wrong(l, k, "api is the URL of the forge's API, such as https://git.example.com/api/v1");
            out->api = text;
        } else if (cb_str_eq(k->key, CB_LIT("username")))
            out->username = text;
        else if (cb_str_eq(k->key, CB_LIT("token"))) {
            if (cb_option_secret(&out->token, l->c->arena, text, l->dir, &why) != CB_OK)
                return wrong(l, k, "%s", why.text);
        } else if (cb_str_eq(k->key, CB_LIT("ssh_key")))
            out->ssh_key = cb_option_path(l->c->arena, text, l->dir);
        else if (cb_str_eq(k->key, CB_LIT("known_hosts")))
            out->known_hosts = cb_option_path(l->c->arena, text, l->dir);
        else if (cb_str_eq(k->key, CB_LIT("ca_file")))
            out->ca_file = cb_option_path(l->c->arena, text, l->dir);
        else
            return unknown_key(l, k, "an integration", "host, type, clone, api, username, token, ssh_key, known_hosts, ca_file, webhook_secret");
    }
    for (size_t i = 0; i < CB_COUNT(types); i++)
        known |= cb_str_eq(out->type, cb_str_cstr(types[i]));
    if (!out->host.n)
        return wrong(l, n, "an integration needs host");
    if (!known)
        return wrong(l, n, "type must be github, gitlab, gitea, forgejo, bitbucketCloud, bitbucketServer, azure, or git for any other");
    return CB_OK;
}

static enum cb_code integrations_of(struct loading *l, const struct cb_node *n)
{
    struct cb_config *c = l->c;
    enum cb_code rc = CB_OK;

    if (n->type != CB_ARRAY)
        return wrong(l, n, "integrations must be a list");
    c->integrations = CB_NEW_N(c->arena, struct cb_config_integration, n->child_n + 1);
    for (const struct cb_node *item = n->first; item && rc == CB_OK; item = item->next)
        rc = integration_of(l, &c->integrations[c->integration_n++], item);
    return rc;
}

/* ---- plugins: sections by name, kept as they are for the plugin's own schema (server/plugin/settings.h) */

static enum cb_code plugins_of(struct loading *l, const struct cb_node *n)
{
    enum cb_code rc;
    cb_str text;

    if (n->type != CB_OBJECT)
        return wrong(l, n, "plugins must be a map: directory, and a section for each plugin by its name");
    l->c->plugins = n;
    l->c->plugins_file = l->c->file;
    l->c->plugins_dir = l->dir;
    for (const struct cb_node *k = n->first; k; k = k->next) {
        if (!cb_str_eq(k->key, CB_LIT("directory"))) {
            if (k->type != CB_OBJECT && k->type != CB_NULL)
                return wrong(l, k, "plugins.%" CB_FMT " must be a map: the plugin's configuration", CB_ARG(k->key));
            continue;
        }
        if ((rc = text_of(l, &text, k, "plugins.directory")) != CB_OK)
            return rc;
        if (text.n == 0)
            return wrong(l, k, "plugins.directory is empty");
        l->c->plugin_directory = cb_option_path(l->c->arena, text, l->dir);
    }
    return CB_OK;
}

/* ---- listen: HOST:PORT, [v6]:PORT, :PORT, PORT */

static enum cb_code listen_of(struct cb_config *c, cb_str text, struct cb_err *err)
{
    size_t colon = text.n;
    cb_str host, port;

    while (colon > 0 && text.p[colon - 1] != ':' && text.p[colon - 1] != ']')
        colon--;
    port = colon && text.p[colon - 1] == ':' ? cb_str_sub(text, colon, text.n) : colon ? CB_LIT("") : text;
    host = colon && text.p[colon - 1] == ':' ? cb_str_sub(text, 0, colon - 1) : CB_LIT("127.0.0.1");
    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = cb_str_sub(host, 1, host.n - 1);
    else if (host.n && cb_str_find_char(host, ':', 0) != SIZE_MAX)
        return cb_fail(err, CB_EINVAL, "an IPv6 address stands in brackets: [::1]:7007");
    if (!cb_str_to_int(&c->listen_port, port, 0, 65535))
        return cb_fail(err, CB_EINVAL, "must be HOST:PORT such as 127.0.0.1:7007 or [::]:7007, not \"%" CB_FMT "\"", CB_ARG(text));
    c->listen_host = cb_arena_str(c->arena, host.n ? host : CB_LIT("0.0.0.0"));
    return CB_OK;
}

/* ---- the file */

#define ROOT_KEYS                                                                                                                \
    "listen, tls, http, auth, history, log, locations, data_dir, database, database_connections, public_url, portal_dir, "         \
    "sources, integrations, rules, webhooks, plugins"

static enum cb_code auth_list(struct loading *l, const struct cb_node *n, bool *taken)
{
    *taken = true;
    if (cb_str_eq(n->key, CB_LIT("trusted_proxies")))
        return texts_of(l, &l->c->trusted_proxies, &l->c->trusted_proxy_n, n, "auth.trusted_proxies");
    if (cb_str_eq(n->key, CB_LIT("hosts")))
        return texts_of(l, &l->c->hosts, &l->c->host_n, n, "auth.hosts");
    if (cb_str_eq(n->key, CB_LIT("cors_origins")))
        return texts_of(l, &l->c->cors_origins, &l->c->cors_origin_n, n, "auth.cors_origins");
    *taken = false;
    return CB_OK;
}

static enum cb_code scalar_of(struct loading *l, cb_str key, const struct cb_node *n, const char *in)
{
    const struct cb_option *o = cb_option_find(key);
    struct cb_err why;

    if (!o)
        return unknown_key(l, n, in, *in ? "those of docs/configuration.md" : ROOT_KEYS);
    if (o->type == CB_OPTION_SECRETS)
        return secrets_of(l, (struct cb_config_secrets *)(void *)((char *)l->c + o->offset), key, n);
    if (n->type == CB_ARRAY || n->type == CB_OBJECT)
        return wrong(l, n, "%" CB_FMT " must be a single value", CB_ARG(key));
    if (cb_option_set(l->c, o, n->type == CB_NULL ? CB_LIT("") : cb_node_scalar(l->c->arena, n), l->dir, &why) != CB_OK)
        return wrong(l, n, "%" CB_FMT " %s", CB_ARG(key), why.text);
    return CB_OK;
}

/* What every template's expressions see as environment.parameters and environment.secrets. */
static enum cb_code environment_of(struct loading *l, const struct cb_node *n)
{
    if (n->type != CB_OBJECT)
        return wrong(l, n, "scaffolder.default_environment must be a map: parameters, secrets");
    for (struct cb_node *k = n->first; k; k = k->next) {
        bool secrets = cb_str_eq(k->key, CB_LIT("secrets"));
        struct cb_err why;

        if (!secrets && !cb_str_eq(k->key, CB_LIT("parameters")))
            return unknown_key(l, k, "scaffolder.default_environment", "parameters, secrets");
        if (k->type != CB_OBJECT)
            return wrong(l, k, "scaffolder.default_environment.%" CB_FMT " must be a map", CB_ARG(k->key));
        for (struct cb_node *v = k->first; secrets && v; v = v->next) {
            if (v->type != CB_STRING)
                return wrong(l, v, "scaffolder.default_environment.secrets.%" CB_FMT " must be a text", CB_ARG(v->key));
            if (cb_option_secret(&v->text, l->c->arena, v->text, l->dir, &why) != CB_OK)
                return wrong(l, v, "%s", why.text);
        }
        *(secrets ? &l->c->task_secrets : &l->c->task_parameters) = k;
    }
    return CB_OK;
}

static enum cb_code group_of(struct loading *l, const struct cb_node *group)
{
    const char *name = cb_arena_str(l->c->arena, group->key).p;
    enum cb_code rc = CB_OK;

    if (group->type != CB_OBJECT)
        return wrong(l, group, "%s must be a map", name);
    for (const struct cb_node *n = group->first; n && rc == CB_OK; n = n->next) {
        bool taken = false;

        if (cb_str_eq(group->key, CB_LIT("auth")))
            rc = auth_list(l, n, &taken);
        if (cb_str_eq(group->key, CB_LIT("scaffolder")) && cb_str_eq(n->key, CB_LIT("default_environment"))) {
            rc = environment_of(l, n);
            taken = true;
        }
        if (rc == CB_OK && !taken)
            rc = scalar_of(l, cb_arena_printf(l->c->arena, "%s.%" CB_FMT, name, CB_ARG(n->key)), n, name);
    }
    return rc;
}

static enum cb_code root_key(struct loading *l, const struct cb_node *n)
{
    static const char *const groups[] = {"tls", "http", "auth", "history", "log", "locations", "webhooks", "scaffolder"};
    struct cb_err why;

    if (cb_str_eq(n->key, CB_LIT("sources")))
        return sources_of(l, n);
    if (cb_str_eq(n->key, CB_LIT("integrations")))
        return integrations_of(l, n);
    if (cb_str_eq(n->key, CB_LIT("rules")))
        return rules_of(l, &l->c->rules, n);
    if (cb_str_eq(n->key, CB_LIT("listen"))) {
        if (listen_of(l->c, cb_node_scalar(l->c->arena, n), &why) != CB_OK)
            return wrong(l, n, "listen %s", why.text);
        return CB_OK;
    }
    if (cb_str_eq(n->key, CB_LIT("plugins")))
        return plugins_of(l, n);
    for (size_t i = 0; i < CB_COUNT(groups); i++)
        if (cb_str_eq(n->key, cb_str_cstr(groups[i])))
            return group_of(l, n);
    return scalar_of(l, n->key, n, "");
}

static enum cb_code read_file(struct loading *l)
{
    struct cb_config *c = l->c;
    struct cb_yaml yaml;
    char *bytes = cb_arena_alloc(c->arena, CONFIG_FILE_MAX + 1);
    enum cb_code rc = CB_OK;
    ssize_t n;
    int fd = open(c->file.p, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return cb_fail(l->err, CB_EINVAL, "cannot read %" CB_FMT ": %s", CB_ARG(c->file), strerror(errno));
    n = read(fd, bytes, CONFIG_FILE_MAX + 1);
    close(fd);
    if (n < 0)
        return cb_fail(l->err, CB_EINVAL, "cannot read %" CB_FMT ": %s", CB_ARG(c->file), strerror(errno));
    if (n > CONFIG_FILE_MAX)
        return cb_fail(l->err, CB_EINVAL, "%" CB_FMT " is over %d bytes", CB_ARG(c->file), CONFIG_FILE_MAX);
    cb_yaml_read(&yaml, c->arena, cb_str_make(bytes, (size_t)n));
    if (yaml.doc_n > 1)
        return cb_fail(l->err, CB_EINVAL, "%" CB_FMT ": one document is expected, not %zu", CB_ARG(c->file), yaml.doc_n);
    if (yaml.doc_n == 0 || (!yaml.docs[0].root && !yaml.docs[0].broken))
        return CB_OK;
    if (yaml.docs[0].broken)
        return cb_fail(l->err, CB_EINVAL, "%" CB_FMT ":%u:%u: %" CB_FMT, CB_ARG(c->file), yaml.docs[0].line,
                       yaml.docs[0].column, CB_ARG(yaml.docs[0].message));
    if (yaml.docs[0].root->type != CB_OBJECT)
        return wrong(l, yaml.docs[0].root, "a map of keys is expected: %s", ROOT_KEYS);
    if ((rc = expand_all(l, yaml.docs[0].root)) != CB_OK)
        return rc;
    for (const struct cb_node *k = yaml.docs[0].root->first; k && rc == CB_OK; k = k->next)
        rc = root_key(l, k);
    return rc;
}

/* ---- default < file < environment < flag */

static enum cb_code presets(struct loading *l)
{
    enum cb_code rc = listen_of(l->c, CB_LIT("127.0.0.1:7007"), l->err);

    for (size_t i = 0; i < cb_option_n && rc == CB_OK; i++)
        rc = cb_option_set(l->c, &cb_options[i], cb_str_cstr(cb_options[i].preset), l->dir, l->err);
    return rc;
}

/* Lists and maps in the environment are YAML: CALLBOARD_SOURCES='[{git: /srv/catalog.git}]'. */
static enum cb_code structured(struct loading *l)
{
    static const struct {
        const char *env, *key;
    } all[] = {{"CALLBOARD_SOURCES", "sources"},
               {"CALLBOARD_INTEGRATIONS", "integrations"},
               {"CALLBOARD_RULES", "rules"},
               {"CALLBOARD_PLUGINS", "plugins"},
               {"CALLBOARD_AUTH_TRUSTED_PROXIES", "trusted_proxies"},
               {"CALLBOARD_AUTH_HOSTS", "hosts"},
               {"CALLBOARD_AUTH_CORS_ORIGINS", "cors_origins"}};
    cb_str file = l->c->file;
    enum cb_code rc = CB_OK;

    for (size_t i = 0; i < CB_COUNT(all) && rc == CB_OK; i++) {
        const char *value = getenv(all[i].env);
        struct cb_yaml yaml;
        bool taken;

        if (!value)
            continue;
        l->c->file = cb_str_cstr(all[i].env);
        cb_yaml_read(&yaml, l->c->arena, cb_arena_str(l->c->arena, cb_str_cstr(value)));
        if (yaml.doc_n != 1 || !yaml.docs[0].root) {
            rc = wrong(l, NULL, "one YAML value is expected");
            break;
        }
        yaml.docs[0].root->key = cb_str_cstr(all[i].key);
        if ((rc = expand_all(l, yaml.docs[0].root)) != CB_OK)
            break;
        if (i == 0)
            l->c->source_n = 0;
        if (i == 1)
            l->c->integration_n = 0;
        rc = i < 4 ? root_key(l, yaml.docs[0].root) : auth_list(l, yaml.docs[0].root, &taken);
    }
    l->c->file = file;
    return rc;
}

static enum cb_code environment(struct loading *l, cb_str cwd)
{
    struct cb_err why;
    const char *value;

    if ((value = getenv("CALLBOARD_LISTEN")) && listen_of(l->c, cb_str_cstr(value), &why) != CB_OK)
        return cb_fail(l->err, CB_EINVAL, "CALLBOARD_LISTEN %s", why.text);
    for (size_t i = 0; i < cb_option_n; i++) {
        cb_str name = cb_option_env(l->c->arena, &cb_options[i]);

        if ((value = getenv(name.p)) && cb_option_set(l->c, &cb_options[i], cb_str_cstr(value), cwd, &why) != CB_OK)
            return cb_fail(l->err, CB_EINVAL, "%" CB_FMT " %s", CB_ARG(name), why.text);
    }
    return structured(l);
}

static enum cb_code flags_over(struct loading *l, const struct cb_config_flags *flags, cb_str cwd)
{
    struct cb_err why;

    if (flags->listen && listen_of(l->c, cb_str_cstr(flags->listen), &why) != CB_OK)
        return cb_fail(l->err, CB_EINVAL, "--listen %s", why.text);
    if (flags->data_dir)
        l->c->data_dir = cb_option_path(l->c->arena, cb_str_cstr(flags->data_dir), cwd);
    if (flags->database &&
        cb_option_secret(&l->c->database, l->c->arena, cb_str_cstr(flags->database), cwd, &why) != CB_OK)
        return cb_fail(l->err, CB_EINVAL, "--database %s", why.text);
    return CB_OK;
}

/* What no single value can tell. */
static enum cb_code whole(struct loading *l)
{
    static const cb_str kinds[] = {{"Component", 9}, {"API", 3}, {"Location", 8}}; /* as Backstage without rules */
    struct cb_config *c = l->c;
    enum cb_log_level level;

    if (!cb_log_level_parse(&level, c->log_level))
        return cb_fail(l->err, CB_EINVAL, "log.level must be debug, info, warn or error, not \"%" CB_FMT "\"", CB_ARG(c->log_level));
    if (!c->tls_certificate.n != !c->tls_key.n)
        return cb_fail(l->err, CB_EINVAL, "tls needs both certificate and key");
    if (!c->rules.v) {
        struct cb_rule *v = CB_NEW_N(c->arena, struct cb_rule, CB_COUNT(kinds));

        for (size_t i = 0; i < CB_COUNT(kinds); i++)
            v[i].kind = kinds[i];
        c->rules = (struct cb_rules){v, CB_COUNT(kinds)};
    }
    for (size_t i = 0; i < c->source_n; i++) {
        struct cb_config_source *s = &c->sources[i];
        struct cb_rule *v = CB_NEW_N(c->arena, struct cb_rule, c->rules.n + s->rules.n + 1);

        memcpy(v, c->rules.v, c->rules.n * sizeof(*v));
        if (s->rules.n)
            memcpy(v + c->rules.n, s->rules.v, s->rules.n * sizeof(*v));
        s->rules = (struct cb_rules){v, c->rules.n + s->rules.n};
    }
    c->auth_configured = c->auth_tokens || c->trusted_proxy_n != 0;
    if (!c->workspaces.n)
        c->workspaces = cb_arena_printf(c->arena, "%" CB_FMT "/workspaces", CB_ARG(c->data_dir));
    if (!c->repositories.n)
        c->repositories = cb_arena_printf(c->arena, "%" CB_FMT "/repositories", CB_ARG(c->data_dir));
    return CB_OK;
}

static cb_str folder_of(struct cb_arena *a, cb_str path, cb_str cwd)
{
    path = cb_option_path(a, path, cwd);
    for (size_t n = path.n; n > 1; n--)
        if (path.p[n - 1] == '/')
            return cb_arena_str(a, cb_str_sub(path, 0, n - 1));
    return CB_LIT("/");
}

enum cb_code cb_config_load(struct cb_config **out, const struct cb_config_flags *flags, struct cb_err *err)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_config *c = CB_NEW(a, struct cb_config);
    struct loading l = {.c = c, .err = err};
    const char *file = flags->file ? flags->file : getenv("CALLBOARD_CONFIG");
    char cwd_text[PATH_MAX];
    cb_str cwd;
    enum cb_code rc;

    c->arena = a;
    if (!getcwd(cwd_text, sizeof(cwd_text)))
        memcpy(cwd_text, "/", 2);
    cwd = cb_arena_str(a, cb_str_cstr(cwd_text));
    if (!file && access("callboard.yaml", F_OK) == 0)
        file = "callboard.yaml";
    l.dir = cwd;
    rc = presets(&l);
    if (rc == CB_OK && file) {
        c->file = cb_arena_str(a, cb_str_cstr(file));
        l.dir = folder_of(a, c->file, cwd);
        rc = presets(&l);
        if (rc == CB_OK)
            rc = read_file(&l);
    }
    if (rc == CB_OK && (rc = environment(&l, cwd)) == CB_OK && (rc = flags_over(&l, flags, cwd)) == CB_OK)
        rc = whole(&l);
    if (rc != CB_OK) {
        cb_config_free(c);
        return rc;
    }
    *out = c;
    return CB_OK;
}

void cb_config_free(struct cb_config *c)
{
    if (c)
        cb_arena_free(c->arena);
}

bool cb_config_hears_webhooks(const struct cb_config *c)
{
    size_t n = 0;

    for (size_t i = 0; i < CB_WEBHOOK_FORGE_N; i++)
        n += c->webhooks[i].n;
    for (size_t i = 0; i < c->integration_n; i++)
        n += c->integrations[i].webhook.n;
    return n > 0;
}

const char *cb_config_fixed_change(const struct cb_config *old, const struct cb_config *new)
{
    if (!cb_str_eq(old->listen_host, new->listen_host) || old->listen_port != new->listen_port)
        return "listen";
    if (old->trusted_proxy_n != new->trusted_proxy_n)
        return "auth.trusted_proxies";
    for (size_t i = 0; i < cb_option_n; i++) {
        const struct cb_option *o = &cb_options[i];
        const char *x = (const char *)old + o->offset, *y = (const char *)new + o->offset;
        bool same = true;

        if (o->reloadable)
            continue;
        switch (o->type) {
        case CB_OPTION_BOOL:
            same = *(const bool *)x == *(const bool *)y;
            break;
        case CB_OPTION_INT:
        case CB_OPTION_BYTES:
        case CB_OPTION_DURATION:
            same = *(const int64_t *)(const void *)x == *(const int64_t *)(const void *)y;
            break;
        default:
            same = cb_str_eq(*(const cb_str *)(const void *)x, *(const cb_str *)(const void *)y);
        }
        if (!same)
            return o->key;
    }
    return NULL;
}
