/*
 * integration.h - the integrations of the configuration as what fetch knows of forges.
 */
#ifndef CB_CONFIG_INTEGRATION_H
#define CB_CONFIG_INTEGRATION_H

#include "catalog/fetch/forge.h"
#include "server/config/config.h"

/* In A; borrows from CONF. */
const struct cb_forge_table *cb_integration_forges(struct cb_arena *a, const struct cb_config *conf);

#endif
