/*
 * gzip.h - compress bodies: a whole one, or slice by slice.
 *
 * Threads   one at a time
 */
#ifndef CB_HTTP_GZIP_H
#define CB_HTTP_GZIP_H

#include "catalog/base/buf.h"

#define CB_GZIP_LEVEL 1 /* entities shrink to a sixth at it; 6 is four times as slow for a quarter less */

struct cb_gzip;

struct cb_gzip *cb_gzip_new(void);
void cb_gzip_free(struct cb_gzip *z); /* accepts NULL */
/* Begin anew: the same memory for the next body. */
void cb_gzip_reset(struct cb_gzip *z);
/* Append what IN gives to OUT; LAST ends the body. What comes out may lag behind. */
void cb_gzip_put(struct cb_gzip *z, struct cb_buf *out, cb_str in, bool last);

#endif
