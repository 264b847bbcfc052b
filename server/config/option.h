/*
 * option.h - the scalar options, one row each: the file's key, the environment's name, type, default, bounds, a sentence.
 *
 * docs/configuration.md is made from this table (`callboard serve --options`). Lists and maps (sources, integrations, rules) are
 * read by config.c.
 */
#ifndef CB_CONFIG_OPTION_H
#define CB_CONFIG_OPTION_H

#include "server/config/config.h"

enum cb_option_type {
    CB_OPTION_TEXT,
    CB_OPTION_BOOL,
    CB_OPTION_INT,
    CB_OPTION_BYTES,    /* 100kB, 4MiB, or a number of bytes */
    CB_OPTION_DURATION, /* 250ms, 30s, 5m, 1h; kept in us */
    CB_OPTION_PATH,     /* relative to the file that says it */
    CB_OPTION_SECRET,   /* a text, or file:/path to one; never shown */
    CB_OPTION_SECRETS,  /* one or a list of such, and each line of a file is one; what was set before goes */
};

struct cb_option {
    const char *key; /* "http.threads" */
    enum cb_option_type type;
    const char *preset; /* as an operator would write it */
    int64_t min, max;   /* of an int, bytes, or a duration in us */
    bool reloadable;
    size_t offset; /* in struct cb_config */
    const char *sentence;
};

extern const struct cb_option cb_options[];
extern const size_t cb_option_n;

/* NULL when there is none of that key. */
const struct cb_option *cb_option_find(cb_str key);
/* "http.threads" -> "CALLBOARD_HTTP_THREADS". */
cb_str cb_option_env(struct cb_arena *a, const struct cb_option *o);
/* Read TEXT into C's field. CB_EINVAL: what is wrong and what would be right, without the key; a secret is not repeated. */
enum cb_code cb_option_set(struct cb_config *c, const struct cb_option *o, cb_str text, cb_str base_dir, struct cb_err *err) CB_MUSTCHECK;
/* The table as Markdown. */
void cb_option_document(struct cb_buf *out);
/* A secret as written: itself, or the first line of the file behind "file:". CB_EINVAL. */
enum cb_code cb_option_secret(cb_str *out, struct cb_arena *a, cb_str text, cb_str base_dir, struct cb_err *err) CB_MUSTCHECK;
/* The same for a set of secrets: adds the text, or every line of the file that is not empty. CB_EINVAL. */
enum cb_code cb_option_secrets(struct cb_config_secrets *to, struct cb_arena *a, cb_str text, cb_str base_dir,
                               struct cb_err *err) CB_MUSTCHECK;
/* PATH, absolute: relative ones are below BASE_DIR. */
cb_str cb_option_path(struct cb_arena *a, cb_str path, cb_str base_dir);

#endif
