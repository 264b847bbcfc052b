/* One panel of each type: each answers what the configuration has under answers/NAME, and is absent where that says nothing. */
#include <callboard/plugin.h>

static int answer(const struct callboard_host *host, struct callboard_call *call, const char *pointer)
{
    const struct callboard_json *said = host->get(host->config(call), pointer);

    if (!said)
        return CALLBOARD_ABSENT;
    if (host->text(said, "/fail", NULL))
        return host->fail(call, CALLBOARD_EUPSTREAM, "%s", host->text(said, "/fail", ""));
    for (size_t i = 0; i < host->count(said, ""); i++)
        host->put_json(call, host->key_at(said, i), host->at(said, i));
    return CALLBOARD_OK;
}

#define EACH_PANEL(X)                                                                                                                                    \
    X(status) X(table) X(series) X(timeline) X(tree) X(diff) X(links) X(text) X(keyvalues) X(group) X(oncall) X(markup) X(markdown) X(names) X(chain)        \
        X(absent) X(failed) X(future) X(script)

#define RENDER(name)                                                                                                                                       \
    static int render_##name(const struct callboard_host *host, struct callboard_call *call)                                                              \
    {                                                                                                                                                      \
        return answer(host, call, "/answers/" #name);                                                                                                      \
    }
#define ROW(name_) {.name = #name_, .title = #name_, .annotations = "example.com/gallery", .ttl_s = 30, .render = render_##name_, .help = "Say something about " #name_ "."},

EACH_PANEL(RENDER)

static const struct callboard_panel panels[] = {EACH_PANEL(ROW) {0}};

static int restart(const struct callboard_host *host, struct callboard_call *call)
{
    host->put_textf(call, "message", "restarted %s", host->text(host->input(call), "/region", "everywhere"));
    host->put_text(call, "url", "/catalog");
    return CALLBOARD_OK;
}

static const struct callboard_panel_action actions[] = {
    {.panel = "status", .name = "restart", .title = "Restart", .confirm = "Restart it?", .right = "editor", .run = restart,
     .input = "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"region\"],\"properties\":{\"region\":{\"type\":\"string\",\"title\":\"Region\"}}}"},
    {.panel = "status", .name = "drop", .title = "Drop", .right = "admin", .run = restart},
    {0},
};

CALLBOARD_PLUGIN(.name = "gallery", .version = "1.0.0", .summary = "One panel of each type",
                 .config = "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"answers\":{\"type\":\"object\"}}}", .panels = panels, .panel_actions = actions);
