/* route.h - the routes of this plugin: what callboard's engine of templates asks of the language. */
#ifndef TEMPLATES_ROUTE_H
#define TEMPLATES_ROUTE_H

#include <callboard/plugin.h>

callboard_fn tpl_route_render, tpl_route_extensions;

#endif
