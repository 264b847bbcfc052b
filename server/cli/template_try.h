/*
 * template_try.h - a template on this machine tried out, without a server: its plugins are started for it.
 *
 * Template  a file, or a folder with template.yaml in it; of several documents the first of kind Template
 * Plugins   those of the configuration, or beside the binary
 */
#ifndef CB_CLI_TEMPLATE_TRY_H
#define CB_CLI_TEMPLATE_TRY_H

#include "server/config/config.h"
#include "server/scaffold/dry.h"

struct cb_try; /* plugins that run, and a folder for runs */

enum cb_code cb_try_open(struct cb_try **out, const struct cb_config_flags *from, struct cb_err *err) CB_MUSTCHECK;
void cb_try_close(struct cb_try *t); /* accepts NULL */

struct cb_tried {
    enum cb_code code;           /* CB_OK, or that of the step that failed, or of values that do not keep to the form */
    struct cb_err err;
    const struct cb_node *answer; /* as that of POST dry-run; NULL: it did not begin */
};

/* PATH of the template; VALUES and SECRETS may be NULL. CB_EINVAL: there is no template. */
enum cb_code cb_try_template(struct cb_tried *out, struct cb_try *t, struct cb_arena *a, const char *path, const struct cb_node *values,
                             const struct cb_node *secrets, struct cb_err *err) CB_MUSTCHECK;
/* YAML or JSON. CB_EINVAL with file, line and column. */
enum cb_code cb_try_read(struct cb_node **out, struct cb_arena *a, const char *file, struct cb_err *err) CB_MUSTCHECK;
/* What `template test` does: every tests/<case>.yaml beside the template. *FAILED_N cases failed. */
enum cb_code cb_try_cases(size_t *case_n, size_t *failed_n, struct cb_try *t, const char *path, bool update, struct cb_err *err) CB_MUSTCHECK;

#endif
