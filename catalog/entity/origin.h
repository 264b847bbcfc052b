/*
 * origin.h - where something was written: source, path, document, line, column.
 *
 * Lifetime  slices borrow from the pass's arena or from a row
 */
#ifndef CB_ENTITY_ORIGIN_H
#define CB_ENTITY_ORIGIN_H

#include "catalog/base/str.h"

struct cb_origin {
    cb_str path;     /* within the source's tree */
    uint32_t doc;    /* 0-based document in the file */
    uint32_t line;   /* 1-based; 0: the file as a whole */
    uint32_t column; /* 1-based, in characters; 0: the line as a whole */
};

#endif
