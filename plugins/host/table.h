/* table.h - the host table that plugins are handed, and the secrets that no text may have. */
#ifndef CB_HOST_TABLE_H
#define CB_HOST_TABLE_H

#include "plugins/host/call.h"

#define CB_TABLE_SECRET_MIN 4 /* bytes: a shorter text is no secret, it would be everywhere */
#define CB_TABLE_METRIC_N 64  /* names of metrics of one plugin */

extern const struct callboard_host cb_table;

/* Once, before the first call. Both are kept (counted). SECRETS: an array of texts. */
void cb_table_open(json_t *config, json_t *secrets);
/* TEXT (N bytes) with every secret of the configuration and of CALL (may be NULL) as ***. Malloc'd; *OUT_N may be NULL. */
char *cb_table_masked(const struct callboard_call *call, const char *text, size_t n, size_t *out_n);

#endif
