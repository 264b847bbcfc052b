/*
 * url.h - whether a browser would take a text as a whole URL, and whether it would run it.
 *
 * Source    the URL standard (url.spec.whatwg.org), as far as success and failure go; host names beyond ASCII are
 *           folded with Unicode's NFKC_Casefold, which is close to, not the same as, UTS 46
 * Threads   pure
 */
#ifndef CB_ENTITY_URL_H
#define CB_ENTITY_URL_H

#include "catalog/base/str.h"

/* Would `new URL(text)` succeed? */
bool cb_url_ok(cb_str text);
/* A "javascript:" URL, control characters before it and line breaks inside its scheme tolerated. */
bool cb_url_is_script(cb_str text);

#endif
