/*
 * scratch.h - a folder of a test program's own, gone when the program ends.
 *
 * Make it in a CB_SUITE's body, which runs once, before any test is forked.
 */
#ifndef CB_TESTS_SUPPORT_SCRATCH_H
#define CB_TESTS_SUPPORT_SCRATCH_H

/* The folder, made at the first call; absolute. */
const char *cb_scratch(void);
/* A shell command, formatted, in the folder; 0 when it went well. Its stdout goes nowhere. */
int cb_scratch_sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* DIR/NAME in one of four buffers that take turns. */
const char *cb_scratch_path(const char *name);
/* A file of the source tree, likewise. */
const char *cb_scratch_source(const char *name);

#endif
