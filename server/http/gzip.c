#include "server/http/gzip.h"

#include <assert.h>
#include <stdlib.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* a gzip frame, not zlib's */
#define GZIP_MEMORY 8
#define OUT_BYTES 16384

struct cb_gzip {
    z_stream z;
};

struct cb_gzip *cb_gzip_new(void)
{
    struct cb_gzip *z = calloc(1, sizeof(*z));

    if (!z || deflateInit2(&z->z, CB_GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    return z;
}

void cb_gzip_free(struct cb_gzip *z)
{
    if (!z)
        return;
    deflateEnd(&z->z);
    free(z);
}

void cb_gzip_reset(struct cb_gzip *z)
{
    int rc = deflateReset(&z->z);

    assert(rc == Z_OK);
    (void)rc;
}

void cb_gzip_put(struct cb_gzip *z, struct cb_buf *out, cb_str in, bool last)
{
    int rc;

    z->z.next_in = (unsigned char *)(uintptr_t)in.p;
    z->z.avail_in = (unsigned)in.n;
    do {
        z->z.next_out = (unsigned char *)cb_buf_reserve(out, OUT_BYTES);
        z->z.avail_out = OUT_BYTES;
        rc = deflate(&z->z, last ? Z_FINISH : Z_NO_FLUSH);
        assert(rc == Z_OK || rc == Z_STREAM_END || rc == Z_BUF_ERROR);
        out->n += OUT_BYTES - z->z.avail_out;
    } while (z->z.avail_out == 0 || (last && rc != Z_STREAM_END));
    if (out->p)
        out->p[out->n] = '\0';
}
