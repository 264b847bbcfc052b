/*
 * task_right.h - whose a run is: its own creator may cancel, retry and undo it, and whoever is an editor.
 */
#ifndef CB_HTTP_TASK_RIGHT_H
#define CB_HTTP_TASK_RIGHT_H

#include "server/http/request.h"

/* CB_EDENIED with a sentence. */
enum cb_code cb_task_right(const struct cb_request *rq, cb_str created_by, struct cb_err *err) CB_MUSTCHECK;

#endif
