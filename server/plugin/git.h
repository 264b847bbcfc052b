/*
 * git.h - what callboard does with Git for the steps of templates: export files into a task's workspace, publish a folder of it.
 *
 * Read      what a registered location may name (catalog/sync/lead.h), with the integrations' credentials. Relative URLs begin where the
 *           template was read from; only a template that is itself a file of a configured source has files of this machine beside it
 *           of a task that says "unlent" the operator lends nothing: https and http alone, with the URL's own credentials or none
 * Written   below the call's workspace alone; a repository of this machine only below `repositories`, or where an integration says that a
 *           forge's repositories lie. Any other URL is pushed to with the credentials of its host, or those that the step was given
 * Secrets   a token never goes over plain http, unless to this machine; none is in a sentence or log
 * Limits    catalog/fetch/bulk.h, catalog/fetch/publish.h
 * Threads   workers of their own: both may take minutes
 */
#ifndef CB_PLUGIN_GIT_H
#define CB_PLUGIN_GIT_H

#include "catalog/sync/source.h"
#include "server/plugin/supervise.h"

/* Head: {"url","folder"}. FOLDER gets what is in the folder URL names; of a file it becomes that file, or gets it when it is there. */
enum cb_code cb_plugin_git_export(const struct cb_sync_conf *conf, const struct cb_plugin_ask *ask, struct cb_err *err) CB_MUSTCHECK;
/* Body: WHAT of docs/plugins.md, "Git". OUT: {"commit","remoteUrl","repoContentsUrl","branch","unchanged"}. */
enum cb_code cb_plugin_git_publish(const struct cb_sync_conf *conf, const struct cb_plugin_ask *ask, struct cb_buf *out,
                                   struct cb_err *err) CB_MUSTCHECK;

#endif
