/*
 * bench_rows.h - a generated catalog (gen-catalog.mjs) as rows, read one after the other from a file, as from a database.
 */
#ifndef CB_TESTS_BENCH_ROWS_H
#define CB_TESTS_BENCH_ROWS_H

#include "catalog/persist/entity_store.h"

/* All rows of the catalog in folder DIR in order of id; parsed once, kept in DIR/rows.bin. Aborts with a sentence. */
void bench_rows(const char *dir, cb_version_fn *each, void *ctx);
/* Resident kilobytes of this process now and at most. */
long bench_resident_kb(void);
long bench_peak_kb(void);
/* Run FN(CTX) until it took a while; CPU microseconds of one run. */
double bench_cpu_us(void (*fn)(void *ctx), void *ctx);

#endif
