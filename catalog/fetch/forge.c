#include "catalog/fetch/forge.h"

#include "catalog/base/buf.h"
#include "catalog/fetch/mirror.h"
#include "catalog/fetch/remote.h"

static const struct cb_forge known[] = {
    {"github.com", CB_FORGE_GITHUB, NULL},   {"gitlab.com", CB_FORGE_GITLAB, NULL},
    {"dev.azure.com", CB_FORGE_AZURE, NULL}, {"bitbucket.org", CB_FORGE_BITBUCKET_CLOUD, NULL},
    {"codeberg.org", CB_FORGE_GITEA, NULL},  {"gitea.com", CB_FORGE_GITEA, NULL},
};

/*
 * Other hosts of the same forges: for ssh through a port that is open, and for files as they are.
 */
static const struct {
    cb_str alias, host;
} aliases[] = {
    {{"ssh.github.com", 14}, {"github.com", 10}},
    {{"altssh.gitlab.com", 17}, {"gitlab.com", 10}},
    {{"ssh.dev.azure.com", 17}, {"dev.azure.com", 13}},
    {{"altssh.bitbucket.org", 20}, {"bitbucket.org", 13}},
    {{"www.github.com", 14}, {"github.com", 10}},
    {{"raw.githubusercontent.com", 25}, {"github.com", 10}},
};

static const struct {
    const char *name;
    enum cb_forge_type type;
} names[] = {
    {"other", CB_FORGE_OTHER},
    {"github", CB_FORGE_GITHUB},
    {"gitlab", CB_FORGE_GITLAB},
    {"gitea", CB_FORGE_GITEA},
    {"bitbucketCloud", CB_FORGE_BITBUCKET_CLOUD},
    {"bitbucketServer", CB_FORGE_BITBUCKET_SERVER},
    {"azure", CB_FORGE_AZURE},
    {"forgejo", CB_FORGE_GITEA},
};

bool cb_forge_type_parse(enum cb_forge_type *out, cb_str name)
{
    for (size_t i = 1; i < CB_COUNT(names); i++)
        if (cb_str_eq_nocase(cb_str_cstr(names[i].name), name)) {
            *out = names[i].type;
            return true;
        }
    return false;
}

const char *cb_forge_type_name(enum cb_forge_type type)
{
    for (size_t i = 0; i < CB_COUNT(names); i++)
        if (names[i].type == type)
            return names[i].name;
    return "other";
}

/* ---- which forge */

static bool host_is(const char *row, cb_str host, cb_str port)
{
    cb_str text = cb_str_cstr(row);
    size_t colon = cb_str_find_char(text, ':', 0);

    if (!cb_str_eq_nocase(cb_str_sub(text, 0, colon), host))
        return false;
    return colon == SIZE_MAX || port.n == 0 || cb_str_eq(cb_str_sub(text, colon + 1, text.n), port);
}

/* How many bytes of R's URL the clone prefix of ROW says; 0: it has none, or another. */
static size_t cloned_by(const struct cb_forge *row, const struct cb_remote *r)
{
    cb_str clone = cb_str_cstr(row->clone ? row->clone : "");

    return r->host.n && cb_str_starts(r->clean, clone) ? clone.n : 0;
}

/*
 * A row of the host before one that only clones from it; of several, the one that says most of the URL, the first of equals.
 * A port of ssh says nothing about the one of the pages: it is left out of the comparison.
 */
static const struct cb_forge *find_forge(const struct cb_forge_table *table,
                                         const struct cb_remote *r)
{
    bool web = r->scheme == CB_REMOTE_HTTPS || r->scheme == CB_REMOTE_HTTP;
    cb_str port = web ? (r->port.n ? r->port : CB_LIT("")) : CB_LIT("");
    cb_str host = r->host;

    for (size_t i = 0; i < CB_COUNT(aliases); i++)
        if (cb_str_eq(aliases[i].alias, host))
            host = aliases[i].host;
    for (int hosts = 1; table && hosts >= 0; hosts--) {
        const struct cb_forge *best = NULL;

        for (size_t i = 0; i < table->n; i++) {
            const struct cb_forge *row = &table->v[i];
            size_t n = cloned_by(row, r);

            if ((hosts ? host_is(row->host, host, port) : n > 0) && (!best || n > cloned_by(best, r)))
                best = row;
        }
        if (best)
            return best;
    }
    for (size_t i = 0; i < CB_COUNT(known); i++)
        if (host_is(known[i].host, host, CB_LIT("")))
            return &known[i];
    if (cb_str_ends(host, CB_LIT(".visualstudio.com")))
        for (size_t i = 0; i < CB_COUNT(known); i++)
            if (known[i].type == CB_FORGE_AZURE)
                return &known[i];
    return NULL;
}

static bool is_web(cb_str url)
{
    return (url.n > 8 && cb_str_eq_nocase(cb_str_sub(url, 0, 8), CB_LIT("https://"))) ||
           (url.n > 7 && cb_str_eq_nocase(cb_str_sub(url, 0, 7), CB_LIT("http://")));
}

static bool one_of(cb_str word, const char *const *words)
{
    for (; *words; words++)
        if (cb_str_eq(word, cb_str_cstr(*words)))
            return true;
    return false;
}

/* URL up to its '?' or '#'. */
static cb_str before_query(cb_str url)
{
    size_t n = 0;

    while (n < url.n && url.p[n] != '?' && url.p[n] != '#')
        n++;
    return cb_str_sub(url, 0, n);
}

enum cb_forge_type cb_forge_type_of(const struct cb_forge_table *table, cb_str url)
{
    struct cb_arena *a = cb_arena_new();
    const struct cb_forge *f = NULL;
    struct cb_remote r;

    if (cb_remote_parse(&r, a, is_web(url) ? before_query(url) : url, NULL) == CB_OK && r.host.n)
        f = find_forge(table, &r);
    cb_arena_free(a);
    return f ? f->type : CB_FORGE_OTHER;
}

/* ---- writing */

static void put_encoded(struct cb_buf *b, cb_str s, const char *plain)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            (c && strchr(plain, c)))
            cb_buf_put_char(b, (char)c);
        else
            cb_buf_printf(b, "%%%02X", c);
    }
}

#define IN_PATH "-._~!$&'()*+,;=:@/"
#define IN_QUERY "-._~/*:@"

static cb_str trim_repository(cb_str path)
{
    while (path.n && path.p[0] == '/')
        path = cb_str_sub(path, 1, path.n);
    while (path.n && path.p[path.n - 1] == '/')
        path.n--;
    if (cb_str_ends(path, CB_LIT(".git")) && path.n > 4)
        path.n -= 4;
    return path;
}

struct shown {
    const struct cb_forge *forge;
    enum cb_forge_type type;
    cb_str web;  /* "https://host" and what comes before the repository */
    cb_str repo; /* "owner/name" */
    cb_str clean;
};

/* "https://host:port" of an http URL. */
static cb_str origin_of(cb_str url)
{
    size_t slash = cb_str_find_char(url, '/', cb_str_find(url, CB_LIT("://")) + 3);

    return cb_str_sub(url, 0, slash);
}

/* Is HOST, with its port, where URL goes? */
static bool authority_is(cb_str url, cb_str host)
{
    cb_str origin = origin_of(url);

    return cb_str_eq_nocase(cb_str_sub(origin, cb_str_find(url, CB_LIT("://")) + 3, origin.n), host);
}

static cb_str web_of(struct cb_arena *a, const struct cb_forge *f, const struct cb_remote *r)
{
    cb_str clone = cb_str_cstr(f->clone ? f->clone : "");

    if (is_web(clone) && authority_is(clone, cb_str_cstr(f->host))) { /* else the pages are elsewhere */
        while (clone.n && clone.p[clone.n - 1] == '/')
            clone.n--;
        if (f->type == CB_FORGE_BITBUCKET_SERVER && cb_str_ends(clone, CB_LIT("/scm")))
            clone.n -= 4;
        return clone;
    }
    if (is_web(r->clean) && (host_is(f->host, r->host, CB_LIT("")) ||
                             cb_str_ends(r->host, CB_LIT(".visualstudio.com"))))
        return origin_of(r->clean);
    return cb_arena_printf(a, "https://%s", f->host);
}

/* Has REPO the parts that a repository has on such a forge? Other clone URLs have no page there. */
static bool is_repository(enum cb_forge_type type, cb_str repo)
{
    static const char *const words[] = {"-", "blob", "tree", "edit", "raw", "blame", NULL};
    cb_str rest = repo, part;
    size_t n = 0, git = 0;

    while (cb_str_split(&part, &rest, '/')) {
        if (part.n == 0 || (type == CB_FORGE_GITLAB && one_of(part, words)))
            return false;
        n++;
        if (cb_str_eq(part, CB_LIT("_git")))
            git = n;
    }
    if (type == CB_FORGE_AZURE)
        return git > 1 && git + 1 == n;
    return type == CB_FORGE_GITLAB ? n >= 2 : n == 2;
}

static void shown_of(struct shown *out, struct cb_arena *a, const struct cb_forge_table *table,
                     cb_str clone)
{
    struct cb_remote r;
    cb_str base, path;

    *out = (struct shown){.clean = cb_git_url_clean(a, clone)};
    if (cb_remote_parse(&r, a, clone, NULL) != CB_OK || r.host.n == 0 ||
        !(out->forge = find_forge(table, &r)))
        return;
    base = cb_str_cstr(out->forge->clone ? out->forge->clone : "");
    path = base.n && cb_str_starts(r.clean, base) ? cb_str_sub(r.clean, base.n, r.clean.n) : r.path;
    path = trim_repository(path);
    out->type = out->forge->type;
    if (out->type == CB_FORGE_BITBUCKET_SERVER && cb_str_starts(path, CB_LIT("scm/")))
        path = cb_str_sub(path, 4, path.n);
    if (out->type == CB_FORGE_AZURE &&
        cb_str_starts(path, CB_LIT("v3/"))) { /* ssh: v3/org/project/repo */
        size_t slash;

        path = cb_str_sub(path, 3, path.n);
        for (slash = path.n; slash && path.p[slash - 1] != '/'; slash--)
            ;
        if (slash)
            path =
                cb_arena_printf(a, "%" CB_FMT "_git/%" CB_FMT, CB_ARG(cb_str_sub(path, 0, slash)),
                                CB_ARG(cb_str_sub(path, slash, path.n)));
    }
    if (!is_repository(out->type, path))
        out->type = CB_FORGE_OTHER;
    out->repo = path;
    out->web = web_of(a, out->forge, &r);
}

/* "K/r" as "projects/K/repos/r", "~jane/r" as "users/jane/repos/r". */
static void put_server_repository(struct cb_buf *b, cb_str repo)
{
    size_t slash = cb_str_find_char(repo, '/', 0);
    cb_str project = cb_str_sub(repo, 0, slash),
           name = slash == SIZE_MAX ? CB_LIT("") : cb_str_sub(repo, slash + 1, repo.n);
    bool user = project.n && project.p[0] == '~';

    cb_buf_put_cstr(b, user ? "users/" : "projects/");
    put_encoded(b, cb_str_sub(project, user ? 1 : 0, project.n), IN_PATH "%");
    cb_buf_put_cstr(b, "/repos/");
    put_encoded(b, name, IN_PATH "%");
}

enum form { FORM_FILE, FORM_EDIT, FORM_FOLDER };

/* PATH is a file's, or for FORM_FOLDER a folder's: empty, or with a '/' at its end. */
static void put_page(struct cb_buf *b, const struct shown *s, enum form form, cb_str branch,
                     cb_str path)
{
    static const char *const words[][3] = {
        [CB_FORGE_OTHER] = {"", "", ""},
        [CB_FORGE_GITHUB] = {"/blob/", "/edit/", "/tree/"},
        [CB_FORGE_GITLAB] = {"/-/blob/", "/-/edit/", "/-/tree/"},
        [CB_FORGE_GITEA] = {"/src/branch/", "/_edit/", "/src/branch/"},
        [CB_FORGE_BITBUCKET_CLOUD] = {"/src/", "/src/", "/src/"},
        [CB_FORGE_BITBUCKET_SERVER] = {"/browse/", "/browse/", "/browse/"},
        [CB_FORGE_AZURE] = {"?path=/", "?path=/", "?path=/"},
    };

    cb_buf_printf(b, "%" CB_FMT "/", CB_ARG(s->web));
    if (s->type == CB_FORGE_BITBUCKET_SERVER)
        put_server_repository(b, s->repo);
    else
        put_encoded(b, s->repo, IN_PATH "%");
    cb_buf_put_cstr(b, words[s->type][form]);
    if (s->type == CB_FORGE_AZURE) {
        put_encoded(b, path, IN_QUERY);
        cb_buf_put_cstr(b, "&version=GB");
        put_encoded(b, branch, IN_QUERY);
        return;
    }
    if (s->type != CB_FORGE_BITBUCKET_SERVER) {
        put_encoded(b, branch, IN_PATH);
        cb_buf_put_char(b, '/');
    }
    put_encoded(b, path, IN_PATH);
    if (s->type == CB_FORGE_BITBUCKET_SERVER && form != FORM_EDIT) {
        cb_buf_put_cstr(b, "?at=");
        put_encoded(b, branch, IN_QUERY);
    }
    if (s->type == CB_FORGE_BITBUCKET_CLOUD && form == FORM_EDIT) {
        cb_buf_put_cstr(b, "?mode=edit&at=");
        put_encoded(b, branch, IN_QUERY);
    }
}

static cb_str write_page(struct cb_arena *a, const struct cb_forge_table *table, enum form form,
                         cb_str clone, cb_str branch, cb_str path)
{
    struct cb_buf b = CB_BUF_INIT;
    struct shown s;
    cb_str out;

    shown_of(&s, a, table, clone);
    if (s.type != CB_FORGE_OTHER)
        put_page(&b, &s, form, branch, path);
    if (s.type == CB_FORGE_OTHER && form != FORM_EDIT) {
        cb_buf_put_str(&b, s.clean);
        cb_buf_put_char(&b, '#');
        cb_buf_put_str(&b, branch);
        cb_buf_put_char(&b, ':');
        cb_buf_put_str(&b, path);
    }
    out = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return out;
}

cb_str cb_forge_view(struct cb_arena *a, const struct cb_forge_table *table, cb_str clone,
                     cb_str branch, cb_str path)
{
    return write_page(a, table, FORM_FILE, clone, branch, path);
}

cb_str cb_forge_line(struct cb_arena *a, const struct cb_forge_table *table, cb_str clone,
                     cb_str branch, cb_str path, uint32_t line)
{
    static const char *const lines[] = {
        [CB_FORGE_GITHUB] = "#L",          [CB_FORGE_GITLAB] = "#L",
        [CB_FORGE_GITEA] = "#L",           [CB_FORGE_BITBUCKET_CLOUD] = "#lines-",
        [CB_FORGE_BITBUCKET_SERVER] = "#", [CB_FORGE_AZURE] = "&lineStartColumn=1&line=",
    };
    struct shown s;

    shown_of(&s, a, table, clone);
    if (s.type == CB_FORGE_OTHER)
        return CB_LIT("");
    clone = write_page(a, table, FORM_FILE, clone, branch, path);
    return line ? cb_arena_printf(a, "%" CB_FMT "%s%u", CB_ARG(clone), lines[s.type], line) : clone;
}

cb_str cb_forge_edit(struct cb_arena *a, const struct cb_forge_table *table, cb_str clone,
                     cb_str branch, cb_str path)
{
    return write_page(a, table, FORM_EDIT, clone, branch, path);
}

cb_str cb_forge_source(struct cb_arena *a, const struct cb_forge_table *table, cb_str clone,
                       cb_str branch, cb_str path)
{
    while (path.n && path.p[path.n - 1] != '/')
        path.n--;
    return write_page(a, table, FORM_FOLDER, clone, branch, path);
}

cb_str cb_forge_repository(struct cb_arena *a, const struct cb_forge_table *table, cb_str url)
{
    struct cb_remote r;
    struct shown s;
    cb_str path;

    if (url.n > CB_FORGE_URL_MAX || cb_remote_parse(&r, a, url, NULL) != CB_OK)
        return CB_LIT("");
    path = r.path;
    while (path.n > 1 && path.p[path.n - 1] == '/')
        path.n--;
    if (cb_str_ends(path, CB_LIT("/.git")))
        path.n -= 5;
    else if (cb_str_ends(path, CB_LIT(".git")))
        path.n -= 4;
    if (r.host.n == 0)
        return path;
    shown_of(&s, a, table, url);
    if (s.type != CB_FORGE_OTHER) {
        cb_str web = cb_str_sub(s.web, cb_str_find(s.web, CB_LIT("://")) + 3, s.web.n);

        return cb_arena_lower(a, cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(web), CB_ARG(s.repo)));
    }
    while (path.n && path.p[0] == '/')
        path = cb_str_sub(path, 1, path.n);
    return cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(r.host), CB_ARG(path));
}

/* ---- reading */

#define PART_MAX 128 /* parts of a page's path */

struct page {
    const struct cb_forge *forge;
    cb_str url, host, web, query;
    cb_str parts[PART_MAX];
    size_t part_n;
    bool folder; /* it ends in '/' */
};

static enum cb_code not_a_page(const struct page *p, struct cb_err *err)
{
    return cb_fail(
        err, CB_EINVAL,
        "%.*s is not the URL of a file or folder on %s: open the file there and copy its address",
        (int)(p->url.n < 500 ? p->url.n : 500), p->url.p, p->forge->host);
}

/* Parts FROM to the last but one before TO, as written. */
static cb_str join(const struct page *p, size_t from, size_t to)
{
    if (from >= to || to > p->part_n)
        return CB_LIT("");
    return cb_str_make(p->parts[from].p,
                       (size_t)(p->parts[to - 1].p + p->parts[to - 1].n - p->parts[from].p));
}

/* The value of NAME in the query, decoded; '+' is a blank there. */
static bool query_get(cb_str *out, struct cb_arena *a, const struct page *p, const char *name)
{
    cb_str rest = p->query, pair;

    while (cb_str_split(&pair, &rest, '&')) {
        size_t eq = cb_str_find_char(pair, '=', 0);

        if (eq != SIZE_MAX && cb_str_eq(cb_str_sub(pair, 0, eq), cb_str_cstr(name))) {
            cb_str value = cb_arena_str(a, cb_str_sub(pair, eq + 1, pair.n));

            for (size_t i = 0; i < value.n; i++)
                if (value.p[i] == '+')
                    ((char *)(uintptr_t)value.p)[i] = ' ';
            *out = cb_remote_decode(a, value);
            return true;
        }
    }
    return false;
}

static enum cb_code set_clone(struct cb_forge_place *out, struct cb_arena *a, const struct page *p,
                              cb_str repo, struct cb_err *err)
{
    cb_str base = cb_str_cstr(p->forge->clone ? p->forge->clone : "");
    enum cb_forge_type type = p->forge->type;

    if (base.n == 0)
        base = p->web;
    if (type == CB_FORGE_BITBUCKET_SERVER && is_web(base) && !cb_str_ends(base, CB_LIT("/scm/")) &&
        !cb_str_ends(base, CB_LIT("/scm")))
        base = cb_arena_printf(a, "%" CB_FMT "%sscm/", CB_ARG(base),
                               cb_str_ends(base, CB_LIT("/")) ? "" : "/");
    repo = trim_repository(repo);
    if (!is_repository(type, repo))
        return not_a_page(p, err);
    out->clone =
        cb_arena_printf(a, "%" CB_FMT "%s%" CB_FMT "%s", CB_ARG(base),
                        cb_str_ends(base, CB_LIT("/")) || cb_str_ends(base, CB_LIT(":")) ? "" : "/",
                        CB_ARG(repo), type == CB_FORGE_AZURE ? "" : ".git");
    return CB_OK;
}

static enum cb_code set_path(struct cb_forge_place *out, struct page *p, cb_str path,
                             struct cb_err *err)
{
    cb_str rest, part;

    while (path.n && path.p[0] == '/')
        path = cb_str_sub(path, 1, path.n);
    while (path.n && path.p[path.n - 1] == '/') {
        path.n--;
        p->folder = true;
    }
    rest = path;
    while (path.n && cb_str_split(&part, &rest, '/'))
        if (part.n == 0 || cb_str_eq(part, CB_LIT(".")) || cb_str_eq(part, CB_LIT("..")) ||
            memchr(part.p, '\0', part.n))
            return cb_fail(err, CB_EINVAL, "the path in %.*s has an empty, \".\" or \"..\" part",
                           (int)(p->url.n < 500 ? p->url.n : 500), p->url.p);
    out->path = path;
    out->folder = p->folder || path.n == 0;
    return CB_OK;
}

/* "main/apis/x.yaml" from part FROM on. */
static enum cb_code set_tail(struct cb_forge_place *out, struct cb_arena *a, struct page *p,
                             size_t from, struct cb_err *err)
{
    cb_str path;
    enum cb_code rc;

    if (from + 2 < p->part_n && cb_str_eq(p->parts[from], CB_LIT("refs"))) {
        if (!cb_str_eq(p->parts[from + 1], CB_LIT("heads")))
            return cb_fail(err, CB_EINVAL, "%.*s names a tag: callboard follows branches",
                           (int)(p->url.n < 500 ? p->url.n : 500), p->url.p);
        from += 2;
    }
    if (from >= p->part_n)
        return not_a_page(p, err);
    out->branch = cb_remote_decode(a, p->parts[from]);
    path = cb_remote_decode(a, join(p, from + 1, p->part_n));
    if ((rc = set_path(out, p, path, err)) != CB_OK)
        return rc;
    if (cb_str_find_char(out->branch, '/', 0) == SIZE_MAX &&
        (cb_str_find_char(out->path, '/', 0) != SIZE_MAX || (p->folder && out->path.n)))
        out->tail =
            cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(out->branch), CB_ARG(out->path));
    return CB_OK;
}

static enum cb_code set_root(struct cb_forge_place *out, struct page *p)
{
    out->branch = out->path = CB_LIT("");
    p->folder = out->folder = true;
    return CB_OK;
}

/* owner/repo/KIND/[branch/]branch/path, for GitHub, Gitea and Bitbucket Cloud. */
static enum cb_code read_two_parts(struct cb_forge_place *out, struct cb_arena *a, struct page *p,
                                   const char *const *kinds, struct cb_err *err)
{
    size_t from = 3;
    enum cb_code rc;

    if (p->part_n < 2)
        return not_a_page(p, err);
    if ((rc = set_clone(out, a, p, join(p, 0, 2), err)) != CB_OK)
        return rc;
    if (p->part_n == 2)
        return set_root(out, p);
    if (!one_of(p->parts[2], kinds))
        return not_a_page(p, err);
    if (p->forge->type == CB_FORGE_GITEA && !cb_str_eq(p->parts[2], CB_LIT("_edit")) &&
        p->part_n > 4) {
        if (cb_str_eq(p->parts[3], CB_LIT("tag")) || cb_str_eq(p->parts[3], CB_LIT("commit")))
            return cb_fail(err, CB_EINVAL,
                           "%.*s names a tag or a commit: callboard follows branches",
                           (int)(p->url.n < 500 ? p->url.n : 500), p->url.p);
        from += cb_str_eq(p->parts[3], CB_LIT("branch"));
    } else if (p->forge->type == CB_FORGE_GITEA && p->part_n == 5 &&
               cb_str_eq(p->parts[3], CB_LIT("branch"))) {
        from++;
    }
    p->folder |= cb_str_eq(p->parts[2], CB_LIT("tree"));
    return set_tail(out, a, p, from, err);
}

static enum cb_code read_github(struct cb_forge_place *out, struct cb_arena *a, struct page *p,
                                struct cb_err *err)
{
    static const char *const kinds[] = {"blob", "tree", "edit", "raw", "blame", NULL};
    enum cb_code rc;

    if (!cb_str_eq_nocase(p->host, CB_LIT("raw.githubusercontent.com")))
        return read_two_parts(out, a, p, kinds, err);
    if (p->part_n < 4)
        return not_a_page(p, err);
    p->web = CB_LIT("https://github.com");
    rc = set_clone(out, a, p, join(p, 0, 2), err);
    return rc == CB_OK ? set_tail(out, a, p, 2, err) : rc;
}

static enum cb_code read_gitea(struct cb_forge_place *out, struct cb_arena *a, struct page *p,
                               struct cb_err *err)
{
    static const char *const kinds[] = {"src", "raw", "media", "blame", "_edit", NULL};

    return read_two_parts(out, a, p, kinds, err);
}

static enum cb_code read_bitbucket(struct cb_forge_place *out, struct cb_arena *a, struct page *p,
                                   struct cb_err *err)
{
    static const char *const kinds[] = {"src", "raw", NULL};

    return read_two_parts(out, a, p, kinds, err);
}

/* group/sub/repo/-/KIND/branch/path, and without "-" as GitLab wrote it long ago. */
static enum cb_code read_gitlab(struct cb_forge_place *out, struct cb_arena *a, struct page *p,
                                struct cb_err *err)
{
    static const char *const kinds[] = {"blob", "tree", "edit", "raw", "blame", NULL};
    enum cb_code rc;
    size_t at;

    for (at = 2; at < p->part_n; at++) {
        bool dash = cb_str_eq(p->parts[at], CB_LIT("-"));

        if (dash && at + 1 < p->part_n && !one_of(p->parts[at + 1], kinds))
            return not_a_page(p, err);
        if (dash || (one_of(p->parts[at], kinds) && at + 2 < p->part_n)) {
            if ((rc = set_clone(out, a, p, join(p, 0, at), err)) != CB_OK)
                return rc;
            at += dash;
            p->folder |= at < p->part_n && cb_str_eq(p->parts[at], CB_LIT("tree"));
            return set_tail(out, a, p, at + 1, err);
        }
    }
    rc = set_clone(out, a, p, join(p, 0, p->part_n), err);
    return rc == CB_OK ? set_root(out, p) : rc;
}

/* projects/K/repos/r/browse/path?at=refs/heads/main, users/jane/repos/r/... */
static enum cb_code read_server(struct cb_forge_place *out, struct cb_arena *a, struct page *p,
                                struct cb_err *err)
{
    static const char *const kinds[] = {"browse", "raw", NULL};
    bool user = p->part_n && cb_str_eq(p->parts[0], CB_LIT("users"));
    enum cb_code rc;

    if (p->part_n < 4 || !cb_str_eq(p->parts[2], CB_LIT("repos")) ||
        (!user && !cb_str_eq(p->parts[0], CB_LIT("projects"))) ||
        (p->part_n > 4 && !one_of(p->parts[4], kinds)))
        return not_a_page(p, err);
    rc = set_clone(out, a, p,
                   cb_arena_printf(a, "%s%" CB_FMT "/%" CB_FMT, user ? "~" : "",
                                   CB_ARG(p->parts[1]), CB_ARG(p->parts[3])),
                   err);
    if (rc != CB_OK)
        return rc;
    out->branch = CB_LIT("");
    if (query_get(&out->branch, a, p, "at") && cb_str_starts(out->branch, CB_LIT("refs/tags/")))
        return cb_fail(err, CB_EINVAL, "%.*s names a tag: callboard follows branches",
                       (int)(p->url.n < 500 ? p->url.n : 500), p->url.p);
    if (cb_str_starts(out->branch, CB_LIT("refs/heads/")))
        out->branch = cb_str_sub(out->branch, 11, out->branch.n);
    return set_path(out, p, cb_remote_decode(a, join(p, 5, p->part_n)), err);
}

/* org/project/_git/repo?path=/x&version=GBmain */
static enum cb_code read_azure(struct cb_forge_place *out, struct cb_arena *a, struct page *p,
                               struct cb_err *err)
{
    cb_str version = CB_LIT("GB"), path = CB_LIT("");
    enum cb_code rc;
    size_t at = 0;

    while (at < p->part_n && !cb_str_eq(p->parts[at], CB_LIT("_git")))
        at++;
    if (at == 0 || at + 2 != p->part_n)
        return not_a_page(p, err);
    if ((rc = set_clone(out, a, p, join(p, 0, at + 2), err)) != CB_OK)
        return rc;
    query_get(&version, a, p, "version");
    query_get(&path, a, p, "path");
    if (!cb_str_starts(version, CB_LIT("GB")))
        return cb_fail(err, CB_EINVAL, "%.*s names a tag or a commit: callboard follows branches",
                       (int)(p->url.n < 500 ? p->url.n : 500), p->url.p);
    out->branch = cb_str_sub(version, 2, version.n);
    p->folder = false;
    return set_path(out, p, path, err);
}

/* "<clone URL>#branch:path" */
static enum cb_code read_plain(struct cb_forge_place *out, struct cb_arena *a,
                               const struct cb_forge_table *table, cb_str url, size_t hash,
                               struct cb_err *err)
{
    cb_str behind = cb_str_sub(url, hash + 1, url.n);
    size_t colon = cb_str_find_char(behind, ':', 0);
    struct page p = {.url = url};
    struct cb_remote r;
    enum cb_code rc = cb_remote_parse(&r, a, cb_str_sub(url, 0, hash), err);

    if (rc != CB_OK)
        return rc;
    out->type = cb_forge_type_of(table, r.clean);
    out->host = r.port.n
                    ? cb_arena_printf(a, "%" CB_FMT ":%" CB_FMT, CB_ARG(r.host), CB_ARG(r.port))
                    : r.host;
    out->clone = r.clean;
    out->branch = cb_arena_str(a, cb_str_sub(behind, 0, colon));
    return set_path(out, &p, cb_arena_str(a, cb_str_sub(behind, colon + 1, behind.n)), err);
}

static enum cb_code split_page(struct page *p, struct cb_arena *a,
                               const struct cb_forge_table *table, cb_str url, struct cb_err *err)
{
    size_t mark = cb_str_find_char(url, '?', 0), hash = cb_str_find_char(url, '#', 0);
    cb_str rest, part;
    struct cb_remote r;
    enum cb_code rc;

    *p = (struct page){.url = cb_git_url_clean(a, url), .query = CB_LIT("")};
    if (mark != SIZE_MAX && mark < hash)
        p->query = cb_str_sub(url, mark + 1, hash);
    if ((rc = cb_remote_parse(&r, a, before_query(url), err)) != CB_OK)
        return rc;
    p->host = r.port.n ? cb_arena_printf(a, "%" CB_FMT ":%" CB_FMT, CB_ARG(r.host), CB_ARG(r.port))
                       : r.host;
    if (!(p->forge = find_forge(table, &r)))
        return cb_fail(
            err, CB_ENOTFOUND,
            "%" CB_FMT
            " is no forge that callboard knows: add it under integrations with its type, or "
            "write <clone URL>#<branch>:<path>",
            CB_ARG(p->host));
    p->web = web_of(a, p->forge, &r);
    rest = r.clean;
    if (!cb_str_starts(rest, p->web) || rest.n <= p->web.n || rest.p[p->web.n] != '/')
        p->web = origin_of(rest);
    rest = cb_str_sub(rest, p->web.n + 1, rest.n);
    while (rest.n && rest.p[rest.n - 1] == '/') {
        rest.n--;
        p->folder = true;
    }
    while (rest.n && cb_str_split(&part, &rest, '/')) {
        if (p->part_n == PART_MAX)
            return cb_fail(err, CB_EINVAL, "the URL has over %d parts", PART_MAX);
        p->parts[p->part_n++] = part;
    }
    return CB_OK;
}

enum cb_code cb_forge_parse(struct cb_forge_place *out, struct cb_arena *a,
                            const struct cb_forge_table *table, cb_str url, struct cb_err *err)
{
    static enum cb_code (*const readers[])(struct cb_forge_place *, struct cb_arena *,
                                           struct page *, struct cb_err *) = {
        [CB_FORGE_GITHUB] = read_github,
        [CB_FORGE_GITLAB] = read_gitlab,
        [CB_FORGE_GITEA] = read_gitea,
        [CB_FORGE_BITBUCKET_CLOUD] = read_bitbucket,
        [CB_FORGE_BITBUCKET_SERVER] = read_server,
        [CB_FORGE_AZURE] = read_azure,
    };
    struct cb_forge_place place = {.branch = CB_LIT(""), .path = CB_LIT(""), .tail = CB_LIT("")};
    size_t hash = cb_str_find_char(url, '#', 0);
    struct page *p = CB_NEW(a, struct page);
    enum cb_code rc;

    if (url.n > CB_FORGE_URL_MAX)
        return cb_fail(err, CB_EINVAL, "the URL has %zu bytes, over %d", url.n, CB_FORGE_URL_MAX);
    if (hash != SIZE_MAX && cb_str_find_char(url, ':', hash) != SIZE_MAX) {
        rc = read_plain(&place, a, table, url, hash, err);
    } else if (!is_web(url)) {
        rc = cb_fail(
            err, CB_EINVAL,
            "\"%.*s\" is no URL of a page: write https://..., or <clone URL>#<branch>:<path>",
            (int)(url.n < 300 ? url.n : 300), url.n ? cb_git_url_clean(a, url).p : "");
    } else if ((rc = split_page(p, a, table, url, err)) == CB_OK) {
        place.type = p->forge->type;
        place.host = p->host;
        rc = place.type == CB_FORGE_OTHER ? not_a_page(p, err)
                                          : readers[place.type](&place, a, p, err);
    }
    for (size_t i = 0; rc == CB_OK && i < place.branch.n; i++)
        if ((unsigned char)place.branch.p[i] <= ' ' || place.branch.p[i] == 0x7F ||
            place.branch.p[i] == ':')
            rc = cb_fail(err, CB_EINVAL,
                         "the branch in the URL has a blank, a colon or a control character in it");
    if (rc == CB_OK)
        *out = place;
    return rc;
}
