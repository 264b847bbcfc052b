/*
 * base64.h - bytes as letters, as Node writes and reads them: the cursors of Backstage's answers.
 *
 * Write     the standard alphabet, padded
 * Read      either alphabet, padding or none
 * Threads   pure; call from anywhere
 */
#ifndef CB_BASE_BASE64_H
#define CB_BASE_BASE64_H

#include "catalog/base/arena.h"

cb_str cb_base64_encode(struct cb_arena *a, cb_str s);
/* False, with OUT untouched: a byte of neither alphabet. */
bool cb_base64_decode(cb_str *out, struct cb_arena *a, cb_str text);

#endif
