/*
 * policy.h - who may do what: roles, rights, and the table between them.
 *
 * A right is a column of the route table (server/http/router.h); no route is without one. A role has all rights of
 * the roles below it: reader < editor < admin.
 *
 * Open loopback  without configured authentication callboard listens on loopback only, and whoever reaches it is the
 *                guest with all rights (he could read the database's directory as well); any other address refuses to start
 * Threads        pure
 */
#ifndef CB_AUTH_POLICY_H
#define CB_AUTH_POLICY_H

#include "catalog/base/err.h"

enum cb_role { CB_ROLE_NONE, CB_ROLE_READER, CB_ROLE_EDITOR, CB_ROLE_ADMIN };

enum cb_right {
    CB_RIGHT_OPEN,    /* nobody is asked who he is: health, the portal's files, signing in */
    CB_RIGHT_SIGNED,  /* nobody is asked either: the signature of the body says who sent it (server/auth/webhook.h) */
    CB_RIGHT_READ,    /* read the catalog, the graph, problems, sources */
    CB_RIGHT_REFRESH, /* have an entity's source read again, or a source now */
    CB_RIGHT_ACT,     /* press a button of a panel; the button itself may need a higher role */
    CB_RIGHT_TEMPLATES, /* run a template, and cancel, retry or undo a run of one's own */
    CB_RIGHT_PLUGIN,  /* who is asking is found out, but it is the plugin's own table that says who may */
    CB_RIGHT_RELOAD,  /* load plugins anew */
    CB_RIGHT_CONFIRM, /* let held deletions go through */
    CB_RIGHT_LOCATIONS, /* register, update and remove locations; delete an entity */
    CB_RIGHT_TOKENS,  /* make, list and revoke API tokens */
};

/* "none", "reader", "editor", "admin". */
const char *cb_role_name(enum cb_role role);
/* False when there is none of that name; "none" is not one. */
bool cb_role_parse(enum cb_role *out, cb_str name);
/* "open", "signed", "read", "refresh", "confirm", "locations", "tokens": as openapi.yaml's x-callboard-right says it. */
const char *cb_right_name(enum cb_right right);
enum cb_role cb_right_role(enum cb_right right);
bool cb_policy_allows(enum cb_role role, enum cb_right right);
/*
 * May callboard listen here? CB_EDENIED with a sentence that says what to set: HOST is no loopback address (127.0.0.0/8,
 * ::1, localhost, a path) and authentication is not configured.
 */
enum cb_code cb_policy_listen(cb_str host, bool auth_configured, struct cb_err *err) CB_MUSTCHECK;

#endif
