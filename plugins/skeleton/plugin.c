/*
 * The smallest plugin that does something: a panel with what the entity's annotation "example.com/greeting" says, and a
 * setting. Copy this file, rename things, and look into callboard/plugin.h for the rest.
 */
#include <callboard/plugin.h>

static int render_greeting(const struct callboard_host *host, struct callboard_call *call)
{
    const char *name = host->annotation(call, "example.com/greeting");

    if (!name)
        return CALLBOARD_ABSENT; /* no panel for this entity; not an error */
    host->put_text(call, "type", "text");
    host->put_textf(call, "summary", "%s is greeted", name);
    host->put_textf(call, "markdown", "%s, **%s**!", host->text(host->config(call), "/greeting", "Hello"), name);
    return CALLBOARD_OK;
}

static const struct callboard_panel panels[] = {
    {
        .name = "greeting",
        .title = "Greeting",
        .annotations = "example.com/greeting",
        .ttl_s = 60,
        .render = render_greeting,
        .help = "Set the annotation example.com/greeting to a name.",
    },
    {0},
};

CALLBOARD_PLUGIN(.name = "skeleton", .version = "1.0.0", .summary = "Greets whom an annotation names",
                 .config = "{\"type\":\"object\",\"additionalProperties\":false,"
                           "\"properties\":{\"greeting\":{\"type\":\"string\",\"minLength\":1,\"default\":\"Hello\"}}}",
                 .panels = panels);
