/*
 * err.h - a code to branch on and a sentence to read.
 *
 * The place that knows writes the sentence once (cb_fail); everyone above passes it on unchanged.
 * A broken promise between our own functions is an assert. Out of memory aborts.
 */
#ifndef CB_BASE_ERR_H
#define CB_BASE_ERR_H

#include "catalog/base/str.h"

enum cb_code {
    CB_OK = 0,
    CB_EINVAL = -1,        /* 400 the input is wrong */
    CB_EAUTH = -2,         /* 401 who is asking? */
    CB_EDENIED = -3,       /* 403 not allowed */
    CB_ENOTFOUND = -4,     /* 404 no such thing */
    CB_ECONFLICT = -5,     /* 409 somebody else has it */
    CB_ELIMIT = -6,        /* 413 over a named limit */
    CB_ETYPE = -7,         /* 415 a body of another type */
    CB_EINTERNAL = -8,     /* 500 our fault */
    CB_EUNSUPPORTED = -9,  /* 501 not here */
    CB_EUPSTREAM = -10,    /* 502 a peer (Git, PostgreSQL, plugin) failed or answered nonsense */
    CB_EUNAVAILABLE = -11, /* 503 not now: starting, stopping, full */
    CB_ETIMEOUT = -12,     /* 504 a deadline passed */
    CB_ECANCELLED = -13,   /* 499 whoever asked is gone */
};

#define CB_ERR_TEXT_MAX                                                                            \
    1024 /* bytes of a sentence, NUL included; longer ones are cut at a character */

struct cb_err {
    enum cb_code code;
    char text[CB_ERR_TEXT_MAX];
};

/* Write the sentence into ERR (may be NULL) and return CODE. No secret may be in it. */
enum cb_code cb_fail(struct cb_err *err, enum cb_code code, const char *fmt, ...) CB_PRINTF(3, 4);
/* The HTTP status of a code, as listed above; 200 for CB_OK. */
int cb_code_http(enum cb_code code);
/* Short lower-case name for logs: "ok", "invalid", "not-found", ... */
const char *cb_code_name(enum cb_code code);

#endif
