/*
 * inside.h - callboard asks itself: a question of a plugin goes through the same routes as anybody's, without a socket and without
 * asking who it is. So it is answered by the same engine, with the same limits and sentences.
 *
 * Threads   workers: it may block
 */
#ifndef CB_HTTP_INSIDE_H
#define CB_HTTP_INSIDE_H

#include "server/http/router.h"

struct cb_inside {
    const struct cb_server_env *env;
    enum cb_method method;
    cb_str target;          /* "/api/catalog/entities/by-query?filter=kind=component" */
    cb_str body;            /* JSON, of a POST */
    cb_str user;            /* who is told to have done it */
    bool reader;            /* TARGET is not of our own making: only what every reader may; else it is for who asks to decide */
    struct cb_arena *arena;
    const struct cb_job *job;
};

/* The body of a 2xx into OUT; any other status is its code, with its sentence. */
enum cb_code cb_inside_ask(struct cb_buf *out, const struct cb_inside *in, struct cb_err *err) CB_MUSTCHECK;

#endif
