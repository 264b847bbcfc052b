/*
 * plugin_ask.h - what callboard does for a plugin that asks: the table behind cb_plugins_env.answer.
 */
#ifndef CB_HTTP_PLUGIN_ASK_H
#define CB_HTTP_PLUGIN_ASK_H

#include "server/http/server.h"
#include "server/plugin/supervise.h"

/* CTX is a struct cb_server_env that lives until the plugins have stopped. On workers. */
cb_plugin_answer_fn cb_plugin_answer;

#endif
