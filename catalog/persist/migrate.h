/*
 * migrate.h - bring the schema to this binary's version: numbered files, forward only, under an advisory lock.
 *
 * Each migration has a checksum; one that was edited after it ran, and a schema newer than this binary, are refused
 * with a sentence. The epoch (a random UUID, new with each database) is drawn by the first one.
 */
#ifndef CB_PERSIST_MIGRATE_H
#define CB_PERSIST_MIGRATE_H

#include "catalog/persist/conn.h"

enum cb_code cb_migrate_run(struct cb_pool *p, int *applied, struct cb_err *err) CB_MUSTCHECK;
/* Only look: CB_OK when the schema is this binary's; else a sentence that says what to run. */
enum cb_code cb_migrate_check(struct cb_pool *p, struct cb_err *err) CB_MUSTCHECK;
/* What is embedded: number and name, for `callboard migrate --list`. NULL behind the last. */
const char *cb_migrate_name(size_t i);
/* The number of those that have run. */
enum cb_code cb_migrate_done(struct cb_pool *p, int *done, struct cb_err *err) CB_MUSTCHECK;

#endif
