#include "catalog/entity/relation.h"

/* Pairs stand side by side: the inverse of row i is row i ^ 1. The rows' order is kept for ever: packed data names them. */
#define PAIR(i, one, other)                                                                        \
    {CB_LIT(one), (i) + 1},                                                                        \
    {                                                                                              \
        CB_LIT(other), (i)                                                                         \
    }

const struct cb_relation cb_relations[] = {
    PAIR(CB_RELATION_OWNED_BY, "ownedBy", "ownerOf"),
    PAIR(CB_RELATION_PART_OF, "partOf", "hasPart"),
    PAIR(CB_RELATION_PROVIDES_API, "providesApi", "apiProvidedBy"),
    PAIR(CB_RELATION_CONSUMES_API, "consumesApi", "apiConsumedBy"),
    PAIR(CB_RELATION_DEPENDS_ON, "dependsOn", "dependencyOf"),
    PAIR(CB_RELATION_MEMBER_OF, "memberOf", "hasMember"),
    PAIR(CB_RELATION_CHILD_OF, "childOf", "parentOf"),
};

const size_t cb_relation_n = CB_COUNT(cb_relations);

int cb_relation_find(cb_str name, bool nocase)
{
    for (size_t i = 0; i < cb_relation_n; i++)
        if (nocase ? cb_str_eq_nocase(cb_relations[i].name, name) : cb_str_eq(cb_relations[i].name, name))
            return (int)i;
    return -1;
}
