/*
 * fill.h - a skeleton, filled in: a folder of the workspace whose files and paths are templates, rendered into another one.
 *
 * Paths     rendered whole. One that comes out empty, begins with "/" or has "//" in it is left out, and all below it are; one that leads out
 *           of the target is refused
 * Contents  rendered, but for what VERBATIM matches, what EXTENSION does not, and what is no text
 * Rights    of the source
 * Links     kept when they stay within the target, never followed
 * Existing  files stay as they are unless REPLACE
 * Source    Backstage's fetch:template; docs/compatibility.md has the differences
 */
#ifndef TEMPLATES_FILL_H
#define TEMPLATES_FILL_H

#include "plugins/templates/place.h"

struct fill_how {
    const struct callboard_json *values;   /* an object, or NULL */
    const struct callboard_json *verbatim; /* list of patterns, "!..." takes away; or NULL */
    const char *extension;                 /* ".njk"; NULL: every file is a template, and keeps its name */
    bool replace, cookiecutter, trim_blocks, lstrip_blocks;
};

/* What became of the entries of a skeleton. */
struct fill_sum {
    size_t entry_n, rendered_n, copied_n, skipped_n, kept_n;
};

/* FROM and TO are clean, FROM is a folder. What is in TO before is not looked at, though it may lie in FROM. */
int fill_tree(struct fill_sum *sum, struct place *place, const char *from, const char *to, const struct fill_how *how);
/* One file, whose path TO is no template. NAME: what errors call it. */
int fill_file(struct place *place, const char *from, const char *name, const char *to, const struct fill_how *how);

/* Is it no text that people write? By its first bytes, as the npm module isbinaryfile tells. */
bool fill_is_binary(const char *text, size_t n);

#endif
