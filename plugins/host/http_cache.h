/*
 * http_cache.h - answers of upstreams, shared by the calls of one plugin.
 *
 * Answer    counted and immutable once it is there
 * Before    what a new answer took the place of is held until somebody has said that the new one is sound, or is not: then it is in its place again
 * Flight    whoever finds no fresh answer fetches it, and the others who want the same wait for that one
 * Threads   any
 */
#ifndef CB_HOST_HTTP_CACHE_H
#define CB_HOST_HTTP_CACHE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cb_http_answer {
    atomic_int refs;
    int status;
    char *headers; /* "name: value\n", names in lower case */
    char *body;    /* NUL-terminated, the NUL not counted */
    size_t body_n;
    int64_t at_us; /* monotonic */
};

struct cb_http_answer *cb_http_answer_new(void);
void cb_http_answer_unref(struct cb_http_answer *answer); /* accepts NULL */

enum cb_http_found {
    CB_HTTP_FRESH, /* *OUT is young enough */
    CB_HTTP_YOURS, /* nobody has it: fetch it, then put or give up. *OUT may be an old answer */
    CB_HTTP_LATE,  /* somebody else's fetch took longer than the deadline. *OUT may be an old answer */
};

/* *OUT is counted; NULL when there is none. Waits for another's fetch of KEY until DEADLINE_US (monotonic) or *CANCELLED. */
enum cb_http_found cb_http_cache_get(struct cb_http_answer **out, const char *key, int64_t fresh_us, int64_t deadline_us,
                                     const atomic_bool *cancelled);
/* Behind CB_HTTP_YOURS: ANSWER (borrowed; kept) or NULL when it failed. Wakes those who wait. */
void cb_http_cache_put(const char *key, struct cb_http_answer *answer);
/* Of an answer that was put, or found fresh: it was sound (JSON, where JSON was wanted). */
void cb_http_cache_sound(const char *key, const struct cb_http_answer *answer);
/* It was not, and is dropped. *OUT, counted: what is kept now, or NULL. */
void cb_http_cache_spoil(struct cb_http_answer **out, const char *key, const struct cb_http_answer *answer);
void cb_http_cache_clear(void);

#endif
