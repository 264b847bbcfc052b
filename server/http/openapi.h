/*
 * openapi.h - openapi.yaml as JSON, made once at first use from the text in the binary.
 */
#ifndef CB_HTTP_OPENAPI_H
#define CB_HTTP_OPENAPI_H

#include "catalog/base/str.h"

/* The YAML as it was written. */
cb_str cb_openapi_yaml(void);
/* Any thread; process-long. */
cb_str cb_openapi_json(void);

#endif
