/*
 * act.h - what the files of actions share. Inputs, outputs and what an action does to the workspace are those of Backstage's action of
 * the same name; docs/compatibility.md has each difference.
 *
 * Input     was held against the row's schema before an action runs: members have the types that the schema says
 * Schemas   a JSON text written as C tokens, ACT_JSON({"type":"object"}); they stand beside the function that they describe, and
 *           plugin.c has the rows
 * Paths     through place.h only
 */
#ifndef TEMPLATES_ACT_H
#define TEMPLATES_ACT_H

#include "plugins/templates/place.h"

#define ACT_JSON(...) #__VA_ARGS__

/* A row's texts: act_debug_log_input, act_debug_log_examples, and the function act_debug_log. */
#define ACT_DECLARE(name)                                                                                                        \
    extern const char act_##name##_input[], act_##name##_examples[];                                                             \
    extern callboard_fn act_##name

ACT_DECLARE(debug_log);
ACT_DECLARE(debug_wait);
ACT_DECLARE(fs_delete);
ACT_DECLARE(fs_rename);
ACT_DECLARE(fs_readdir);
extern const char act_fs_readdir_output[];
ACT_DECLARE(catalog_fetch);
extern const char act_catalog_fetch_output[];
ACT_DECLARE(catalog_register);
extern const char act_catalog_register_output[];
ACT_DECLARE(catalog_write);

/* TEXT of any length as lines of the task's log, cut at line ends where it is longer than one line of the host may be. */
void act_log(const struct callboard_host *host, struct callboard_call *call, const char *text, size_t n);

#endif
