/*
 * credential.h - which key or token for which remote. Never logged, never on a command line, never
 * in a URL.
 *
 * A set is built from the configuration at start and at reload; each entry is for one host.
 * Lifetime  the set owns copies; secrets are wiped when freed
 * Threads   read-only after it is built
 */
#ifndef CB_FETCH_CREDENTIAL_H
#define CB_FETCH_CREDENTIAL_H

#include "catalog/base/err.h"

struct cb_credential {
    const char *host; /* "git.example.com", or "git.example.com:8443" for that port alone */
    const char
        *username;     /* for https; NULL: what the forge expects with a token ("x-access-token") */
    const char *token; /* https password or token; NULL: none */
    const char *ssh_key;     /* path of a private key; NULL: none */
    const char *known_hosts; /* path; NULL: the user's */
    const char *ca_file;     /* path of a CA bundle for this host; NULL: the system's */
};

struct cb_credential_set;

struct cb_credential_set *cb_credential_set_new(void);
void cb_credential_set_free(struct cb_credential_set *s);
/* Copies C. */
void cb_credential_set_put(struct cb_credential_set *s, const struct cb_credential *c);
/* NULL when there is none for the URL's host. */
const struct cb_credential *cb_credential_find(const struct cb_credential_set *s, cb_str url);
/*
 * USERNAME, or "x-access-token" beside a token without one: GitHub wants that, GitLab, Gitea and
 * Azure take any.
 */
const char *cb_credential_username(const struct cb_credential *c);
/*
 * TEXT (a git program's stderr) without any secret of the set (plain, percent-encoded, or in base64
 * as basic authentication sends it) and without user info in URLs; in place. S may be NULL.
 */
void cb_credential_scrub(const struct cb_credential_set *s, char *text);
/* The same for one credential. */
void cb_credential_scrub_one(const struct cb_credential *c, char *text);

#endif
