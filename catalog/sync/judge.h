/*
 * judge.h - an entity that is in no file yet: would it be good where it is going to lie?
 *
 * Verdict   that of a pass: allowed kind, placeholders, schema, references; of a Location, that its targets can be read
 * Place     "url:<page>". Placeholders and targets are looked for beside that page, in the repository as it is now (visit.h), and only
 *           when there are any: an entity that needs no other file is judged without a word to anybody
 * Threads   a worker's
 */
#ifndef CB_SYNC_JUDGE_H
#define CB_SYNC_JUDGE_H

#include "catalog/sync/visit.h"

#define CB_JUDGE_TARGET_MAX 100 /* files that a Location leads to, which are looked at */

/*
 * What is wrong with DOC (which is changed), errors alone; *N 0: nothing. LOCATION and ORIGIN are references, "url:https://…"; texts
 * in A. CB_EUNAVAILABLE, CB_ETIMEOUT, CB_ECANCELLED: it could not be found out.
 */
enum cb_code cb_judge(struct cb_problem **out, size_t *n, struct cb_arena *a, struct cb_node *doc, cb_str location, cb_str origin,
                      const struct cb_visit_opts *opts, struct cb_err *err) CB_MUSTCHECK;

#endif
