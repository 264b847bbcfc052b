/* The scaffolder's own filters. What they take and give is Backstage's: parseRepoUrl of plugin-scaffolder-node, parseEntityRef of catalog-model, lodash's get. */
#include <string.h>

#include "plugins/templates/filter.h"
#include "plugins/templates/text.h"

#define PART_N 5

static const char *const parts[PART_N] = {"owner", "organization", "workspace", "project", "repo"};

/* "https://" and what RepoUrlPicker wrote, taken apart. */
struct repo_url {
    struct tpl_text *host;
    struct tpl_text *part[PART_N]; /* NULL: not there */
};

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* A part of a query, decoded. Bytes that are no UTF-8 are refused where the URL came from; what "%" makes of them is U+FFFD. */
static struct tpl_text *decoded(struct tpl_run *r, const char *p, const char *end)
{
    struct tpl_buf b;

    tpl_buf_init(&b, r->h);
    for (; p < end; p++) {
        if (*p == '%' && end - p > 2 && hex(p[1]) >= 0 && hex(p[2]) >= 0) {
            tpl_buf_char(&b, (char)(hex(p[1]) << 4 | hex(p[2])));
            p += 2;
        } else {
            tpl_buf_char(&b, *p == '+' ? ' ' : *p);
        }
    }
    return tpl_utf8(r->h, tpl_buf_done(&b));
}

static struct tpl_text *without_slashes(struct tpl_run *r, const struct tpl_text *s)
{
    const char *p = s->p, *end = s->p + s->n;

    while (p < end && *p == '/')
        p++;
    while (p < end && end[-1] == '/')
        end--;
    return tpl_text_borrow(r->h, p, (size_t)(end - p));
}

static void take_apart(struct tpl_run *r, struct repo_url *out, struct tpl_text *url)
{
    const char *p = url->p, *end = p + url->n, *host_end, *at, *query, *hash = memchr(p, '#', url->n);
    struct tpl_buf host;

    memset(out, 0, sizeof(*out));
    end = hash ? hash : end;
    for (host_end = p; host_end < end && !strchr("/?\\", *host_end);)
        host_end++;
    while ((at = memchr(p, '@', (size_t)(host_end - p))))
        p = at + 1;
    tpl_buf_init(&host, r->h);
    for (; p < host_end; p++) {
        if ((unsigned char)*p <= ' ' || strchr("<>^|%\"`{}", *p) || (unsigned char)*p >= 0x7f)
            tpl_fail(r->h, CALLBOARD_EINVAL, "%.*s is no URL of a repository: its host is none", (int)(url->n < 200 ? url->n : 200), url->p);
        tpl_buf_char(&host, *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
    }
    out->host = tpl_buf_done(&host);
    if (out->host->n > 4 && memcmp(out->host->p + out->host->n - 4, ":443", 4) == 0)
        out->host->n -= 4;
    if (out->host->n == 0)
        tpl_fail(r->h, CALLBOARD_EINVAL, "%.*s is no URL of a repository: it has no host", (int)(url->n < 200 ? url->n : 200), url->p);
    query = memchr(host_end, '?', (size_t)(end - host_end));
    for (p = query ? query + 1 : end; p < end;) {
        const char *and = memchr(p, '&', (size_t)(end - p)), *to = and ? and : end, *is = memchr(p, '=', (size_t)(to - p));
        struct tpl_text *name = decoded(r, p, is ? is : to);

        for (size_t i = 0; i < PART_N; i++)
            if (!out->part[i] && tpl_is(name, parts[i]))
                out->part[i] = decoded(r, is ? is + 1 : to, to);
        p = to + 1;
    }
}

static struct tpl_text *need(struct tpl_run *r, const struct repo_url *u, const struct tpl_text *url, const char *name)
{
    for (size_t i = 0; i < PART_N; i++)
        if (strcmp(parts[i], name) == 0 && u->part[i] && u->part[i]->n)
            return u->part[i];
    tpl_fail(r->h, CALLBOARD_EINVAL, "the URL of a repository %.*s has no %s", (int)(url->n < 200 ? url->n : 200), url->p, name);
}

/* What must be there, by the type of the host. */
static void check(struct tpl_run *r, const struct repo_url *u, const struct tpl_text *url)
{
    static const struct {
        const char *type, *needed[3];
    } rows[] = {
        {"bitbucketCloud", {"workspace", "project", "repo"}}, {"bitbucketServer", {"project", "repo"}}, {"bitbucket", {"project", "repo"}},
        {"azure", {"project", "repo"}},                       {"gitlab", {"owner", "repo"}},            {"gitea", {"repo"}},
        {"gerrit", {"repo"}},                                 {NULL, {"repo", "owner"}},
    };
    const char *type = NULL;
    size_t row = 0;

    for (size_t i = 0; i < r->integration_n && !type; i++)
        if (tpl_is(u->host, r->integrations[i].host))
            type = r->integrations[i].type;
    if (!type)
        tpl_fail(r->h, CALLBOARD_EINVAL, "there is no integration for the host %.*s: integrations: in callboard.yaml has them", (int)u->host->n, u->host->p);
    while (rows[row].type && strcmp(rows[row].type, type) != 0)
        row++;
    if (strcmp(type, "gitlab") == 0 && u->part[3] && without_slashes(r, u->part[3])->n)
        return; /* a project alone says it all */
    for (size_t i = 0; i < 3 && rows[row].needed[i]; i++)
        need(r, u, url, rows[row].needed[i]);
}

static struct tpl_text *repo_text(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_to_text(r->h, args->self);
}

struct tpl_value tpl_f_parse_repo_url(struct tpl_run *r, const struct tpl_args *args)
{
    static const size_t order[PART_N] = {0, 4, 1, 2, 3}; /* host, owner, repo, organization, workspace, project */
    struct tpl_text *url = repo_text(r, args);
    struct tpl_value out = tpl_dict_new(r->h);
    struct repo_url u;

    take_apart(r, &u, url);
    check(r, &u, url);
    tpl_put_words(r->h, out.o, "host", tpl_text_of(u.host));
    for (size_t i = 0; i < PART_N; i++)
        if (u.part[order[i]])
            tpl_put_words(r->h, out.o, parts[order[i]], tpl_text_of(without_slashes(r, u.part[order[i]])));
    return out;
}

struct tpl_value tpl_f_project_slug(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_text *url = repo_text(r, args);
    struct repo_url u;
    struct tpl_buf b;

    take_apart(r, &u, url);
    check(r, &u, url);
    tpl_buf_init(&b, r->h);
    tpl_buf_text(&b, u.part[0] ? without_slashes(r, u.part[0]) : tpl_words(r->h, "undefined").s);
    tpl_buf_char(&b, '/');
    tpl_buf_text(&b, u.part[4] ? without_slashes(r, u.part[4]) : tpl_words(r->h, "undefined").s);
    return tpl_text_of(tpl_buf_done(&b));
}

/* ---- parseEntityRef */

static struct tpl_value member_of(struct tpl_value of, const char *name)
{
    struct tpl_value v = of.type == TPL_DICT ? tpl_get_words(of.o, name) : tpl_undefined();

    return v.type <= TPL_NULL ? tpl_undefined() : v;
}

struct tpl_value tpl_f_parse_entity_ref(struct tpl_run *r, const struct tpl_args *args)
{
    static const char *const names[] = {"kind", "namespace", "name"};
    struct tpl_value ref = args->self, part[3], defaults = tpl_arg(args, 0), out = tpl_dict_new(r->h);
    struct tpl_value otherwise[3] = {member_of(defaults, "defaultKind"), member_of(defaults, "defaultNamespace"), tpl_undefined()};

    if (!tpl_truthy(otherwise[1]))
        otherwise[1] = tpl_words(r->h, "default");
    if (!tpl_truthy(ref))
        tpl_fail(r->h, CALLBOARD_EINVAL, "a reference to an entity must not be empty");
    for (int i = 0; i < 3; i++)
        part[i] = member_of(ref, names[i]);
    if (ref.type == TPL_TEXT) {
        const char *p = ref.s->p, *end = p + ref.s->n, *colon = memchr(p, ':', ref.s->n), *slash = memchr(p, '/', ref.s->n), *name;

        if (colon && slash && slash < colon)
            colon = NULL;
        name = slash ? slash + 1 : colon ? colon + 1 : p;
        if (colon)
            part[0] = tpl_text(r->h, p, (size_t)(colon - p));
        if (slash)
            part[1] = tpl_text(r->h, colon ? colon + 1 : p, (size_t)(slash - (colon ? colon + 1 : p)));
        part[2] = tpl_text(r->h, name, (size_t)(end - name));
        for (int i = 0; i < 3; i++)
            if (part[i].type == TPL_TEXT && part[i].s->n == 0)
                tpl_fail(r->h, CALLBOARD_EINVAL, "the reference \"%.*s\" is not of the form [kind:][namespace/]name", (int)ref.s->n, p);
    } else if (ref.type != TPL_DICT) {
        tpl_fail(r->h, CALLBOARD_EINVAL, "a reference to an entity is a text or an object, not %s", tpl_type_name(ref));
    }
    for (int i = 0; i < 3; i++) {
        if (part[i].type == TPL_UNDEFINED)
            part[i] = otherwise[i];
        if (!tpl_truthy(part[i])) {
            struct tpl_text *json = tpl_json(r->h, ref, NULL);

            tpl_fail(r->h, CALLBOARD_EINVAL, "the reference %.*s has no %s", (int)(json->n < 300 ? json->n : 300), json->p, names[i]);
        }
        tpl_put_words(r->h, out.o, names[i], part[i]);
    }
    return out;
}

/* ---- pick: lodash's get; "a.b[0]['c']" */

/* The next part of PATH at *P; false at its end. */
static bool next_part(struct tpl_run *r, const struct tpl_text *path, size_t *at, struct tpl_text **out)
{
    const char *p = path->p + *at, *end = path->p + path->n, *to = p;

    if (p > end)
        return false;
    if (p < end && *p == '[') {
        const char *close = memchr(p, ']', (size_t)(end - p));

        if (close) {
            const char *from = p + 1, *last = close;

            if (last - from >= 2 && (*from == '"' || *from == '\'') && last[-1] == *from) {
                from++;
                last--;
            }
            *out = tpl_text(r->h, from, (size_t)(last - from)).s;
            *at = (size_t)(close - path->p) + 1;
            if (*at < path->n && path->p[*at] == '.')
                ++*at;
            else if (*at == path->n)
                ++*at;
            return true;
        }
    }
    while (to < end && *to != '.' && *to != '[')
        to++;
    *out = tpl_text(r->h, p, (size_t)(to - p)).s;
    *at = (size_t)(to - path->p) + (to == end || *to == '.');
    return true;
}

struct tpl_value tpl_f_pick(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value v = args->self, path = tpl_arg(args, 0), otherwise = tpl_arg(args, 1);
    struct tpl_text *key;
    size_t at = 0;

    if (path.type == TPL_LIST) {
        for (size_t i = 0; i < path.l->n && v.type > TPL_NULL; i++)
            v = tpl_member(r, v, path.l->v[i]);
        return v.type == TPL_UNDEFINED || path.l->n == 0 ? otherwise : v;
    }
    key = tpl_to_text(r->h, path);
    if (v.type == TPL_DICT && tpl_find(v.o, key)) /* a key with a point in it */
        return *tpl_find(v.o, key);
    path = tpl_text_of(key);
    while (v.type > TPL_NULL && next_part(r, path.s, &at, &key)) {
        tpl_work(r->h, 1);
        v = tpl_member(r, v, tpl_text_of(key));
        if (v.type == TPL_CALLABLE) /* methods are none of the data's */
            v = tpl_undefined();
    }
    return v.type == TPL_UNDEFINED || (v.type == TPL_NULL && at <= path.s->n) ? otherwise : v;
}
