/*
 * shape.h - is what a plugin answered a panel? By plugins/abi/panel.schema.json, in one cheap walk.
 *
 * Strict    about what whoever draws it must rely on: the type, its list, texts that are texts, states that are states, links that lead
 *           to http, https, mailto or a path of our own
 * Lenient   about members it does not know: the rule may grow. null is as good as a member that is not there
 * Threads   pure
 */
#ifndef CB_PLUGIN_SHAPE_H
#define CB_PLUGIN_SHAPE_H

#include "catalog/base/node.h"

/* CB_EINVAL with a sentence such as "items/0/state is no state: ...". */
enum cb_code cb_shape_check(const struct cb_node *panel, struct cb_err *err) CB_MUSTCHECK;
/* Fit for a link: http:, https:, mailto:, or a path from the root. */
bool cb_shape_is_link(cb_str url);

#endif
