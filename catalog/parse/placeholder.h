/*
 * placeholder.h - {$text: path}, {$json: path}, {$yaml: path}: a value that stands in another file.
 *
 * Rule      an object whose only key begins with '$' and names one of the three; an object with such a key and others,
 *           or with a '$' key that nobody knows, is left as it is, and so is all below it
 * Once      what was filled in is not looked through again
 * Limits    CB_INCLUDE_MAX includes and CB_INCLUDE_BYTES_MAX bytes of one file's documents together
 * Place     nodes from another file stand where the placeholder stood
 */
#ifndef CB_PARSE_PLACEHOLDER_H
#define CB_PARSE_PLACEHOLDER_H

#include "catalog/parse/descriptor.h"

/* What one file's documents have included so far. */
struct cb_placeholder {
    struct cb_arena *a;
    const struct cb_descriptor_at *at;
    const struct cb_descriptor_opts *opts;
    size_t n, bytes;
    cb_str *paths; /* each once */
    size_t path_n, path_cap;
};

struct cb_placeholder_fault {
    const struct cb_node *node;
    const char *rule;
    cb_str field; /* dotted */
    cb_str words; /* Backstage's, without "Error: " */
    cb_str message, remedy;
};

/* Fill in what is below ROOT, in place. False with FAULT: the first that failed. */
bool cb_placeholder_fill(struct cb_placeholder *p, struct cb_node *root, struct cb_placeholder_fault *fault);

#endif
