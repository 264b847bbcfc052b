/*
 * import.h - what a Backstage says of locations, rules and integrations, as callboard's configuration.
 *
 * Shape     a configuration as a tree (sources, rules, integrations), and a row for each thing that was looked at: what became of it,
 *           and why it could not come along with what to do instead
 * Sources   a location's URL is read as repository, branch and path; those of one repository and branch are one source
 * Secrets   references alone, as app_config.h keeps them
 * Lifetime  the arena's
 */
#ifndef CB_CLI_IMPORT_H
#define CB_CLI_IMPORT_H

#include "catalog/base/node.h"
#include "catalog/fetch/forge.h"

enum cb_import_fate {
    CB_IMPORT_TAKEN,
    CB_IMPORT_THERE,     /* it was taken before */
    CB_IMPORT_NEEDLESS,  /* callboard does that without being told */
    CB_IMPORT_COULD_NOT,
    CB_IMPORT_FATE_N
};

struct cb_import_row {
    const char *what;    /* "location", "rule", "integration", "provider" */
    cb_str subject;
    enum cb_import_fate fate;
    cb_str as;           /* what it has become; or why not, and the remedy */
    const struct cb_node *of; /* the part of the configuration that it has become; NULL: none */
};

struct cb_import {
    struct cb_arena *arena;
    struct cb_node *sources, *integrations; /* arrays */
    struct cb_node *organizations;          /* array: of the plugin forge */
    struct cb_node *rules;                  /* array, or NULL: Backstage's default is ours */
    struct cb_import_row *rows;
    size_t row_n, row_cap;
};

/* "taken", "there", "needless", "could not". */
const char *cb_import_fate_name(enum cb_import_fate fate);
void cb_import_begin(struct cb_import *im, struct cb_arena *a);
void cb_import_note(struct cb_import *im, const char *what, cb_str subject, enum cb_import_fate fate, cb_str as);
/* catalog and integrations of an app-config; relative files are looked for below DIR and where Backstage's back end runs. */
void cb_import_app_config(struct cb_import *im, const struct cb_node *config, cb_str dir);
/* One location as a source. RULES may be NULL. */
void cb_import_location(struct cb_import *im, cb_str type, cb_str target, const struct cb_node *rules, cb_str dir);
/* import_forge.c: a provider of GitHub, GitLab or Gitea as organisations of the plugin forge. False: not, or not all of it. */
bool cb_import_forge(struct cb_import *im, const struct cb_node *provider);
bool cb_import_merge_forge(struct cb_import *im, struct cb_node *config, void (*was_there)(struct cb_import *im, const struct cb_node *part));
/*
 * Put into CONFIG (a callboard.yaml, or an empty object) what is not in it yet; rows of what was there say so. True when it changed.
 */
bool cb_import_merge(struct cb_import *im, struct cb_node *config);

#endif
