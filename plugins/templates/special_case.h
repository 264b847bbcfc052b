/*
 * special_case.h - letters whose upper case is more than one: Unicode, SpecialCasing.txt, without those of a language or a place in a word.
 */
#ifndef TEMPLATES_SPECIAL_CASE_H
#define TEMPLATES_SPECIAL_CASE_H

#include <stdint.h>

/* NULL: it has no special one. */
const char *tpl_special_upper(uint32_t c);

#endif
