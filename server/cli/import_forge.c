/* Backstage's providers that discover repositories, teams and people, as organisations of the plugin forge (plugins/forge/README.md). */
#include "server/cli/import.h"

#define NAME_N 63 /* bytes of an organisation's name in our configuration */

static void put_text(struct cb_import *im, struct cb_node *object, const char *key, cb_str text)
{
    if (text.n)
        cb_node_set(object, cb_str_cstr(key), cb_node_string(im->arena, text));
}

static void put_bool(struct cb_import *im, struct cb_node *object, const char *key, bool b)
{
    cb_node_set(object, cb_str_cstr(key), cb_node_bool(im->arena, b));
}

static bool bool_of(const struct cb_node *object, const char *key, bool otherwise)
{
    const struct cb_node *n = cb_node_get(object, key);

    return n && n->type == CB_BOOL ? n->b : otherwise;
}

static struct cb_node *part_of(struct cb_import *im, struct cb_node *object, const char *key)
{
    struct cb_node *part = cb_node_get(object, key);

    if (!part)
        cb_node_put(object, cb_str_cstr(key), part = cb_node_new(im->arena, CB_OBJECT));
    return part;
}

/* ---- an organisation */

static const struct cb_node *integration_of(const struct cb_import *im, cb_str host)
{
    for (const struct cb_node *in = im->integrations->first; in; in = in->next)
        if (cb_str_eq_nocase(cb_node_text(in, "host"), host))
            return in;
    return NULL;
}

static bool is_named(const struct cb_import *im, cb_str name)
{
    for (const struct cb_node *o = im->organizations->first; o; o = o->next)
        if (cb_str_eq(cb_node_text(o, "name"), name))
            return true;
    return false;
}

/* "Acme/Platform Team" -> "acme-platform-team"; one that is taken has a number behind it. */
static cb_str name_of(const struct cb_import *im, cb_str organization)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str base, name;

    for (size_t i = 0; i < organization.n && out.n < NAME_N - 3; i++) {
        char c = organization.p[i];

        c = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            cb_buf_put_char(&out, c);
        else if (out.n && out.p[out.n - 1] != '-')
            cb_buf_put_char(&out, '-');
    }
    base = cb_buf_str(&out);
    while (base.n && base.p[base.n - 1] == '-')
        base.n--;
    name = base = base.n ? cb_arena_str(im->arena, base) : CB_LIT("forge");
    for (int i = 2; is_named(im, name) && i < 100; i++)
        name = cb_arena_printf(im->arena, "%" CB_FMT "-%d", CB_ARG(base), i);
    cb_buf_fini(&out);
    return name;
}

static struct cb_node *organization(struct cb_import *im, const char *type, cb_str host, cb_str organization)
{
    const struct cb_node *in = integration_of(im, host);
    bool public_one = cb_str_eq(host, CB_LIT("github.com")) || cb_str_eq(host, CB_LIT("gitlab.com"));
    cb_str url = CB_LIT(""), clone = cb_node_text(in, "clone");
    struct cb_node *o;

    if (!public_one)
        url = clone.n ? cb_str_sub(clone, 0, clone.n - cb_str_ends(clone, CB_LIT("/"))) : cb_arena_printf(im->arena, "https://%" CB_FMT, CB_ARG(host));
    for (o = im->organizations->first; o; o = o->next)
        if (cb_str_eq(cb_node_text(o, "type"), cb_str_cstr(type)) && cb_str_eq(cb_node_text(o, "url"), url) &&
            cb_str_eq_nocase(cb_node_text(o, "organization"), organization))
            return o;
    o = cb_node_new(im->arena, CB_OBJECT);
    put_text(im, o, "name", name_of(im, organization));
    put_text(im, o, "type", cb_str_cstr(type));
    put_text(im, o, "url", url);
    put_text(im, o, "organization", organization);
    put_text(im, o, "token", cb_node_text(in, "token"));
    cb_node_push(im->organizations, o);
    return o;
}

/* A half that nobody has spoken of stays off. */
static void switch_halves(struct cb_import *im, struct cb_node *o, bool repositories, bool people)
{
    struct cb_node *r = part_of(im, o, "repositories"), *p = part_of(im, o, "people");

    put_bool(im, r, "enabled", repositories || bool_of(r, "enabled", false));
    put_bool(im, p, "enabled", people || bool_of(p, "enabled", false));
}

/* ---- filters */

static void not_taken(struct cb_import *im, cb_str subject, const char *key, const char *why)
{
    cb_import_note(im, "provider", cb_arena_printf(im->arena, "%" CB_FMT ".%s", CB_ARG(subject), key), CB_IMPORT_COULD_NOT, cb_str_cstr(why));
}

/* "^shop-.*$" -> "shop-*". False: it says more than a glob can. */
static bool glob_of(struct cb_buf *out, cb_str regexp)
{
    if (cb_str_starts(regexp, CB_LIT("^")))
        regexp = cb_str_sub(regexp, 1, regexp.n);
    if (cb_str_ends(regexp, CB_LIT("$")))
        regexp.n--;
    for (size_t i = 0; i < regexp.n; i++) {
        char c = regexp.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '/';

        if (c == '.' && i + 1 < regexp.n && regexp.p[i + 1] == '*') {
            cb_buf_put_char(out, '*');
            i++;
        } else if (plain) {
            cb_buf_put_char(out, c);
        } else {
            return false;
        }
    }
    return true;
}

static void take_pattern(struct cb_import *im, struct cb_node *repositories, cb_str subject, const char *key, cb_str regexp)
{
    struct cb_buf glob = CB_BUF_INIT;

    if (cb_str_eq(regexp, CB_LIT("[\\s\\S]*"))) /* Backstage's default */
        return;
    if (regexp.n && !glob_of(&glob, regexp)) {
        not_taken(im, subject, key, "a regular expression: repositories.include takes globs such as \"shop-*\"");
    } else if (regexp.n && !cb_str_eq(cb_buf_str(&glob), CB_LIT("*"))) {
        struct cb_node *include = cb_node_new(im->arena, CB_ARRAY);

        cb_node_push(include, cb_node_string(im->arena, cb_arena_str(im->arena, cb_buf_str(&glob))));
        cb_node_set(repositories, CB_LIT("include"), include);
    }
    cb_buf_fini(&glob);
}

static void take_list(struct cb_import *im, struct cb_node *to, const char *key, const struct cb_node *list)
{
    if (list && list->type == CB_ARRAY && list->first)
        cb_node_set(to, cb_str_cstr(key), cb_node_copy(im->arena, list));
}

static void take_descriptor(struct cb_import *im, struct cb_node *repositories, cb_str path)
{
    struct cb_node *list = cb_node_new(im->arena, CB_ARRAY);

    while (cb_str_starts(path, CB_LIT("/")))
        path = cb_str_sub(path, 1, path.n);
    if (path.n == 0 || cb_str_eq(path, CB_LIT("catalog-info.yaml")))
        return;
    cb_node_push(list, cb_node_string(im->arena, path));
    cb_node_set(repositories, CB_LIT("descriptors"), list);
}

static cb_str or_else(cb_str text, const char *otherwise)
{
    return text.n ? text : cb_str_cstr(otherwise);
}

static void taken(struct cb_import *im, cb_str subject, const struct cb_node *o)
{
    cb_import_note(im, "provider", subject, CB_IMPORT_TAKEN, cb_arena_printf(im->arena, "plugins.forge.organizations: %" CB_FMT, CB_ARG(cb_node_text(o, "name"))));
    im->rows[im->row_n - 1].of = o;
}

/* ---- one provider each */

static bool take_github(struct cb_import *im, cb_str subject, const struct cb_node *p)
{
    const struct cb_node *filters = cb_node_get(p, "filters"), *topic = cb_node_get(filters, "topic");
    struct cb_node *o, *r;

    if (cb_node_text(p, "organization").n == 0)
        return false;
    o = organization(im, "github", or_else(cb_node_text(p, "host"), "github.com"), cb_node_text(p, "organization"));
    r = part_of(im, o, "repositories");
    switch_halves(im, o, true, false);
    take_descriptor(im, r, cb_node_text(p, "catalogPath"));
    put_text(im, r, "branch", cb_node_text(filters, "branch"));
    put_bool(im, r, "forks", bool_of(filters, "allowForks", true));
    put_bool(im, r, "archived", bool_of(filters, "allowArchived", false));
    take_list(im, r, "topics", cb_node_get(topic, "include"));
    take_list(im, r, "without_topics", cb_node_get(topic, "exclude"));
    taken(im, subject, o);
    take_pattern(im, r, subject, "filters.repository", cb_node_text(filters, "repository"));
    if (cb_node_get(filters, "visibility"))
        not_taken(im, subject, "filters.visibility", "what the token may see is read: give it one that sees no more");
    return true;
}

static bool take_github_org(struct cb_import *im, cb_str subject, const struct cb_node *p)
{
    const struct cb_node *orgs = cb_node_get(p, "orgs");
    cb_str host = or_else(cb_node_text(p, "githubUrl"), "https://github.com");
    size_t at = cb_str_find(host, CB_LIT("://"));

    host = at == SIZE_MAX ? host : cb_str_sub(host, at + 3, host.n);
    host = cb_str_sub(host, 0, cb_str_find_char(host, '/', 0));
    if (!orgs || orgs->type != CB_ARRAY || !orgs->first)
        return false;
    for (const struct cb_node *name = orgs->first; name; name = name->next)
        if (name->type == CB_STRING && name->text.n) {
            struct cb_node *o = organization(im, "github", host, name->text);

            switch_halves(im, o, false, true);
            if (orgs->first->next) /* as Backstage: groups of several organisations in a namespace each */
                put_text(im, part_of(im, o, "people"), "group_namespace", cb_node_text(o, "name"));
            taken(im, subject, o);
        }
    return true;
}

static bool take_gitlab(struct cb_import *im, cb_str subject, const struct cb_node *p)
{
    struct cb_node *o, *r;

    if (cb_node_text(p, "group").n == 0)
        return false;
    o = organization(im, "gitlab", or_else(cb_node_text(p, "host"), "gitlab.com"), cb_node_text(p, "group"));
    r = part_of(im, o, "repositories");
    switch_halves(im, o, true, bool_of(p, "orgEnabled", false));
    take_descriptor(im, r, cb_node_text(p, "entityFilename"));
    put_text(im, r, "branch", cb_node_text(p, "branch"));
    put_bool(im, r, "forks", !bool_of(p, "skipForkedRepos", false));
    put_bool(im, r, "archived", bool_of(p, "includeArchivedRepos", false));
    take_list(im, r, "exclude", cb_node_get(p, "excludeRepos"));
    taken(im, subject, o);
    take_pattern(im, r, subject, "projectPattern", cb_node_text(p, "projectPattern"));
    for (const struct cb_node *n = p->first; n; n = n->next)
        if (cb_str_eq(n->key, CB_LIT("groupPattern")) || cb_str_eq(n->key, CB_LIT("userPattern")) || cb_str_eq(n->key, CB_LIT("topics")))
            not_taken(im, subject, cb_arena_str(im->arena, n->key).p, "see include_teams, topics and without_topics of plugins/forge/README.md");
    return true;
}

static bool take_gitea(struct cb_import *im, cb_str subject, const struct cb_node *p)
{
    struct cb_node *o, *r;

    if (cb_node_text(p, "organization").n == 0 || cb_node_text(p, "host").n == 0)
        return false;
    o = organization(im, "gitea", cb_node_text(p, "host"), cb_node_text(p, "organization"));
    r = part_of(im, o, "repositories");
    switch_halves(im, o, true, false);
    take_descriptor(im, r, cb_node_text(p, "catalogPath"));
    put_text(im, r, "branch", cb_node_text(p, "branch"));
    put_bool(im, r, "forks", true);
    taken(im, subject, o);
    return true;
}

static const struct {
    const char *key, *mark; /* mark: what one has that is not a map of several */
    bool (*take)(struct cb_import *im, cb_str subject, const struct cb_node *p);
} providers[] = {
    {"github", "organization", take_github},
    {"githubOrg", "orgs", take_github_org},
    {"gitlab", "group", take_gitlab},
    {"gitea", "organization", take_gitea},
};

bool cb_import_forge(struct cb_import *im, const struct cb_node *provider)
{
    for (size_t i = 0; i < CB_COUNT(providers); i++) {
        bool all = true, any = false;

        if (!cb_str_eq(provider->key, cb_str_cstr(providers[i].key)))
            continue;
        if (provider->type == CB_OBJECT && cb_node_get(provider, providers[i].mark))
            return providers[i].take(im, provider->key, provider);
        for (const struct cb_node *p = provider->type == CB_OBJECT || provider->type == CB_ARRAY ? provider->first : NULL; p; p = p->next) {
            cb_str id = p->key.n ? p->key : or_else(cb_node_text(p, "id"), "default");

            any = true;
            all &= p->type == CB_OBJECT && providers[i].take(im, cb_arena_printf(im->arena, "%s.%" CB_FMT, providers[i].key, CB_ARG(id)), p);
        }
        return any && all;
    }
    return false;
}

bool cb_import_merge_forge(struct cb_import *im, struct cb_node *config, void (*was_there)(struct cb_import *im, const struct cb_node *part))
{
    struct cb_node *list, *forge;
    bool changed = false;

    if (!im->organizations->first)
        return false;
    forge = part_of(im, part_of(im, config, "plugins"), "forge");
    list = cb_node_get(forge, "organizations");
    if (!list || list->type != CB_ARRAY) {
        list = cb_node_new(im->arena, CB_ARRAY);
        cb_node_set(forge, CB_LIT("organizations"), list);
    }
    for (const struct cb_node *o = im->organizations->first; o; o = o->next) {
        bool there = false;

        for (const struct cb_node *t = list->first; t && !there; t = t->next)
            there = cb_str_eq(cb_node_text(t, "name"), cb_node_text(o, "name")) ||
                    (cb_str_eq(cb_node_text(t, "type"), cb_node_text(o, "type")) && cb_str_eq(cb_node_text(t, "url"), cb_node_text(o, "url")) &&
                     cb_str_eq_nocase(cb_node_text(t, "organization"), cb_node_text(o, "organization")));
        if (there) {
            was_there(im, o);
            continue;
        }
        cb_node_push(list, cb_node_copy(im->arena, o));
        changed = true;
    }
    return changed;
}
