/*
 * rules.h - which kinds a source may bring: the allow-list of the configuration.
 *
 * Source    Backstage's catalog.rules: the list replaces the default (Component, API, Location); kinds are compared
 *           without regard to case; a rule may be bound to a spec.type and to locations (exact or glob of the origin)
 */
#ifndef CB_ENTITY_RULES_H
#define CB_ENTITY_RULES_H

#include "catalog/base/str.h"

struct cb_rule {
    cb_str kind;      /* "Component" */
    cb_str spec_type; /* empty: any */
    cb_str location;  /* empty: any; else an exact origin location ("url:https://...") or a glob of it */
    bool glob;
};

struct cb_rules {
    const struct cb_rule *v;
    size_t n;
};

/* RULES NULL: everything is allowed. */
bool cb_rules_allow(const struct cb_rules *rules, cb_str kind, cb_str spec_type, cb_str origin_location);

/* Does a rule name this kind, and this spec.type where one is given, whatever the location? */
bool cb_rules_name(const struct cb_rules *rules, cb_str kind, cb_str spec_type);

#endif
