/*
 * serving.h - ask the callboard that serves over HTTP: what only its process knows, such as how its plugins are.
 */
#ifndef CB_CLI_SERVING_H
#define CB_CLI_SERVING_H

#include "server/cli/upstream.h"
#include "server/config/config.h"

/* At URL, or where the configuration says that it listens; with the token of CALLBOARD_TOKEN. */
enum cb_code cb_serving_open(struct cb_upstream **out, struct cb_arena *a, const char *url, const struct cb_config_flags *from,
                             struct cb_err *err) CB_MUSTCHECK;
/* The answer's JSON; anything but a 2xx is its code, with its sentence. */
enum cb_code cb_serving_ask(struct cb_node **out, struct cb_upstream *u, struct cb_arena *a, cb_str path, cb_str body, struct cb_err *err) CB_MUSTCHECK;

#endif
