/*
 * yaml.h - libyaml events to trees with line numbers.
 *
 * Source    YAML 1.2 core schema as npm `yaml` reads it with merge keys off: yes/no/on/off are strings, 0o17 and 0xFF
 *           are numbers, 1_000 is a string, .inf is a number; duplicate keys are an error; many documents a stream;
 *           JSON is YAML
 * Limits    nesting CB_NODE_DEPTH_MAX, documents CB_YAML_DOC_MAX, aliases: the expanded tree of a document has at most
 *           CB_YAML_NODE_MAX nodes and CB_YAML_TEXT_MAX bytes
 * Aliases   share what they stand for: a tree is one to walk, not one to change in place
 * A bad document does not hide the next: reading goes on at the next line that is "---"
 */
#ifndef CB_PARSE_YAML_H
#define CB_PARSE_YAML_H

#include "catalog/base/node.h"

#define CB_YAML_DOC_MAX 100000
#define CB_YAML_NODE_MAX 500000
#define CB_YAML_TEXT_MAX (64 * 1024 * 1024)

struct cb_yaml_doc {
    struct cb_node *root; /* NULL: an empty (null) document, or a broken one */
    bool broken;
    uint32_t line, column; /* where it begins, or where it is broken */
    const char *rule;      /* of a broken one: "yaml-syntax", "yaml-duplicate-key", "yaml-alias", "yaml-limit", ... */
    cb_str message;        /* of a broken one: what is wrong */
    cb_str remedy;         /* of a broken one: what would be right; may be empty */
};

struct cb_yaml {
    struct cb_yaml_doc *docs;
    size_t doc_n;
    uint32_t bad_line; /* 1-based line of the first byte that is no UTF-8 and was read as U+FFFD; 0: none */
};

/* Never fails as a whole: what is wrong is in the documents. Text in trees lives in A. */
void cb_yaml_read(struct cb_yaml *out, struct cb_arena *a, cb_str bytes);

#endif
