/* Secrets for GitHub: it takes them only sealed with its public key (libsodium's sealed box: X25519, XSalsa20, Poly1305). */
#include "plugins/templates/forge.h"

#ifdef HAVE_SODIUM
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* SECRET for the holder of KEY, both ways base64; NULL with host->fail. */
static const char *sealed(struct forge *f, const char *key, const char *secret)
{
    unsigned char public[crypto_box_PUBLICKEYBYTES], *box;
    size_t n = strlen(secret), key_n = 0, text_n;
    const char *kept = NULL;
    char *text;

    if (sodium_init() < 0 || sodium_base642bin(public, sizeof(public), key, strlen(key), "\r\n", &key_n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        key_n != sizeof(public)) {
        f->host->fail(f->call, CALLBOARD_EUPSTREAM, "the public key that %s gives is none", f->repo.host);
        return NULL;
    }
    text_n = sodium_base64_ENCODED_LEN(n + crypto_box_SEALBYTES, sodium_base64_VARIANT_ORIGINAL);
    box = malloc(n + crypto_box_SEALBYTES);
    text = malloc(text_n);
    if (!box || !text)
        abort();
    if (crypto_box_seal(box, (const unsigned char *)secret, n, public) == 0)
        kept = f->host->format(f->call, "%s", sodium_bin2base64(text, text_n, box, n + crypto_box_SEALBYTES, sodium_base64_VARIANT_ORIGINAL));
    else
        f->host->fail(f->call, CALLBOARD_EUPSTREAM, "the public key that %s gives seals nothing", f->repo.host);
    free(box);
    free(text);
    return kept;
}

int forge_put_secret(struct forge *f, const char *name, const char *secret)
{
    const char *at = f->host->format(f->call, "/repos/%s/%s/actions/secrets", forge_part(f, f->repo.owner), forge_part(f, f->repo.repo));
    struct forge_body b = FORGE_BODY(f);
    const char *box;
    int rc;

    f->host->mask(f->call, secret);
    if ((rc = forge_must(f, "The repository's public key cannot be read", "GET", NULL, "%s/public-key", at)) != CALLBOARD_OK)
        return rc;
    if (!(box = sealed(f, f->host->text(f->answer, "/key", ""), secret)))
        return CALLBOARD_FAILED;
    forge_put(&b, "encrypted_value", box);
    forge_put(&b, "key_id", forge_text(f, "/key_id"));
    return forge_must(f, f->host->format(f->call, "The secret %s cannot be set", name), "PUT", forge_end(&b), "%s/%s", at, forge_part(f, name));
}

int forge_can_seal(struct forge *f)
{
    (void)f;
    return CALLBOARD_OK;
}

#else

int forge_put_secret(struct forge *f, const char *name, const char *secret)
{
    (void)name;
    (void)secret;
    return forge_can_seal(f);
}

int forge_can_seal(struct forge *f)
{
    return f->host->fail(f->call, CALLBOARD_EUNSUPPORTED, "this callboard was built without libsodium: it can seal no secret for %s", f->repo.host);
}

#endif
