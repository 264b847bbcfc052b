/*
 * source.h - what a plugin's source emits, as a tree of files: so that it is read, claimed, held back and kept in history like any source.
 *
 * Paths     "<kind>/<namespace>/<name>.json" of an entity, in lower case; one that is none "unread/<n>.json", for the reader to say
 *           what is wrong with it; "location/default/generated-<sha1>.json" of a location
 * Content   each document as it was emitted; its id a hash, so that what did not change is not read again
 * Limits    CB_SOURCE_DOC_MAX documents, CB_SOURCE_BYTES_MAX bytes; one more fails the reading, and everything stays as it was
 * Threads   opening waits for the plugin: readers of the schedule
 */
#ifndef CB_PLUGIN_SOURCE_H
#define CB_PLUGIN_SOURCE_H

#include "catalog/fetch/tree.h"
#include "server/plugin/supervise.h"

#define CB_SOURCE_DOC_MAX 200000
#define CB_SOURCE_BYTES_MAX (256 * 1024 * 1024)

/* CTX is the struct cb_plugins; URL "<plugin>/<source>". As cb_source_conf.open. The plugin failed: its sentence. */
enum cb_code cb_plugin_source_open(struct cb_tree **out, void *ctx, cb_str url, struct cb_err *err) CB_MUSTCHECK;

#endif
