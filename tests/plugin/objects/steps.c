/* Steps of a software template: what they are told, and what they can do to the files of their task and to those of others. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <callboard/plugin.h>

#define ACTION(name) static int name(const struct callboard_host *host, struct callboard_call *call)

/* What it hears of its task. */
ACTION(look)
{
    host->put_text(call, "workspace", host->workspace(call));
    host->put_json(call, "task", host->task(call));
    host->put_json(call, "input", host->input(call));
    host->put_text(call, "user", host->user(call));
    return CALLBOARD_OK;
}

/* What it was configured with, and what a request to one of its integrations gives: {"url"}. */
ACTION(ask_forge)
{
    struct callboard_http *http = host->http(call, "GET", host->text(host->input(call), "/body/url", ""));
    int status;

    host->http_header(http, "Authorization", host->format(call, "Bearer %s", host->text(host->config(call), "/integrations/0/token", "none")));
    status = host->http_send(http);
    host->put_integer(call, "status", status);
    host->put_text(call, "error", status < 0 ? host->error(call) : NULL);
    host->put_json(call, "config", host->config(call));
    return CALLBOARD_OK;
}

static void put_errno(const struct callboard_host *host, struct callboard_call *call, const char *key, int rc)
{
    host->put_text(call, key, rc < 0 ? strerror(errno) : "done");
}

/* {"path"}: is written, moved into the folder beside it, cut short and removed. */
ACTION(write_file)
{
    const char *path = host->text(host->input(call), "/path", ""), *moved = host->text(host->input(call), "/moved", "");
    int fd = open(path, O_WRONLY | O_CREAT, 0600);

    put_errno(host, call, "write", fd < 0 ? -1 : (int)write(fd, "text\n", 5));
    if (fd >= 0)
        close(fd);
    put_errno(host, call, "cut", truncate(path, 1));
    put_errno(host, call, "move", rename(path, moved));
    put_errno(host, call, "remove", unlink(moved));
    return CALLBOARD_OK;
}

/* {"url", "folder"} */
ACTION(export_tree)
{
    int rc = host->git_export(call, host->text(host->input(call), "/url", ""), host->text(host->input(call), "/folder", ""));

    return rc < 0 ? host->fail(call, rc, "%s", host->error(call)) : CALLBOARD_OK;
}

/* {"what": {...}} */
ACTION(publish_folder)
{
    const struct callboard_json *made = host->git_publish(call, host->dump(call, host->get(host->input(call), "/what"), 0));

    if (!made)
        return host->fail(call, CALLBOARD_EUPSTREAM, "%s", host->error(call));
    host->put_json(call, "made", made);
    return CALLBOARD_OK;
}

ACTION(takes_back)
{
    host->put_json(call, "undone", host->input(call));
    host->put_json(call, "task", host->task(call));
    return CALLBOARD_OK;
}

static const struct callboard_action actions[] = {
    {.name = "test:look", .summary = "Says what it was told", .dry_run = 1, .run = look, .undo = takes_back},
    {.name = "test:write", .summary = "Writes a file", .run = write_file},
    {.name = "test:export", .summary = "Fetches a tree", .run = export_tree},
    {.name = "test:publish", .summary = "Publishes a folder", .run = publish_folder},
    {0},
};

static const struct callboard_route routes[] = {
    {"POST", "write", "editor", "Writes a file", 0, write_file},
    {"POST", "forge", "editor", "Asks a forge", 0, ask_forge},
    {"GET", "look", "reader", "Says what it was told", 0, look},
    {0},
};

CALLBOARD_PLUGIN(.name = "steps", .version = "1.0.0", .summary = "Steps of templates", .actions = actions, .routes = routes);
