/*
 * clock.h - the time, replaceable in tests. Instants are int64_t microseconds.
 */
#ifndef CB_BASE_CLOCK_H
#define CB_BASE_CLOCK_H

#include "catalog/base/str.h"

#define CB_MS_US INT64_C(1000)
#define CB_S_US INT64_C(1000000)

/* UTC since 1970. */
int64_t cb_clock_now_us(void);
/* Monotonic: for deadlines and durations. */
int64_t cb_clock_mono_us(void);
/* CPU time of this thread. */
int64_t cb_clock_cpu_us(void);
/* Tests: FN gives both now and mono; NULL gives the real ones back. */
void cb_clock_fake(int64_t (*fn)(void));
/* "2026-11-22T10:00:00.123Z" with milliseconds. */
void cb_clock_format(char out[32], int64_t at_us);
bool cb_clock_parse(int64_t *at_us,
                    cb_str text); /* ISO 8601 with Z or an offset; date alone is midnight UTC */
/* "90s", "5m", "1h", "250ms", "2d", or a bare number of seconds -> microseconds. */
bool cb_duration_parse(int64_t *out_us, cb_str text);

#endif
