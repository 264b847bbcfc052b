/*
 * http.h - what a plugin asks of the network, and the only way it has: libcurl with limits, an allow-list and a cache.
 *
 * Allowed   scheme, host and port of what the server named at "open"; redirects on the same one only, CB_HTTP_REDIRECT_MAX of them
 * Tries     GET and HEAD once more on a lost connection, 502, 503, 504, and 429 with a Retry-After up to CB_HTTP_RETRY_MS
 * Kept      2xx, 404 and 410, for those who asked for a cache. Not 401 and 403, nor other 4xx: they are handed on, and what was kept stays.
 *           429, 5xx and lost connections are trouble: what is kept stands in, if it is young enough, and so it does for a 2xx that is no
 *           JSON once somebody wants its JSON: that one is dropped
 * Cache     of answers to requests that asked for it, CB_HTTP_CACHE_BYTES in all, least recently used goes first. One request for
 *           all calls that want the same at the same time
 * Threads   a request belongs to its call; the cache is shared
 */
#ifndef CB_HOST_HTTP_H
#define CB_HOST_HTTP_H

#include "plugins/host/call.h"

#define CB_HTTP_CONNECT_MS 2000
#define CB_HTTP_TOTAL_MS 10000
#define CB_HTTP_RETRY_MS 2000
#define CB_HTTP_REDIRECT_MAX 5
#define CB_HTTP_HEADER_N 64              /* headers of a request */
#define CB_HTTP_URL_MAX 16384            /* bytes */
#define CB_HTTP_CACHE_BYTES (64 * 1024 * 1024)
#define CB_HTTP_CACHE_N 4096             /* answers */

/* Once, before the first call. ALLOW: an array of "https://host:port" texts. CA_FILE may be NULL. */
void cb_http_open(const json_t *allow, const char *ca_file);
void cb_http_close(void);

struct callboard_http *cb_http_new(struct callboard_call *call, const char *method, const char *url);
void cb_http_header(struct callboard_http *http, const char *name, const char *value);
void cb_http_body(struct callboard_http *http, const char *type, const char *body, size_t n);
void cb_http_cache(struct callboard_http *http, int64_t fresh_s, int64_t stale_s);
void cb_http_timeout(struct callboard_http *http, int64_t ms);
int cb_http_send(struct callboard_http *http);
const char *cb_http_text(struct callboard_http *http, size_t *n);
const struct callboard_json *cb_http_json(struct callboard_http *http);
const char *cb_http_answer_header(struct callboard_http *http, const char *name);
int64_t cb_http_age_s(struct callboard_http *http);
void cb_http_forget(struct callboard_http *http); /* it and its answer before its call ends; accepts NULL */
void cb_http_free_all(struct callboard_http *first);

#endif
