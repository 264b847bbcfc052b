#include "catalog/fetch/git.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "catalog/base/vec.h"
#include "catalog/fetch/glob.h"

#define CACHE_MAX (64 << 20)          /* bytes of parsed objects kept, over all repositories */
#define MAPPED_MAX (INT64_C(1) << 30) /* bytes of pack files mapped at once */

struct git_files {
    struct cb_tree base;
    git_repository *repo;
    git_odb *odb;
    git_tree *root;
    struct cb_arena *arena; /* texts of base.commit */
    struct cb_git_hooks hooks;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_libgit2(void)
{
    /*
     * Read-only use: neither a promisor nor a per-worktree configuration changes what a tree says.
     */
    static const char *const extensions[] = {"partialclone", "worktreeconfig", "preciousobjects"};
    static const int levels[] = {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                                 GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA};

    git_libgit2_init();
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, CB_COUNT(extensions));
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    /* A new tree may name files of its base that a partial clone does not have. */
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 0);
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHE_MAX);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)MAPPED_MAX);
    for (size_t i = 0; i < CB_COUNT(levels); i++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
}

void cb_git_start(void)
{
    pthread_once(&once, start_libgit2);
}

static const char *last_error(void)
{
    const git_error *e = git_error_last();

    return e && e->message ? e->message : "libgit2 gave no reason";
}

/* Does the configuration at DIR/NAME say that object names are SHA-256? */
static bool says_sha256(const char *dir, const char *name)
{
    char path[4096], text[16384];
    bool says = false;
    ssize_t n;
    int fd;

    if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path) ||
        (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
        return false;
    if ((n = read(fd, text, sizeof(text) - 1)) > 0) {
        text[n] = '\0';
        says = strcasestr(text, "objectformat") && strcasestr(text, "sha256");
    }
    close(fd);
    return says;
}

static int set_origin(git_repository *repo, cb_str url, bool partial)
{
    char *text = strndup(url.p, url.n);
    git_config *config = NULL;
    int git = text ? git_repository_config(&config, repo) : -1;

    if (git == 0)
        git = git_config_set_string(config, "remote.origin.url", text);
    if (git == 0 && partial) {
        git = git_config_set_int32(config, "core.repositoryformatversion", 1);
        if (git == 0)
            git = git_config_set_string(config, "extensions.partialclone", "origin");
        if (git == 0)
            git = git_config_set_bool(config, "remote.origin.promisor", 1);
        if (git == 0)
            git = git_config_set_string(config, "remote.origin.partialclonefilter", "blob:none");
    }
    git_config_free(config);
    free(text);
    return git;
}

enum cb_code cb_git_make(git_repository **out, const char *dir, cb_str branch, cb_str url,
                         bool partial, struct cb_err *err)
{
    git_repository_init_options o;
    git_repository *repo = NULL;
    int git;

    cb_git_start();
    git_repository_init_options_init(&o, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    o.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT;
    if (!(o.initial_head = strndup(branch.p, branch.n)))
        abort();
    git = git_repository_init_ext(&repo, dir, &o);
    free((char *)(uintptr_t)o.initial_head);
    if (git == 0 && url.n)
        git = set_origin(repo, url, partial);
    if (git < 0) {
        git_repository_free(repo);
        return cb_fail(err, CB_EUNAVAILABLE, "cannot make the repository %.500s: %s", dir,
                       last_error());
    }
    *out = repo;
    return CB_OK;
}

enum cb_code cb_git_open(git_repository **out, const char *dir, struct cb_err *err)
{
    const char *why;
    int git;

    cb_git_start();
    if (says_sha256(dir, "config") || says_sha256(dir, ".git/config"))
        return cb_fail(
            err, CB_EUNSUPPORTED,
            "%.500s uses SHA-256 object names, which callboard cannot read: use a SHA-1 repository",
            dir);
    git = git_repository_open_ext(out, dir, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (git == 0)
        return CB_OK;
    why = last_error();
    if (git == GIT_ENOTFOUND)
        return cb_fail(err, CB_ENOTFOUND,
                       "%.500s is not a Git repository (or callboard's user may not read it)", dir);
    if (strstr(why, "extension") || strstr(why, "version"))
        return cb_fail(err, CB_EUNSUPPORTED, "%.500s has a format that callboard cannot read: %s",
                       dir, why);
    return cb_fail(err, CB_EUPSTREAM, "cannot open the repository %.500s: %s", dir, why);
}

/* ---- refs */

/* A resolved reference's commit. Its object is not looked at: whoever reads the tree finds out. */
static cb_str target_of(const git_reference *ref, struct cb_arena *a)
{
    char hex[GIT_OID_HEXSZ + 1];

    git_oid_tostr(hex, sizeof(hex), git_reference_target(ref));
    return cb_arena_str(a, cb_str_cstr(hex));
}

static enum cb_code tip_of_head(git_repository *repo, struct cb_arena *a, cb_str *commit,
                                cb_str *name, struct cb_err *err)
{
    git_reference *ref = NULL;
    int git = git_repository_head(&ref, repo);

    if (git == GIT_EUNBORNBRANCH || git == GIT_ENOTFOUND)
        return cb_fail(
            err, CB_ENOTFOUND,
            "the repository has no commit on its default branch yet: commit one, or name a branch");
    if (git < 0)
        return cb_fail(err, CB_EUPSTREAM, "cannot read HEAD: %s", last_error());
    *name = git_reference_is_branch(ref)
                ? cb_arena_str(a, cb_str_cstr(git_reference_shorthand(ref)))
                : CB_LIT("HEAD");
    *commit = target_of(ref, a);
    git_reference_free(ref);
    return CB_OK;
}

enum cb_code cb_git_tip(git_repository *repo, cb_str branch, struct cb_arena *a, cb_str *commit,
                        cb_str *name, struct cb_err *err)
{
    git_reference *ref = NULL, *end = NULL;
    enum cb_code rc = CB_OK;
    int git;

    if (branch.n == 0)
        return tip_of_head(repo, a, commit, name, err);
    *name = cb_arena_str(a, branch);
    git = git_reference_lookup(&ref, repo,
                               cb_arena_printf(a, "refs/heads/%" CB_FMT, CB_ARG(branch)).p);
    if (git == 0)
        git = git_reference_resolve(&end, ref);
    if (git == GIT_ENOTFOUND || git == GIT_EINVALIDSPEC)
        rc = cb_fail(err, CB_ENOTFOUND,
                     "the repository has no branch %.300s: was it renamed or deleted?", name->p);
    else if (git < 0)
        rc = cb_fail(err, CB_EUPSTREAM, "cannot read branch %.300s: %s", name->p, last_error());
    else
        *commit = target_of(end, a);
    git_reference_free(end);
    git_reference_free(ref);
    return rc;
}

/* ---- objects without a repository around them: no configuration, no refs */

static int open_objects(git_odb **odb, git_repository **repo, const char *objects)
{
    int git;

    cb_git_start();
    *odb = NULL;
    *repo = NULL;
    if ((git = git_odb_open(odb, objects)) < 0)
        return git;
    return git_repository_wrap_odb(repo, *odb);
}

bool cb_git_has_commit(const char *objects, cb_str commit)
{
    git_repository *repo = NULL;
    git_commit *c = NULL;
    git_tree *tree = NULL;
    git_odb *odb = NULL;
    git_oid id;
    bool has = commit.n == GIT_OID_HEXSZ && open_objects(&odb, &repo, objects) == 0 &&
               git_oid_fromstrn(&id, commit.p, commit.n) == 0 &&
               git_commit_lookup(&c, repo, &id) == 0 && git_commit_tree(&tree, c) == 0;

    git_tree_free(tree);
    git_commit_free(c);
    git_repository_free(repo);
    git_odb_free(odb);
    return has;
}

/* ---- listing */

struct walk {
    struct git_files *t;
    struct cb_glob_set *globs;
    cb_glob_state *states; /* one row of cb_glob_width for each depth */
    CB_VEC(char) path;
    size_t seen;
    int (*each)(cb_str path, const struct cb_tree_id *id, void *ctx);
    void *ctx;
    bool stopped;
};

static struct cb_tree_id id_of(const git_oid *oid)
{
    struct cb_tree_id id = {.n = GIT_OID_RAWSZ};

    memcpy(id.bytes, oid->id, GIT_OID_RAWSZ);
    return id;
}

/* Names that git itself would never write, but a hand-made tree object may hold. */
static bool is_sound(cb_str name)
{
    return name.n && !memchr(name.p, '/', name.n) && !cb_str_eq(name, CB_LIT(".")) &&
           !cb_str_eq(name, CB_LIT(".."));
}

static void path_push(struct walk *w, cb_str name)
{
    cb_vec_reserve(&w->path, w->path.n + name.n + 1);
    if (w->path.n)
        w->path.v[w->path.n++] = '/';
    memcpy(w->path.v + w->path.n, name.p, name.n);
    w->path.n += name.n;
}

static enum cb_code damaged(struct git_files *t, struct cb_err *err, const char *what, cb_str path)
{
    enum cb_code rc = cb_fail(err, CB_EUPSTREAM, "cannot read %s %.*s at commit %.12s: %s", what,
                              (int)(path.n < 300 ? path.n : 300), path.p ? path.p : "",
                              t->base.commit.id.p, last_error());

    if (t->hooks.broken)
        t->hooks.broken(t->hooks.ctx);
    return rc;
}

static enum cb_code walk_folder(struct walk *w, const git_tree *tree, size_t depth,
                                struct cb_err *err);

static enum cb_code walk_into(struct walk *w, const git_tree_entry *entry, cb_str name,
                              size_t depth, struct cb_err *err)
{
    size_t width = cb_glob_width(w->globs), was = w->path.n;
    const cb_glob_state *from = w->states + depth * width;
    git_tree *below = NULL;
    enum cb_code rc;

    if (!cb_glob_enter(w->globs, from, name, w->states + (depth + 1) * width))
        return CB_OK;
    path_push(w, name);
    if (depth + 1 >= CB_TREE_DEPTH_MAX)
        rc = cb_fail(err, CB_ELIMIT, "the folder %.*s lies over %d deep: narrow the source's paths",
                     (int)(w->path.n < 300 ? w->path.n : 300), w->path.v, CB_TREE_DEPTH_MAX);
    else if (git_tree_lookup(&below, w->t->repo, git_tree_entry_id(entry)) < 0)
        rc = damaged(w->t, err, "folder", cb_str_make(w->path.v, w->path.n));
    else
        rc = walk_folder(w, below, depth + 1, err);
    git_tree_free(below);
    w->path.n = was;
    return rc;
}

static enum cb_code walk_folder(struct walk *w, const git_tree *tree, size_t depth,
                                struct cb_err *err)
{
    const cb_glob_state *from = w->states + depth * cb_glob_width(w->globs);
    size_t n = git_tree_entrycount(tree), was = w->path.n;
    enum cb_code rc = CB_OK;

    for (size_t i = 0; i < n && rc == CB_OK && !w->stopped; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        cb_str name = cb_str_cstr(git_tree_entry_name(entry));
        git_filemode_t mode = git_tree_entry_filemode(entry);

        if (!is_sound(name))
            continue;
        if (++w->seen > CB_TREE_FILE_MAX)
            return cb_fail(err, CB_ELIMIT,
                           "the repository has over %d files: narrow the source's paths",
                           CB_TREE_FILE_MAX);
        if (mode == GIT_FILEMODE_TREE) {
            rc = walk_into(w, entry, name, depth, err);
        } else if ((mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE) &&
                   cb_glob_file(w->globs, from, name)) {
            struct cb_tree_id id = id_of(git_tree_entry_id(entry));

            path_push(w, name);
            w->stopped = w->each(cb_str_make(w->path.v, w->path.n), &id, w->ctx) != 0;
            w->path.n = was;
        }
    }
    return rc;
}

static enum cb_code files_each(struct cb_tree *tree, const cb_str *globs, size_t glob_n,
                               int (*each)(cb_str path, const struct cb_tree_id *id, void *ctx),
                               void *ctx, struct cb_err *err)
{
    struct walk w = {.t = (struct git_files *)tree, .each = each, .ctx = ctx};
    struct cb_arena *a = cb_arena_new();
    enum cb_code rc = cb_glob_compile(&w.globs, a, globs, glob_n, false, err);

    if (rc == CB_OK) {
        w.states =
            CB_NEW_N(a, cb_glob_state, (CB_TREE_DEPTH_MAX + 1) * (cb_glob_width(w.globs) + 1));
        cb_glob_start(w.globs, w.states);
        rc = walk_folder(&w, w.t->root, 0, err);
    }
    cb_vec_fini(&w.path);
    cb_arena_free(a);
    return rc;
}

/* ---- one file */

static enum cb_code find_file(git_oid *out, struct git_files *t, cb_str path, struct cb_err *err)
{
    git_tree_entry *entry = NULL;
    enum cb_code rc = cb_tree_check_path(path, err);
    char *name;
    int git;

    if (rc != CB_OK)
        return rc;
    name = strndup(path.p, path.n);
    git = git_tree_entry_bypath(&entry, t->root, name);
    if (git == GIT_ENOTFOUND) {
        rc =
            cb_fail(err, CB_ENOTFOUND, "no file %.300s at commit %.12s", name, t->base.commit.id.p);
    } else if (git < 0) {
        rc = damaged(t, err, "the folders of", path);
    } else {
        switch (git_tree_entry_filemode(entry)) {
        case GIT_FILEMODE_BLOB:
        case GIT_FILEMODE_BLOB_EXECUTABLE:
            git_oid_cpy(out, git_tree_entry_id(entry));
            break;
        case GIT_FILEMODE_LINK:
            rc = cb_fail(err, CB_ENOTFOUND,
                         "%.300s is a symbolic link, which is not followed: name the file itself",
                         name);
            break;
        case GIT_FILEMODE_COMMIT:
            rc = cb_fail(err, CB_ENOTFOUND,
                         "%.300s is a submodule, which is not read: make it a source of its own",
                         name);
            break;
        default:
            rc = cb_fail(err, CB_ENOTFOUND, "%.300s is a folder, not a file", name);
        }
    }
    git_tree_entry_free(entry);
    free(name);
    return rc;
}

static enum cb_code files_id(struct cb_tree *tree, cb_str path, struct cb_tree_id *out,
                             struct cb_err *err)
{
    git_oid oid;
    enum cb_code rc = find_file(&oid, (struct git_files *)tree, path, err);

    if (rc == CB_OK)
        *out = id_of(&oid);
    return rc;
}

static int by_id(const void *a, const void *b)
{
    return git_oid_cmp(a, b);
}

/* The N blobs IDS, which are not here and may be named twice. */
static enum cb_code bring(struct git_files *t, git_oid *ids, size_t id_n, struct cb_err *err)
{
    enum cb_code rc;
    size_t n = 0;

    if (id_n == 0)
        return CB_OK;
    qsort(ids, id_n, sizeof(*ids), by_id);
    for (size_t i = 0; i < id_n; i++)
        if (n == 0 || git_oid_cmp(&ids[n - 1], &ids[i]) != 0)
            ids[n++] = ids[i];
    rc = t->hooks.bring(t->hooks.ctx, ids, n, err);
    git_odb_refresh(t->odb);
    return rc;
}

static enum cb_code files_want(struct cb_tree *tree, const cb_str *paths, size_t path_n,
                               struct cb_err *err)
{
    struct git_files *t = (struct git_files *)tree;
    CB_VEC(git_oid) missing = {0};
    enum cb_code rc;
    git_oid oid;

    if (!t->hooks.bring)
        return CB_OK;
    git_odb_refresh(t->odb);
    /* A path that is no file is for read() to tell. */
    for (size_t i = 0; i < path_n; i++)
        if (find_file(&oid, t, paths[i], NULL) == CB_OK &&
            !git_odb_exists_ext(t->odb, &oid, GIT_ODB_LOOKUP_NO_REFRESH))
            cb_vec_push(&missing, oid);
    rc = bring(t, missing.v, missing.n, err);
    cb_vec_fini(&missing);
    return rc;
}

/* The store has no such object; here that cannot be mended. */
static enum cb_code no_object(cb_str path, struct cb_err *err)
{
    return cb_fail(err, CB_EUPSTREAM,
                   "%.*s is not in the repository's store: it is a partial clone, or damaged; "
                   "run \"git fsck\" there, or name the repository it was cloned from",
                   (int)(path.n < 300 ? path.n : 300), path.p);
}

static enum cb_code read_object(struct git_files *t, const git_oid *oid, struct cb_arena *a,
                                cb_str path, cb_str *out, struct cb_err *err)
{
    int shown = (int)(path.n < 300 ? path.n : 300), git;
    git_odb_object *object = NULL;
    git_object_t type;
    size_t size;

    if ((git = git_odb_read_header(&size, &type, t->odb, oid)) < 0)
        return git == GIT_ENOTFOUND && !t->hooks.bring ? no_object(path, err)
                                                       : damaged(t, err, "file", path);
    if (type != GIT_OBJECT_BLOB)
        return cb_fail(err, CB_EUPSTREAM, "%.*s is listed as a file but its object is none", shown,
                       path.p);
    if (size > CB_DESCRIPTOR_MAX)
        return cb_fail(err, CB_ELIMIT, "%.*s has %zu bytes, over %d", shown, path.p, size,
                       CB_DESCRIPTOR_MAX);
    if (git_odb_read(&object, t->odb, oid) < 0)
        return damaged(t, err, "file", path);
    size = git_odb_object_size(object);
    *out = cb_str_make(cb_arena_dup(a, git_odb_object_data(object), size), size);
    git_odb_object_free(object);
    return CB_OK;
}

static enum cb_code files_read(struct cb_tree *tree, struct cb_arena *a, cb_str path, cb_str *out,
                               struct cb_err *err)
{
    struct git_files *t = (struct git_files *)tree;
    git_oid oid;
    enum cb_code rc = find_file(&oid, t, path, err);

    if (rc == CB_OK && t->hooks.bring &&
        !git_odb_exists_ext(t->odb, &oid, GIT_ODB_LOOKUP_NO_REFRESH))
        rc = files_want(tree, &path, 1, err);
    return rc == CB_OK ? read_object(t, &oid, a, path, out, err) : rc;
}

/* ---- whole folders */

struct found {
    cb_str path;
    enum cb_bulk_mode mode;
    git_oid oid;
};

struct gather {
    struct git_files *t;
    struct cb_arena *a;
    CB_VEC(struct found) all;
};

/* False for a folder, a submodule, and modes that Git does not know. */
static bool bulk_mode(enum cb_bulk_mode *out, git_filemode_t mode)
{
    *out = mode == GIT_FILEMODE_BLOB_EXECUTABLE ? CB_BULK_EXECUTABLE
           : mode == GIT_FILEMODE_LINK          ? CB_BULK_LINK
                                                : CB_BULK_FILE;
    return *out != CB_BULK_FILE || mode == GIT_FILEMODE_BLOB;
}

static enum cb_code gather_folder(struct gather *g, const git_tree *tree, cb_str prefix,
                                  size_t depth, struct cb_err *err)
{
    size_t n = git_tree_entrycount(tree);
    enum cb_code rc = CB_OK;

    if (depth >= CB_TREE_DEPTH_MAX)
        return cb_fail(err, CB_ELIMIT, "the folder %.*s lies over %d deep",
                       (int)(prefix.n < 300 ? prefix.n : 300), prefix.p, CB_TREE_DEPTH_MAX);
    for (size_t i = 0; i < n && rc == CB_OK; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        cb_str name = cb_str_cstr(git_tree_entry_name(entry));
        git_tree *below = NULL;
        struct found f;

        if (!is_sound(name) || cb_str_eq_nocase(name, CB_LIT(".git")))
            continue;
        f.path = prefix.n ? cb_arena_printf(g->a, "%" CB_FMT "/%s", CB_ARG(prefix), name.p)
                          : cb_arena_str(g->a, name);
        git_oid_cpy(&f.oid, git_tree_entry_id(entry));
        if (bulk_mode(&f.mode, git_tree_entry_filemode(entry))) {
            if (g->all.n == CB_BULK_FILE_MAX)
                return cb_fail(err, CB_ELIMIT, "there are over %d files", CB_BULK_FILE_MAX);
            cb_vec_push(&g->all, f);
        } else if (git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE) {
            if (git_tree_lookup(&below, g->t->repo, &f.oid) < 0)
                rc = damaged(g->t, err, "folder", f.path);
            else
                rc = gather_folder(g, below, f.path, depth + 1, err);
            git_tree_free(below);
        }
    }
    return rc;
}

/* What stands at AT: a folder's tree, or the one file. */
static enum cb_code gather_at(struct gather *g, bool *one, cb_str at, struct cb_err *err)
{
    git_tree_entry *entry = NULL;
    git_tree *below = NULL;
    const char *path = cb_arena_str(g->a, at).p, *name = strrchr(path, '/');
    enum cb_code rc;
    struct found f;
    int git;

    *one = false;
    if (at.n == 0)
        return gather_folder(g, g->t->root, CB_LIT(""), 0, err);
    if ((rc = cb_tree_check_path(at, err)) != CB_OK)
        return rc;
    if ((git = git_tree_entry_bypath(&entry, g->t->root, path)) == GIT_ENOTFOUND)
        return cb_fail(err, CB_ENOTFOUND, "no file or folder %.300s at commit %.12s", path,
                       g->t->base.commit.id.p);
    if (git < 0)
        return damaged(g->t, err, "the folders of", at);
    git_oid_cpy(&f.oid, git_tree_entry_id(entry));
    if (git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE) {
        if (git_tree_lookup(&below, g->t->repo, &f.oid) < 0)
            rc = damaged(g->t, err, "folder", at);
        else
            rc = gather_folder(g, below, CB_LIT(""), 0, err);
    } else if (bulk_mode(&f.mode, git_tree_entry_filemode(entry)) && f.mode != CB_BULK_LINK) {
        f.path = cb_str_cstr(name ? name + 1 : path);
        cb_vec_push(&g->all, f);
        *one = true;
    } else {
        rc = cb_fail(err, CB_ENOTFOUND,
                     "%.300s is a symbolic link or a submodule, which is not followed", path);
    }
    git_tree_free(below);
    git_tree_entry_free(entry);
    return rc;
}

static enum cb_code bring_found(struct gather *g, struct cb_err *err)
{
    CB_VEC(git_oid) missing = {0};
    enum cb_code rc;

    if (!g->t->hooks.bring)
        return CB_OK;
    git_odb_refresh(g->t->odb);
    for (size_t i = 0; i < g->all.n; i++)
        if (!git_odb_exists_ext(g->t->odb, &g->all.v[i].oid, GIT_ODB_LOOKUP_NO_REFRESH))
            cb_vec_push(&missing, g->all.v[i].oid);
    rc = bring(g->t, missing.v, missing.n, err);
    cb_vec_fini(&missing);
    return rc;
}

static enum cb_code give_found(struct gather *g, const struct found *f, struct cb_bulk_sum *sum,
                               cb_bulk_fn *each, void *ctx, struct cb_err *err)
{
    git_odb_object *object = NULL;
    struct cb_bulk_entry e = {.path = f->path, .mode = f->mode};
    git_object_t type;
    enum cb_code rc;
    size_t size;
    int git;

    if ((git = git_odb_read_header(&size, &type, g->t->odb, &f->oid)) < 0)
        return git == GIT_ENOTFOUND && !g->t->hooks.bring ? no_object(f->path, err)
                                                          : damaged(g->t, err, "file", f->path);
    if ((rc = cb_bulk_count(sum, f->path, (int64_t)size, err)) != CB_OK)
        return rc;
    if (git_odb_read(&object, g->t->odb, &f->oid) < 0)
        return damaged(g->t, err, "file", f->path);
    e.bytes = cb_str_make(git_odb_object_data(object), git_odb_object_size(object));
    if (f->mode == CB_BULK_LINK && !cb_bulk_link_is_sound(f->path, e.bytes))
        rc = cb_fail(err, CB_EDENIED,
                     "%.300s is a symbolic link that leads out of its folder: such a link is not "
                     "taken along",
                     f->path.p);
    else
        rc = each(&e, ctx, err);
    git_odb_object_free(object);
    return rc;
}

enum cb_code cb_git_all(bool *one, struct cb_tree *tree, cb_str at, struct cb_bulk_sum *sum,
                        cb_bulk_fn *each, void *ctx, struct cb_err *err)
{
    struct gather g = {.t = (struct git_files *)tree, .a = cb_arena_new()};
    enum cb_code rc = gather_at(&g, one, at, err);

    if (rc == CB_OK)
        rc = bring_found(&g, err);
    for (size_t i = 0; i < g.all.n && rc == CB_OK; i++)
        rc = give_found(&g, &g.all.v[i], sum, each, ctx, err);
    cb_vec_fini(&g.all);
    cb_arena_free(g.a);
    return rc;
}

/* ---- life */

static void files_close(struct cb_tree *tree)
{
    struct git_files *t = (struct git_files *)tree;

    if (!t)
        return;
    git_tree_free(t->root);
    git_repository_free(t->repo);
    git_odb_free(t->odb);
    if (t->hooks.close)
        t->hooks.close(t->hooks.ctx);
    cb_arena_free(t->arena);
    free(t);
}

static const struct cb_tree_ops files_ops = {.each = files_each,
                                             .id = files_id,
                                             .want = files_want,
                                             .read = files_read,
                                             .close = files_close};

/*
 * Commits hold bytes; what leaves here is UTF-8 on one line. Each byte that is neither becomes a
 * '?'.
 */
static cb_str clean(struct cb_arena *a, cb_str s)
{
    char *p = cb_arena_dup(a, s.p, s.n);
    bool utf8 = cb_str_is_utf8(s);

    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)p[i] < ' ' || p[i] == 0x7F || (!utf8 && (unsigned char)p[i] >= 0x80))
            p[i] = '?';
    return cb_str_make(p, s.n);
}

static void describe(struct git_files *t, git_commit *c, cb_str id)
{
    const git_signature *who = git_commit_author(c);
    const char *subject = git_commit_summary(c);

    t->base.commit.id = cb_arena_str(t->arena, id);
    t->base.commit.subject = clean(t->arena, cb_str_cstr(subject ? subject : ""));
    if (who) {
        t->base.commit.author =
            clean(t->arena, cb_arena_printf(t->arena, "%s <%s>", who->name, who->email));
        t->base.commit.at_us = (int64_t)who->when.time * 1000000;
    }
}

enum cb_code cb_git_tree(struct cb_tree **out, const char *objects, cb_str commit,
                         const struct cb_git_hooks *hooks, struct cb_err *err)
{
    struct git_files *t = calloc(1, sizeof(*t));
    git_commit *c = NULL;
    enum cb_code rc = CB_OK;
    git_oid id;

    if (!t)
        abort();
    t->base.ops = &files_ops;
    t->arena = cb_arena_new();
    t->base.commit.id = cb_arena_str(t->arena, commit);
    if (hooks)
        t->hooks = *hooks;
    if (open_objects(&t->odb, &t->repo, objects) < 0)
        rc = cb_fail(err, CB_EUPSTREAM, "cannot open %.500s: %s", objects, last_error());
    else if (commit.n != GIT_OID_HEXSZ || git_oid_fromstrn(&id, commit.p, commit.n) < 0 ||
             git_commit_lookup(&c, t->repo, &id) == GIT_ENOTFOUND)
        rc = cb_fail(err, CB_ENOTFOUND, "no commit %.*s here", (int)(commit.n < 64 ? commit.n : 64),
                     commit.p);
    else if (!c || git_commit_tree(&t->root, c) < 0)
        rc = damaged(t, err, "the files", CB_LIT(""));
    if (rc == CB_OK) {
        describe(t, c, commit);
        *out = &t->base;
    }
    git_commit_free(c);
    if (rc != CB_OK) {
        t->hooks.close = NULL; /* what was not given is not closed: the caller still holds it */
        files_close(&t->base);
    }
    return rc;
}
