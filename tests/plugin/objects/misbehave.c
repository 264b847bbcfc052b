/* A plugin whose panels do everything wrong that a stranger's may do, one each, and a few that do well for comparison. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <callboard/plugin.h>

#ifndef MISBEHAVE_NAME
#define MISBEHAVE_NAME "misbehave" /* several of them at once are built under names of their own */
#endif

#define PANEL(name) static int name(const struct callboard_host *host, struct callboard_call *call)

PANEL(echo)
{
    host->put_text(call, "type", "keyvalues");
    host->begin_array(call, "items");
    host->begin_object(call, NULL);
    host->put_text(call, "key", "ref");
    host->put_text(call, "value", host->ref(call));
    host->end(call);
    host->end(call);
    host->put_json(call, "entity", host->entity(call));
    host->put_json(call, "input", host->input(call));
    host->put_text(call, "user", host->user(call));
    return CALLBOARD_OK;
}

PANEL(absent)
{
    (void)host;
    (void)call;
    return CALLBOARD_ABSENT;
}

PANEL(fails)
{
    return host->fail(call, CALLBOARD_EUPSTREAM, "upstream said no to token %s", host->text(host->config(call), "/token", ""));
}

PANEL(silent)
{
    (void)host;
    (void)call;
    return CALLBOARD_FAILED;
}

PANEL(crashes)
{
    (void)host;
    (void)call;
    raise(SIGSEGV);
    return CALLBOARD_OK;
}

PANEL(exits)
{
    (void)host;
    (void)call;
    _exit(7);
}

PANEL(hangs)
{
    volatile int on = 1;

    (void)host;
    (void)call;
    while (on)
        ;
    return CALLBOARD_OK;
}

PANEL(leaks)
{
    (void)host;
    (void)call;
    for (;;) {
        char *p = malloc(1 << 20);

        if (!p)
            abort();
        memset(p, 1, 1 << 20);
    }
}

PANEL(floods)
{
    host->begin_array(call, "rows");
    for (;;) {
        if (host->cancelled(call))
            return CALLBOARD_OK;
        for (int i = 0; i < 10000; i++)
            host->put_text(call, NULL, "a line that nobody asked for");
    }
}

PANEL(floods_log)
{
    host->put_text(call, "type", "text");
    for (int i = 0; i < 20000; i++)
        host->log(call, CALLBOARD_LOG_INFO, "line %d of far too many", i);
    return CALLBOARD_OK;
}

PANEL(garbage)
{
    (void)host;
    (void)call;
    if (write(3, "\xff\xff\xff\xff garbage", 12) != 12)
        abort();
    pause();
    return CALLBOARD_OK;
}

PANEL(closes)
{
    host->wait_ms(call, 50); /* until its reader waits on the socket again */
    close(3);
    pause();
    return CALLBOARD_OK;
}

PANEL(shuts)
{
    (void)host;
    (void)call;
    shutdown(3, SHUT_RDWR);
    pause();
    return CALLBOARD_OK;
}

PANEL(unbalanced)
{
    host->end(call);
    return CALLBOARD_OK;
}

PANEL(deep)
{
    for (int i = 0; i < CALLBOARD_DEPTH_MAX + 1; i++)
        host->begin_object(call, "x");
    return CALLBOARD_OK;
}

PANEL(odd)
{
    host->put_text(call, "type", "text");
    host->put_text(call, "markdown", "not \xff UTF-8, a \"quote\", a \\ and a line\nend");
    host->put_number(call, "nan", 0.0 / 0.0 * 1.0);
    host->put_text(call, "nothing", NULL);
    host->put_time(call, "at", INT64_C(1766000000123456));
    return CALLBOARD_OK;
}

PANEL(secret)
{
    host->log(call, CALLBOARD_LOG_INFO, "the token is %s", host->text(host->config(call), "/token", ""));
    host->mask(call, "minted-just-now");
    host->put_text(call, "type", "text");
    host->put_textf(call, "markdown", "%s and minted-just-now", host->text(host->config(call), "/token", ""));
    return CALLBOARD_OK;
}

PANEL(sleeps)
{
    if (host->wait_ms(call, 60000) < 0) {
        if (host->cancelled(call))
            host->metric_add(call, "cancelled", 1);
        return host->fail(call, CALLBOARD_ECANCELLED, "woken: %s", host->error(call));
    }
    return CALLBOARD_OK;
}

PANEL(fetches)
{
    struct callboard_http *http = host->http(call, host->text(host->input(call), "/method", "GET"), host->text(host->input(call), "/url", ""));
    int status;

    host->http_cache(http, host->integer(host->input(call), "/fresh", 0), host->integer(host->input(call), "/stale", 0));
    host->http_timeout(http, host->integer(host->input(call), "/timeout", 0));
    status = host->http_send(http);
    if (status < 0)
        return host->fail(call, status, "%s", host->error(call));
    host->put_text(call, "type", "text");
    host->put_integer(call, "status", status);
    host->put_integer(call, "age", host->http_age_s(http));
    host->put_text(call, "markdown", host->http_text(http, NULL));
    host->put_json(call, "json", host->http_json(http));
    return CALLBOARD_OK;
}

/* Its own configured upstream, without the host's cache: when it is down the panel fails. */
PANEL(upstream)
{
    struct callboard_http *http = host->http(call, "GET", host->text(host->config(call), "/url", ""));
    int status = host->http_send(http);

    if (status < 0)
        return host->fail(call, status, "%s", host->error(call));
    host->put_text(call, "type", "text");
    host->put_text(call, "markdown", "up");
    host->put_integer(call, "n", host->integer(host->http_json(http), "/n", 0));
    return CALLBOARD_OK;
}

PANEL(asks)
{
    const struct callboard_json *other = host->catalog_entity(call, "component:default/other");
    size_t n;
    const char *kept;

    if (host->state_put(call, "key", "value", 5, 60) < 0)
        return host->fail(call, CALLBOARD_EUPSTREAM, "state: %s", host->error(call));
    kept = host->state_get(call, "key", &n);
    host->put_text(call, "type", "text");
    host->put_text(call, "markdown", host->text(other, "/metadata/name", "none"));
    host->put_text(call, "kept", kept);
    host->put_integer(call, "n", (int64_t)n);
    host->metric_add(call, "asked", 1);
    return CALLBOARD_OK;
}

PANEL(executes)
{
    host->put_text(call, "type", "text");
    host->put_integer(call, "fork", fork());
    host->put_integer(call, "exec", execl("/bin/true", "true", (char *)NULL));
    host->put_integer(call, "write", access("/tmp/callboard-misbehave", F_OK));
    return CALLBOARD_OK;
}

PANEL(writes)
{
    int fd = open(host->text(host->input(call), "/path", ""), O_WRONLY | O_CREAT, 0600);

    host->put_text(call, "type", "text");
    host->put_text(call, "wrote", fd < 0 ? strerror(errno) : "done");
    if (fd >= 0)
        close(fd);
    return CALLBOARD_OK;
}

static int opens(const struct callboard_host *host, struct callboard_call *call)
{
    const char *mood = host->text(host->config(call), "/mood", "fine");

    if (strcmp(mood, "crash") == 0)
        abort();
    if (strcmp(mood, "refuse") == 0)
        return host->fail(call, CALLBOARD_EINVAL, "mood: must not be 'refuse'");
    return CALLBOARD_OK;
}

static int emits(const struct callboard_host *host, struct callboard_call *call)
{
    const char *entity = "{\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"Group\",\"metadata\":{\"name\":\"from-elsewhere\"},"
                         "\"spec\":{\"type\":\"team\",\"children\":[]}}";

    if (host->emit(call, entity, strlen(entity)) < 0)
        return host->fail(call, CALLBOARD_EUPSTREAM, "%s", host->error(call));
    return CALLBOARD_OK;
}

static int acts(const struct callboard_host *host, struct callboard_call *call)
{
    host->put_textf(call, "message", "did %s", host->text(host->input(call), "/what", "nothing"));
    return CALLBOARD_OK;
}

#define ROW(which) {.name = #which, .title = #which, .ttl_s = 1, .stale_s = 5, .deadline_ms = 2000, .render = which}

static const struct callboard_panel panels[] = {
    ROW(echo),    ROW(absent),  ROW(fails), ROW(silent), ROW(crashes), ROW(exits),  ROW(hangs),  ROW(leaks),
    ROW(floods),  {.name = "floods-log", .title = "floods the log", .render = floods_log}, ROW(garbage), ROW(closes), ROW(shuts),
    ROW(unbalanced), ROW(deep), ROW(odd), ROW(secret), ROW(sleeps), ROW(fetches), ROW(asks), ROW(executes), ROW(upstream), ROW(writes),
    {0},
};

static const struct callboard_panel_action panel_actions[] = {
    {"echo", "act", "Act", "Act on {{what}}?", "editor", "{\"type\":\"object\",\"required\":[\"what\"],\"properties\":{\"what\":{\"type\":\"string\"}}}", 0, acts},
    {0},
};

static const struct callboard_source sources[] = {{.name = "elsewhere", .summary = "One group", .read = emits}, {0}};

static const struct callboard_route routes[] = {
    {"GET", "echo/{what}", "reader", "Says it again", 0, echo},
    {"GET", "sleeps", "reader", "Sleeps", 0, sleeps},
    {"POST", "sleeps", "reader", "Sleeps, and is not woken", 1500, sleeps},
    {"POST", "fetch", "editor", "Fetches", 0, fetches},
    {0},
};

CALLBOARD_PLUGIN(.name = MISBEHAVE_NAME, .version = "1.0.0", .summary = "Does everything wrong",
                 .config = "{\"type\":\"object\",\"properties\":{\"token\":{\"type\":\"string\",\"writeOnly\":true},\"mood\":{\"type\":\"string\"},"
                           "\"url\":{\"type\":\"string\",\"format\":\"uri\"}}}",
                 .panels = panels, .panel_actions = panel_actions, .sources = sources, .routes = routes, .open = opens);
