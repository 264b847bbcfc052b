/*
 * dry.h - a template tried out: its steps run in a folder of their own, nothing outside is changed, and what came of it is told.
 *
 * Folder    <workspaces>/dry-<pid>-<uuid>: work is the run's, source what was sent along with the template, whose relative URLs begin there
 * Actions   those that say dry_run run; of others a sample of their output is used, and the log says so
 * Lent      whoever may not register a template tries his own with what is his: run.unlent, set by the asker
 * Files     CB_DRY_FILES_MAX bytes are told; what each step changed is told as a diff, of texts up to CB_DRY_TEXT_MAX bytes
 * Threads   one, which waits; cb_run_stop ends it from elsewhere
 */
#ifndef CB_SCAFFOLD_DRY_H
#define CB_SCAFFOLD_DRY_H

#include "server/scaffold/run.h"

#define CB_DRY_FILES_MAX (16 * 1024 * 1024)
#define CB_DRY_TEXT_MAX (256 * 1024)

struct cb_dry_file {
    cb_str path, bytes;
    bool executable;
};

struct cb_dry {
    struct cb_dry *next;
    void (*done)(struct cb_dry *q);
    /* in */
    struct cb_plugins *plugins;
    const struct cb_config *config;
    struct cb_arena *arena;
    const struct cb_node *entity, *values, *secrets;
    cb_str user;
    const struct cb_node *user_entity;
    const struct cb_dry_file *files; /* beside the template */
    size_t file_n;
    cb_str base_url;                 /* empty: the folder that FILES are put into */
    struct cb_run run;               /* to stop it: cb_run_init is the asker's, as is cb_run_fini */
    /* out */
    enum cb_code code;               /* CB_OK, or that of the step that failed: err has its sentence */
    struct cb_err err;
    struct cb_buf answer;            /* {"log","directoryContents","output","steps","changes"}; also of one that failed. cb_buf_fini */
};

/* Does all of it; not done(). */
void cb_dry_run(struct cb_dry *q);
/* Folders of dry runs whose process is gone. */
bool cb_dry_is_left(const char *name);

#endif
