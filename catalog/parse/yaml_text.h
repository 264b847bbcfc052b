/*
 * yaml_text.h - bytes of a file made ready for libyaml, and what it reads made whole again.
 *
 * libyaml speaks YAML 1.1: it refuses control characters and takes U+0085, U+2028 and U+2029 for line breaks. YAML 1.2
 * and npm `yaml` read all of them as ordinary text. Such characters are swapped for private-use ones that the file does
 * not have, and swapped back in every text that comes out. A character stays one character, so columns are right.
 *
 * Lifetime  texts live in the arena, or borrow from the input when there was nothing to do
 */
#ifndef CB_PARSE_YAML_TEXT_H
#define CB_PARSE_YAML_TEXT_H

#include "catalog/base/arena.h"

struct cb_yaml_text {
    cb_str bytes;      /* for libyaml: valid UTF-8 */
    uint32_t swap;     /* first private-use code point that stands for another; 0: none does */
    uint32_t bad_line; /* 1-based line of the first byte that was no UTF-8 and became U+FFFD; 0: none */
};

void cb_yaml_text_make(struct cb_yaml_text *out, struct cb_arena *a, cb_str bytes);
/* What libyaml read from it, with the characters that the author wrote; in A. *NUL is set when one of them is NUL. */
cb_str cb_yaml_text_back(const struct cb_yaml_text *t, struct cb_arena *a, cb_str read, bool *nul);
/* A copy in which the one byte at AT, a tab, is such a character: in a block's text libyaml wants no tab first. */
void cb_yaml_text_hide_tab(struct cb_yaml_text *t, struct cb_arena *a, size_t at);
/* A copy with C before the byte at AT. */
void cb_yaml_text_insert(struct cb_yaml_text *t, struct cb_arena *a, size_t at, char c);
/* Pairs of \uD83D\uDE00 escapes as JSON writers make them, rewritten as the one \U0001F600 that YAML has. */
cb_str cb_yaml_text_join_surrogates(struct cb_arena *a, cb_str bytes);

#endif
