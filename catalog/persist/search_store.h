/*
 * search_store.h - ranked search: documents that have the words asked for, best first.
 *
 * Truth     search_document and search_pending, written in the transaction of the entities themselves: what is found is what the
 *           newest generation serves
 * Words     blank-separated, all must be there, each as a whole or as a beginning; joined ones ("paymentService", "a.b/c") count
 *           in one piece and in parts; when nobody has them, names and titles with words nearly like them are found
 * Order     this very name, this very title, whole words of the name, of name and title, of those and the tags, beginnings of
 *           such, then anywhere; equals by how often, by length of name, by ref
 * Limits    a statement is stopped after five seconds: CB_ETIMEOUT
 * Threads   as the connection
 */
#ifndef CB_PERSIST_SEARCH_STORE_H
#define CB_PERSIST_SEARCH_STORE_H

#include "catalog/persist/conn.h"

#define CB_SEARCH_FILTER_MAX 200      /* values of one question */
#define CB_SEARCH_FILTER_DEPTH 4      /* keys of a path */
#define CB_SEARCH_OFFSET_MAX 1000000  /* results in front of a page */

/* The document, or an item of its array, has this text under this path. */
struct cb_search_filter {
    cb_str path[CB_SEARCH_FILTER_DEPTH];
    size_t path_n;
    cb_str value;
};

struct cb_search_ask {
    cb_str term;   /* empty: all documents, by ref */
    cb_str types;  /* comma between */
    const struct cb_search_filter *filters; /* of each path one */
    size_t filter_n;
    cb_str pre_tag, post_tag; /* around what was found; without '"' */
    int32_t limit, offset;
};

struct cb_search_row {
    cb_str type, document; /* document is JSON */
    bool marked;           /* the next three are there: with what was found between tags */
    cb_str title, text, location;
};

struct cb_search_found {
    struct cb_search_row *rows;
    size_t row_n;
    int64_t total; /* over all pages */
};

/* Texts in A. CB_ETIMEOUT. */
enum cb_code cb_search_run(struct cb_search_found *out, struct cb_arena *a, struct cb_conn *c, const struct cb_search_ask *ask,
                           struct cb_err *err) CB_MUSTCHECK;

#endif
