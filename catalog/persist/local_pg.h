/*
 * local_pg.h - a private PostgreSQL in a directory: unix socket only, started and stopped with us.
 *
 * Start     initdb when the directory is empty (C.UTF-8, peer/trust only through a 0700 socket directory), then postgres
 *           as a child; a server left behind by a killed callboard is found by its postmaster.pid and taken over or
 *           stopped; crash recovery is PostgreSQL's own
 * Root      PostgreSQL refuses root: data directory and server go to an unprivileged user (postgres, else nobody)
 * Sentences missing binaries (which package to install), a directory of another major version, one that is not ours,
 *           a socket path over 107 bytes (a short one under /run or /tmp is used instead)
 * Stop      fast shutdown with a deadline, then immediate. PR_SET_PDEATHSIG so that it ends with us
 */
#ifndef CB_PERSIST_LOCAL_PG_H
#define CB_PERSIST_LOCAL_PG_H

#include "catalog/base/arena.h"
#include "catalog/base/err.h"

struct cb_local_pg;

enum cb_code cb_local_pg_start(struct cb_local_pg **out, const char *dir,
                               struct cb_err *err) CB_MUSTCHECK;
/* "postgresql:///callboard?host=…&user=…" of the running one. */
const char *cb_local_pg_url(const struct cb_local_pg *pg);
/* Still alive? Restarts a dead one (kill -9 of the server) and says so in the log. */
enum cb_code cb_local_pg_check(struct cb_local_pg *pg, struct cb_err *err) CB_MUSTCHECK;
void cb_local_pg_stop(struct cb_local_pg *pg);
/* The URL of one that another callboard process keeps running in DIR (for the command line). CB_ENOTFOUND. */
enum cb_code cb_local_pg_find(char **url, const char *dir, struct cb_err *err) CB_MUSTCHECK;

#endif
