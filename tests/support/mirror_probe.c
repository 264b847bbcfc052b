/*
 * mirror_probe - what a mirror says of a repository, as one line of JSON: for tests with real
 * servers.
 *
 *   mirror_probe --data DIR [--branch B] [--host H [--token T] [--user U] [--ca F] [--key F]
 * [--known F]]
 *                [--deadline MS] [--disk BYTES] [--registered] [--cancel MS] [--times N] [--hold
 *                MS] [--commit HEX] [--glob G]... [--read PATH]... URL
 *
 *   {"commit":"...","branch":"main","ms":12,"files":[{"path":"a.yaml","id":"..."}],"read":{"a.yaml":"..."}}
 *   {"error":"not-found","text":"...","at":"update"}
 */
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "catalog/base/buf.h"
#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/fetch/mirror.h"
#include "catalog/fetch/transport.h"

#define LIST_MAX 64

struct ask {
    struct cb_mirror_opts opts;
    struct cb_credential secret;
    cb_str branch, commit, globs[LIST_MAX], reads[LIST_MAX];
    size_t glob_n, read_n;
    int times, cancel_ms, hold_ms;
    const char *url;
};

static int fail(const char *at, const struct cb_err *err)
{
    struct cb_buf b = CB_BUF_INIT;

    cb_buf_printf(&b, "{\"error\":\"%s\",\"at\":\"%s\",\"text\":", cb_code_name(err->code), at);
    cb_buf_put_json(&b, cb_str_cstr(err->text));
    puts(b.p ? (cb_buf_put_char(&b, '}'), b.p) : "");
    cb_buf_fini(&b);
    return 1;
}

static int list_one(cb_str path, const struct cb_tree_id *id, void *ctx)
{
    struct cb_buf *b = ctx;
    char hex[2 * CB_TREE_ID_MAX + 1];

    cb_hex(hex, id->bytes, id->n);
    cb_buf_put_cstr(b, b->p[b->n - 1] == '[' ? "{\"path\":" : ",{\"path\":");
    cb_buf_put_json(b, path);
    cb_buf_printf(b, ",\"id\":\"%s\"}", hex);
    return 0;
}

static void put_reads(struct cb_buf *b, struct cb_tree *tree, const struct ask *q,
                      struct cb_arena *a)
{
    struct cb_err err = {0};
    cb_str bytes;

    cb_buf_put_cstr(b, ",\"read\":{");
    if (tree->ops->want(tree, q->reads, q->read_n, &err) != CB_OK)
        cb_buf_printf(b, "\"want\":\"%s\"%s", cb_code_name(err.code), q->read_n ? "," : "");
    for (size_t i = 0; i < q->read_n; i++) {
        cb_buf_put_cstr(b, i ? "," : "");
        cb_buf_put_json(b, q->reads[i]);
        cb_buf_put_char(b, ':');
        if (tree->ops->read(tree, a, q->reads[i], &bytes, &err) == CB_OK)
            cb_buf_put_json(b, bytes);
        else
            cb_buf_put_json(b, cb_arena_printf(a, "%s: %s", cb_code_name(err.code), err.text));
    }
    cb_buf_put_char(b, '}');
}

static int show(struct cb_mirror *m, const struct ask *q, cb_str commit, int64_t us,
                struct cb_arena *a)
{
    struct cb_buf b = CB_BUF_INIT;
    struct cb_tree *tree = NULL;
    struct cb_err err = {0};

    if (cb_mirror_tree(&tree, m, q->commit.n ? q->commit : commit, &err) != CB_OK)
        return fail("tree", &err);
    cb_buf_printf(&b, "{\"commit\":\"%" CB_FMT "\",\"ms\":%lld,\"branch\":", CB_ARG(commit),
                  (long long)(us / 1000));
    cb_buf_put_json(&b, cb_mirror_branch(m));
    cb_buf_put_cstr(&b, ",\"author\":");
    cb_buf_put_json(&b, tree->commit.author);
    cb_buf_put_cstr(&b, ",\"subject\":");
    cb_buf_put_json(&b, tree->commit.subject);
    cb_buf_put_cstr(&b, ",\"files\":[");
    if (tree->ops->each(tree, q->globs, q->glob_n, list_one, &b, &err) != CB_OK) {
        tree->ops->close(tree);
        cb_buf_fini(&b);
        return fail("each", &err);
    }
    cb_buf_put_char(&b, ']');
    put_reads(&b, tree, q, a);
    if (q->hold_ms)
        usleep((useconds_t)q->hold_ms * 1000);
    tree->ops->close(tree);
    puts((cb_buf_put_char(&b, '}'), b.p));
    cb_buf_fini(&b);
    return 0;
}

static void *cancel_later(void *arg)
{
    usleep((useconds_t)(*(int *)arg) * 1000);
    cb_transport_cancel_all();
    return NULL;
}

static int run(struct ask *q)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_mirror *m = NULL;
    struct cb_err err = {0};
    pthread_t canceller;
    cb_str commit;
    int rc = 0;

    if (cb_mirror_open(&m, cb_str_cstr(q->url), &q->opts, &err) != CB_OK)
        rc = fail("open", &err);
    if (rc == 0 && q->cancel_ms)
        pthread_create(&canceller, NULL, cancel_later, &q->cancel_ms);
    for (int i = 0; i < q->times && rc == 0; i++) {
        int64_t start_us = cb_clock_mono_us();

        if (cb_mirror_update(m, q->branch, a, &commit, &err) != CB_OK)
            rc = fail("update", &err);
        else
            rc = show(m, q, commit, cb_clock_mono_us() - start_us, a);
        fflush(stdout);
    }
    cb_mirror_close(m);
    cb_arena_free(a);
    return rc;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"data", 1, 0, 'd'},  {"branch", 1, 0, 'b'},     {"host", 1, 0, 'h'},
        {"token", 1, 0, 't'}, {"user", 1, 0, 'u'},       {"ca", 1, 0, 'a'},
        {"key", 1, 0, 'k'},   {"known", 1, 0, 'n'},      {"deadline", 1, 0, 'D'},
        {"disk", 1, 0, 'S'},  {"registered", 0, 0, 'R'}, {"cancel", 1, 0, 'C'},
        {"times", 1, 0, 'T'}, {"commit", 1, 0, 'c'},     {"glob", 1, 0, 'g'},
        {"read", 1, 0, 'r'},  {"hold", 1, 0, 'H'},       {0},
    };
    struct ask q = {.opts.file_urls = true, .times = 1, .branch = CB_LIT(""), .commit = CB_LIT("")};
    struct cb_credential_set *set = cb_credential_set_new();
    int c, rc;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd':
            q.opts.data_dir = optarg;
            break;
        case 'b':
            q.branch = cb_str_cstr(optarg);
            break;
        case 'h':
            q.secret.host = optarg;
            break;
        case 't':
            q.secret.token = optarg;
            break;
        case 'u':
            q.secret.username = optarg;
            break;
        case 'a':
            q.secret.ca_file = optarg;
            break;
        case 'k':
            q.secret.ssh_key = optarg;
            break;
        case 'n':
            q.secret.known_hosts = optarg;
            break;
        case 'D':
            q.opts.deadline_us = atoll(optarg) * 1000;
            break;
        case 'S':
            q.opts.disk_max_bytes = atoll(optarg);
            break;
        case 'R':
            q.opts.file_urls = false;
            break;
        case 'C':
            q.cancel_ms = atoi(optarg);
            break;
        case 'T':
            q.times = atoi(optarg);
            break;
        case 'H':
            q.hold_ms = atoi(optarg);
            break;
        case 'c':
            q.commit = cb_str_cstr(optarg);
            break;
        case 'g':
            if (q.glob_n < LIST_MAX)
                q.globs[q.glob_n++] = cb_str_cstr(optarg);
            break;
        case 'r':
            if (q.read_n < LIST_MAX)
                q.reads[q.read_n++] = cb_str_cstr(optarg);
            break;
        default:
            return 2;
        }
    }
    if (optind + 1 != argc || !q.opts.data_dir) {
        fprintf(stderr, "mirror_probe: --data DIR and one URL are needed\n");
        return 2;
    }
    q.url = argv[optind];
    if (q.glob_n == 0)
        q.globs[q.glob_n++] = CB_LIT("**");
    /* So that a test can look at the command lines: of the children, never of this one. */
    if (!q.secret.token && getenv("PROBE_TOKEN"))
        q.secret.token = getenv("PROBE_TOKEN");
    if (q.secret.host)
        cb_credential_set_put(set, &q.secret);
    q.opts.secrets = set;
    rc = run(&q);
    cb_credential_set_free(set);
    return rc;
}
