/*
 * yaml_scalar.h - what a plain scalar means: the core schema of YAML 1.2.
 *
 * null     empty, ~, null, Null, NULL           bool   true, True, TRUE, false, False, FALSE
 * integer  [-+]?[0-9]+  0o[0-7]+  0x[0-9a-fA-F]+
 * real     decimals and exponents, .inf, .nan   all else is text: yes, no, on, off, 1_000, 2024-02-29, 0b1, 1:30
 */
#ifndef CB_PARSE_YAML_SCALAR_H
#define CB_PARSE_YAML_SCALAR_H

#include "catalog/base/node.h"

/* Set NODE's type and value from TEXT, which becomes its text when it is one. */
void cb_yaml_scalar_plain(struct cb_node *node, cb_str text);
/* The same under a tag such as "tag:yaml.org,2002:int"; a tag that does not fit, or that nobody knows, gives text. */
void cb_yaml_scalar_tagged(struct cb_node *node, struct cb_arena *a, cb_str text, cb_str tag);

#endif
