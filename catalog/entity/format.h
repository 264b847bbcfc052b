/*
 * format.h - the forms that names, tags, labels and versions of an entity must have.
 *
 * Source    Kubernetes object names as Backstage's field validators spell them
 * Threads   pure
 */
#ifndef CB_ENTITY_FORMAT_H
#define CB_ENTITY_FORMAT_H

#include "catalog/base/arena.h"

#define CB_NAME_MAX 63       /* characters of a name, kind, namespace, tag, label value or suffix */
#define CB_DNS_NAME_MAX 253  /* characters of a prefix such as "example.com" */

enum cb_format {
    CB_FORMAT_API_VERSION, /* "suffix" or "dns.prefix/suffix" */
    CB_FORMAT_KIND,        /* a letter, then letters and digits */
    CB_FORMAT_NAME,        /* letters, digits, "-_." with a letter or digit at each end */
    CB_FORMAT_NAMESPACE,   /* lower case letters, digits, "-" inside */
    CB_FORMAT_LABEL_KEY,   /* [dns.prefix/]name; annotations too */
    CB_FORMAT_LABEL_VALUE, /* empty or a name */
    CB_FORMAT_TAG,         /* lower case letters, digits, ":+#", "-" inside */
    CB_FORMAT_URL,         /* absolute, as browsers parse it */
    CB_FORMAT_TEXT,        /* not blank */
    CB_FORMAT_N
};

bool cb_format_ok(enum cb_format format, cb_str value);
/* What would be right, as the end of "write ...". */
const char *cb_format_rule(enum cb_format format);
/* The words that Backstage's message has between "expected " and " but found". */
const char *cb_format_expected(enum cb_format format);
/* A value of the form that is close to VALUE, or the empty slice: "Upper Case" as a tag gives "upper-case". */
cb_str cb_format_near(struct cb_arena *a, enum cb_format format, cb_str value);
/* Length as JavaScript counts it: UTF-16 units. */
size_t cb_format_length(cb_str value);

#endif
