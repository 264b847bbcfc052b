/*
 * log.h - one line an event: an event's name and its facts.
 *
 *   cb_log(CB_LOG_INFO, "pass.done", "source=%s entities=%zu ms=%lld", name, n, ms);
 *   2026-11-22T10:00:00.123Z info pass.done source=acme entities=412 ms=830
 *
 * Values with blanks, quotes or control bytes: cb_log_quote. Never a secret.
 * Threads   any; a line is written with one write(2)
 */
#ifndef CB_BASE_LOG_H
#define CB_BASE_LOG_H

#include "catalog/base/arena.h"

enum cb_log_level { CB_LOG_DEBUG, CB_LOG_INFO, CB_LOG_WARN, CB_LOG_ERROR };

#define CB_LOG_LINE_MAX 4096 /* bytes of a line; longer ones are cut and end in "..." */

void cb_log_set_level(enum cb_log_level least);
bool cb_log_level_parse(enum cb_log_level *out, cb_str name); /* debug info warn error */
/* Where lines go: a file descriptor, 2 at the start. */
void cb_log_set_fd(int fd);
void cb_log(enum cb_log_level level, const char *event, const char *fmt, ...) CB_PRINTF(3, 4);
/* Whole lines, made elsewhere, as they are. */
void cb_log_write(const char *lines, size_t n);
/* S as it is when it is plain, else in quotes with \" \\ \n \xNN; never over MAX bytes of S. */
const char *cb_log_quote(struct cb_arena *a, cb_str s, size_t max);

#endif
