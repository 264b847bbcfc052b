/* Compiled several times, each with one thing that no callboard of this version can take: -DSTRANGE_... */
#include <callboard/plugin.h>

static int render(const struct callboard_host *host, struct callboard_call *call)
{
    host->put_text(call, "type", "text");
    return CALLBOARD_OK;
}

#ifdef STRANGE_TWICE
static const struct callboard_panel panels[] = {{.name = "one", .title = "One", .render = render}, {.name = "one", .title = "One", .render = render}, {0}};
#elif defined STRANGE_NAME
static const struct callboard_panel panels[] = {{.name = "No Name!", .title = "One", .render = render}, {0}};
#else
static const struct callboard_panel panels[] = {{.name = "one", .title = "One", .render = render}, {0}};
#endif

static const struct callboard_plugin plugin = {
    .size = sizeof(plugin),
#ifdef STRANGE_MAJOR
    .major = CALLBOARD_ABI_MAJOR + 1,
#else
    .major = CALLBOARD_ABI_MAJOR,
#endif
#ifdef STRANGE_NEWER
    .minor = CALLBOARD_ABI_MINOR + 1,
#else
    .minor = CALLBOARD_ABI_MINOR,
#endif
    .panel_size = sizeof(struct callboard_panel),
    .panel_action_size = sizeof(struct callboard_panel_action),
    .action_size = sizeof(struct callboard_action),
    .source_size = sizeof(struct callboard_source),
    .route_size = sizeof(struct callboard_route),
    .name = "strange",
    .version = "1.0.0",
#ifdef STRANGE_SCHEMA
    .config = "{not json",
#endif
    .panels = panels,
};

#ifdef STRANGE_SYMBOL
CALLBOARD_EXPORT const struct callboard_plugin *callboard_plugin_v0(void);
CALLBOARD_EXPORT const struct callboard_plugin *callboard_plugin_v0(void)
#else
const struct callboard_plugin *callboard_plugin_v1(void)
#endif
{
    return &plugin;
}
