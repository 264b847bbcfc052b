/*
 * forget.h - take one entity away, whatever its file says, and have that file read anew.
 *
 * Transaction  the claim that holds the name, its version, search, the next generation and the audit's row: all or nothing. A loser
 *              takes over in it
 * Comes back   with the next read of its source, which is due at once, if its file still has it: the same uid. What was left by a
 *              document that is broken now, or waited for its deletion to be confirmed, is gone for good
 * Threads      a worker's: it asks the database
 */
#ifndef CB_SYNC_FORGET_H
#define CB_SYNC_FORGET_H

#include "catalog/persist/pass_store.h"

/* BY is who asks. *GENERATION 0: nobody holds that name, nothing was done. *SOURCE_ID is to be read now. */
enum cb_code cb_forget_entity(int64_t *generation, int64_t *source_id, cb_str id, cb_str by, struct cb_arena *a,
                              struct cb_conn *conn, struct cb_err *err) CB_MUSTCHECK;

#endif
