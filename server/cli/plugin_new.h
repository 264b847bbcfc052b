/*
 * plugin_new.h - the beginning of a plugin: a folder that builds against the installed header.
 */
#ifndef CB_CLI_PLUGIN_NEW_H
#define CB_CLI_PLUGIN_NEW_H

#include "catalog/base/arena.h"
#include "catalog/base/err.h"

/* Folder NAME here: plugin.c, Makefile, README.md. CB_EINVAL: no name for a plugin; CB_ECONFLICT: something is there already. */
enum cb_code cb_plugin_new(struct cb_arena *a, const char *name, struct cb_err *err) CB_MUSTCHECK;

#endif
