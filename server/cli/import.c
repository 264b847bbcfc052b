#include "server/cli/import.h"

#include <stdlib.h>
#include <unistd.h>

#include "server/config/option.h"

const char *cb_import_fate_name(enum cb_import_fate fate)
{
    static const char *const names[CB_IMPORT_FATE_N] = {"taken", "there", "needless", "could not"};

    return names[fate];
}

void cb_import_begin(struct cb_import *im, struct cb_arena *a)
{
    *im = (struct cb_import){.arena = a, .sources = cb_node_new(a, CB_ARRAY), .integrations = cb_node_new(a, CB_ARRAY),
                              .organizations = cb_node_new(a, CB_ARRAY)};
}

void cb_import_note(struct cb_import *im, const char *what, cb_str subject, enum cb_import_fate fate, cb_str as)
{
    if (im->row_n == im->row_cap) {
        struct cb_import_row *more = CB_NEW_N(im->arena, struct cb_import_row, im->row_cap * 2 + 64);

        if (im->row_n)
            memcpy(more, im->rows, im->row_n * sizeof(*more));
        im->rows = more;
        im->row_cap = im->row_cap * 2 + 64;
    }
    im->rows[im->row_n++] = (struct cb_import_row){what, subject, fate, as, NULL};
}

/* The last row is about this part of the configuration. */
static void is_about(struct cb_import *im, const struct cb_node *part)
{
    im->rows[im->row_n - 1].of = part;
}

static void put_text(struct cb_import *im, struct cb_node *object, const char *key, cb_str text)
{
    if (text.n)
        cb_node_set(object, cb_str_cstr(key), cb_node_string(im->arena, text));
}

static bool has_text(const struct cb_node *array, cb_str text)
{
    for (const struct cb_node *item = array->first; item; item = item->next)
        if (item->type == CB_STRING && cb_str_eq(item->text, text))
            return true;
    return false;
}

/* ---- integrations */

static const struct {
    const char *key, *type, *host;
} forges[] = {
    {"github", "github", "github.com"},
    {"gitlab", "gitlab", "gitlab.com"},
    {"gitea", "gitea", "gitea.com"},
    {"bitbucketCloud", "bitbucketCloud", "bitbucket.org"},
    {"bitbucketServer", "bitbucketServer", ""},
    {"bitbucket", "bitbucketServer", "bitbucket.org"}, /* the old key of both */
    {"azure", "azure", "dev.azure.com"},
};

static cb_str first_text(const struct cb_node *n, const char *const *keys, size_t key_n)
{
    for (size_t i = 0; i < key_n; i++)
        if (cb_node_text(n, keys[i]).n)
            return cb_node_text(n, keys[i]);
    return CB_LIT("");
}

/* Azure's credentials are a list, one for some organizations each. */
static cb_str azure_token(const struct cb_node *row)
{
    const struct cb_node *credentials = cb_node_get(row, "credentials");

    for (const struct cb_node *c = credentials ? credentials->first : NULL; c; c = c->next)
        if (cb_node_text(c, "personalAccessToken").n)
            return cb_node_text(c, "personalAccessToken");
    return CB_LIT("");
}

static void take_integration(struct cb_import *im, size_t f, const struct cb_node *row)
{
    static const char *const tokens[] = {"token", "password", "appPassword"};
    static const char *const users[] = {"username"};
    cb_str host = cb_node_text(row, "host"), base = cb_node_text(row, "baseUrl"), token = first_text(row, tokens, CB_COUNT(tokens));
    struct cb_node *out = cb_node_new(im->arena, CB_OBJECT);
    const char *type = forges[f].type;
    cb_str note = CB_LIT("integrations");

    if (host.n == 0)
        host = cb_str_cstr(forges[f].host);
    if (host.n == 0) {
        cb_import_note(im, "integration", cb_str_cstr(forges[f].key), CB_IMPORT_COULD_NOT, CB_LIT("it has no host"));
        return;
    }
    if (cb_str_eq(cb_str_cstr(forges[f].key), CB_LIT("bitbucket")) && cb_str_eq(host, CB_LIT("bitbucket.org")))
        type = "bitbucketCloud";
    if (cb_str_eq(cb_str_cstr(type), CB_LIT("azure")) && token.n == 0)
        token = azure_token(row);
    put_text(im, out, "host", host);
    put_text(im, out, "type", cb_str_cstr(type));
    if (base.n && !cb_str_eq(cb_str_cstr(type), CB_LIT("azure"))) {
        bool slash = base.p[base.n - 1] == '/';
        bool server = cb_str_eq(cb_str_cstr(type), CB_LIT("bitbucketServer"));

        put_text(im, out, "clone", cb_arena_printf(im->arena, "%" CB_FMT "%s%s", CB_ARG(base), slash ? "" : "/", server ? "scm/" : ""));
    }
    put_text(im, out, "username", first_text(row, users, CB_COUNT(users)));
    put_text(im, out, "token", token);
    if (cb_node_get(row, "apps"))
        note = token.n ? CB_LIT("integrations, with its token; GitHub apps are not taken")
                       : CB_LIT("integrations, without a credential: GitHub apps are not taken; make a token that may read, and set token:");
    else if (token.n && !cb_str_starts(token, CB_LIT("${")) && !cb_str_starts(token, CB_LIT("file:")))
        note = CB_LIT("integrations; its token stands there as plain text, as it did before: put it into the environment");
    cb_node_push(im->integrations, out);
    cb_import_note(im, "integration", cb_arena_printf(im->arena, "%s %" CB_FMT, forges[f].key, CB_ARG(host)),
                   cb_node_get(row, "apps") && token.n == 0 ? CB_IMPORT_COULD_NOT : CB_IMPORT_TAKEN, note);
    is_about(im, out);
}

static void take_integrations(struct cb_import *im, const struct cb_node *integrations)
{
    for (const struct cb_node *kind = integrations ? integrations->first : NULL; kind; kind = kind->next) {
        size_t f = 0;

        while (f < CB_COUNT(forges) && !cb_str_eq(kind->key, cb_str_cstr(forges[f].key)))
            f++;
        if (f == CB_COUNT(forges)) {
            cb_import_note(im, "integration", kind->key, CB_IMPORT_COULD_NOT,
                           CB_LIT("callboard has no such integration: repositories there can be sources by their clone URL, with {type: git}"));
            continue;
        }
        for (const struct cb_node *row = kind->first; row; row = row->next)
            take_integration(im, f, row);
    }
}

static const struct cb_forge_table *forge_table(struct cb_import *im)
{
    struct cb_forge_table *table = CB_NEW(im->arena, struct cb_forge_table);
    struct cb_forge *v = CB_NEW_N(im->arena, struct cb_forge, im->integrations->child_n + 1);

    for (const struct cb_node *in = im->integrations->first; in; in = in->next) {
        cb_str clone = cb_node_text(in, "clone");

        if (!cb_forge_type_parse(&v[table->n].type, cb_node_text(in, "type")))
            continue;
        v[table->n].host = cb_arena_str(im->arena, cb_node_text(in, "host")).p;
        v[table->n++].clone = clone.n ? cb_arena_str(im->arena, clone).p : NULL;
    }
    table->v = v;
    return table;
}

/* ---- locations */

static struct cb_node *find_source(const struct cb_node *sources, const char *key, cb_str url, cb_str branch)
{
    for (struct cb_node *s = sources->first; s; s = s->next)
        if (cb_str_eq(cb_node_text(s, key), url) && cb_str_eq(cb_node_text(s, "branch"), branch))
            return s;
    return NULL;
}

/* {allow: [...]} of a location: the kinds of all its rules. */
static struct cb_node *rules_of(struct cb_import *im, const struct cb_node *rules)
{
    struct cb_node *out = cb_node_new(im->arena, CB_OBJECT), *allow = cb_node_new(im->arena, CB_ARRAY);

    for (const struct cb_node *row = rules ? rules->first : NULL; row; row = row->next) {
        const struct cb_node *kinds = cb_node_get(row, "allow");

        for (const struct cb_node *kind = kinds ? kinds->first : NULL; kind; kind = kind->next)
            cb_node_push(allow, cb_node_copy(im->arena, kind));
    }
    if (!allow->first)
        return NULL;
    cb_node_put(out, CB_LIT("allow"), allow);
    return out;
}

static void add_rules(struct cb_import *im, struct cb_node *source, const struct cb_node *rules)
{
    struct cb_node *mine = rules_of(im, rules), *there = cb_node_path(source, "rules.allow");

    if (mine && !there)
        cb_node_set(source, CB_LIT("rules"), mine);
    else if (mine)
        for (const struct cb_node *kind = cb_node_get(mine, "allow")->first; kind; kind = kind->next)
            if (kind->type != CB_STRING || !has_text(there, kind->text))
                cb_node_push(there, cb_node_copy(im->arena, kind));
}

static void take_page(struct cb_import *im, cb_str target, const struct cb_node *rules)
{
    struct cb_forge_place place;
    struct cb_node *source, *paths;
    struct cb_err err = {0};

    if (cb_forge_parse(&place, im->arena, forge_table(im), target, &err) != CB_OK) {
        cb_import_note(im, "location", target, CB_IMPORT_COULD_NOT, cb_arena_str(im->arena, cb_str_cstr(err.text)));
        return;
    }
    if (place.path.n == 0 || place.folder) {
        cb_import_note(im, "location", target, CB_IMPORT_COULD_NOT, CB_LIT("it names no file: give the URL of the descriptor"));
        return;
    }
    if (!(source = find_source(im->sources, "git", place.clone, place.branch))) {
        source = cb_node_new(im->arena, CB_OBJECT);
        put_text(im, source, "git", place.clone);
        put_text(im, source, "branch", place.branch);
        cb_node_put(source, CB_LIT("paths"), cb_node_new(im->arena, CB_ARRAY));
        cb_node_push(im->sources, source);
    }
    paths = cb_node_get(source, "paths");
    if (!has_text(paths, place.path))
        cb_node_push(paths, cb_node_string(im->arena, place.path));
    add_rules(im, source, rules);
    cb_import_note(im, "location", target, CB_IMPORT_TAKEN,
                   cb_arena_printf(im->arena, "source %" CB_FMT "%s%" CB_FMT " %" CB_FMT, CB_ARG(place.clone), place.branch.n ? " " : "",
                                   CB_ARG(place.branch), CB_ARG(place.path)));
    is_about(im, source);
}

/* A back end runs in packages/backend while it is developed, beside its app-config.yaml in an image. */
static void take_file(struct cb_import *im, cb_str target, const struct cb_node *rules, cb_str dir)
{
    static const char *const places[] = {"packages/backend/", ""};
    struct cb_node *source;
    char real[4096];

    for (size_t i = 0; i < CB_COUNT(places); i++) {
        cb_str path = target.p[0] == '/' ? target : cb_arena_printf(im->arena, "%" CB_FMT "/%s%" CB_FMT, CB_ARG(dir), places[i], CB_ARG(target));

        if (!realpath(cb_arena_str(im->arena, path).p, real))
            continue;
        path = cb_arena_str(im->arena, cb_str_cstr(real));
        if (!(source = find_source(im->sources, "file", path, CB_LIT("")))) {
            source = cb_node_new(im->arena, CB_OBJECT);
            put_text(im, source, "file", path);
            cb_node_push(im->sources, source);
        }
        add_rules(im, source, rules);
        cb_import_note(im, "location", target, CB_IMPORT_TAKEN, cb_arena_printf(im->arena, "source %" CB_FMT, CB_ARG(path)));
        is_about(im, source);
        return;
    }
    cb_import_note(im, "location", target, CB_IMPORT_COULD_NOT,
                   CB_LIT("there is no such file on this machine, beside the configuration or below packages/backend: copy it here and add it "
                          "as {file: PATH} to sources"));
}

void cb_import_location(struct cb_import *im, cb_str type, cb_str target, const struct cb_node *rules, cb_str dir)
{
    if (target.n && cb_str_eq(type, CB_LIT("url")))
        take_page(im, target, rules);
    else if (target.n && cb_str_eq(type, CB_LIT("file")))
        take_file(im, target, rules, dir);
    else
        cb_import_note(im, "location", cb_arena_printf(im->arena, "%" CB_FMT ":%" CB_FMT, CB_ARG(type), CB_ARG(target)), CB_IMPORT_COULD_NOT,
                       CB_LIT("a processor of Backstage's reads such locations: register the descriptors' URLs, or add their repositories to "
                              "sources with a glob"));
}

/* ---- catalog */

/* What else stands under catalog:, and what to do about it. */
static const struct {
    const char *key;
    enum cb_import_fate fate;
    const char *as;
} others[] = {
    {"processingInterval", CB_IMPORT_NEEDLESS, "a source is read each minute, and at once with a webhook; interval: of a source says otherwise"},
    {"processing", CB_IMPORT_NEEDLESS, "callboard reads what has changed, and no more"},
    {"orphanStrategy", CB_IMPORT_NEEDLESS, "what no source says any more goes; many at once wait for a confirmation"},
    {"orphanProviderStrategy", CB_IMPORT_NEEDLESS, "what no source says any more goes; many at once wait for a confirmation"},
    {"stitchingStrategy", CB_IMPORT_NEEDLESS, "there is nothing to stitch"},
    {"useUrlReadersSearch", CB_IMPORT_NEEDLESS, "globs are read from Git itself"},
    {"import", CB_IMPORT_NEEDLESS, "of Backstage's front end"},
    {"readonly", CB_IMPORT_COULD_NOT, "set locations: {readonly: true}"},
};

static const struct {
    const char *key, *remedy;
} providers[] = {
    {"github", "the plugin forge finds the repositories of an organization: plugins.forge.organizations (plugins/forge/README.md)"},
    {"githubOrg", "the plugin forge brings teams and people as Groups and Users: plugins.forge.organizations (plugins/forge/README.md)"},
    {"gitlab", "the plugin forge finds the projects of a group, and its subgroups and people: plugins.forge.organizations (plugins/forge/README.md)"},
    {"bitbucketCloud", "add the repositories to sources, or one with a Location of their URLs"},
    {"bitbucketServer", "add the repositories to sources, or one with a Location of their URLs"},
    {"azureDevOps", "add the repositories to sources, or one with a Location of their URLs"},
    {"gitea", "the plugin forge finds the repositories of an organization: plugins.forge.organizations (plugins/forge/README.md)"},
    {"gerrit", "add the projects to sources by their clone URL, with an integration {type: git}"},
    {"awsS3", "callboard reads Git: put the descriptors into a repository"},
    {"googleCloudStorage", "callboard reads Git: put the descriptors into a repository"},
    {"microsoftGraphOrg", "write Groups and Users as descriptors (docs/descriptor.md), or export them from the Backstage that has them"},
    {"ldapOrg", "write Groups and Users as descriptors (docs/descriptor.md), or export them from the Backstage that has them"},
    {"keycloakOrg", "write Groups and Users as descriptors (docs/descriptor.md), or export them from the Backstage that has them"},
};

static void take_providers(struct cb_import *im, const struct cb_node *all)
{
    for (const struct cb_node *p = all ? all->first : NULL; p; p = p->next) {
        const char *remedy = "callboard has no provider of that name: what it brings can be descriptors in a repository, or a plugin's source "
                             "(docs/plugins.md)";

        if (cb_import_forge(im, p))
            continue;
        for (size_t i = 0; i < CB_COUNT(providers); i++)
            if (cb_str_eq(p->key, cb_str_cstr(providers[i].key)))
                remedy = providers[i].remedy;
        cb_import_note(im, "provider", p->key, CB_IMPORT_COULD_NOT, cb_str_cstr(remedy));
    }
}

static cb_str kinds_of(struct cb_import *im, const struct cb_node *allow)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str text;

    for (const struct cb_node *kind = allow ? allow->first : NULL; kind; kind = kind->next)
        cb_buf_printf(&out, "%s%" CB_FMT, out.n ? ", " : "", CB_ARG(kind->type == CB_STRING ? kind->text : cb_node_text(kind, "kind")));
    text = cb_arena_str(im->arena, cb_buf_str(&out));
    cb_buf_fini(&out);
    return text;
}

/* Backstage's rows are ours but for keys that we would refuse. */
static void take_rules(struct cb_import *im, const struct cb_node *rules)
{
    if (!rules || rules->type != CB_ARRAY)
        return;
    im->rules = cb_node_new(im->arena, CB_ARRAY);
    for (const struct cb_node *row = rules->first; row; row = row->next) {
        struct cb_node *out = cb_node_new(im->arena, CB_OBJECT);
        const struct cb_node *allow = cb_node_get(row, "allow"), *locations = cb_node_get(row, "locations");

        if (!allow || allow->type != CB_ARRAY) {
            cb_import_note(im, "rule", CB_LIT("(one without allow)"), CB_IMPORT_COULD_NOT, CB_LIT("it allows nothing"));
            continue;
        }
        cb_node_put(out, CB_LIT("allow"), cb_node_copy(im->arena, allow));
        if (locations && locations->first)
            cb_node_put(out, CB_LIT("locations"), cb_node_copy(im->arena, locations));
        cb_node_push(im->rules, out);
        cb_import_note(im, "rule", kinds_of(im, allow), CB_IMPORT_TAKEN, CB_LIT("rules"));
        is_about(im, im->rules);
    }
}

void cb_import_app_config(struct cb_import *im, const struct cb_node *config, cb_str dir)
{
    const struct cb_node *catalog = cb_node_get(config, "catalog"), *locations = cb_node_get(catalog, "locations");

    take_integrations(im, cb_node_get(config, "integrations"));
    take_rules(im, cb_node_get(catalog, "rules"));
    for (const struct cb_node *l = locations ? locations->first : NULL; l; l = l->next)
        cb_import_location(im, cb_node_text(l, "type"), cb_node_text(l, "target"), cb_node_get(l, "rules"), dir);
    take_providers(im, cb_node_get(catalog, "providers"));
    for (const struct cb_node *k = catalog ? catalog->first : NULL; k; k = k->next) {
        bool known = cb_str_eq(k->key, CB_LIT("locations")) || cb_str_eq(k->key, CB_LIT("rules")) || cb_str_eq(k->key, CB_LIT("providers"));
        cb_str name = cb_arena_printf(im->arena, "catalog.%" CB_FMT, CB_ARG(k->key));

        for (size_t i = 0; i < CB_COUNT(others) && !known; i++)
            if ((known = cb_str_eq(k->key, cb_str_cstr(others[i].key))))
                cb_import_note(im, "setting", name, others[i].fate, cb_str_cstr(others[i].as));
        if (!known)
            cb_import_note(im, "setting", name, CB_IMPORT_COULD_NOT,
                           CB_LIT("a processor's setting: callboard has the processors of Backstage's catalog built in, and plugins for others"));
    }
}

/* ---- into a callboard.yaml */

static struct cb_node *array_of(struct cb_import *im, struct cb_node *config, const char *key)
{
    struct cb_node *there = cb_node_get(config, key);

    if (!there || there->type != CB_ARRAY) {
        there = cb_node_new(im->arena, CB_ARRAY);
        cb_node_set(config, cb_str_cstr(key), there);
    }
    return there;
}

/* True when TO has changed. */
static bool merge_source(struct cb_import *im, struct cb_node *to, const struct cb_node *source)
{
    const char *key = cb_node_get(source, "git") ? "git" : "file";
    struct cb_node *there = find_source(to, key, cb_node_text(source, key), cb_node_text(source, "branch")), *paths;
    bool changed = false;

    if (!there) {
        cb_node_push(to, cb_node_copy(im->arena, source));
        return true;
    }
    paths = cb_node_get(source, "paths");
    if (!paths || !cb_node_get(there, "paths") || cb_node_get(there, "paths")->type != CB_ARRAY)
        return false;
    for (const struct cb_node *p = paths->first; p; p = p->next)
        if (!has_text(cb_node_get(there, "paths"), p->text)) {
            cb_node_push(cb_node_get(there, "paths"), cb_node_string(im->arena, p->text));
            changed = true;
        }
    return changed;
}

static bool merge_integration(struct cb_import *im, struct cb_node *to, const struct cb_node *integration)
{
    for (const struct cb_node *t = to->first; t; t = t->next)
        if (cb_str_eq_nocase(cb_node_text(t, "host"), cb_node_text(integration, "host")))
            return false;
    cb_node_push(to, cb_node_copy(im->arena, integration));
    return true;
}

/* PART was there before: so were the rows about it. */
static void was_there(struct cb_import *im, const struct cb_node *part)
{
    for (size_t i = 0; i < im->row_n; i++)
        if (im->rows[i].of == part && im->rows[i].fate == CB_IMPORT_TAKEN)
            im->rows[i].fate = CB_IMPORT_THERE;
}

bool cb_import_merge(struct cb_import *im, struct cb_node *config)
{
    bool changed = false;

    for (const struct cb_node *s = im->sources->first; s; s = s->next) {
        if (merge_source(im, array_of(im, config, "sources"), s))
            changed = true;
        else
            was_there(im, s);
    }
    for (const struct cb_node *in = im->integrations->first; in; in = in->next) {
        if (merge_integration(im, array_of(im, config, "integrations"), in))
            changed = true;
        else
            was_there(im, in);
    }
    changed |= cb_import_merge_forge(im, config, was_there);
    if (im->rules && !cb_node_get(config, "rules")) {
        cb_node_set(config, CB_LIT("rules"), cb_node_copy(im->arena, im->rules));
        changed = true;
    } else if (im->rules) {
        was_there(im, im->rules);
    }
    return changed;
}
