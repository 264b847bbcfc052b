/*
 * hash.h - SipHash for tables, SHA-1 and SHA-256 for names and secrets, UUIDs, hex.
 *
 * Threads   pure, save the table key, drawn once
 */
#ifndef CB_BASE_HASH_H
#define CB_BASE_HASH_H

#include "catalog/base/arena.h"

#define CB_SHA1_BYTES 20
#define CB_SHA256_BYTES 32
#define CB_UUID_TEXT 36 /* characters, without NUL */

/* SipHash-2-4 (or 1-3) under the process's random key. */
uint64_t cb_hash(cb_str s);
void cb_sha1(uint8_t out[CB_SHA1_BYTES], cb_str s);
void cb_sha256(uint8_t out[CB_SHA256_BYTES], cb_str s);
void cb_hmac_sha256(uint8_t out[CB_SHA256_BYTES], cb_str key, cb_str s);
/* OUT gets 2 * N lower-case digits and a NUL. */
void cb_hex(char *out, const uint8_t *bytes, size_t n);
bool cb_unhex(uint8_t *out, size_t n, cb_str hex);
/* RFC 4122 version 5 of NAME in callboard's namespace: an entity's uid is that of its lower-case ref. */
void cb_uuid5(uint8_t out[16], cb_str name);
void cb_uuid_format(char out[CB_UUID_TEXT + 1], const uint8_t uuid[16]);
bool cb_uuid_parse(uint8_t out[16], cb_str text);
/* From the kernel; aborts when there is none. */
void cb_random(void *out, size_t n);
/* In time that does not depend on the bytes. */
bool cb_equal_const(const void *a, const void *b, size_t n);

#endif
