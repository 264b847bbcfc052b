/*
 * text.h - JavaScript's view of a text: lengths and indices in UTF-16 units, its white space, its upper and lower case.
 *
 * Halves    a text may have one half of a surrogate pair alone (WTF-8). Split, each half of every pair stands alone as three bytes:
 *           there, a search for bytes is a search for units, and that is what regular expressions see
 */
#ifndef TEMPLATES_TEXT_H
#define TEMPLATES_TEXT_H

#include "plugins/templates/value.h"

size_t tpl_units(struct tpl_text *s);
bool tpl_is_ascii(struct tpl_text *s);
/* Units FROM to TO, without TO; both within the text. */
struct tpl_text *tpl_sub(struct tpl_heap *h, struct tpl_text *s, size_t from, size_t to);
/* Of the unit at AT, within the text. */
unsigned tpl_unit(struct tpl_text *s, size_t at);
/* The first unit at or behind FROM where NEEDLE begins; SIZE_MAX: none. */
size_t tpl_text_find(struct tpl_heap *h, struct tpl_text *s, struct tpl_text *needle, size_t from);
/* The last one at or before FROM. */
size_t tpl_text_find_last(struct tpl_heap *h, struct tpl_text *s, struct tpl_text *needle, size_t from);
int tpl_text_compare(const struct tpl_text *a, const struct tpl_text *b);
struct tpl_text *tpl_upper(struct tpl_heap *h, struct tpl_text *s);
struct tpl_text *tpl_lower(struct tpl_heap *h, struct tpl_text *s);
struct tpl_text *tpl_trim(struct tpl_heap *h, const struct tpl_text *s, bool start, bool end);
struct tpl_text *tpl_repeat(struct tpl_heap *h, const char *p, size_t n, size_t times);

bool tpl_is_space(uint32_t c);
/* The code point at P (< END), and how many bytes it has. */
uint32_t tpl_decode(const char *p, const char *end, size_t *n);
size_t tpl_encode(char out[4], uint32_t c);
size_t tpl_units_of(const char *p, size_t n);

/* S, which may be any bytes, with U+FFFD for what is no UTF-8. */
struct tpl_text *tpl_utf8(struct tpl_heap *h, struct tpl_text *s);
bool tpl_has_halves(const struct tpl_text *s);
bool tpl_halves_meet(const struct tpl_text *a, const struct tpl_text *b);
void tpl_join_halves(char out[4], const char *high, const char *low);
struct tpl_text *tpl_split(struct tpl_heap *h, struct tpl_text *s);  /* pairs as halves */
struct tpl_text *tpl_whole(struct tpl_heap *h, struct tpl_text *s);  /* halves as pairs */

#endif
