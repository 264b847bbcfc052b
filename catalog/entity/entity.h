/*
 * entity.h - the value that the stages hand on: one valid entity, ready to be kept and served.
 *
 * body   compact JSON, keys in the order metadata, apiVersion, kind, spec; without relations and status. It begins
 *        exactly with {"metadata":{"uid":"<36 characters>","etag":" so that an etag can be put in its place when
 *        served: 40 zeros stand there unless the author set an etag of his own (CB_ENTITY_OWN_ETAG), which then
 *        stands there as he wrote it.
 * uid    UUIDv5 of the id: the same wherever the entity is read from
 * Lifetime  borrows from the pass's arena
 */
#ifndef CB_ENTITY_ENTITY_H
#define CB_ENTITY_ENTITY_H

#include "catalog/entity/origin.h"
#include "catalog/entity/ref.h"
#include "catalog/entity/relation.h"
#include "catalog/entity/term.h"

#define CB_ENTITY_UID_AT 20                           /* offset of the uid's text in a body */
#define CB_ENTITY_ETAG_AT (CB_ENTITY_UID_AT + 36 + 10) /* offset of the etag's text: behind ","etag":" */
#define CB_ENTITY_ETAG_LEN 40
#define CB_ENTITY_BODY_MAX (4 * 1024 * 1024)          /* bytes of one entity */
#define CB_ENTITY_EDGE_MAX 20000                      /* edges that one entity may emit */

enum cb_entity_flag {
    CB_ENTITY_OWN_ETAG = 1, /* the author's etag stands in the body */
};

struct cb_entity {
    struct cb_ref ref; /* author's case */
    cb_str id;         /* lower-case "kind:namespace/name" */
    uint32_t flags;
    cb_str body;
    cb_str terms;      /* packed, term.h */
    struct cb_edge *edges;
    size_t edge_n;
    struct cb_origin at;
};

#endif
