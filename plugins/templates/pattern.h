/*
 * pattern.h - file patterns as template authors write them.
 *
 * Language  * ? [abc] [!a-z] ** (whole parts, none too) {a,b} {1..9} and +(a|b) *(..) ?(..) @(..) !(..); a backslash takes one character as it is
 * Dotfiles  are matched like any other
 * Text      "/" divides; * and ? stop at it. A pattern is matched against the whole path
 * Limits    alternatives of braces, and steps of one match: over one, the answer is PATTERN_TOO_MUCH, never a long wait
 * Source    what the globs of Backstage's actions match, with dotfiles on
 * Threads   pure
 */
#ifndef TEMPLATES_PATTERN_H
#define TEMPLATES_PATTERN_H

#include <stdbool.h>

#define PATTERN_BYTES_MAX 1024   /* of a pattern */
#define PATTERN_BRACE_N 1000     /* alternatives that one pattern's braces become */
#define PATTERN_STEP_N 1000000   /* comparisons of one match */

enum pattern_answer { PATTERN_NO, PATTERN_YES, PATTERN_TOO_MUCH };

enum pattern_answer pattern_match(const char *pattern, const char *path);
bool pattern_is_plain(const char *pattern); /* no character of it is special */

#endif
