/*
 * preview.h - what the routes that look before anything is kept share with those of locations.
 */
#ifndef CB_HTTP_PREVIEW_H
#define CB_HTTP_PREVIEW_H

#include "server/http/router.h"

/* POST /api/catalog/locations?dryRun=true, on a worker; EXISTS: that very location is registered. */
enum cb_code cb_preview_reply(struct cb_request *rq, struct cb_reply *rp, cb_str type, cb_str target, cb_str entity_ref, bool exists,
                              struct cb_err *err);

#endif
