#include "catalog/fetch/mirror.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "catalog/base/vec.h"
#include "catalog/fetch/git.h"
#include "catalog/fetch/glance.h"
#include "catalog/fetch/store.h"
#include "catalog/fetch/transport.h"

#define KEY_BYTES 16
#define BRANCH_MAX 255 /* bytes of a branch's name */
#define NO_GLANCE_US                                                                               \
    (3600 * CB_S_US) /* how long a server that takes no short question is not asked one */

struct cb_mirror {
    atomic_int refs; /* the owner's and one for each open tree */
    struct cb_arena *arena;
    struct cb_remote remote;
    struct cb_credential_set *own; /* the one credential for this remote, copied */
    const struct cb_credential *secret;
    int64_t deadline_us, disk_max_bytes;
    struct cb_store store;  /* of a remote one */
    git_repository *local;  /* of a local one, once it could be opened */
    char *local_dir;        /* of a local one: where its refs are */
    struct stat local_path; /* what it was when it was opened */
    char *branch;
    int64_t no_glance_us;
    bool cleaned; /* leftovers of an earlier life are gone */
};

/* ---- life */

static void unref(struct cb_mirror *m)
{
    if (atomic_fetch_sub(&m->refs, 1) > 1)
        return;
    cb_store_fini(&m->store);
    cb_credential_set_free(m->own);
    if (m->remote.password.n)
        explicit_bzero((char *)(uintptr_t)m->remote.password.p, m->remote.password.n);
    cb_arena_free(m->arena);
    git_repository_free(m->local);
    free(m->local_dir);
    free(m->branch);
    free(m);
}

void cb_mirror_close(struct cb_mirror *m)
{
    if (m)
        unref(m);
}

static void key_of(char key[2 * KEY_BYTES + 1], cb_str clean)
{
    uint8_t sum[CB_SHA256_BYTES];

    cb_sha256(sum, clean);
    cb_hex(key, sum, KEY_BYTES);
}

/*
 * The user and password of the URL go before the set's. Over plain http a token of the set goes
 * only where the operator's own words lead (or nowhere outside this machine): a URL that somebody
 * registered must not send it over the wire for all to read.
 */
static void choose_secret(struct cb_mirror *m, const struct cb_mirror_opts *opts)
{
    const struct cb_credential *found = cb_credential_find(opts->secrets, m->remote.clean);
    struct cb_credential mine = found ? *found : (struct cb_credential){0};
    bool http = m->remote.scheme == CB_REMOTE_HTTP || m->remote.scheme == CB_REMOTE_HTTPS;
    bool v6 = cb_str_find_char(m->remote.host, ':', 0) != SIZE_MAX;

    if (m->remote.scheme == CB_REMOTE_HTTP && !opts->file_urls &&
        !cb_remote_is_loopback(&m->remote))
        mine.token = mine.username = NULL;
    if (http && m->remote.user.n) {
        mine.username = m->remote.user.p;
        mine.token = m->remote.password.n ? m->remote.password.p : "";
    }
    mine.host =
        cb_arena_printf(m->arena, v6 ? "[%" CB_FMT "]" : "%" CB_FMT, CB_ARG(m->remote.host)).p;
    m->own = cb_credential_set_new();
    cb_credential_set_put(m->own, &mine);
    m->secret = cb_credential_find(m->own, m->remote.clean);
}

/* A repository may come, and be put in the place of another, while callboard runs. */
static enum cb_code open_local(struct cb_mirror *m, struct cb_err *err)
{
    struct stat path, dir;
    enum cb_code rc;

    if (m->local && stat(m->remote.path.p, &path) == 0 && stat(m->local_dir, &dir) == 0 &&
        path.st_dev == m->local_path.st_dev && path.st_ino == m->local_path.st_ino)
        return CB_OK;
    git_repository_free(m->local);
    m->local = NULL;
    if ((rc = cb_git_open(&m->local, m->remote.path.p, err)) != CB_OK)
        return rc;
    free(m->local_dir);
    m->local_dir = strdup(
        git_repository_commondir(m->local)); /* of a linked work tree, what it is linked to */
    if (stat(m->remote.path.p, &m->local_path) < 0)
        memset(&m->local_path, 0, sizeof(m->local_path));
    return CB_OK;
}

enum cb_code cb_mirror_open(struct cb_mirror **out, cb_str url, const struct cb_mirror_opts *opts,
                            struct cb_err *err)
{
    struct cb_mirror *m = calloc(1, sizeof(*m));
    char key[2 * KEY_BYTES + 1];
    enum cb_code rc;

    if (!m)
        abort();
    atomic_init(&m->refs, 1);
    m->arena = cb_arena_new();
    m->deadline_us = opts->deadline_us ? opts->deadline_us : CB_MIRROR_DEADLINE_US;
    m->disk_max_bytes = opts->disk_max_bytes ? opts->disk_max_bytes : CB_MIRROR_DISK_MAX;
    if ((rc = cb_remote_parse(&m->remote, m->arena, url, err)) != CB_OK)
        goto out;
    if (m->remote.scheme == CB_REMOTE_LOCAL) {
        if (!opts->file_urls)
            rc = cb_fail(
                err, CB_EDENIED,
                "%s is a path on callboard's machine, which only its configuration may name: "
                "use an https or ssh URL",
                m->remote.clean.p);
        else if (open_local(m, NULL) != CB_OK)
            m->local_dir = strdup(m->remote.path.p); /* the first update says why */
        goto out;
    }
    choose_secret(m, opts);
    key_of(key, m->remote.clean);
    rc = cb_store_init(&m->store, opts->data_dir, key, err);
out:
    if (rc != CB_OK)
        unref(m);
    else
        *out = m;
    return rc;
}

const char *cb_mirror_local_dir(const struct cb_mirror *m)
{
    return m->local_dir;
}

cb_str cb_mirror_branch(const struct cb_mirror *m)
{
    return cb_str_cstr(m->branch ? m->branch : "");
}

static void set_branch(struct cb_mirror *m, cb_str name)
{
    if (m->branch && cb_str_eq(cb_str_cstr(m->branch), name))
        return;
    free(m->branch);
    if (!(m->branch = strndup(name.p, name.n)))
        abort();
}

/* ---- asking the remote */

struct tip {
    char commit[GIT_OID_HEXSZ + 1];
    cb_str branch; /* "HEAD" when the remote's HEAD is on none */
    cb_str ref;    /* on the remote */
};

struct job {
    struct cb_mirror *m;
    struct cb_arena *a;
    int64_t end_us; /* on cb_clock_mono_us */
    int lock;
};

static int64_t left_us(const struct job *j, int64_t most)
{
    int64_t left = j->end_us - cb_clock_mono_us();

    if (left < CB_S_US)
        left = CB_S_US;
    return left < most ? left : most;
}

static enum cb_code check_branch(cb_str b, struct cb_err *err)
{
    bool bad = b.n > BRANCH_MAX || b.p[0] == '-' || b.p[0] == '/' ||
               cb_str_find(b, CB_LIT("..")) != SIZE_MAX;

    for (size_t i = 0; i < b.n && !bad; i++)
        bad = (unsigned char)b.p[i] <= ' ' || strchr("~^:?*[\\\x7f", b.p[i]) != NULL;
    if (bad)
        return cb_fail(err, CB_EINVAL, "\"%.*s\" cannot be the name of a branch",
                       (int)(b.n < 200 ? b.n : 200), b.p);
    return CB_OK;
}

/* "<hex>\tHEAD", "<hex>\trefs/heads/main", and before them "ref: refs/heads/main\tHEAD". */
static enum cb_code read_tip(struct tip *out, struct job *j, cb_str branch, cb_str answer,
                             struct cb_err *err)
{
    cb_str want =
        branch.n ? cb_arena_printf(j->a, "refs/heads/%" CB_FMT, CB_ARG(branch)) : CB_LIT("HEAD");
    cb_str line, rest = answer, head = CB_LIT("");
    const char *url = j->m->remote.clean.p;

    out->commit[0] = '\0';
    while (cb_str_split(&line, &rest, '\n')) {
        size_t tab = cb_str_find_char(line, '\t', 0);
        cb_str left = cb_str_sub(line, 0, tab),
               name = tab == SIZE_MAX ? CB_LIT("") : cb_str_sub(line, tab + 1, line.n);

        if (cb_str_starts(left, CB_LIT("ref: ")) && cb_str_eq(name, CB_LIT("HEAD")))
            head = cb_str_sub(left, 5, left.n);
        else if (cb_str_eq(name, want) && left.n == 2 * CB_SHA256_BYTES)
            return cb_fail(err, CB_EUNSUPPORTED,
                           "%s uses SHA-256 object names, which callboard cannot read", url);
        else if (cb_str_eq(name, want) && left.n == GIT_OID_HEXSZ)
            memcpy(out->commit, left.p, left.n), out->commit[left.n] = '\0';
    }
    if (!out->commit[0] && branch.n)
        return cb_fail(err, CB_ENOTFOUND, "%s has no branch %.*s: was it renamed or deleted?", url,
                       (int)branch.n, branch.p);
    if (!out->commit[0])
        return cb_fail(err, CB_ENOTFOUND,
                       "%s has no commit on its default branch yet: push one, or name a branch",
                       url);
    if (!branch.n && cb_str_starts(head, CB_LIT("refs/heads/"))) {
        out->branch = cb_arena_str(j->a, cb_str_sub(head, 11, head.n));
        out->ref = cb_arena_str(j->a, head);
    } else {
        out->branch = branch.n ? cb_arena_str(j->a, branch) : CB_LIT("HEAD");
        out->ref = want;
    }
    return CB_OK;
}

/*
 * Without starting git, on a connection that is kept; false when that does not answer the question.
 */
static bool glance(struct tip *out, struct job *j, cb_str branch)
{
    struct cb_mirror *m = j->m;
    cb_str ref = branch.n ? cb_arena_printf(j->a, "refs/heads/%" CB_FMT, CB_ARG(branch))
                          : CB_LIT("HEAD"),
           target;
    enum cb_glance said;

    if ((m->remote.scheme != CB_REMOTE_HTTPS && m->remote.scheme != CB_REMOTE_HTTP) ||
        cb_clock_mono_us() < m->no_glance_us)
        return false;
    said = cb_glance_ask(out->commit, &target, j->a, &m->remote, m->secret, ref,
                         left_us(j, CB_GLANCE_TIMEOUT_US));
    if (said == CB_GLANCE_NEVER)
        m->no_glance_us = cb_clock_mono_us() + NO_GLANCE_US;
    if (said != CB_GLANCE_YES)
        return false;
    out->branch = branch.n ? cb_arena_str(j->a, branch) : CB_LIT("HEAD");
    out->ref = ref;
    if (!branch.n && cb_str_starts(target, CB_LIT("refs/heads/"))) {
        out->branch = cb_str_sub(target, 11, target.n);
        out->ref = target;
    }
    return true;
}

static enum cb_code ask(struct tip *out, struct job *j, cb_str branch, struct cb_err *err)
{
    const char *ref =
        branch.n ? cb_arena_printf(j->a, "refs/heads/%" CB_FMT, CB_ARG(branch)).p : "HEAD";
    const char *const args[] = {"ls-remote",          "--quiet", "--symref", "--",
                                j->m->remote.clean.p, ref,       NULL};
    struct cb_transport_opts o = {.args = args,
                                  .remote = &j->m->remote,
                                  .secret = j->m->secret,
                                  .deadline_us = left_us(j, CB_MIRROR_ASK_US)};
    struct cb_buf answer = CB_BUF_INIT;
    enum cb_code rc;

    if (glance(out, j, branch))
        return CB_OK;
    if ((rc = cb_transport_run(&answer, NULL, &o, err)) == CB_OK)
        rc = read_tip(out, j, branch, cb_buf_str(&answer), err);
    cb_buf_fini(&answer);
    return rc;
}

/* ---- bringing a commit */

/* Where the mirror keeps REF: a hash, for a branch's name may clash with another's as a path. */
static const char *kept_ref(struct job *j, cb_str ref)
{
    char key[2 * KEY_BYTES + 1];

    key_of(key, ref);
    return cb_arena_printf(j->a, "refs/callboard/%s", key).p;
}

static enum cb_code run_fetch(struct job *j, const char *dir, const char *const *args, cb_str input,
                              struct cb_buf *words, struct cb_err *err)
{
    struct cb_transport_opts o = {.git_dir = dir,
                                  .args = args,
                                  .remote = &j->m->remote,
                                  .secret = j->m->secret,
                                  .input = input,
                                  .deadline_us = left_us(j, j->m->deadline_us),
                                  .watch_dir = dir,
                                  .disk_max_bytes = j->m->disk_max_bytes};

    enum cb_code rc = cb_transport_run(NULL, words, &o, err);

    /* A short transfer is over before it was looked at. */
    if (rc == CB_OK && cb_transport_disk_bytes(dir) > j->m->disk_max_bytes)
        rc = cb_fail(err, CB_ELIMIT, "%s is over the disk limit of one mirror",
                     j->m->remote.clean.p);
    return rc;
}

/* WORDS (may be NULL) gets what git said. Marks in DIR tell what its server cannot do. */
static enum cb_code fetch_ref(struct job *j, const char *dir, const struct tip *tip,
                              struct cb_buf *words, struct cb_err *err)
{
    bool whole = cb_store_mark_get(dir, "whole", NULL), deep = cb_store_mark_get(dir, "deep", NULL);
    const char *args[12] = {
        "fetch",    "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
        "--refmap="};
    size_t n = 6;

    if (!deep) {
        args[n++] = whole ? "--no-filter" : "--filter=blob:none";
        args[n++] = "--depth=1";
    }
    args[n++] = "origin";
    args[n++] = cb_arena_printf(j->a, "+%s:%s", tip->ref.p, kept_ref(j, tip->ref)).p;
    args[n] = NULL;
    return run_fetch(j, dir, args, CB_LIT(""), words, err);
}

static bool has_commit(struct job *j, const char *dir, const char *commit)
{
    return cb_git_has_commit(cb_arena_printf(j->a, "%s/objects", dir).p, cb_str_cstr(commit));
}

/* What the fetched ref says now: the branch may have moved since it was asked for. */
static enum cb_code fetched_commit(struct job *j, const char *dir, struct tip *tip,
                                   struct cb_err *err)
{
    FILE *f = fopen(cb_arena_printf(j->a, "%s/%s", dir, kept_ref(j, tip->ref)).p, "re");
    size_t n = f ? fread(tip->commit, 1, GIT_OID_HEXSZ, f) : 0;

    if (f)
        fclose(f);
    tip->commit[n] = '\0';
    if (!has_commit(j, dir, tip->commit))
        return cb_fail(err, CB_EUPSTREAM,
                       "the mirror of %s does not hold the commit that was fetched",
                       j->m->remote.clean.p);
    return CB_OK;
}

/*
 * An empty mirror at s->fresh, and the commit into it. A server of plain files has all of the
 * history, or nothing.
 */
static enum cb_code fill_fresh(struct job *j, const struct tip *tip, struct cb_err *err)
{
    const struct cb_store *s = &j->m->store;
    bool whole = cb_store_mark_get(s->dir, "whole", NULL),
         deep = cb_store_mark_get(s->dir, "deep", NULL);
    struct cb_buf words = CB_BUF_INIT;
    enum cb_code rc;

    for (;;) {
        if ((rc = cb_store_make(s, j->m->remote.clean, !deep, err)) != CB_OK)
            break;
        if (whole)
            cb_store_mark_put(s->fresh, "whole", 1);
        if (deep)
            cb_store_mark_put(s->fresh, "deep", 1);
        cb_buf_clear(&words);
        rc = fetch_ref(j, s->fresh, tip, &words, err);
        if (rc == CB_OK || deep || !words.p || !strstr(words.p, "does not support shallow"))
            break;
        deep = true;
    }
    cb_buf_fini(&words);
    return rc;
}

/* A mirror anew, whole before it gets its name. */
static enum cb_code make_anew(struct job *j, struct tip *tip, int64_t wait_us, struct cb_err *err)
{
    const struct cb_store *s = &j->m->store;
    enum cb_code rc = fill_fresh(j, tip, err);

    if (rc == CB_OK && (rc = fetched_commit(j, s->fresh, tip, err)) == CB_OK) {
        cb_store_mark_put(s->fresh, "base", cb_transport_disk_bytes(s->fresh));
        rc = cb_store_swap(s, wait_us, err);
    }
    if (rc != CB_OK)
        cb_store_drop(s->fresh);
    return rc;
}

/*
 * Packs pile up, one or two a fetch, and what no branch holds any more stays: begin again now and
 * then.
 */
static void keep_small(struct job *j, struct tip *tip)
{
    const struct cb_store *s = &j->m->store;
    struct tip again = *tip;
    struct cb_err err;
    int64_t base = 0, now;

    cb_store_mark_get(s->dir, "base", &base);
    now = cb_transport_disk_bytes(s->dir);
    if (cb_store_packs(s) <= CB_MIRROR_PACK_MAX && now <= 4 * base + CB_MIRROR_GROWTH_MIN)
        return;
    if (make_anew(j, &again, 0, &err) == CB_OK) {
        *tip = again;
        cb_log(CB_LOG_INFO, "mirror.renewed", "url=%s bytes=%lld", j->m->remote.clean.p,
               (long long)now);
    } else {
        cb_log(CB_LOG_DEBUG, "mirror.kept", "url=%s bytes=%lld", j->m->remote.clean.p,
               (long long)now);
    }
}

static enum cb_code bring(struct job *j, struct tip *tip, struct cb_err *err)
{
    const struct cb_store *s = &j->m->store;
    bool there = cb_store_exists(s), broken = there && cb_store_mark_get(s->dir, "broken", NULL);
    enum cb_code rc;

    if (there && !broken) {
        if (has_commit(j, s->dir, tip->commit))
            return CB_OK;
        rc = fetch_ref(j, s->dir, tip, NULL, err);
        if (rc == CB_OK)
            rc = fetched_commit(j, s->dir, tip, err);
        if (rc == CB_OK) {
            keep_small(j, tip);
            return CB_OK;
        }
        if (rc == CB_ETIMEOUT || rc == CB_ECANCELLED || rc == CB_EUNAVAILABLE)
            return rc;
        /*
         * The remote has just answered, so the fault may lie in the mirror (or it is too full): try
         * without it.
         */
        cb_log(CB_LOG_WARN, "mirror.retry", "url=%s reason=%s", j->m->remote.clean.p,
               cb_code_name(rc));
    }
    return make_anew(j, tip, CB_STORE_SWAP_WAIT_US, err);
}

static enum cb_code update_remote(struct cb_mirror *m, cb_str branch, struct cb_arena *a,
                                  cb_str *commit, struct cb_err *err)
{
    struct job j = {.m = m, .a = cb_arena_new(), .end_us = cb_clock_mono_us() + m->deadline_us};
    struct tip tip;
    enum cb_code rc;

    if ((rc = cb_store_lock(&j.lock, &m->store, m->deadline_us, err)) == CB_OK) {
        if (!m->cleaned)
            cb_store_clean(&m->store);
        m->cleaned = true;
        if ((rc = ask(&tip, &j, branch, err)) == CB_OK && (rc = bring(&j, &tip, err)) == CB_OK) {
            set_branch(m, tip.branch);
            *commit = cb_arena_str(a, cb_str_cstr(tip.commit));
        }
        if (rc != CB_OK)
            m->cleaned = false; /* a child that was killed leaves something behind */
        cb_store_unlock(j.lock);
    }
    cb_arena_free(j.a);
    return rc;
}

static enum cb_code update_local(struct cb_mirror *m, cb_str branch, struct cb_arena *a,
                                 cb_str *commit, struct cb_err *err)
{
    enum cb_code rc = open_local(m, err);
    cb_str name;

    if (rc == CB_OK && (rc = cb_git_tip(m->local, branch, a, commit, &name, err)) == CB_OK)
        set_branch(m, name);
    return rc;
}

enum cb_code cb_mirror_update(struct cb_mirror *m, cb_str branch, struct cb_arena *a,
                              cb_str *commit, struct cb_err *err)
{
    enum cb_code rc;

    if (cb_str_starts(branch, CB_LIT("refs/heads/")))
        branch = cb_str_sub(branch, 11, branch.n);
    if (branch.n && (rc = check_branch(branch, err)) != CB_OK)
        return rc;
    return m->local_dir ? update_local(m, branch, a, commit, err)
                        : update_remote(m, branch, a, commit, err);
}

/* ---- trees */

struct reader {
    struct cb_mirror *m;
    int use;
    char commit[GIT_OID_HEXSZ + 1];
};

static void reader_close(void *ctx)
{
    struct reader *r = ctx;

    cb_store_unlock(r->use);
    unref(r->m);
    free(r);
}

static void reader_broken(void *ctx)
{
    struct reader *r = ctx;

    cb_log(CB_LOG_WARN, "mirror.damaged", "url=%s", r->m->remote.clean.p);
    cb_store_mark_put(r->m->store.dir, "broken", 1);
}

/*
 * The server gives what a branch holds, but no blob by its name: then the commit comes with all its
 * files.
 */
static enum cb_code bring_whole(struct job *j, const char *commit, struct cb_err *err)
{
    const char *const args[] = {"fetch",
                                "--quiet",
                                "--no-tags",
                                "--no-write-fetch-head",
                                "--no-auto-maintenance",
                                "--refmap=",
                                "--no-filter",
                                "--refetch",
                                "--depth=1",
                                "origin",
                                commit,
                                NULL};

    cb_store_mark_put(j->m->store.dir, "whole", 1);
    return run_fetch(j, j->m->store.dir, args, CB_LIT(""), NULL, err);
}

static enum cb_code reader_bring(void *ctx, const git_oid *ids, size_t id_n, struct cb_err *err)
{
    static const char *const args[] = {"-c",
                                       "fetch.negotiationAlgorithm=noop",
                                       "fetch",
                                       "origin",
                                       "--quiet",
                                       "--no-tags",
                                       "--no-write-fetch-head",
                                       "--no-auto-maintenance",
                                       "--recurse-submodules=no",
                                       "--filter=blob:none",
                                       "--stdin",
                                       NULL};
    struct reader *r = ctx;
    struct cb_mirror *m = r->m;
    struct job j = {.m = m, .a = cb_arena_new(), .end_us = cb_clock_mono_us() + m->deadline_us};
    struct cb_buf input = CB_BUF_INIT, words = CB_BUF_INIT;
    enum cb_code rc;

    for (size_t i = 0; i < id_n; i++) {
        git_oid_fmt(cb_buf_reserve(&input, GIT_OID_HEXSZ + 1), &ids[i]);
        input.n += GIT_OID_HEXSZ;
        cb_buf_put_char(&input, '\n');
    }
    if ((rc = cb_store_lock(&j.lock, &m->store, m->deadline_us, err)) == CB_OK) {
        rc = run_fetch(&j, m->store.dir, args, cb_buf_str(&input), &words, err);
        if (rc != CB_OK && words.p &&
            (strstr(words.p, "not our ref") || strstr(words.p, "unadvertised object")))
            rc = bring_whole(&j, r->commit, err);
        if (rc != CB_OK)
            m->cleaned = false;
        cb_store_unlock(j.lock);
    }
    cb_buf_fini(&input);
    cb_buf_fini(&words);
    cb_arena_free(j.a);
    return rc;
}

static enum cb_code remote_tree(struct cb_tree **out, struct cb_mirror *m, cb_str commit,
                                struct cb_err *err)
{
    struct reader *r = calloc(1, sizeof(*r));
    struct cb_git_hooks hooks = {reader_bring, reader_broken, reader_close, r};
    enum cb_code rc;
    char *objects;

    if (!r || asprintf(&objects, "%s/objects", m->store.dir) < 0)
        abort();
    r->m = m;
    snprintf(r->commit, sizeof(r->commit), "%" CB_FMT, CB_ARG(commit));
    atomic_fetch_add(&m->refs, 1);
    if ((rc = cb_store_use(&r->use, &m->store, err)) == CB_OK)
        rc = cb_git_tree(out, objects, commit, &hooks, err);
    if (rc != CB_OK)
        reader_close(r);
    free(objects);
    return rc;
}

enum cb_code cb_mirror_tree(struct cb_tree **out, struct cb_mirror *m, cb_str commit,
                            struct cb_err *err)
{
    enum cb_code rc;
    char *objects;

    if (!m->local_dir)
        return remote_tree(out, m, commit, err);
    if ((rc = open_local(m, err)) != CB_OK)
        return rc;
    if (asprintf(&objects, "%s/objects", m->local_dir) < 0)
        abort();
    rc = cb_git_tree(out, objects, commit, NULL, err);
    free(objects);
    return rc;
}

bool cb_mirror_exists(const char *data_dir, cb_str url)
{
    struct cb_arena *a = cb_arena_new();
    char key[2 * KEY_BYTES + 1];
    struct cb_store s;
    bool there = false;

    key_of(key, cb_git_url_clean(a, url));
    if (cb_store_init(&s, data_dir, key, NULL) == CB_OK) {
        there = cb_store_exists(&s);
        cb_store_fini(&s);
    }
    cb_arena_free(a);
    return there;
}

/* ---- mirrors that nobody asks for any more */

static bool is_kept(const char *name, const cb_str *keep, size_t keep_n)
{
    struct cb_arena *a = cb_arena_new();
    char key[2 * KEY_BYTES + 1];
    bool kept = false;

    for (size_t i = 0; i < keep_n && !kept; i++) {
        key_of(key, cb_git_url_clean(a, keep[i]));
        kept = strncmp(name, key, 2 * KEY_BYTES) == 0;
    }
    cb_arena_free(a);
    return kept;
}

/* NAME is that of a lock file, whose time is when its mirror was last asked for. */
static bool drop_unused(const char *data_dir, const char *name, const struct stat *st,
                        int64_t age_us)
{
    char key[2 * KEY_BYTES + 1];
    struct timespec now;
    struct cb_store s;
    bool gone = false;
    int lock;

    clock_gettime(CLOCK_REALTIME, &now);
    if ((int64_t)(now.tv_sec - st->st_mtim.tv_sec) * CB_S_US < age_us)
        return false;
    memcpy(key, name, 2 * KEY_BYTES);
    key[2 * KEY_BYTES] = '\0';
    if (cb_store_init(&s, data_dir, key, NULL) != CB_OK)
        return false;
    if (cb_store_exists(&s) && cb_store_lock(&lock, &s, 0, NULL) == CB_OK) {
        gone = cb_store_remove(&s);
        cb_store_unlock(lock);
    }
    cb_store_fini(&s);
    return gone;
}

size_t cb_mirror_sweep(const char *data_dir, const cb_str *keep, size_t keep_n, int64_t age_us)
{
    struct cb_arena *a = cb_arena_new();
    DIR *dir = opendir(cb_arena_printf(a, "%s/mirrors", data_dir).p);
    struct dirent *e;
    struct stat st;
    size_t n = 0;

    while (dir && (e = readdir(dir))) {
        cb_str name = cb_str_cstr(e->d_name);

        if (name.n == 2 * KEY_BYTES + 5 && cb_str_ends(name, CB_LIT(".lock")) &&
            fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            !is_kept(e->d_name, keep, keep_n))
            n += drop_unused(data_dir, e->d_name, &st, age_us);
    }
    if (dir)
        closedir(dir);
    cb_arena_free(a);
    return n;
}
