/* fetch:plain and fetch:plain:file; and what the actions that fill skeletons in share with them. */
#include <string.h>

#include "plugins/templates/act.h"

const char act_fetch_plain_input[] = ACT_OBJECT("\"url\"", ACT_URL ACT_TARGET ACT_TOKEN);
const char act_fetch_plain_file_input[] = ACT_OBJECT("\"url\",\"targetPath\"", ACT_FILE_URL ACT_FILE_TARGET ACT_TOKEN);
const char act_fetch_plain_examples[] =
    "[" ACT_EXAMPLE("Copy the folder beside the template", "fetch:plain", "      url: ./files\\n") ","
    ACT_EXAMPLE("Copy a folder of a repository to one of the workspace", "fetch:plain",
            "      url: https://git.example.com/acme/shared/tree/main/ci\\n      targetPath: .ci\\n") "]";
const char act_fetch_plain_file_examples[] =
    "[" ACT_EXAMPLE("Copy one file", "fetch:plain:file", "      url: https://git.example.com/acme/shared/blob/main/LICENSE\\n      targetPath: LICENSE\\n") "]";

/* ---- fetching */

/* The input's URL; with the input's token in it, as git takes one, when it is an https address. */
static const char *url_of(const struct callboard_host *host, struct callboard_call *call)
{
    const char *url = host->text(host->input(call), "/url", ""), *token = host->text(host->input(call), "/token", "");

    if (!*token)
        return url;
    host->mask(call, token);
    if (strncmp(url, "https://", 8) != 0 || memchr(url + 8, '@', strcspn(url + 8, "/"))) {
        host->log(call, CALLBOARD_LOG_WARN, "The token is used for https addresses alone: %s is read without it", url);
        return url;
    }
    return host->format(call, "https://x-access-token:%s@%s", host->escape(call, token), url + 8);
}

/* What the input's URL names, to FOLDER of the workspace. */
static int export(struct place *p, const char *folder)
{
    int rc = p->host->git_export(p->call, url_of(p->host, p->call), folder);

    return rc < 0 ? p->host->fail(p->call, rc, "%s", p->host->error(p->call)) : CALLBOARD_OK;
}

int act_fetch_aside(struct place *p, bool folder)
{
    struct stat st;
    int rc = place_scratch(p);

    if (rc == CALLBOARD_OK)
        rc = export(p, ACT_FETCHED);
    if (rc != CALLBOARD_OK)
        return rc;
    if (!place_stat(&st, p, ACT_FETCHED) || (folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode)))
        return p->host->fail(p->call, CALLBOARD_EINVAL, "%.300s is %s", p->host->text(p->host->input(p->call), "/url", ""),
                             folder ? "a single file, not a folder" : "a folder, not a single file");
    return CALLBOARD_OK;
}

int act_target(char *out, struct place *p)
{
    return place_clean(out, p, p->host->text(p->host->input(p->call), "/targetPath", ""));
}

int act_file_target(char *out, struct place *p)
{
    struct stat st;
    int rc = act_target(out, p);

    if (rc == CALLBOARD_OK && (!*out || (place_stat(&st, p, out) && S_ISDIR(st.st_mode))))
        rc = p->host->fail(p->call, CALLBOARD_EINVAL, "targetPath %.200s is a folder: it names the file itself", *out ? out : ".");
    return rc;
}

int act_fetch_tidy(struct place *p, int rc)
{
    int gone = p->root >= 0 ? place_remove_all(p, PLACE_SCRATCH) : CALLBOARD_OK;

    place_close(p);
    return rc == CALLBOARD_OK ? gone : rc;
}

/* ---- fetch:plain */

int act_fetch_plain(const struct callboard_host *host, struct callboard_call *call)
{
    char target[PLACE_PATH_MAX + 1];
    struct place p;
    int rc = place_open(&p, host, call);

    if (rc == CALLBOARD_OK && (rc = act_target(target, &p)) == CALLBOARD_OK) {
        host->log(call, CALLBOARD_LOG_INFO, "Fetching plain content from %s", host->text(host->input(call), "/url", ""));
        rc = export(&p, target);
    }
    place_close(&p);
    return rc;
}

int act_fetch_plain_file(const struct callboard_host *host, struct callboard_call *call)
{
    char target[PLACE_PATH_MAX + 1];
    struct place p;
    int rc = place_open(&p, host, call);

    if (rc == CALLBOARD_OK && (rc = act_file_target(target, &p)) == CALLBOARD_OK) {
        host->log(call, CALLBOARD_LOG_INFO, "Fetching plain content from %s", host->text(host->input(call), "/url", ""));
        if ((rc = act_fetch_aside(&p, false)) == CALLBOARD_OK)
            rc = place_move(&p, ACT_FETCHED, target);
    }
    return act_fetch_tidy(&p, rc);
}
