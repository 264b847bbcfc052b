/*
 * lend.h - integrations that an operator lets a plugin have: what actions on forges are done with.
 *
 *   plugins: {templates: {integrations: [github.com, git.example.com]}}      or: all
 *
 * Gives     the plugin's configuration has "integrations": [{"host","type","web","api","token"}], the token left out when there is none
 * Api       `api` of the integration; else that of the forge's type: https://api.github.com, https://HOST/api/v3 of another GitHub,
 *           /api/v4 of GitLab, /api/v1 of Gitea; over http when `clone` is. Its origin is one that the plugin may ask
 * Known     a public forge (github.com, gitlab.com, codeberg.org, gitea.com) may be named without an integration: without a token
 */
#ifndef CB_PLUGIN_LEND_H
#define CB_PLUGIN_LEND_H

#include "catalog/base/node.h"
#include "server/config/config.h"

/* The array that NAMES (a list, or "all") asks for, in A. CB_EINVAL with a sentence: no list of hosts, or a host that is no integration. */
enum cb_code cb_lend(struct cb_node **out, struct cb_arena *a, const struct cb_config *config, const struct cb_node *names,
                     struct cb_err *err) CB_MUSTCHECK;

#endif
