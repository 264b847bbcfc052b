/*
 * plain_catalog.h - the slow, obvious way to answer what the catalog answers: a list of entities, each looked at in full.
 *
 * Random entities, filters and orders for it come from a seed, so that a failure can be had again.
 */
#ifndef CB_TESTS_SUPPORT_PLAIN_CATALOG_H
#define CB_TESTS_SUPPORT_PLAIN_CATALOG_H

#include "catalog/base/node.h"
#include "catalog/base/vec.h"
#include "catalog/entity/relation.h"

struct plain_row {
    cb_str key, lower, text; /* key and lower in lower case; text p NULL: no value */
};

struct plain_entity {
    cb_str id, json, edges, status; /* status p NULL: none */
    bool alive;
    CB_VEC(struct plain_row) rows;
    CB_VEC(struct cb_edge) said;
};

struct plain_catalog {
    struct cb_arena *arena;
    uint64_t seed;
    CB_VEC(struct plain_entity) all;
};

enum plain_op { PLAIN_ALL, PLAIN_ANY, PLAIN_NOT, PLAIN_IN, PLAIN_EXISTS, PLAIN_PREFIX };

struct plain_filter {
    enum plain_op op;
    cb_str key;
    cb_str values[4];
    cb_str lower_key, lower_values[4];
    struct plain_filter *kids[4];
    size_t value_n, kid_n;
};

uint32_t plain_random(struct plain_catalog *c, uint32_t below);
/* Give entity I another content. */
void plain_write(struct plain_catalog *c, size_t i);
void plain_free(struct plain_catalog *c);
/* Rows of I with those of relations, both directions. */
size_t plain_rows(struct plain_catalog *c, size_t i, struct plain_row **out, struct cb_arena *a);
cb_str plain_key(struct plain_catalog *c);
cb_str plain_value(struct plain_catalog *c, cb_str key);
struct plain_filter *plain_filter(struct plain_catalog *c, struct cb_arena *a, int depth);
void plain_filter_json(struct cb_buf *out, const struct plain_filter *f);
bool plain_match(const struct plain_filter *f, const struct plain_row *rows, size_t n);

#endif
