#include "catalog/fetch/publish.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/fetch/git.h"
#include "catalog/fetch/store.h"
#include "catalog/fetch/transport.h"

#define BRANCH_MAX 255     /* bytes of a branch's name */
#define SAID_MAX 500       /* bytes of what the other end says that are repeated */
#define MINE ".callboard-" /* what begins so under a folder of repositories is no repository yet */

static const char *last_error(void)
{
    const git_error *e = git_error_last();

    return e && e->message ? e->message : "libgit2 gave no reason";
}

/* ---- what was given */

static enum cb_code check_branch(cb_str b, const char *what, struct cb_err *err)
{
    char name[BRANCH_MAX + 12];
    int valid = 0;

    if (b.n && b.n <= BRANCH_MAX && !memchr(b.p, '\0', b.n)) {
        snprintf(name, sizeof(name), "refs/heads/%" CB_FMT, CB_ARG(b));
        if (git_reference_name_is_valid(&valid, name) < 0 || b.p[0] == '-')
            valid = 0;
    }
    if (!valid)
        return cb_fail(err, CB_EINVAL, "%s \"%.*s\" cannot be the name of a branch", what,
                       (int)(b.n < 200 ? b.n : 200), b.p ? b.p : "");
    return CB_OK;
}

static enum cb_code check(const struct cb_publish *p, struct cb_err *err)
{
    enum cb_code rc;

    cb_git_start();
    rc = check_branch(p->branch, "branch:", err);
    if (rc == CB_OK && p->base.n)
        rc = check_branch(p->base, "base:", err);
    if (rc != CB_OK)
        return rc;
    if (p->message.n > CB_PUBLISH_MESSAGE_MAX)
        return cb_fail(err, CB_ELIMIT, "a commit's message has at most %d bytes",
                       CB_PUBLISH_MESSAGE_MAX);
    if (p->gone_n > CB_PUBLISH_GONE_MAX)
        return cb_fail(err, CB_ELIMIT, "at most %d paths are deleted at once", CB_PUBLISH_GONE_MAX);
    if (!p->base.n && p->gone_n)
        return cb_fail(err, CB_EINVAL, "without a base there is nothing to delete");
    return CB_OK;
}

/* "..", empty parts and ".git" lead nowhere good; the index would refuse some of it, not all. */
static enum cb_code check_path(cb_str path, struct cb_err *err)
{
    struct cb_bulk_sum one = {0};
    cb_str rest = path, part;

    while (cb_str_split(&part, &rest, '/'))
        if (cb_str_eq_nocase(part, CB_LIT(".git")))
            return cb_fail(err, CB_EINVAL, "%.*s is no path of a repository",
                           (int)(path.n < 300 ? path.n : 300), path.p);
    return cb_bulk_count(&one, path, 0, err);
}

/* ---- a folder for the time of the work: locked, so that nobody else takes it for a leftover */

struct desk {
    char path[PATH_MAX];
    int lock;
};

static void sweep(const char *folder, const char *prefix)
{
    DIR *dir = opendir(folder);
    struct dirent *e;

    while (dir && (e = readdir(dir))) {
        char path[PATH_MAX];
        int fd;

        if (strncmp(e->d_name, prefix, strlen(prefix)) != 0 ||
            snprintf(path, sizeof(path), "%s/%s", folder, e->d_name) >= (int)sizeof(path))
            continue;
        fd = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
            cb_store_drop(path);
        if (fd >= 0)
            close(fd);
    }
    if (dir)
        closedir(dir);
}

void cb_publish_sweep(const char *data_dir, cb_str repositories)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof(path), "%s/publish", data_dir) < (int)sizeof(path))
        sweep(path, "push-");
    if (repositories.n && repositories.n < sizeof(path)) {
        memcpy(path, repositories.p, repositories.n);
        path[repositories.n] = '\0';
        sweep(path, MINE);
    }
}

static enum cb_code cannot_make(const char *path, struct cb_err *err)
{
    return cb_fail(err, CB_EUNAVAILABLE, "cannot make the folder %.500s: %s", path,
                   strerror(errno));
}

static enum cb_code make_folders(char *path, mode_t mode, struct cb_err *err)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, mode) < 0 && errno != EEXIST)
            return cannot_make(path, err);
        *slash = '/';
    }
    return mkdir(path, mode) < 0 && errno != EEXIST ? cannot_make(path, err) : CB_OK;
}

/* "<FOLDER>/<PREFIX><random>", new, empty and locked. */
static enum cb_code desk_open(struct desk *d, const char *folder, const char *prefix,
                              struct cb_err *err)
{
    unsigned char random[8];
    char hex[17];

    d->lock = -1;
    sweep(folder, prefix);
    cb_random(random, sizeof(random));
    cb_hex(hex, random, sizeof(random));
    if (snprintf(d->path, sizeof(d->path), "%s/%s%s", folder, prefix, hex) >= (int)sizeof(d->path))
        return cb_fail(err, CB_EINVAL, "the path %.200s... is too long", folder);
    if (mkdir(d->path, 0755) < 0)
        return cannot_make(d->path, err);
    d->lock = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d->lock < 0 || flock(d->lock, LOCK_EX | LOCK_NB) < 0)
        return cb_fail(err, CB_EUNAVAILABLE, "cannot lock %.500s: %s", d->path, strerror(errno));
    return CB_OK;
}

/* KEPT: it has another name by now. */
static void desk_close(struct desk *d, bool kept)
{
    if (!kept && d->path[0])
        cb_store_drop(d->path);
    if (d->lock >= 0)
        close(d->lock);
}

/* ---- the commit */

struct work {
    const struct cb_publish *p;
    struct cb_arena *a;
    git_repository *repo;
    git_index *index;
    size_t put_n;
};

static enum cb_code put_entry(const struct cb_bulk_entry *e, void *ctx, struct cb_err *err)
{
    struct work *w = ctx;
    git_index_entry entry = {.mode = e->mode == CB_BULK_LINK         ? GIT_FILEMODE_LINK
                                     : e->mode == CB_BULK_EXECUTABLE ? GIT_FILEMODE_BLOB_EXECUTABLE
                                                                     : GIT_FILEMODE_BLOB};
    const char *path = cb_arena_str(w->a, e->path).p;
    int ignored = 0;

    if (e->mode == CB_BULK_FOLDER)
        return CB_OK;
    if (git_ignore_path_is_ignored(&ignored, w->repo, path) == 0 && ignored)
        return CB_OK;
    entry.path = w->p->into.n ? cb_arena_printf(w->a, "%" CB_FMT "/%s", CB_ARG(w->p->into), path).p
                              : path;
    if (git_blob_create_from_buffer(&entry.id, w->repo, e->bytes.p ? e->bytes.p : "",
                                    e->bytes.n) < 0)
        return cb_fail(err, CB_EUNAVAILABLE, "cannot write %.300s to the new commit: %s", path,
                       last_error());
    if (git_index_add(w->index, &entry) < 0)
        return cb_fail(err, CB_EINVAL, "%.300s cannot be a file of a commit: %s", entry.path,
                       last_error());
    w->put_n++;
    return CB_OK;
}

static enum cb_code take_away(struct work *w, struct cb_err *err)
{
    for (size_t i = 0; i < w->p->gone_n; i++) {
        cb_str path = w->p->gone[i];
        enum cb_code rc;

        while (path.n && path.p[path.n - 1] == '/')
            path.n--;
        if ((rc = check_path(path, err)) != CB_OK)
            return rc;
        path = cb_arena_str(w->a, path);
        git_index_remove_directory(w->index, path.p, 0);
        if (git_index_get_bypath(w->index, path.p, 0) && git_index_remove(w->index, path.p, 0) < 0)
            return cb_fail(err, CB_EINVAL, "cannot delete %.300s: %s", path.p, last_error());
    }
    return CB_OK;
}

/* The tree of the folder on that of BASE (NULL: none). */
static enum cb_code write_tree(git_oid *out, struct work *w, const git_tree *base,
                               struct cb_err *err)
{
    struct cb_bulk_sum sum = {0};
    char real[PATH_MAX], link[64];
    ssize_t n;
    enum cb_code rc;

    if (w->p->into.n && (rc = check_path(w->p->into, err)) != CB_OK)
        return rc;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", w->p->folder);
    if ((n = readlink(link, real, sizeof(real) - 1)) > 0) { /* whose .gitignore files count */
        real[n] = '\0';
        if (git_repository_set_workdir(w->repo, real, 0) < 0)
            return cb_fail(err, CB_EUNAVAILABLE, "cannot look for .gitignore: %s", last_error());
    }
    if (git_index_new(&w->index) < 0 || (base && git_index_read_tree(w->index, base) < 0))
        return cb_fail(err, CB_EUPSTREAM, "cannot read the files of the base: %s", last_error());
    if ((rc = take_away(w, err)) != CB_OK ||
        (rc = cb_bulk_read(w->p->folder, &sum, put_entry, w, err)) != CB_OK)
        return rc;
    if (!base && w->put_n == 0)
        return cb_fail(err, CB_EINVAL, "there is no file to publish");
    if (git_index_write_tree_to(out, w->index, w->repo) < 0)
        return cb_fail(err, CB_EUNAVAILABLE, "cannot write the new tree: %s", last_error());
    return CB_OK;
}

/* As git writes it: with a line's end. */
static const char *message_of(const struct work *w)
{
    cb_str m = w->p->message;

    return cb_arena_printf(w->a, "%" CB_FMT "%s", CB_ARG(m), cb_str_ends(m, CB_LIT("\n")) ? "" : "\n").p;
}

/* A commit of the folder on PARENT (NULL: the first one). */
static enum cb_code write_commit(struct cb_published *out, struct work *w, git_commit *parent,
                                 struct cb_err *err)
{
    const git_commit *parents[1] = {parent};
    git_signature *who = NULL;
    git_tree *base = NULL, *tree = NULL;
    char hex[GIT_OID_HEXSZ + 1];
    enum cb_code rc;
    git_oid id;

    if (parent && git_commit_tree(&base, parent) < 0)
        return cb_fail(err, CB_EUPSTREAM, "cannot read the base: %s", last_error());
    if ((rc = write_tree(&id, w, base, err)) != CB_OK)
        goto out;
    if (base && !w->p->empty && git_oid_equal(&id, git_tree_id(base))) {
        out->unchanged = true;
        git_oid_cpy(&id, git_commit_id(parent));
    } else if (git_signature_now(&who, cb_arena_str(w->a, w->p->name).p,
                                 cb_arena_str(w->a, w->p->email).p) < 0) {
        rc = cb_fail(err, CB_EINVAL, "\"%.*s <%.*s>\" cannot be the author of a commit: %s",
                     (int)(w->p->name.n < 200 ? w->p->name.n : 200), w->p->name.p,
                     (int)(w->p->email.n < 200 ? w->p->email.n : 200), w->p->email.p,
                     last_error());
        goto out;
    } else if (git_tree_lookup(&tree, w->repo, &id) < 0 ||
               git_commit_create(&id, w->repo, NULL, who, who, NULL,
                                 message_of(w), tree, parent ? 1 : 0,
                                 parents) < 0) {
        rc = cb_fail(err, CB_EUNAVAILABLE, "cannot write the commit: %s", last_error());
        goto out;
    }
    git_oid_tostr(hex, sizeof(hex), &id);
    out->commit = cb_arena_str(w->a, cb_str_cstr(hex));
out:
    git_tree_free(tree);
    git_tree_free(base);
    git_signature_free(who);
    return rc;
}

static void work_fini(struct work *w)
{
    git_index_free(w->index);
    git_repository_free(w->repo);
}

/* ---- pushing */

struct push {
    struct work w;
    struct cb_remote remote;
    const char *dir;
};

static enum cb_code run(struct cb_buf *out, struct cb_buf *words, const struct push *push,
                        const char *const *args, bool writes, struct cb_err *err)
{
    const struct cb_publish *p = push->w.p;
    struct cb_transport_opts o = {
        .git_dir = push->dir,
        .args = args,
        .remote = &push->remote,
        .secret = p->secret,
        .deadline_us = p->deadline_us ? p->deadline_us : CB_PUBLISH_DEADLINE_US,
        .watch_dir = writes ? NULL : push->dir,
        .disk_max_bytes = writes ? 0 : CB_PUBLISH_DISK_MAX,
        .writes = writes,
        .stop = p->stop};

    return cb_transport_run(out, words, &o, err);
}

/* The base's newest commit and its folders; its files stay where they are. */
static enum cb_code fetch_base(git_commit **out, struct push *push, struct cb_err *err)
{
    cb_str base = push->w.p->base;
    const char *const args[] = {
        "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
        "--refmap=", "--depth=1", "--filter=blob:none", "origin",
        cb_arena_printf(push->w.a, "+refs/heads/%" CB_FMT ":refs/callboard/base", CB_ARG(base)).p,
        NULL};
    enum cb_code rc = run(NULL, NULL, push, args, false, err);
    git_oid id;

    if (rc != CB_OK)
        return rc;
    if (git_reference_name_to_id(&id, push->w.repo, "refs/callboard/base") < 0 ||
        git_commit_lookup(out, push->w.repo, &id) < 0)
        return cb_fail(err, CB_EUPSTREAM, "the newest commit of %" CB_FMT " cannot be read: %s",
                       CB_ARG(base), last_error());
    return CB_OK;
}

/* What the other end says: its "remote:" lines as one. */
static cb_str said_of(struct cb_arena *a, cb_str words)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str rest = words, line, out;

    while (cb_str_split(&line, &rest, '\n')) {
        if (!cb_str_starts(line, CB_LIT("remote:")))
            continue;
        line = cb_str_trim(cb_str_sub(line, 7, line.n));
        if (line.n)
            cb_buf_printf(&b, "%s%" CB_FMT, b.n ? " " : "", CB_ARG(line));
    }
    out = cb_arena_str(a, cb_str_cut(cb_buf_str(&b), SAID_MAX));
    cb_buf_fini(&b);
    return out;
}

/* "!\tREF:REF\t[rejected] (fetch first)" of --porcelain: why the branch was not taken. */
static enum cb_code refused(const struct push *push, cb_str report, cb_str words, enum cb_code rc,
                            struct cb_err *err)
{
    const struct cb_publish *p = push->w.p;
    cb_str rest = report, line, said = said_of(push->w.a, words);
    const char *colon = said.n ? ". It says: " : "";

    while (cb_str_split(&line, &rest, '\n')) {
        size_t at = cb_str_find(line, CB_LIT("\t["));
        cb_str why;

        if (!cb_str_starts(line, CB_LIT("!\t")) || at == SIZE_MAX)
            continue;
        why = cb_str_cut(cb_str_sub(line, at + 1, line.n), 200);
        if (cb_str_starts(why, CB_LIT("[rejected]")))
            return cb_fail(err, CB_ECONFLICT,
                           "the branch %" CB_FMT " of %" CB_FMT " %s", CB_ARG(p->branch),
                           CB_ARG(push->remote.clean),
                           p->base.n && cb_str_eq(p->base, p->branch)
                               ? "has moved while the commit was made: try again"
                               : "is there already, with other commits: it is not overwritten");
        return cb_fail(err, CB_EDENIED,
                       "%" CB_FMT " does not take the branch %" CB_FMT ": %" CB_FMT "%s%" CB_FMT,
                       CB_ARG(push->remote.clean), CB_ARG(p->branch), CB_ARG(why), colon,
                       CB_ARG(said));
    }
    return rc;
}

static enum cb_code send_commit(const struct push *push, cb_str commit, struct cb_err *err)
{
    const char *const args[] = {
        "-c", "pack.useSparse=false", "push", "--porcelain", "--no-verify", "--no-follow-tags",
        "origin",
        cb_arena_printf(push->w.a, "%" CB_FMT ":refs/heads/%" CB_FMT, CB_ARG(commit),
                        CB_ARG(push->w.p->branch))
            .p,
        NULL};
    struct cb_buf report = CB_BUF_INIT, words = CB_BUF_INIT;
    enum cb_code rc = run(&report, &words, push, args, true, err);

    if (rc != CB_OK && rc != CB_ETIMEOUT && rc != CB_ECANCELLED)
        rc = refused(push, cb_buf_str(&report), cb_buf_str(&words), rc, err);
    cb_buf_fini(&report);
    cb_buf_fini(&words);
    return rc;
}

enum cb_code cb_publish_push(struct cb_published *out, struct cb_arena *a,
                             const struct cb_publish *p, struct cb_err *err)
{
    struct push push = {.w = {.p = p, .a = a}};
    struct cb_published made = {0};
    struct desk desk = {.lock = -1};
    git_commit *parent = NULL;
    enum cb_code rc;
    char *folder;

    if ((rc = check(p, err)) != CB_OK || (rc = cb_remote_parse(&push.remote, a, p->url, err)) != CB_OK)
        return rc;
    folder = (char *)(uintptr_t)cb_arena_printf(a, "%s/publish", p->data_dir).p;
    if ((rc = make_folders(folder, 0700, err)) != CB_OK ||
        (rc = desk_open(&desk, folder, "push-", err)) != CB_OK)
        goto out;
    push.dir = desk.path;
    if ((rc = cb_git_make(&push.w.repo, desk.path, p->branch, push.remote.clean, p->base.n > 0,
                          err)) != CB_OK ||
        (p->base.n && (rc = fetch_base(&parent, &push, err)) != CB_OK) ||
        (rc = write_commit(&made, &push.w, parent, err)) != CB_OK)
        goto out;
    if (!made.unchanged)
        rc = send_commit(&push, made.commit, err);
    if (rc == CB_OK)
        *out = made;
out:
    git_commit_free(parent);
    work_fini(&push.w);
    desk_close(&desk, false);
    return rc;
}

/* ---- repositories on this machine */

static bool name_part(cb_str part)
{
    if (part.n == 0 || part.n > CB_PUBLISH_NAME_MAX || cb_str_ends(part, CB_LIT(".lock")))
        return false;
    for (size_t i = 0; i < part.n; i++) {
        char c = part.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        if (!plain && (i == 0 || !strchr("-_.", c) || c == '\0'))
            return false;
    }
    return true;
}

enum cb_code cb_publish_path(cb_str *dir, struct cb_arena *a, cb_str root, cb_str name,
                             struct cb_err *err)
{
    cb_str bare = cb_str_ends(name, CB_LIT(".git")) ? cb_str_sub(name, 0, name.n - 4) : name;
    cb_str rest = bare, part;
    size_t n = 0;

    while (cb_str_split(&part, &rest, '/'))
        if (!name_part(part) || cb_str_ends(part, CB_LIT(".git")) || ++n > CB_PUBLISH_PART_MAX)
            return cb_fail(err, CB_EINVAL,
                           "\"%.*s\" is no name of a repository: write acme/shop, with letters, "
                           "digits, '-', '_' and '.', at most %d parts of %d bytes",
                           (int)(name.n < 300 ? name.n : 300), name.p ? name.p : "",
                           CB_PUBLISH_PART_MAX, CB_PUBLISH_NAME_MAX);
    *dir = cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT ".git", CB_ARG(root), CB_ARG(bare));
    return CB_OK;
}

static enum cb_code write_branch(struct work *w, cb_str commit, struct cb_err *err)
{
    git_reference *ref = NULL;
    enum cb_code rc = CB_OK;
    git_oid id;

    if (git_oid_fromstrn(&id, commit.p, commit.n) < 0 ||
        git_reference_create(
            &ref, w->repo,
            cb_arena_printf(w->a, "refs/heads/%" CB_FMT, CB_ARG(w->p->branch)).p, &id, 0, NULL) < 0)
        rc = cb_fail(err, CB_EUNAVAILABLE, "cannot write the branch: %s", last_error());
    git_reference_free(ref);
    return rc;
}

enum cb_code cb_publish_create(struct cb_published *out, cb_str *dir, struct cb_arena *a,
                               const struct cb_publish *p, cb_str root, cb_str name,
                               struct cb_err *err)
{
    struct work w = {.p = p, .a = a};
    struct cb_published made = {0};
    struct desk desk = {.lock = -1};
    bool kept = false;
    enum cb_code rc;
    char *parents;

    if ((rc = check(p, err)) != CB_OK || (rc = cb_publish_path(dir, a, root, name, err)) != CB_OK)
        return rc;
    if (p->base.n)
        return cb_fail(err, CB_EINVAL, "a new repository has no branch that could be a base");
    parents = cb_arena_dup(a, dir->p, dir->n);
    *strrchr(parents, '/') = '\0';
    if (access(dir->p, F_OK) == 0)
        rc = cb_fail(err, CB_ECONFLICT, "there is a repository %" CB_FMT " already", CB_ARG(name));
    if (rc != CB_OK || (rc = make_folders(parents, 0755, err)) != CB_OK ||
        (rc = desk_open(&desk, cb_arena_str(a, root).p, MINE "new-", err)) != CB_OK ||
        (rc = cb_git_make(&w.repo, desk.path, p->branch, CB_LIT(""), false, err)) != CB_OK ||
        (rc = write_commit(&made, &w, NULL, err)) != CB_OK ||
        (rc = write_branch(&w, made.commit, err)) != CB_OK)
        goto out;
    if (renameat2(AT_FDCWD, desk.path, AT_FDCWD, dir->p, RENAME_NOREPLACE) < 0)
        rc = errno == EEXIST ? cb_fail(err, CB_ECONFLICT,
                                       "there is a repository %" CB_FMT " already", CB_ARG(name))
                             : cb_fail(err, CB_EUNAVAILABLE, "cannot make %s: %s", dir->p,
                                       strerror(errno));
    else
        kept = true;
    if (rc == CB_OK)
        *out = made;
out:
    work_fini(&w);
    desk_close(&desk, kept);
    return rc;
}

/* Is COMMIT all that the repository's names lead to? */
static bool holds_only(git_repository *repo, cb_str commit)
{
    git_reference_iterator *it = NULL;
    git_reference *ref = NULL;
    char hex[GIT_OID_HEXSZ + 1];
    bool only = git_reference_iterator_new(&it, repo) == 0;
    size_t n = 0;

    while (only && git_reference_next(&ref, it) == 0) {
        const git_oid *id = git_reference_target(ref);

        only = id && cb_str_eq(cb_str_cstr(git_oid_tostr(hex, sizeof(hex), id)), commit);
        git_reference_free(ref);
        n++;
    }
    git_reference_iterator_free(it);
    return only && n == 1;
}

enum cb_code cb_publish_remove(struct cb_arena *a, cb_str root, cb_str name, cb_str commit,
                               struct cb_err *err)
{
    git_repository *repo = NULL;
    struct desk desk = {.lock = -1};
    enum cb_code rc;
    cb_str dir, gone;

    if ((rc = cb_publish_path(&dir, a, root, name, err)) != CB_OK ||
        (rc = cb_git_open(&repo, dir.p, err)) != CB_OK)
        return rc;
    if (!holds_only(repo, commit))
        rc = cb_fail(err, CB_ECONFLICT,
                     "somebody has pushed to %" CB_FMT " since it was made: it stays",
                     CB_ARG(name));
    git_repository_free(repo);
    if (rc != CB_OK || (rc = desk_open(&desk, cb_arena_str(a, root).p, MINE "gone-", err)) != CB_OK)
        goto out;
    gone = cb_arena_printf(a, "%s/repository", desk.path); /* at once for whoever looks for it */
    if (rename(dir.p, gone.p) < 0)
        rc = cb_fail(err, CB_EUNAVAILABLE, "cannot remove %s: %s", dir.p, strerror(errno));
out:
    desk_close(&desk, false);
    return rc;
}
