/*
 * forge.h - where a file of a repository is shown, and back: from such a page's URL to the
 * repository.
 *
 *             file, and location target        its editor              folder (source-location)
 *   GitHub    /o/r/blob/B/P                    /o/r/edit/B/P           /o/r/tree/B/D/
 *   GitLab    /g/s/r/-/blob/B/P                /g/s/r/-/edit/B/P       /g/s/r/-/tree/B/D/
 *   Gitea     /o/r/src/branch/B/P              /o/r/_edit/B/P          /o/r/src/branch/B/D/
 *   Bitbucket /w/r/src/B/P                     ...?mode=edit&at=B      /w/r/src/B/D/
 *   B. Server /projects/K/repos/r/browse/P?at=B   ... without ?at   .../browse/D/?at=B
 *   Azure     /o/p/_git/r?path=/P&version=GBB  the same                ?path=/D/&version=GBB
 *   other     <clean clone URL>#B:P            none                    <clean clone URL>#B:D/
 *
 * Source    Backstage's integrations and its location annotations; the folder on GitLab is in tree
 *           form here, where Backstage leaves "blob"
 * Known     github.com gitlab.com bitbucket.org dev.azure.com *.visualstudio.com codeberg.org
 *           gitea.com, and their ssh hosts; every other forge by a table of integrations, whose
 *           rows go first: one of the URL's host, else one that clones from there; of several, the
 *           one with the longest clone prefix that fits
 * Branches  a '/' in a branch is written as it is, as forges do; read back, the first part is taken
 *           for the branch, and TAIL has all of it for who knows the branches
 * Lifetime  results live in the arena
 * Threads   pure; call from anywhere
 */
#ifndef CB_FETCH_FORGE_H
#define CB_FETCH_FORGE_H

#include "catalog/base/arena.h"
#include "catalog/base/err.h"

#define CB_FORGE_URL_MAX 8192 /* bytes of a URL that is read */

enum cb_forge_type {
    CB_FORGE_OTHER,
    CB_FORGE_GITHUB,
    CB_FORGE_GITLAB,
    CB_FORGE_GITEA, /* Forgejo too */
    CB_FORGE_BITBUCKET_CLOUD,
    CB_FORGE_BITBUCKET_SERVER,
    CB_FORGE_AZURE,
};

struct cb_forge {
    const char *host; /* of its pages: "git.example.com", "localhost:3000" */
    enum cb_forge_type type;
    const char
        *clone; /* what clone URLs begin with: "https://git.example.com/"; NULL: "https://HOST/" */
};

/* Borrowed. */
struct cb_forge_table {
    const struct cb_forge *v;
    size_t n;
};

struct cb_forge_place {
    enum cb_forge_type type;
    cb_str host;   /* as in the URL, with its port */
    cb_str clone;  /* a clone URL without credentials */
    cb_str branch; /* empty: the default one */
    cb_str path;   /* from the root, decoded; empty: the root */
    cb_str
        tail; /* branch and path as one, where it is not sure where the branch ends; else empty */
    bool folder; /* the URL is that of a folder */
};

/*
 * "github", "gitlab", "gitea", "forgejo", "bitbucketCloud", "bitbucketServer", "azure"; case does
 * not count.
 */
bool cb_forge_type_parse(enum cb_forge_type *out, cb_str name);
const char *cb_forge_type_name(enum cb_forge_type type);
/*
 * The forge that a clone URL or page is on; CB_FORGE_OTHER for none. TABLE may be NULL everywhere.
 */
enum cb_forge_type cb_forge_type_of(const struct cb_forge_table *table, cb_str url);
/* CLONE with or without credentials: they are left out. PATH is that of a file. */
cb_str cb_forge_view(struct cb_arena *a, const struct cb_forge_table *table, cb_str clone,
                     cb_str branch, cb_str path);
/* The same with LINE in sight; 0: its beginning. Empty when the forge is not known. */
cb_str cb_forge_line(struct cb_arena *a, const struct cb_forge_table *table, cb_str clone,
                     cb_str branch, cb_str path, uint32_t line);
/* Empty when the forge is not known. */
cb_str cb_forge_edit(struct cb_arena *a, const struct cb_forge_table *table, cb_str clone,
                     cb_str branch, cb_str path);
/* The folder that holds PATH; ends in '/'. */
cb_str cb_forge_source(struct cb_arena *a, const struct cb_forge_table *table, cb_str clone,
                       cb_str branch, cb_str path);
/*
 * What all spellings of one repository's URL share (https, ssh, a page's address; ".git" or not; case of the host, and on
 * a known forge of the path): "git.example.com/acme/catalog", "/srv/catalog". Empty for what is no URL of a repository.
 * For comparing alone: a port is left out, and on a host that is no known forge two servers may look like one.
 */
cb_str cb_forge_repository(struct cb_arena *a, const struct cb_forge_table *table, cb_str url);
/*
 * Read a page's URL (file, folder, raw or edit form), a repository's page, or "<clone URL>#B:P".
 * CB_EINVAL: no such form, a tag or a commit in place of a branch, a path that leaves the
 * repository.
 * CB_ENOTFOUND: a host that is no known forge: the sentence says how to make it one.
 */
enum cb_code cb_forge_parse(struct cb_forge_place *out, struct cb_arena *a,
                            const struct cb_forge_table *table, cb_str url,
                            struct cb_err *err) CB_MUSTCHECK;

#endif
