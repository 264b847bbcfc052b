#include "server/http/asset.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "catalog/base/map.h"

#define NONCE "__CSP_NONCE__"
#define NONCE_BYTES 16

#define CSP_HEAD "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'nonce-"
#define CSP_TAIL                                                                                                       \
    "'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "                \
    "frame-ancestors 'none'"

enum form { PLAIN, GZIP, BROTLI, FORM_N };

struct file {
    const char *type;
    cb_str forms[FORM_N]; /* p NULL: there is none */
};

struct cb_assets {
    struct cb_arena *arena;
    struct cb_map files; /* "/assets/index-1a2b.js" -> struct file */
    cb_str index;        /* index.html, or the page that stands in for it */
    size_t bytes, n;
};

static const char no_portal[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>callboard</title>"
    "<style nonce=\"" NONCE "\">body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}"
    "code{background:#eee;padding:.1em .3em}</style>"
    "<h1>callboard is running</h1><p>Its API answers, but the portal has not been built. Build it with</p>"
    "<p><code>./dev build</code></p><p>or set <code>portal_dir:</code> to a folder that has its <code>index.html</code>."
    "</p><p>Meanwhile: <a href=\"/api/catalog/entities/by-query?limit=20\">entities</a>, "
    "<a href=\"/api/problems\">problems</a>, <a href=\"/api/sources\">sources</a>, <a href=\"/metrics\">metrics</a>.</p>";

static const struct {
    const char *end, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".map", "application/json; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
};

static const char *type_of(cb_str path)
{
    for (size_t i = 0; i < CB_COUNT(types); i++)
        if (cb_str_ends(path, cb_str_cstr(types[i].end)))
            return types[i].type;
    return "application/octet-stream";
}

static enum cb_code read_whole(cb_str *out, struct cb_assets *as, const char *path, size_t bytes, struct cb_err *err)
{
    char *p;
    size_t n = 0;
    ssize_t got = 0;
    int fd;

    as->bytes += bytes;
    if (as->bytes > CB_ASSET_BYTES_MAX || ++as->n > CB_ASSET_N_MAX)
        return cb_fail(err, CB_ELIMIT, "portal_dir: more than %d files or %d bytes; is it the built portal?", CB_ASSET_N_MAX,
                       CB_ASSET_BYTES_MAX);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cb_fail(err, CB_EINVAL, "portal_dir: %s cannot be read: %s", path, strerror(errno));
    p = cb_arena_alloc(as->arena, bytes + 1);
    while (n < bytes && (got = read(fd, p + n, bytes - n)) > 0)
        n += (size_t)got;
    close(fd);
    if (got < 0)
        return cb_fail(err, CB_EINVAL, "portal_dir: %s cannot be read: %s", path, strerror(errno));
    *out = cb_str_make(p, n);
    return CB_OK;
}

static bool stays_inside(const char *path, const char *root)
{
    char real[PATH_MAX];
    size_t n = strlen(root);

    return realpath(path, real) && strncmp(real, root, n) == 0 && real[n] == '/';
}

static enum cb_code add_file(struct cb_assets *as, const char *full, cb_str path, size_t bytes, struct cb_err *err)
{
    enum form form = cb_str_ends(path, CB_LIT(".gz")) ? GZIP : cb_str_ends(path, CB_LIT(".br")) ? BROTLI : PLAIN;
    union cb_map_value *value;
    struct file *file;
    cb_str content;
    enum cb_code rc;

    if ((rc = read_whole(&content, as, full, bytes, err)) != CB_OK)
        return rc;
    if (form != PLAIN)
        path = cb_str_sub(path, 0, path.n - 3);
    path = cb_arena_str(as->arena, path);
    value = cb_map_put(&as->files, path, NULL);
    if (!value->p) {
        value->p = CB_NEW(as->arena, struct file);
        ((struct file *)value->p)->type = type_of(path);
    }
    file = value->p;
    file->forms[form] = content;
    if (form == PLAIN && cb_str_eq(path, CB_LIT("/index.html")))
        as->index = content;
    return CB_OK;
}

static enum cb_code read_folder(struct cb_assets *as, const char *dir, struct cb_err *err)
{
    char root[PATH_MAX];
    char *roots[] = {root, NULL};
    enum cb_code rc = CB_OK;
    FTSENT *at;
    FTS *fts;

    if (!realpath(dir, root))
        return cb_fail(err, CB_EINVAL, "portal_dir: %s: %s", dir, strerror(errno));
    fts = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    if (!fts)
        return cb_fail(err, CB_EINVAL, "portal_dir: %s: %s", dir, strerror(errno));
    while (rc == CB_OK && (at = fts_read(fts))) {
        cb_str path = cb_str_make(at->fts_path + strlen(root), at->fts_pathlen - strlen(root));

        if (at->fts_info == FTS_F && stays_inside(at->fts_path, root))
            rc = add_file(as, at->fts_path, path, (size_t)at->fts_statp->st_size, err);
    }
    fts_close(fts);
    return rc;
}

static bool has_index(const char *dir)
{
    char path[PATH_MAX];

    return snprintf(path, sizeof(path), "%s/index.html", dir) < (int)sizeof(path) && access(path, R_OK) == 0;
}

/* Where a built portal is when nobody says: beside the binary in the build folder, or installed. */
static const char *find_folder(struct cb_arena *a)
{
    static const char *const beside[] = {"frontend-dist", "../frontend-dist", "portal"};
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *slash;

    if (n > 0) {
        self[n] = '\0';
        if (strstr(self, "/.libs/")) /* libtool's, before the install */
            *strstr(self, "/.libs/") = '\0';
        else if ((slash = strrchr(self, '/')))
            *slash = '\0';
        for (size_t i = 0; i < CB_COUNT(beside); i++) {
            cb_str dir = cb_arena_printf(a, "%s/%s", self, beside[i]);

            if (has_index(dir.p))
                return dir.p;
        }
    }
    return has_index(CB_PORTAL_DIR) ? CB_PORTAL_DIR : NULL;
}

enum cb_code cb_assets_load(struct cb_assets **out, cb_str dir, struct cb_err *err)
{
    struct cb_assets *as = calloc(1, sizeof(*as));
    enum cb_code rc = CB_OK;
    const char *folder;

    if (!as)
        abort();
    as->arena = cb_arena_new();
    folder = dir.n ? cb_arena_dup(as->arena, dir.p, dir.n) : find_folder(as->arena);
    if (folder)
        rc = read_folder(as, folder, err);
    if (rc != CB_OK) {
        cb_assets_free(as);
        return rc;
    }
    if (!as->index.n)
        as->index = cb_str_cstr(no_portal);
    cb_log(CB_LOG_INFO, "http.portal", "folder=%s files=%zu bytes=%zu", folder ? folder : "none", as->n, as->bytes);
    *out = as;
    return CB_OK;
}

void cb_assets_free(struct cb_assets *as)
{
    if (!as)
        return;
    cb_map_fini(&as->files);
    cb_arena_free(as->arena);
    free(as);
}

bool cb_asset_is_ours(cb_str path)
{
    static const char *const others[] = {"/api", "/.backstage"};

    if (path.n == 0 || path.p[0] != '/')
        return false;
    for (size_t i = 0; i < CB_COUNT(others); i++) {
        size_t n = strlen(others[i]);

        if (path.n >= n && cb_str_eq_nocase(cb_str_sub(path, 0, n), cb_str_cstr(others[i])) &&
            (path.n == n || path.p[n] == '/'))
            return false;
    }
    return true;
}

static void answer_index(struct cb_request *rq, struct cb_reply *rp)
{
    cb_str rest = rq->assets->index;
    uint8_t random[NONCE_BYTES];
    char nonce[2 * NONCE_BYTES + 1];
    size_t at;

    cb_random(random, sizeof(random));
    cb_hex(nonce, random, sizeof(random));
    while ((at = cb_str_find(rest, CB_LIT(NONCE))) != SIZE_MAX) {
        cb_buf_put_str(&rp->body, cb_str_sub(rest, 0, at));
        cb_buf_put_cstr(&rp->body, nonce);
        rest = cb_str_sub(rest, at + sizeof(NONCE) - 1, rest.n);
    }
    cb_buf_put_str(&rp->body, rest);
    rp->type = "text/html; charset=utf-8";
    rp->no_store = true;
    cb_reply_header(rp, "content-security-policy", cb_arena_printf(rq->arena, CSP_HEAD "%s" CSP_TAIL, nonce));
    cb_reply_header(rp, "referrer-policy", CB_LIT("no-referrer"));
    cb_reply_header(rp, "x-frame-options", CB_LIT("DENY"));
    cb_reply_header(rp, "cross-origin-opener-policy", CB_LIT("same-origin"));
}

static void answer_file(struct cb_request *rq, struct cb_reply *rp, const struct file *file)
{
    static const char *const codings[FORM_N] = {NULL, "gzip", "br"};
    bool hashed = cb_str_starts(rq->path, CB_LIT("/assets/"));
    enum form form = PLAIN;

    for (enum form f = BROTLI; f > PLAIN && form == PLAIN; f--)
        if (file->forms[f].p && rq->headers.accept_encoding.n &&
            cb_accepts_coding(rq->headers.accept_encoding, cb_str_cstr(codings[f])))
            form = f;
    rp->type = file->type;
    rp->fixed = file->forms[form];
    rp->coding = codings[form];
    rp->compress = cb_str_starts(cb_str_cstr(file->type), CB_LIT("text/")) || file->forms[GZIP].p != NULL;
    cb_reply_header(rp, "cache-control", hashed ? CB_LIT("public, max-age=31536000, immutable") : CB_LIT("no-cache"));
    cb_reply_header(rp, "referrer-policy", CB_LIT("no-referrer"));
    cb_reply_header(rp, "cross-origin-resource-policy", CB_LIT("same-origin"));
    if (cb_str_starts(cb_str_cstr(file->type), CB_LIT("image/svg")) || cb_str_starts(cb_str_cstr(file->type), CB_LIT("text/html")))
        cb_reply_header(rp, "content-security-policy", CB_LIT("default-src 'none'; style-src 'unsafe-inline'; sandbox"));
}

void cb_asset_answer(struct cb_request *rq, struct cb_reply *rp)
{
    union cb_map_value *value = cb_map_get(&rq->assets->files, cb_percent_decode(rq->arena, rq->path, false));
    const struct file *file = value ? value->p : NULL;

    if (file && file->forms[PLAIN].p && !cb_str_eq(rq->path, CB_LIT("/index.html")))
        answer_file(rq, rp, file);
    else if (cb_str_starts(rq->path, CB_LIT("/assets/")))
        cb_reply_refuse(rp, rq, 404, "NotFoundError", "no such file of the portal: reload the page");
    else
        answer_index(rq, rp);
}
