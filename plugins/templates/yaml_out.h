/*
 * yaml_out.h - a JSON value as a YAML 1.2 document that people read: block style, two blanks an indent, quotes only where they are needed.
 *
 * Quotes    whatever a reader of the core schema would take for something else than the text: true, null, 0x1f, "- a", "a: b", " a"
 * Lines     a text of several lines is a literal block; none is folded
 * Lifetime  the text is the caller's to free
 */
#ifndef TEMPLATES_YAML_OUT_H
#define TEMPLATES_YAML_OUT_H

#include <callboard/plugin.h>

/* NUL-terminated, with a newline at its end. */
char *yaml_out(size_t *n, const struct callboard_host *host, struct callboard_call *call, const struct callboard_json *value);
/* The same of a descriptor that has metadata, with one annotation more, or in place of the one of that key. */
char *yaml_out_entity(size_t *n, const struct callboard_host *host, struct callboard_call *call, const struct callboard_json *entity, const char *key,
                  const char *text);

#endif
