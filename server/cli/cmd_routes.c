/* callboard routes: the route table, for the tests that hold it against openapi.yaml. */
#include "server/cli/command.h"
#include "server/http/server.h"

static int routes(int argc, char **argv)
{
    struct cb_buf out = CB_BUF_INIT;
    bool helped;

    if (!cb_command_flags(&cb_cmd_routes, &argc, argv, NULL, 0, &helped))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    cb_server_routes(&out);
    fwrite(out.p, 1, out.n, stdout);
    cb_buf_fini(&out);
    return CB_EXIT_DONE;
}

const struct cb_command cb_cmd_routes = {.name = "routes", .usage = "routes", .run = routes};
