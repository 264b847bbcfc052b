/*
 * yaml_error.h - libyaml's errors in words that an author can act on, and the text of a key that is no text.
 */
#ifndef CB_PARSE_YAML_ERROR_H
#define CB_PARSE_YAML_ERROR_H

#include <yaml.h>

#include "catalog/base/node.h"

/* LINE is the text of the line where it went wrong, FIRST_LINE the 0-based line at which the parser began. */
void cb_yaml_error_words(cb_str *message, cb_str *remedy, struct cb_arena *a, const yaml_parser_t *parser, cb_str line,
                         uint32_t first_line);
/* A scalar as JavaScript's String() gives it (null: the empty text), a collection as flow YAML: "{ a: 1 }". */
cb_str cb_yaml_key_text(struct cb_arena *a, const struct cb_node *node);

#endif
