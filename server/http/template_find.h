/*
 * template_find.h - a template of the catalog for the routes that show or run one.
 */
#ifndef CB_HTTP_TEMPLATE_FIND_H
#define CB_HTTP_TEMPLATE_FIND_H

#include "server/http/request.h"
#include "server/scaffold/template.h"

/*
 * The entity REF (lower case) of the request's snapshot. On a worker. CB_ENOTFOUND: "Template template:default/x not found";
 * CB_EINVAL: it is no template.
 */
enum cb_code cb_template_find(struct cb_node **out, struct cb_request *rq, cb_str ref, struct cb_err *err) CB_MUSTCHECK;
/* The body's templateRef, in lower case; its kind may be left out. CB_EINVAL: there is none, or it is none. */
enum cb_code cb_template_read_ref(cb_str *out, struct cb_request *rq, struct cb_err *err) CB_MUSTCHECK;
/* Who asks, as the catalog knows him; NULL: it does not. */
struct cb_node *cb_template_caller(struct cb_request *rq);

#endif
