/*
 * text.h - the full-text filter: a term somewhere in a value of one of the fields.
 *
 * Term      trimmed, lower-cased; % and _ are themselves
 * Work      each distinct value is looked at once, not each entity
 */
#ifndef CB_SEARCH_TEXT_H
#define CB_SEARCH_TEXT_H

#include "catalog/search/filter.h"

/* Take from MATCH (cb_filter_bits) all documents that have TERM in none of FIELDS. */
void cb_text_restrict(uint64_t *match, const struct cb_snapshot *s, cb_str term,
                      const cb_str *fields, size_t field_n, struct cb_arena *a);

#endif
