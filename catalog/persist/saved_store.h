/*
 * saved_store.h - views of the catalog that a team keeps under a name, for all of its members.
 *
 * Shape     a view is the query of the address of the portal's catalog page: "?kind=api&whose=all", or nothing. It is text
 *           that the portal reads as a search of the catalog, and never an address to go to
 * Limits    as below, kept also when many callboards write; no name twice in a group
 * Lifetime  what is read lies in the arena that was given
 */
#ifndef CB_PERSIST_SAVED_STORE_H
#define CB_PERSIST_SAVED_STORE_H

#include "catalog/persist/conn.h"

#define CB_SAVED_NAME_MAX 180   /* bytes of UTF-8: 60 characters of any script in a browser's count */
#define CB_SAVED_QUERY_MAX 4000 /* bytes */
#define CB_SAVED_ROW_MAX 50     /* views of a group */
#define CB_SAVED_ASK_MAX 100    /* groups of one question */
#define CB_SAVED_ANSWER_MAX 500 /* views of one answer */

struct cb_saved {
    int64_t id;
    cb_str owner; /* lower-case ref of a group */
    cb_str name, query;
    cb_str changed_by; /* lower-case ref of a User */
    int64_t changed_us;
};

/* CB_EINVAL: no name, or one that is too long, has a control character, or a space at an end. */
enum cb_code cb_saved_name(cb_str name, struct cb_err *err) CB_MUSTCHECK;
/* CB_EINVAL: no query of an address. CB_ELIMIT. */
enum cb_code cb_saved_query(cb_str query, struct cb_err *err) CB_MUSTCHECK;
/* Those of the groups OWNERS (at most CB_SAVED_ASK_MAX), by group and name. LEFT_OUT: these are only the first CB_SAVED_ANSWER_MAX. */
enum cb_code cb_saved_all(struct cb_saved **out, size_t *n, bool *left_out, struct cb_arena *a, struct cb_conn *c,
                          const cb_str *owners, size_t owner_n, struct cb_err *err) CB_MUSTCHECK;
/* CB_ENOTFOUND. */
enum cb_code cb_saved_get(struct cb_saved *out, struct cb_arena *a, struct cb_conn *c, int64_t id,
                          struct cb_err *err) CB_MUSTCHECK;
/*
 * Keep VIEW: a new one when its id is 0 (it gets one), else changed. Its moment is set. CB_ECONFLICT: the group has another one of
 * that name. CB_ELIMIT: the group is full. CB_ENOTFOUND: the one to change is gone.
 */
enum cb_code cb_saved_put(struct cb_saved *view, struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;
/* Whether it was there or not. */
enum cb_code cb_saved_del(struct cb_conn *c, int64_t id, struct cb_err *err) CB_MUSTCHECK;

#endif
