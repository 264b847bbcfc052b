#include "catalog/fetch/transport_env.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * What of our own environment the child may see: where programs are, how to get out, the ssh agent.
 */
static const char *const passed_on[] = {
    "PATH",        "TMPDIR",    "SSH_AUTH_SOCK", "GIT_EXEC_PATH", "http_proxy", "https_proxy",
    "HTTPS_PROXY", "all_proxy", "ALL_PROXY",     "no_proxy",      "NO_PROXY",   "TZ",
};

/*
 * Objects are not checked by fsck on arrival: old and honest repositories fail it. What such an
 * object could do (odd names in a tree) is refused where trees are read.
 */
static const struct {
    const char *key, *value;
} settings[] = {
    {"advice.detachedHead", "false"},
    {"core.attributesFile", "/dev/null"},
    {"core.fsmonitor", "false"},
    {"core.hooksPath", "/dev/null"},
    {"credential.helper", ""},
    {"credential.interactive", "never"},
    {"fetch.recurseSubmodules", "false"},
    {"fetch.unpackLimit", "1"},
    {"fetch.writeCommitGraph", "false"},
    {"gc.auto", "0"},
    {"http.followRedirects", "initial"},
    {"http.lowSpeedLimit", "1"},
    {"http.lowSpeedTime", "60"},
    {"http.sslVerify", "true"},
    {"maintenance.auto", "false"},
    {"pack.threads", "2"},
    {"protocol.version", "2"},
    {"safe.directory", "*"},
    {"submodule.recurse", "false"},
};

/*
 * Speaks git's credential protocol; the words are in the environment, which only this user can
 * read.
 */
static const char helper[] = "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' "
                             "\"$CALLBOARD_GIT_USERNAME\" \"$CALLBOARD_GIT_PASSWORD\"; }; f";

static void put(struct cb_transport_env *e, const char *fmt, ...) CB_PRINTF(2, 3);

static void put(struct cb_transport_env *e, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        abort();
    va_end(ap);
    cb_vec_push(&e->envp, text);
}

static void put_setting(struct cb_transport_env *e, size_t *n, const char *key, const char *value)
{
    put(e, "GIT_CONFIG_KEY_%zu=%s", *n, key);
    put(e, "GIT_CONFIG_VALUE_%zu=%s", *n, value);
    ++*n;
}

static const char *scheme_name(const struct cb_remote *r)
{
    switch (r->scheme) {
    case CB_REMOTE_HTTPS:
        return "https";
    case CB_REMOTE_HTTP:
        return "http";
    case CB_REMOTE_SSH:
        return "ssh";
    case CB_REMOTE_GIT:
        return "git";
    default:
        return "file";
    }
}

static bool is_http(const struct cb_remote *r)
{
    return r->scheme == CB_REMOTE_HTTPS || r->scheme == CB_REMOTE_HTTP;
}

static void put_secret(struct cb_transport_env *e, size_t *n, const struct cb_transport_opts *o)
{
    const struct cb_remote *r = o->remote;
    bool v6 = cb_str_find_char(r->host, ':', 0) != SIZE_MAX;
    char *key;

    if (asprintf(&key, "credential.%s://%s%" CB_FMT "%s%s%" CB_FMT ".helper", scheme_name(r),
                 v6 ? "[" : "", CB_ARG(r->host), v6 ? "]" : "", r->port.n ? ":" : "",
                 CB_ARG(r->port)) < 0)
        abort();
    put_setting(e, n, key, helper);
    free(key);
    put(e, "CALLBOARD_GIT_USERNAME=%s", cb_credential_username(o->secret));
    put(e, "CALLBOARD_GIT_PASSWORD=%s", o->secret->token ? o->secret->token : "");
}

/* PATH as one word of the shell, and within it as one word of ssh's configuration. */
static void put_ssh_path(struct cb_buf *b, const char *option, const char *path)
{
    cb_buf_printf(b, " -o '%s=\"", option);
    for (; *path; path++) {
        if (*path == '\'')
            cb_buf_put_cstr(b, "'\\''");
        else if (*path == '%')
            cb_buf_put_cstr(b, "%%");
        else if (*path == '"' || *path == '\\')
            cb_buf_printf(b, "\\%c", *path);
        else
            cb_buf_put_char(b, *path);
    }
    cb_buf_put_cstr(b, "\"'");
}

static void put_ssh(struct cb_transport_env *e, const struct cb_credential *c)
{
    struct cb_buf b = CB_BUF_INIT;

    cb_buf_put_cstr(
        &b, "GIT_SSH_COMMAND=ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o UpdateHostKeys=no"
            " -o ForwardAgent=no -o ClearAllForwardings=yes -o PermitLocalCommand=no"
            " -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4");
    if (c && c->ssh_key) {
        cb_buf_put_cstr(&b, " -o IdentitiesOnly=yes");
        put_ssh_path(&b, "IdentityFile", c->ssh_key);
    }
    if (c && c->known_hosts)
        put_ssh_path(&b, "UserKnownHostsFile", c->known_hosts);
    put(e, "%s", b.p);
    put(e, "GIT_SSH_VARIANT=ssh");
    cb_buf_fini(&b);
}

void cb_transport_env_init(struct cb_transport_env *e, const struct cb_transport_opts *o)
{
    size_t n = 0;

    cb_vec_push(&e->argv, strdup("git"));
    for (size_t i = 0; o->args[i]; i++)
        cb_vec_push(&e->argv, strdup(o->args[i]));
    cb_vec_push(&e->argv, NULL);

    for (size_t i = 0; i < CB_COUNT(passed_on); i++)
        if (getenv(passed_on[i]))
            put(e, "%s=%s", passed_on[i], getenv(passed_on[i]));
    if (!getenv("PATH"))
        put(e, "PATH=/usr/local/bin:/usr/bin:/bin");
    put(e, "HOME=/nonexistent"); /* ssh finds the user's folder by itself; nobody else shall */
    put(e, "XDG_CONFIG_HOME=/nonexistent");
    put(e, "LC_ALL=C");
    put(e, "GIT_TERMINAL_PROMPT=0");
    put(e, "GIT_ASKPASS=");
    put(e, "SSH_ASKPASS_REQUIRE=never");
    put(e, "GIT_CONFIG_NOSYSTEM=1");
    put(e, "GIT_CONFIG_GLOBAL=/dev/null");
    put(e, "GIT_ATTR_NOSYSTEM=1");
    put(e, "GIT_NO_REPLACE_OBJECTS=1");
    put(e, "GIT_OPTIONAL_LOCKS=0");
    put(e, "GIT_ALLOW_PROTOCOL=%s", o->remote ? scheme_name(o->remote) : "none");
    if (o->remote && o->remote->scheme == CB_REMOTE_HTTP) {
        free(e->envp.v[--e->envp.n]);
        put(e, "GIT_ALLOW_PROTOCOL=http:https"); /* a redirect may lead to the safer one */
    }
    put(e, "GIT_DIR=%s",
        o->git_dir ? o->git_dir : "/nonexistent"); /* never the repository we happen to run in */
    for (size_t i = 0; i < CB_COUNT(settings); i++)
        put_setting(e, &n, settings[i].key, settings[i].value);
    if (o->remote && is_http(o->remote) && o->secret && (o->secret->token || o->secret->username))
        put_secret(e, &n, o);
    if (o->remote && is_http(o->remote) && o->secret && o->secret->ca_file)
        put(e, "GIT_SSL_CAINFO=%s", o->secret->ca_file);
    if (o->remote && o->remote->scheme == CB_REMOTE_SSH)
        put_ssh(e, o->secret);
    put(e, "GIT_CONFIG_COUNT=%zu", n);
    cb_vec_push(&e->envp, NULL);
}

void cb_transport_env_fini(struct cb_transport_env *e)
{
    for (size_t i = 0; i < e->argv.n; i++)
        free(e->argv.v[i]);
    for (size_t i = 0; i < e->envp.n; i++) {
        if (e->envp.v[i])
            explicit_bzero(e->envp.v[i], strlen(e->envp.v[i]));
        free(e->envp.v[i]);
    }
    cb_vec_fini(&e->argv);
    cb_vec_fini(&e->envp);
}

void cb_transport_scrub(char *text, const struct cb_transport_opts *o)
{
    if (o->secret)
        cb_credential_scrub_one(o->secret, text);
    cb_credential_scrub(NULL, text);
}

/* ---- what the last words mean */

/*
 * The first row whose WORDS stand in git's stderr tells. "%u" is the URL, "%h" its host, "%r" what
 * was to be done: "read" or "push to".
 */
static const struct {
    const char *words;
    enum cb_code code;
    const char *sentence;
} meanings[] = {
    {"File too large", CB_ELIMIT, "%u is over the disk limit of one mirror"},
    {"couldn't find remote ref", CB_ENOTFOUND, "%u has no such branch: was it renamed or deleted?"},
    {"mismatched algorithms", CB_EUNSUPPORTED,
     "%u uses SHA-256 object names, which callboard cannot read"},
    {"Host key verification failed", CB_EUPSTREAM,
     "the ssh host key of %h is not known, or not the one that is known: compare it with what the "
     "host's "
     "administrator says, and put it into known_hosts"},
    {"Permission denied (", CB_EUPSTREAM,
     "%h does not accept the ssh key: give the host an ssh key that may %r %u"},
    {"could not read Username", CB_EUPSTREAM,
     "%u wants a login: add a token for %h under integrations, one that may %r the repository"},
    {"could not read Password", CB_EUPSTREAM,
     "%u wants a login: add a token for %h under integrations, one that may %r the repository"},
    {"Authentication failed", CB_EUPSTREAM,
     "%h refuses the token for %u: check that it is right, not expired, and may %r the "
     "repository"},
    {"error: 403", CB_EUPSTREAM, "%h forbids to %r %u: check what the token may do"},
    {"error: 404", CB_ENOTFOUND, "there is no repository %u, or the token may not see it"},
    {"error: 429", CB_EUPSTREAM,
     "%h answers that it gets too many requests: lengthen the interval of its sources"},
    {"not found", CB_ENOTFOUND, "there is no repository %u, or the token may not see it"},
    {"does not appear to be a git repository", CB_ENOTFOUND,
     "there is no repository %u, or the key may not see it"},
    {"not exported", CB_ENOTFOUND, "there is no repository %u, or it is not exported"},
    {"certificate", CB_EUPSTREAM,
     "the certificate of %h is not trusted: let it be signed by an authority that this machine "
     "knows, or name "
     "the authority's file as ca_file"},
    {"Could not resolve host", CB_EUPSTREAM,
     "the host %h is not known: check its name, and this machine's DNS"},
    {"unable to look up", CB_EUPSTREAM,
     "the host %h is not known: check its name, and this machine's DNS"},
    {"Connection refused", CB_EUPSTREAM, "nobody answers at %u: connection refused"},
    {"Couldn't connect to server", CB_EUPSTREAM, "nobody answers at %u"},
    {"Could not connect to server", CB_EUPSTREAM, "nobody answers at %u"},
    {"Failed to connect", CB_EUPSTREAM, "nobody answers at %u"},
    {"Operation too slow", CB_ETIMEOUT, "%u sent nothing for a minute"},
    {"timed out", CB_ETIMEOUT, "%u does not answer in time"},
    {"No space left on device", CB_EUNAVAILABLE,
     "the disk of data_dir is full: %u cannot be mirrored"},
    {"not allowed", CB_EUPSTREAM, "%u leads to a protocol that is not allowed"},
};

static void put_sentence(struct cb_buf *b, const char *sentence, const struct cb_remote *r,
                         const char *what)
{
    for (; *sentence; sentence++) {
        if (sentence[0] == '%' && sentence[1] == 'r') {
            cb_buf_put_cstr(b, what);
            sentence++;
        } else if (sentence[0] == '%' && (sentence[1] == 'u' || sentence[1] == 'h')) {
            cb_buf_put_str(b, *++sentence == 'u' ? r->clean : r->host);
        } else {
            cb_buf_put_char(b, *sentence);
        }
    }
}

/* The last line that git marked as the reason, or the last one at all. */
static cb_str reason_of(const char *text)
{
    cb_str rest = cb_str_trim(cb_str_cstr(text)), line, last = CB_LIT(""), marked = CB_LIT("");

    while (cb_str_split(&line, &rest, '\n')) {
        line = cb_str_trim(line);
        if (line.n == 0)
            continue;
        last = line;
        if (cb_str_starts(line, CB_LIT("fatal: ")))
            marked = cb_str_sub(line, 7, line.n);
        else if (cb_str_starts(line, CB_LIT("ERR ")) || cb_str_starts(line, CB_LIT("remote: ")))
            marked = marked.n ? marked : line;
    }
    return marked.n ? marked : last;
}

static enum cb_code from_words(const char *text, const struct cb_remote *r, const char *what,
                               struct cb_err *err)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str reason = reason_of(text);
    enum cb_code rc = CB_EUPSTREAM;

    for (size_t i = 0; i < CB_COUNT(meanings); i++)
        if (strstr(text, meanings[i].words)) {
            put_sentence(&b, meanings[i].sentence, r, what);
            rc = cb_fail(err, meanings[i].code, "%s", b.p);
            cb_buf_fini(&b);
            return rc;
        }
    return cb_fail(err, rc, "git cannot %s %" CB_FMT ": %.*s", what, CB_ARG(r->clean),
                   (int)(reason.n < 400 ? reason.n : 400), reason.n ? reason.p : "");
}

static enum cb_code from_signal(int sig, const struct cb_remote *r, struct cb_err *err)
{
    if (sig == SIGXCPU)
        return cb_fail(err, CB_ELIMIT, "%" CB_FMT " takes git over %d seconds of CPU time",
                       CB_ARG(r->clean), CB_TRANSPORT_CPU_MAX);
    return cb_fail(err, CB_EUPSTREAM, "git was ended by signal %d while it read %" CB_FMT, sig,
                   CB_ARG(r->clean));
}

enum cb_code cb_transport_verdict(enum cb_code why, int status, const char *stderr_text,
                                  const struct cb_transport_opts *o, struct cb_err *err)
{
    static const struct cb_remote nobody = {.clean = {"the mirror", 10},
                                            .host = {"this machine", 12}};
    const struct cb_remote *r = o->remote ? o->remote : &nobody;

    switch (why) {
    case CB_ECANCELLED:
        if (o->stop && atomic_load(o->stop))
            return cb_fail(err, why, "nobody waits for %" CB_FMT " any more", CB_ARG(r->clean));
        return cb_fail(err, why, "callboard is stopping: %s %" CB_FMT " was given up",
                       o->writes ? "pushing to" : "reading", CB_ARG(r->clean));
    case CB_ETIMEOUT:
        return cb_fail(err, why, "%" CB_FMT " %s within %lld s", CB_ARG(r->clean),
                       o->writes ? "did not take the push" : "was not read", (long long)(o->deadline_us / 1000000));
    case CB_ELIMIT:
        return cb_fail(err, why, "%" CB_FMT " is over the limit of %lld MB for one mirror",
                       CB_ARG(r->clean), (long long)(o->disk_max_bytes >> 20));
    default:
        break;
    }
    if (status == 0)
        return CB_OK;
    if (status > 0 && WIFSIGNALED(status))
        return from_signal(WTERMSIG(status), r, err);
    if (status > 0 && WIFEXITED(status) &&
        (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127) && !*stderr_text)
        return cb_fail(err, CB_EUNAVAILABLE,
                       "the git program is missing: install git, or put it into PATH");
    return from_words(stderr_text, r, o->writes ? "push to" : "read", err);
}
