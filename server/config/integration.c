#include "server/config/integration.h"

const struct cb_forge_table *cb_integration_forges(struct cb_arena *a, const struct cb_config *conf)
{
    struct cb_forge_table *table = CB_NEW(a, struct cb_forge_table);
    struct cb_forge *rows = CB_NEW_N(a, struct cb_forge, conf->integration_n + 1);

    for (size_t i = 0; i < conf->integration_n; i++)
        if (cb_forge_type_parse(&rows[table->n].type, conf->integrations[i].type)) {
            rows[table->n].host = conf->integrations[i].host.p;
            rows[table->n++].clone = conf->integrations[i].clone.n ? conf->integrations[i].clone.p : NULL;
        }
    table->v = rows;
    return table;
}
