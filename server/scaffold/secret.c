#include "server/scaffold/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/base64.h"
#include "catalog/base/hash.h"

#define VERSION 1
#define ID_BYTES 4
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define FILE_NAME "scaffolder.key"

struct key {
    uint8_t bytes[CB_SECRET_KEY_BYTES], id[ID_BYTES];
};

struct cb_secret_ring {
    struct key keys[CB_SECRET_KEY_N];
    size_t n;
    char ids[CB_SECRET_KEY_N * (CB_SECRET_ID_TEXT + 1)];
};

/* ---- keys */

/* 64 hex digits, or base64 of 32 bytes. */
static bool read_key(uint8_t out[CB_SECRET_KEY_BYTES], cb_str text)
{
    struct cb_arena *a = cb_arena_new();
    cb_str bytes;
    bool ok = text.n == 2 * CB_SECRET_KEY_BYTES && cb_unhex(out, CB_SECRET_KEY_BYTES, text);

    if (!ok && cb_base64_decode(&bytes, a, text) && bytes.n == CB_SECRET_KEY_BYTES) {
        memcpy(out, bytes.p, bytes.n);
        ok = true;
    }
    cb_arena_free(a);
    return ok;
}

static void add_key(struct cb_secret_ring *ring, const uint8_t bytes[CB_SECRET_KEY_BYTES])
{
    struct key *k = &ring->keys[ring->n];
    uint8_t hash[CB_SHA256_BYTES];
    size_t at = strlen(ring->ids);

    memcpy(k->bytes, bytes, CB_SECRET_KEY_BYTES);
    cb_sha256(hash, cb_str_make((const char *)bytes, CB_SECRET_KEY_BYTES));
    memcpy(k->id, hash, ID_BYTES);
    if (ring->n++)
        ring->ids[at++] = ',';
    cb_hex(ring->ids + at, k->id, ID_BYTES);
}

/* Written whole or not at all; whoever comes second reads the first one's. */
static enum cb_code make_file(const char *path, struct cb_err *err)
{
    uint8_t bytes[CB_SECRET_KEY_BYTES];
    char text[2 * CB_SECRET_KEY_BYTES + 2], new[PATH_MAX + 24];
    enum cb_code rc = CB_OK;
    int fd;

    snprintf(new, sizeof(new), "%s.%ld", path, (long)getpid());
    cb_random(bytes, sizeof(bytes));
    cb_hex(text, bytes, sizeof(bytes));
    strcat(text, "\n");
    fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fsync(fd) < 0 || (link(new, path) < 0 && errno != EEXIST))
        rc = cb_fail(err, CB_EUNAVAILABLE, "cannot make the key of templates' secrets in %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    unlink(new);
    explicit_bzero(text, sizeof(text));
    explicit_bzero(bytes, sizeof(bytes));
    return rc;
}

static enum cb_code from_file(struct cb_secret_ring *ring, const struct cb_config *config, struct cb_err *err)
{
    uint8_t bytes[CB_SECRET_KEY_BYTES];
    char path[PATH_MAX], text[2 * CB_SECRET_KEY_BYTES + 2];
    enum cb_code rc;
    ssize_t n;
    int fd;

    snprintf(path, sizeof(path), "%" CB_FMT "/" FILE_NAME, CB_ARG(config->data_dir));
    if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0 && errno == ENOENT) {
        if ((rc = make_file(path, err)) != CB_OK)
            return rc;
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    n = fd < 0 ? -1 : read(fd, text, sizeof(text));
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return cb_fail(err, CB_EUNAVAILABLE, "cannot read the key of templates' secrets in %s: %s", path, strerror(errno));
    if (!read_key(bytes, cb_str_trim(cb_str_make(text, (size_t)n))))
        return cb_fail(err, CB_EINVAL, "%s is no key of templates' secrets: 64 hex digits are expected", path);
    add_key(ring, bytes);
    explicit_bzero(text, sizeof(text));
    explicit_bzero(bytes, sizeof(bytes));
    return CB_OK;
}

enum cb_code cb_secret_ring_new(struct cb_secret_ring **out, const struct cb_config *config, struct cb_err *err)
{
    struct cb_secret_ring *ring = calloc(1, sizeof(*ring));
    uint8_t bytes[CB_SECRET_KEY_BYTES];
    enum cb_code rc = CB_OK;

    if (!ring)
        abort();
    for (size_t i = 0; i < config->task_keys.n && rc == CB_OK; i++) {
        if (ring->n == CB_SECRET_KEY_N)
            rc = cb_fail(err, CB_EINVAL, "scaffolder.secrets_key has more than %d keys", CB_SECRET_KEY_N);
        else if (!read_key(bytes, config->task_keys.v[i]))
            rc = cb_fail(err, CB_EINVAL, "scaffolder.secrets_key: a key is 32 bytes as 64 hex digits or as base64: `openssl rand -hex 32` makes one");
        else
            add_key(ring, bytes);
    }
    if (rc == CB_OK && !ring->n && !config->database.n)
        rc = from_file(ring, config, err);
    explicit_bzero(bytes, sizeof(bytes));
    if (rc != CB_OK) {
        cb_secret_ring_free(ring);
        return rc;
    }
    *out = ring;
    return CB_OK;
}

void cb_secret_ring_free(struct cb_secret_ring *ring)
{
    if (!ring)
        return;
    explicit_bzero(ring, sizeof(*ring));
    free(ring);
}

cb_str cb_secret_ring_ids(const struct cb_secret_ring *ring)
{
    return cb_str_cstr(ring->ids);
}

/* ---- bytes */

static bool seal(uint8_t *to, const struct key *k, const uint8_t *nonce, uint8_t *tag, cb_str what, cb_str plain)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n;
    bool ok = c && EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, k->bytes, nonce) == 1 &&
              EVP_EncryptUpdate(c, NULL, &n, (const uint8_t *)what.p, (int)what.n) == 1 &&
              EVP_EncryptUpdate(c, to, &n, (const uint8_t *)plain.p, (int)plain.n) == 1 && EVP_EncryptFinal_ex(c, to + n, &n) == 1 &&
              EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag) == 1;

    EVP_CIPHER_CTX_free(c);
    return ok;
}

static bool unseal(uint8_t *to, const struct key *k, const uint8_t *nonce, const uint8_t *tag, cb_str what, cb_str bytes)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    uint8_t want[TAG_BYTES];
    int n;
    bool ok;

    memcpy(want, tag, TAG_BYTES);
    ok = c && EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, k->bytes, nonce) == 1 &&
         EVP_DecryptUpdate(c, NULL, &n, (const uint8_t *)what.p, (int)what.n) == 1 &&
         EVP_DecryptUpdate(c, to, &n, (const uint8_t *)bytes.p, (int)bytes.n) == 1 &&
         EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, want) == 1 && EVP_DecryptFinal_ex(c, to + n, &n) == 1;
    EVP_CIPHER_CTX_free(c);
    return ok;
}

enum cb_code cb_secret_seal(struct cb_buf *out, char id[CB_SECRET_ID_TEXT + 1], const struct cb_secret_ring *ring, cb_str what, cb_str plain,
                            struct cb_err *err)
{
    uint8_t *head;
    char *to;

    if (!ring->n)
        return cb_fail(err, CB_EUNSUPPORTED, "this callboard keeps no secrets of templates: set scaffolder.secrets_key in its configuration "
                                             "(`openssl rand -hex 32` makes one)");
    if (plain.n > CB_SECRET_MAX)
        return cb_fail(err, CB_ELIMIT, "secrets of %zu bytes: at most %d are kept", plain.n, CB_SECRET_MAX);
    to = cb_buf_reserve(out, CB_SECRET_HEAD + plain.n + 1);
    head = (uint8_t *)to;
    head[0] = VERSION;
    memcpy(head + 1, ring->keys[0].id, ID_BYTES);
    cb_random(head + 1 + ID_BYTES, NONCE_BYTES);
    if (!seal(head + CB_SECRET_HEAD, &ring->keys[0], head + 1 + ID_BYTES, head + 1 + ID_BYTES + NONCE_BYTES, what, plain))
        return cb_fail(err, CB_EINTERNAL, "OpenSSL cannot encrypt with AES-256-GCM here");
    out->n += CB_SECRET_HEAD + plain.n;
    cb_hex(id, ring->keys[0].id, ID_BYTES);
    return CB_OK;
}

enum cb_code cb_secret_open(cb_str *out, struct cb_arena *a, const struct cb_secret_ring *ring, cb_str what, cb_str sealed, struct cb_err *err)
{
    const uint8_t *head = (const uint8_t *)sealed.p;
    size_t n = sealed.n - CB_SECRET_HEAD;
    char *plain;

    if (sealed.n < CB_SECRET_HEAD || head[0] != VERSION || n > CB_SECRET_MAX)
        return cb_fail(err, CB_EINVAL, "what the database has as secrets is none");
    for (size_t i = 0; i < ring->n; i++) {
        if (memcmp(ring->keys[i].id, head + 1, ID_BYTES) != 0)
            continue;
        plain = cb_arena_alloc(a, n + 1);
        if (!unseal((uint8_t *)plain, &ring->keys[i], head + 1 + ID_BYTES, head + 1 + ID_BYTES + NONCE_BYTES, what,
                    cb_str_make(sealed.p + CB_SECRET_HEAD, n)))
            return cb_fail(err, CB_EINVAL, "the secrets in the database were changed, or belong to something else");
        plain[n] = '\0';
        *out = cb_str_make(plain, n);
        return CB_OK;
    }
    return cb_fail(err, CB_EINVAL, "the secrets in the database are under a key that scaffolder.secrets_key does not have");
}
