#include "server/plugin/git.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "catalog/base/log.h"
#include "catalog/base/vec.h"
#include "catalog/fetch/git.h"
#include "catalog/fetch/publish.h"
#include "catalog/fetch/remote.h"
#include "catalog/sync/lead.h"
#include "server/job/queue.h"

#define SHOWN(s) CB_ARG(cb_str_cut((s), 300))

/* ---- the workspace */

static enum cb_code open_workspace(int *fd, const struct cb_plugin_ask *ask, struct cb_err *err)
{
    if (!ask->workspace.n)
        return cb_fail(err, CB_EINVAL, "only a template's step has a workspace");
    *fd = open(ask->workspace.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return *fd < 0 ? cb_fail(err, CB_ENOTFOUND, "the task's workspace cannot be opened: %s", strerror(errno)) : CB_OK;
}

static cb_str folder_of(cb_str path)
{
    size_t n = path.n;

    while (n && path.p[n - 1] != '/')
        n--;
    return cb_str_sub(path, 0, n > 1 ? n - 1 : n);
}

static cb_str name_of(cb_str path)
{
    size_t n = path.n;

    while (n && path.p[n - 1] != '/')
        n--;
    return cb_str_sub(path, n, path.n);
}

/* ---- what a URL means */

/* Where files are read: a folder of this machine, or a repository. */
struct from {
    cb_str dir;   /* of this machine; empty: the place */
    cb_str path;  /* below DIR */
    struct cb_forge_place place;
    struct cb_credential secret; /* of the URL itself */
    bool own_secret;
    bool unlent; /* the operator's credentials are not for it */
};

/* "file:/x", "file:///x" -> "/x" */
static cb_str file_path(cb_str url)
{
    cb_str path = cb_str_sub(url, 5, url.n);

    return cb_str_starts(path, CB_LIT("//")) ? cb_str_sub(path, 2, path.n) : path;
}

static bool below(cb_str path, cb_str folder)
{
    return folder.n && cb_str_starts(path, folder) && path.n > folder.n && (path.p[folder.n] == '/' || cb_str_ends(folder, CB_LIT("/")));
}

static bool has_dots(cb_str path)
{
    cb_str rest = path, part;

    while (cb_str_split(&part, &rest, '/'))
        if (cb_str_eq(part, CB_LIT("..")) || cb_str_eq(part, CB_LIT(".")))
            return true;
    return false;
}

/*
 * May files beside TEMPLATE be read? An author may write any source-location: only the folders of configured files count, and what a dry run
 * was sent, which lies beside its workspace (server/scaffold/dry.h).
 */
static bool is_ours(const struct cb_sync_conf *conf, const struct cb_plugin_ask *ask, cb_str template)
{
    if (has_dots(template))
        return false;
    if (ask->workspace.n && below(template, cb_arena_printf(ask->arena, "%" CB_FMT "/source", CB_ARG(folder_of(ask->workspace)))))
        return true;
    for (size_t i = 0; i < conf->source_n; i++)
        if (!conf->sources[i].git && !conf->sources[i].plugin && below(template, folder_of(conf->sources[i].url)))
            return true;
    return false;
}

static enum cb_code beside_file(struct from *out, struct cb_arena *a, const struct cb_sync_conf *conf, const struct cb_plugin_ask *ask,
                                cb_str base, cb_str url, struct cb_err *err)
{
    cb_str template = file_path(base), path = url;

    if (!cb_str_starts(template, CB_LIT("/")) || !is_ours(conf, ask, template))
        return cb_fail(err, CB_EDENIED, "%" CB_FMT " is no file that the configuration names: nothing beside it is read", SHOWN(template));
    out->dir = cb_str_ends(template, CB_LIT("/")) ? cb_str_sub(template, 0, template.n - 1) : folder_of(template);
    if (cb_str_starts(url, CB_LIT("file:"))) {
        path = file_path(url);
        if (!below(path, out->dir) && !cb_str_eq(path, out->dir))
            return cb_fail(err, CB_EDENIED, "%" CB_FMT " does not lie beside the template", SHOWN(path));
        path = cb_str_sub(path, out->dir.n + 1, path.n);
        path = path.n ? path : CB_LIT(".");
    }
    if (cb_tree_resolve(&out->path, a, CB_LIT(""), path, err) != CB_OK)
        return cb_fail(err, CB_EDENIED, "Relative path is not allowed to refer to a directory outside its parent");
    return CB_OK;
}

/* What RELATIVE names, seen from the page BASE. */
static enum cb_code beside_page(struct from *out, struct cb_arena *a, const struct cb_sync_conf *conf, cb_str base, cb_str relative,
                                struct cb_err *err)
{
    cb_str from, path;
    enum cb_code rc;

    if ((rc = cb_forge_parse(&out->place, a, conf->forges, base, err)) != CB_OK)
        return rc;
    if (cb_str_starts(relative, CB_LIT("/"))) { /* from the repository's root */
        from = CB_LIT("");
        relative = cb_str_sub(relative, 1, relative.n);
        relative = relative.n ? relative : CB_LIT(".");
    } else {
        from = out->place.folder && out->place.path.n ? cb_arena_printf(a, "%" CB_FMT "/x", CB_ARG(out->place.path)) : out->place.path;
    }
    if ((rc = cb_tree_resolve(&path, a, from, relative, err)) != CB_OK)
        return rc;
    if (out->place.tail.n) /* branch and path as one: the path's end is what changes */
        out->place.tail = path.n ? cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(out->place.branch), CB_ARG(path)) : CB_LIT("");
    out->place.path = path;
    return CB_OK;
}

/* "https://user:token@host/..." without what stands before the '@', which goes to OUT. */
static cb_str take_secret(struct from *out, struct cb_arena *a, cb_str url)
{
    size_t from = cb_str_find(url, CB_LIT("://")), at = SIZE_MAX, colon;
    cb_str authority, user;

    if (from == SIZE_MAX || !cb_str_starts(url, CB_LIT("http")))
        return url;
    authority = cb_str_sub(url, from + 3, url.n);
    authority = cb_str_sub(authority, 0, cb_str_find_char(authority, '/', 0));
    for (size_t i = 0; i < authority.n; i++)
        if (authority.p[i] == '@')
            at = i;
    if (at == SIZE_MAX)
        return url;
    user = cb_str_sub(authority, 0, at);
    colon = cb_str_find_char(user, ':', 0);
    out->own_secret = true;
    out->secret.username = cb_remote_decode(a, cb_arena_str(a, cb_str_sub(user, 0, colon))).p;
    out->secret.token = colon == SIZE_MAX ? "" : cb_remote_decode(a, cb_arena_str(a, cb_str_sub(user, colon + 1, user.n))).p;
    return cb_arena_printf(a, "%" CB_FMT "%" CB_FMT, CB_ARG(cb_str_sub(url, 0, from + 3)), CB_ARG(cb_str_sub(url, from + 3 + at + 1, url.n)));
}

static cb_str base_url(struct from *out, struct cb_arena *a, const struct cb_plugin_ask *ask)
{
    struct cb_node *task = NULL;
    cb_str base = CB_LIT("");

    if (ask->task.n && cb_node_parse(&task, a, ask->task, NULL) == CB_OK) {
        base = cb_str_trim(cb_node_text(task, "baseUrl"));
        out->unlent = cb_node_get(task, "unlent") != NULL;
    }
    return cb_str_starts(base, CB_LIT("url:")) ? cb_str_sub(base, 4, base.n) : base;
}

/* Without a credential of ours only what http has for everybody, or for the step's own token, is read: ssh has keys, a path of this machine has us. */
static enum cb_code check_lent(const struct from *from, struct cb_arena *a, struct cb_err *err)
{
    struct cb_remote remote;
    enum cb_code rc = from->unlent ? cb_remote_parse(&remote, a, from->place.clone, err) : CB_OK;

    if (rc != CB_OK || !from->unlent || remote.scheme == CB_REMOTE_HTTPS || remote.scheme == CB_REMOTE_HTTP)
        return rc;
    return cb_fail(err, CB_EDENIED, "%" CB_FMT " is not read for a template that was only sent: put the template into the catalog, or send the files along",
                   SHOWN(cb_git_url_clean(a, from->place.clone)));
}

static enum cb_code where_is(struct from *out, struct cb_arena *a, const struct cb_sync_conf *conf, const struct cb_plugin_ask *ask, cb_str url,
                             struct cb_err *err)
{
    cb_str base = base_url(out, a, ask);
    bool absolute = cb_str_find(url, CB_LIT("://")) != SIZE_MAX || cb_str_find_char(url, '#', 0) != SIZE_MAX, file;
    enum cb_code rc;

    file = cb_str_starts(url, CB_LIT("file:")) && cb_str_find_char(url, '#', 0) == SIZE_MAX;
    if (!url.n)
        return cb_fail(err, CB_EINVAL, "the URL is empty: write where the files are, such as ./skeleton");
    if ((file || !absolute) && cb_str_starts(base, CB_LIT("file:")) && cb_str_find_char(base, '#', 0) == SIZE_MAX)
        return beside_file(out, a, conf, ask, base, url, err);
    if (file)
        return cb_fail(err, CB_EDENIED, "%" CB_FMT " is a file of callboard's machine, which only a template that is one too may name", SHOWN(url));
    if (!absolute && !base.n)
        return cb_fail(err, CB_EINVAL, "%" CB_FMT " is relative, and nobody knows where the template was read from", SHOWN(url));
    if (absolute) {
        url = take_secret(out, a, url);
        rc = cb_forge_parse(&out->place, a, conf->forges, url, err);
    } else {
        rc = beside_page(out, a, conf, base, url, err);
    }
    if (rc != CB_OK)
        return rc;
    if (!cb_lead_allows(a, conf, &out->place))
        return cb_fail(err, CB_EDENIED, "%" CB_FMT " is on no host that callboard knows: add it under integrations:",
                       SHOWN(cb_git_url_clean(a, out->place.clone)));
    return check_lent(out, a, err);
}

/* ---- export */

struct export {
    int root;      /* the workspace */
    cb_str folder; /* below it, as it was asked for */
    int fd;        /* what is written below; -1: not known yet */
    cb_str as;     /* of a single file: its path below FD; empty: its own name */
    bool one;      /* a single file is exported */
    const struct cb_job *job;
};

/* A single file goes into FOLDER when that is there, else it is FOLDER itself. */
static enum cb_code aim(struct export *x, struct cb_err *err)
{
    struct cb_err ignored;

    if (!x->one || !x->folder.n || cb_str_ends(x->folder, CB_LIT("/")))
        return cb_bulk_open(&x->fd, x->root, x->folder, true, err);
    if (cb_bulk_open(&x->fd, x->root, x->folder, false, &ignored) == CB_OK)
        return CB_OK;
    x->as = x->folder;
    return cb_bulk_open(&x->fd, x->root, CB_LIT(""), false, err);
}

static enum cb_code put(const struct cb_bulk_entry *entry, void *ctx, struct cb_err *err)
{
    struct cb_bulk_entry e = *entry;
    struct export *x = ctx;
    enum cb_code rc;

    if (atomic_load(&x->job->cancelled)) /* the workspace may be on its way out */
        return cb_fail(err, CB_ECANCELLED, "nobody waits for these files any more");
    rc = x->fd < 0 ? aim(x, err) : CB_OK;

    if (x->as.n)
        e.path = x->as;
    return rc == CB_OK ? cb_bulk_write(x->fd, &e, err) : rc;
}

static enum cb_code open_branch(struct cb_tree **tree, cb_str *path, struct cb_mirror *m, const struct cb_forge_place *place, struct cb_arena *a,
                                struct cb_err *err)
{
    cb_str branch = place->branch, commit;
    enum cb_code rc = cb_mirror_update(m, branch, a, &commit, err);

    *path = place->path;
    for (size_t i = 0; rc == CB_ENOTFOUND && cb_lead_split(&branch, path, place->tail, place->branch, i); i++) {
        struct cb_err ignored;

        if (cb_mirror_update(m, branch, a, &commit, &ignored) == CB_OK)
            rc = CB_OK;
    }
    return rc == CB_OK ? cb_mirror_tree(tree, m, commit, err) : rc;
}

static enum cb_code export_place(struct export *x, const struct cb_sync_conf *conf, struct from *from, struct cb_arena *a, struct cb_err *err)
{
    bool local = cb_str_starts(from->place.clone, CB_LIT("/")) || cb_str_starts(from->place.clone, CB_LIT("file:"));
    struct cb_credential_set *own = from->own_secret || from->unlent ? cb_credential_set_new() : NULL;
    struct cb_mirror_opts opts = {.data_dir = conf->data_dir, .secrets = own ? own : conf->secrets, .file_urls = local};
    const struct cb_source_conf *source = cb_lead_source_of(a, conf, from->place.clone);
    struct cb_bulk_sum sum = {0};
    struct cb_mirror *m = NULL;
    struct cb_tree *tree = NULL;
    struct cb_remote remote;
    enum cb_code rc = cb_remote_parse(&remote, a, from->place.clone, err);
    cb_str path, clone = source && !own ? source->url : from->place.clone; /* with the credential that it is read with */

    if (rc == CB_OK && from->own_secret) {
        from->secret.host = cb_arena_str(a, remote.host).p;
        cb_credential_set_put(own, &from->secret);
    }
    if (rc == CB_OK && (rc = cb_mirror_open(&m, clone, &opts, err)) == CB_OK &&
        (rc = open_branch(&tree, &path, m, &from->place, a, err)) == CB_OK)
        rc = cb_git_all(&x->one, tree, path, &sum, put, x, err);
    if (tree)
        tree->ops->close(tree);
    cb_mirror_close(m);
    cb_credential_set_free(own);
    return rc;
}

/* The file NAME of the folder DIR of this machine. */
static enum cb_code export_file(struct export *x, int dir, cb_str name, struct cb_arena *a, struct cb_err *err)
{
    struct cb_bulk_entry e = {.path = name, .mode = CB_BULK_FILE};
    struct cb_tree *tree = NULL;
    enum cb_code rc = cb_folder_tree(&tree, cb_arena_printf(a, "/proc/self/fd/%d", dir).p, err);

    if (rc != CB_OK)
        return rc;
    x->one = true;
    if (faccessat(dir, cb_arena_str(a, name).p, X_OK, AT_SYMLINK_NOFOLLOW) == 0)
        e.mode = CB_BULK_EXECUTABLE;
    if ((rc = tree->ops->read(tree, a, name, &e.bytes, err)) == CB_OK)
        rc = put(&e, x, err);
    tree->ops->close(tree);
    return rc;
}

static enum cb_code export_folder(struct export *x, const struct from *from, struct cb_arena *a, struct cb_err *err)
{
    int root = open(cb_arena_str(a, from->dir).p, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;
    struct cb_bulk_sum sum = {0};
    enum cb_code rc;

    if (root < 0)
        return cb_fail(err, CB_ENOTFOUND, "cannot open %" CB_FMT ": %s", SHOWN(from->dir), strerror(errno));
    if ((rc = cb_bulk_open(&fd, root, from->path, false, err)) == CB_OK)
        rc = cb_bulk_read(fd, &sum, put, x, err);
    else if (rc == CB_EINVAL && (rc = cb_bulk_open(&fd, root, folder_of(from->path), false, err)) == CB_OK) /* a file is there */
        rc = export_file(x, fd, name_of(from->path), a, err);
    if (fd >= 0)
        close(fd);
    close(root);
    return rc;
}

enum cb_code cb_plugin_git_export(const struct cb_sync_conf *conf, const struct cb_plugin_ask *ask, struct cb_err *err)
{
    struct export x = {.root = -1, .fd = -1, .job = ask->job, .folder = cb_str_trim(cb_node_text(ask->head, "folder"))};
    struct from from = {0};
    enum cb_code rc;

    if ((rc = open_workspace(&x.root, ask, err)) == CB_OK &&
        (rc = where_is(&from, ask->arena, conf, ask, cb_str_trim(cb_node_text(ask->head, "url")), err)) == CB_OK)
        rc = from.dir.n ? export_folder(&x, &from, ask->arena, err) : export_place(&x, conf, &from, ask->arena, err);
    if (rc == CB_OK && x.fd < 0) /* a folder with nothing in it */
        rc = aim(&x, err);
    if (x.fd >= 0)
        close(x.fd);
    if (x.root >= 0)
        close(x.root);
    return rc;
}

/* ---- publish */

struct order {
    struct cb_publish p;
    const struct cb_node *what;
    cb_str local;              /* a repository below the folder of repositories: its name; empty: a URL */
    struct cb_credential secret;
    int workspace;
};

static bool says(const struct cb_node *what, const char *key)
{
    const struct cb_node *n = cb_node_get(what, key);

    return n && n->type == CB_BOOL && n->b;
}

static enum cb_code read_gone(struct order *o, struct cb_arena *a, struct cb_err *err)
{
    const struct cb_node *list = cb_node_get(o->what, "delete");
    cb_str *gone;

    if (!list || list->type == CB_NULL)
        return CB_OK;
    if (list->type != CB_ARRAY)
        return cb_fail(err, CB_EINVAL, "delete is a list of paths");
    gone = CB_NEW_N(a, cb_str, list->child_n + 1);
    for (const struct cb_node *n = list->first; n; n = n->next) {
        if (n->type != CB_STRING)
            return cb_fail(err, CB_EINVAL, "delete is a list of paths");
        gone[o->p.gone_n++] = n->text;
    }
    o->p.gone = gone;
    return CB_OK;
}

/* A folder's path without "./" in front and "/" at its end. */
static cb_str plain_path(cb_str path)
{
    path = cb_str_trim(path);
    while (cb_str_starts(path, CB_LIT("./")) || cb_str_starts(path, CB_LIT("/")))
        path = cb_str_sub(path, path.p[0] == '/' ? 1 : 2, path.n);
    while (path.n && path.p[path.n - 1] == '/')
        path.n--;
    return cb_str_eq(path, CB_LIT(".")) ? CB_LIT("") : path;
}

/* A path of this machine: of a repository of ours its name, of an integration's forge as it is. */
static enum cb_code aim_local(struct order *o, struct cb_arena *a, const struct cb_sync_conf *conf, cb_str path, struct cb_err *err)
{
    if (!has_dots(path) && below(path, conf->repositories)) {
        o->local = cb_str_sub(path, conf->repositories.n + 1, path.n);
        return CB_OK;
    }
    if (cb_lead_publishes(a, conf, o->p.url))
        return CB_OK;
    return cb_fail(err, CB_EDENIED, "%" CB_FMT " is on callboard's machine: only repositories below %" CB_FMT " are written there", SHOWN(path),
                   SHOWN(conf->repositories));
}

/* Where it goes, and with which credential. */
static enum cb_code aim_push(struct order *o, struct cb_arena *a, const struct cb_sync_conf *conf, struct cb_err *err)
{
    cb_str url = cb_str_trim(cb_node_text(o->what, "url")), token = cb_node_text(o->what, "token");
    const struct cb_credential *found;
    struct cb_forge_place page;
    struct cb_remote remote;
    enum cb_code rc;

    if (!url.n)
        return cb_fail(err, CB_EINVAL, "url is missing: write a clone URL, or the name of a repository on this machine");
    if (cb_str_find_char(url, ':', 0) == SIZE_MAX && url.p[0] != '/') {
        o->local = url;
        return CB_OK;
    }
    if (cb_forge_parse(&page, a, conf->forges, url, NULL) == CB_OK && !page.path.n) /* a repository's page */
        url = page.clone;
    if ((rc = cb_remote_parse(&remote, a, url, err)) != CB_OK)
        return rc;
    o->p.url = remote.clean;
    if (remote.scheme == CB_REMOTE_LOCAL)
        return aim_local(o, a, conf, remote.path, err);
    if (!cb_lead_publishes(a, conf, remote.clean)) /* before it is asked anything: a template shall not feel its way about the network */
        return cb_fail(err, CB_EDENIED, "%" CB_FMT " is on no host that callboard publishes to: add it to scaffolder.publish_hosts, or under integrations:",
                       SHOWN(remote.clean));
    found = cb_credential_find(conf->secrets, remote.clean);
    if (found)
        o->secret = *found;
    if (token.n || remote.password.n) {
        o->secret.token = cb_arena_str(a, token.n ? token : remote.password).p;
        o->secret.username = NULL;
        if (cb_node_text(o->what, "username").n)
            o->secret.username = cb_arena_str(a, cb_node_text(o->what, "username")).p;
        else if (!token.n && remote.user.n)
            o->secret.username = cb_arena_str(a, remote.user).p;
    }
    if (remote.scheme == CB_REMOTE_HTTP && o->secret.token && !cb_remote_is_loopback(&remote)) {
        if (token.n || remote.password.n)
            return cb_fail(err, CB_EDENIED, "%" CB_FMT " is plain http: a token is not sent there", SHOWN(remote.clean));
        o->secret.token = o->secret.username = NULL;
    }
    o->secret.host = cb_arena_str(a, remote.host).p;
    o->p.secret = &o->secret;
    return CB_OK;
}

static enum cb_code read_order(struct order *o, const struct cb_sync_conf *conf, const struct cb_plugin_ask *ask, struct cb_err *err)
{
    const struct cb_node *author;
    struct cb_node *what;
    enum cb_code rc = cb_node_parse(&what, ask->arena, ask->body, err);

    if (rc != CB_OK)
        return rc;
    if (what->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "what is to be published is an object, as docs/plugins.md has it");
    author = cb_node_get(what, "author");
    o->what = what;
    o->p = (struct cb_publish){
        .folder = -1,
        .into = plain_path(cb_node_text(what, "path")),
        .branch = cb_node_text(what, "branch").n ? cb_node_text(what, "branch") : CB_LIT("main"),
        .base = cb_node_text(what, "base"),
        .message = cb_node_text(what, "message").n ? cb_node_text(what, "message") : CB_LIT("initial commit"),
        .name = cb_node_text(author, "name").n ? cb_node_text(author, "name") : CB_LIT("Scaffolder"),
        .email = cb_node_text(author, "email").n ? cb_node_text(author, "email") : CB_LIT("scaffolder@backstage.io"),
        .data_dir = conf->data_dir,
        .stop = &ask->job->cancelled,
    };
    o->p.empty = says(what, "empty");
    if ((rc = read_gone(o, ask->arena, err)) == CB_OK)
        rc = aim_push(o, ask->arena, conf, err);
    return rc;
}

/* Whatever stands behind it, as "/catalog-info.yaml", is a file's location. */
static cb_str contents_url(struct cb_arena *a, const struct cb_sync_conf *conf, cb_str clone, cb_str branch)
{
    cb_str view;

    if (cb_forge_type_of(conf->forges, clone) == CB_FORGE_OTHER)
        return cb_arena_printf(a, "%" CB_FMT "#%" CB_FMT ":", CB_ARG(clone), CB_ARG(branch));
    view = cb_forge_view(a, conf->forges, clone, branch, CB_LIT("x"));
    return cb_str_ends(view, CB_LIT("/x")) ? cb_str_sub(view, 0, view.n - 2) : cb_forge_source(a, conf->forges, clone, branch, CB_LIT("x"));
}

static void put_published(struct cb_buf *out, struct cb_arena *a, const struct cb_sync_conf *conf, const struct order *o,
                          const struct cb_published *made)
{
    cb_buf_put_cstr(out, "{\"commit\":");
    cb_buf_put_json(out, made->commit);
    cb_buf_put_cstr(out, ",\"remoteUrl\":");
    cb_buf_put_json(out, o->p.url);
    cb_buf_put_cstr(out, ",\"repoContentsUrl\":");
    cb_buf_put_json(out, contents_url(a, conf, o->p.url, o->p.branch));
    cb_buf_put_cstr(out, ",\"branch\":");
    cb_buf_put_json(out, o->p.branch);
    cb_buf_printf(out, ",\"unchanged\":%s}", made->unchanged ? "true" : "false");
}

static enum cb_code open_folder(struct order *o, const struct cb_plugin_ask *ask, struct cb_err *err)
{
    enum cb_code rc = open_workspace(&o->workspace, ask, err);

    return rc == CB_OK ? cb_bulk_open(&o->p.folder, o->workspace, cb_str_trim(cb_node_text(o->what, "folder")), false, err) : rc;
}

enum cb_code cb_plugin_git_publish(const struct cb_sync_conf *conf, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    struct order o = {.workspace = -1, .p.folder = -1};
    struct cb_arena *a = ask->arena;
    struct cb_published made = {0};
    enum cb_code rc = read_order(&o, conf, ask, err);
    cb_str dir = CB_LIT(""), gone = rc == CB_OK ? cb_node_text(o.what, "remove") : CB_LIT("");

    if (rc == CB_OK && o.local.n && (rc = cb_publish_path(&dir, a, conf->repositories, o.local, err)) == CB_OK)
        o.p.url = cb_arena_printf(a, "file://%" CB_FMT, CB_ARG(dir));
    if (rc == CB_OK && (gone.n || says(o.what, "create")) && !o.local.n)
        rc = cb_fail(err, CB_EINVAL, "%" CB_FMT " is elsewhere: callboard makes and removes repositories below %" CB_FMT " alone", SHOWN(o.p.url),
                     SHOWN(conf->repositories));
    if (rc == CB_OK && gone.n) {
        rc = cb_publish_remove(a, conf->repositories, o.local, gone, err);
        made.commit = gone;
    } else if (rc == CB_OK && (rc = open_folder(&o, ask, err)) == CB_OK) {
        rc = says(o.what, "create") ? cb_publish_create(&made, &dir, a, &o.p, conf->repositories, o.local, err) : cb_publish_push(&made, a, &o.p, err);
    }
    if (rc == CB_OK) {
        cb_log(CB_LOG_INFO, gone.n ? "publish.removed" : "publish.done", "plugin=%" CB_FMT " user=%s url=%s branch=%s commit=%" CB_FMT,
               CB_ARG(ask->plugin), cb_log_quote(a, ask->user, 200), cb_log_quote(a, o.p.url, 300), cb_log_quote(a, o.p.branch, 200),
               CB_ARG(made.commit));
        put_published(out, a, conf, &o, &made);
    }
    if (o.p.folder >= 0)
        close(o.p.folder);
    if (o.workspace >= 0)
        close(o.workspace);
    return rc;
}
