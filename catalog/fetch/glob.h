/*
 * glob.h - patterns of paths, compiled once and stepped part by part while a tree is walked.
 *
 * Meaning   that of tree.h's cb_glob_match: '*' '?' '[a-z]' '[!a]' within a part, '**' as a whole
 *           part, '{a,b}', '\' takes the next character literally; "/x" and "./x" mean "x"
 * Shape     braces are written out first; each choice is a list of parts and runs as a small
 *           automaton whose states are the bits of one word, so no path makes it go back
 * Limits    CB_GLOB_TEXT_MAX, CB_GLOB_PART_MAX, CB_GLOB_CHOICE_MAX: over them compiling fails
 * Lifetime  a set and its texts live in the arena it was compiled into
 * Threads   one thread at a time for each set (it counts its steps)
 */
#ifndef CB_FETCH_GLOB_H
#define CB_FETCH_GLOB_H

#include "catalog/base/arena.h"
#include "catalog/base/err.h"

#define CB_GLOB_TEXT_MAX 4096 /* bytes of one pattern */
#define CB_GLOB_PART_MAX                                                                           \
    63 /* parts of one choice: a bit of the state each, and one for "all read" */
#define CB_GLOB_CHOICE_MAX 256 /* choices that the braces of one pattern give */

struct cb_glob_set;

/* One word for each choice: where in its parts a path so far may be. */
typedef uint64_t cb_glob_state;

/* CB_EINVAL: a pattern that is empty, or over a limit; the sentence names it. */
enum cb_code cb_glob_compile(struct cb_glob_set **out, struct cb_arena *a, const cb_str *globs,
                             size_t glob_n, bool dot, struct cb_err *err) CB_MUSTCHECK;
/* How many states one position in a tree takes. */
size_t cb_glob_width(const struct cb_glob_set *set);
/* The position at the tree's root. */
void cb_glob_start(const struct cb_glob_set *set, cb_glob_state *at);
/* Go from FROM into the folder NAME; false when nothing below it can match. */
bool cb_glob_enter(struct cb_glob_set *set, const cb_glob_state *from, cb_str name,
                   cb_glob_state *to);
/* Is the file NAME in the folder at FROM a match? */
bool cb_glob_file(struct cb_glob_set *set, const cb_glob_state *from, cb_str name);
/* A whole path at once. */
bool cb_glob_path(struct cb_glob_set *set, cb_str path);

#endif
