/*
 * unseal - the other end of GitHub's secrets, for tests.
 *
 *   unseal                        {"public":"...","secret":"..."}: a new pair of keys, base64
 *   unseal PUBLIC SECRET BOX      what is in the sealed box
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t read_base64(unsigned char *out, size_t room, const char *text)
{
    size_t n = 0;

    if (sodium_base642bin(out, room, text, strlen(text), NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        exit(2);
    return n;
}

int main(int argc, char **argv)
{
    unsigned char public[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES], box[4096], text[4096];
    char a[128], b[128];
    size_t n;

    if (sodium_init() < 0)
        return 3;
    if (argc < 4) {
        crypto_box_keypair(public, secret);
        printf("{\"public\":\"%s\",\"secret\":\"%s\"}\n", sodium_bin2base64(a, sizeof(a), public, sizeof(public), sodium_base64_VARIANT_ORIGINAL),
               sodium_bin2base64(b, sizeof(b), secret, sizeof(secret), sodium_base64_VARIANT_ORIGINAL));
        return 0;
    }
    read_base64(public, sizeof(public), argv[1]);
    read_base64(secret, sizeof(secret), argv[2]);
    n = read_base64(box, sizeof(box), argv[3]);
    if (n < crypto_box_SEALBYTES || crypto_box_seal_open(text, box, n, public, secret) != 0)
        return 1;
    fwrite(text, 1, n - crypto_box_SEALBYTES, stdout);
    return 0;
}
