/* /api/notifications: an inbox that nothing is ever put into. A Backstage front end looks into it on each page, and shows an error without one. */
#include "server/http/router.h"

static enum cb_code get_notifications(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    (void)rq, (void)err;
    rp->fixed = CB_LIT("{\"totalCount\":0,\"notifications\":[]}");
    return CB_OK;
}

static enum cb_code get_status(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    (void)rq, (void)err;
    rp->fixed = CB_LIT("{\"unread\":0,\"read\":0}");
    return CB_OK;
}

static enum cb_code get_topics(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    (void)rq, (void)err;
    rp->fixed = CB_LIT("{\"topics\":[]}");
    return CB_OK;
}

static enum cb_code get_settings(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    (void)rq, (void)err;
    rp->fixed = CB_LIT("{\"channels\":[]}");
    return CB_OK;
}

/* Of nothing, any part is nothing. */
static const struct cb_param_rule list_params[] = {
    {"search", CB_PARAM_FREE, false, 0, 0, NULL},
    {"read", CB_PARAM_FREE, false, 0, 0, NULL},
    {"saved", CB_PARAM_FREE, false, 0, 0, NULL},
    {"createdAfter", CB_PARAM_FREE, false, 0, 0, NULL},
    {"minimumSeverity", CB_PARAM_FREE, false, 0, 0, NULL},
    {"topic", CB_PARAM_FREE, false, 0, 0, NULL},
    {"orderField", CB_PARAM_FREE, false, 0, 0, NULL},
    {"limit", CB_PARAM_FREE, false, 0, 0, NULL},
    {"offset", CB_PARAM_FREE, false, 0, 0, NULL},
    {0},
};

const struct cb_route cb_routes_inbox[] = {
    {CB_GET, "/api/notifications/notifications", CB_RIGHT_READ, 0, get_notifications, "GetNotifications", "Nothing: there is no inbox", list_params},
    {CB_GET, "/api/notifications/status", CB_RIGHT_READ, 0, get_status, "GetNotificationStatus", "How many of them are unread: none", NULL},
    {CB_GET, "/api/notifications/topics", CB_RIGHT_READ, 0, get_topics, "GetNotificationTopics", "What they are about: nothing", list_params},
    {CB_GET, "/api/notifications/settings", CB_RIGHT_READ, 0, get_settings, "GetNotificationSettings", "By which ways they come: none", NULL},
    {0},
};
