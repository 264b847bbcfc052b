#include "server/plugin/source.h"

#include <pthread.h>
#include <stdlib.h>

#include "catalog/base/hash.h"
#include "catalog/base/map.h"
#include "catalog/base/vec.h"

struct doc {
    cb_str path, bytes;
    struct cb_tree_id id;
};

struct emitted {
    struct cb_tree tree; /* first: ops give it back */
    struct cb_arena *arena;
    CB_VEC(struct doc) docs; /* in order of paths once it is a tree */
    struct cb_map paths;
};

/* A reading under way. */
struct reading {
    struct cb_plugin_call call; /* first */
    struct emitted *to;
    size_t bytes;
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool ended;
};

/* ---- the tree */

static enum cb_code each(struct cb_tree *t, const cb_str *globs, size_t glob_n, int (*fn)(cb_str path, const struct cb_tree_id *id, void *ctx),
                         void *ctx, struct cb_err *err)
{
    struct emitted *e = (struct emitted *)t;

    (void)err;
    for (size_t i = 0; i < e->docs.n; i++)
        for (size_t j = 0; j < glob_n; j++)
            if (cb_glob_match(globs[j], e->docs.v[i].path, true)) {
                if (fn(e->docs.v[i].path, &e->docs.v[i].id, ctx))
                    return CB_OK;
                break;
            }
    return CB_OK;
}

static const struct doc *find(const struct emitted *e, cb_str path, struct cb_err *err)
{
    const union cb_map_value *at = cb_map_get(&e->paths, path);

    if (at)
        return &e->docs.v[at->u];
    (void)cb_fail(err, CB_ENOTFOUND, "the plugin emitted no %" CB_FMT, CB_ARG(path));
    return NULL;
}

static enum cb_code id_of(struct cb_tree *t, cb_str path, struct cb_tree_id *out, struct cb_err *err)
{
    const struct doc *d = find((struct emitted *)t, path, err);

    if (!d)
        return CB_ENOTFOUND;
    *out = d->id;
    return CB_OK;
}

static enum cb_code want(struct cb_tree *t, const cb_str *paths, size_t path_n, struct cb_err *err)
{
    (void)t;
    (void)paths;
    (void)path_n;
    (void)err;
    return CB_OK;
}

static enum cb_code read_doc(struct cb_tree *t, struct cb_arena *a, cb_str path, cb_str *out, struct cb_err *err)
{
    const struct doc *d = find((struct emitted *)t, path, err);

    if (!d)
        return CB_ENOTFOUND;
    *out = cb_arena_str(a, d->bytes);
    return CB_OK;
}

static void close_tree(struct cb_tree *t)
{
    struct emitted *e = (struct emitted *)t;

    cb_vec_fini(&e->docs);
    cb_map_fini(&e->paths);
    cb_arena_free(e->arena);
    free(e);
}

static const struct cb_tree_ops ops = {each, id_of, want, read_doc, close_tree};

/* ---- from documents to files */

/* A part of a path; what could leave the folder or hide is written out. */
static void put_part(struct cb_buf *out, cb_str text)
{
    for (size_t i = 0; i < text.n && i < 255; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c == '/' || c < 0x20 || c == '%' || (i == 0 && c == '.'))
            cb_buf_printf(out, "%%%02X", c);
        else
            cb_buf_put_char(out, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
    }
    if (text.n == 0)
        cb_buf_put_char(out, '_');
}

static void name_doc(struct emitted *e, struct doc *d, size_t n)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_node *root;
    struct cb_buf path = CB_BUF_INIT;
    cb_str kind = CB_LIT(""), space, name = CB_LIT("");

    if (cb_node_parse(&root, a, d->bytes, NULL) == CB_OK && root->type == CB_OBJECT) {
        kind = cb_node_text(root, "kind");
        name = cb_node_text(cb_node_get(root, "metadata"), "name");
    }
    if (kind.n && name.n) {
        space = cb_node_text(cb_node_get(root, "metadata"), "namespace");
        put_part(&path, kind);
        cb_buf_put_char(&path, '/');
        put_part(&path, space.n ? space : CB_LIT("default"));
        cb_buf_put_char(&path, '/');
        put_part(&path, name);
    } else {
        cb_buf_printf(&path, "unread/%zu", n);
    }
    for (int i = 2; cb_map_get(&e->paths, cb_arena_printf(a, "%" CB_FMT ".json", CB_ARG(cb_buf_str(&path)))); i++)
        cb_buf_printf(&path, "~%d", i); /* the same name twice is for the reader to judge */
    cb_buf_put_cstr(&path, ".json");
    d->path = cb_arena_str(e->arena, cb_buf_str(&path));
    cb_map_put(&e->paths, d->path, NULL)->u = n;
    d->id.n = CB_SHA1_BYTES;
    cb_sha1(d->id.bytes, d->bytes);
    cb_buf_fini(&path);
    cb_arena_free(a);
}

static int by_path(const void *a, const void *b)
{
    return cb_str_cmp(((const struct doc *)a)->path, ((const struct doc *)b)->path);
}

static void make_tree(struct emitted *e)
{
    for (size_t i = 0; i < e->docs.n; i++)
        name_doc(e, &e->docs.v[i], i);
    if (e->docs.n)
        qsort(e->docs.v, e->docs.n, sizeof(*e->docs.v), by_path);
    for (size_t i = 0; i < e->docs.n; i++)
        cb_map_get(&e->paths, e->docs.v[i].path)->u = i;
    e->tree.ops = &ops;
}

/* ---- reading */

/* A Location as Backstage generates one: it is followed like any. */
static cb_str location_doc(struct cb_arena *a, cb_str target)
{
    cb_str key = cb_arena_printf(a, "url:%" CB_FMT, CB_ARG(target));
    uint8_t sum[CB_SHA1_BYTES];
    char hex[2 * CB_SHA1_BYTES + 1];
    struct cb_buf out = CB_BUF_INIT;
    cb_str doc;

    cb_sha1(sum, key);
    cb_hex(hex, sum, sizeof(sum));
    cb_buf_printf(&out, "{\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"Location\",\"metadata\":{\"name\":\"generated-%s\"},\"spec\":{\"type\":\"url\",\"target\":", hex);
    cb_buf_put_json(&out, target);
    cb_buf_put_cstr(&out, "}}");
    doc = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return doc;
}

/* On the supervisor's thread, while the reader waits. */
static bool take(struct cb_plugin_call *call, cb_str kind, cb_str text, struct cb_err *err)
{
    struct reading *r = (struct reading *)(void *)call;
    struct emitted *e = r->to;
    struct doc d = {0};

    if (e->docs.n >= CB_SOURCE_DOC_MAX) {
        (void)cb_fail(err, CB_ELIMIT, "a source emits at most %d documents", CB_SOURCE_DOC_MAX);
        return false;
    }
    if (r->bytes + text.n > CB_SOURCE_BYTES_MAX) {
        (void)cb_fail(err, CB_ELIMIT, "a source emits at most %d bytes", CB_SOURCE_BYTES_MAX);
        return false;
    }
    r->bytes += text.n;
    d.bytes = cb_str_eq(kind, CB_LIT("location")) ? location_doc(e->arena, text) : cb_arena_str(e->arena, text);
    cb_vec_push(&e->docs, d);
    return true;
}

static void ended(struct cb_plugin_call *call)
{
    struct reading *r = (struct reading *)(void *)call;

    pthread_mutex_lock(&r->lock);
    r->ended = true;
    pthread_cond_signal(&r->cond);
    pthread_mutex_unlock(&r->lock);
}

enum cb_code cb_plugin_source_open(struct cb_tree **out, void *ctx, cb_str url, struct cb_err *err)
{
    size_t slash = cb_str_find_char(url, '/', 0);
    struct emitted *e = calloc(1, sizeof(*e));
    struct reading r = {
        .call = {.what = CB_PLUGIN_SOURCE,
                 .plugin = cb_str_sub(url, 0, slash),
                 .name = cb_str_sub(url, slash == SIZE_MAX ? url.n : slash + 1, url.n),
                 .emit = take,
                 .done = ended},
        .to = e,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .cond = PTHREAD_COND_INITIALIZER,
    };

    if (!e)
        abort();
    e->arena = cb_arena_new();
    cb_plugin_call(ctx, &r.call);
    pthread_mutex_lock(&r.lock);
    while (!r.ended)
        pthread_cond_wait(&r.cond, &r.lock);
    pthread_mutex_unlock(&r.lock);
    free(r.call.answer);
    if (r.call.end > CB_PLUGIN_ABSENT) {
        close_tree(&e->tree);
        return cb_fail(err, r.call.end == CB_PLUGIN_STOPPING ? CB_ECANCELLED : cb_plugin_end_code(r.call.end), "%s", r.call.err.text);
    }
    make_tree(e);
    *out = &e->tree;
    return CB_OK;
}
