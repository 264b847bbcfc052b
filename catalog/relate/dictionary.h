/*
 * dictionary.h - keys and values of a segment in the making: each distinct value once, each row as its number.
 *
 * Threads   one
 */
#ifndef CB_RELATE_DICTIONARY_H
#define CB_RELATE_DICTIONARY_H

#include "catalog/relate/segment.h"

enum cb_mark {
    CB_MARK_BARE,   /* the key has a row without a value */
    CB_MARK_LISTED, /* its values all have item rows */
    CB_MARK_N
};

struct cb_dictionary_entry {
    cb_value_text text;
    uint32_t column;
    uint32_t n; /* rows */
    uint32_t
        place; /* the last document that has it; at the end its place in the segment's values */
};

struct cb_dictionary_column {
    uint32_t key, after;      /* the column that came after it last time */
    uint32_t mark[CB_MARK_N]; /* entry + 1 */
    cb_str text;
};

struct cb_dictionary {
    const struct cb_names *names;
    struct cb_blobs *texts;
    struct {
        uint32_t entry, hash; /* entry + 1; 0: free */
    } * slots;
    size_t slot_n;
    CB_PILE(struct cb_dictionary_entry) entries;
    CB_PILE(struct cb_dictionary_column) columns;
    CB_PILE(uint32_t) column_of; /* by id of the key: column + 1 */
    CB_PILE(uint32_t) rows;      /* entries, document after document */
    uint32_t doc, last_column;   /* the document at hand */
    struct cb_buf scratch;
};

void cb_dictionary_init(struct cb_dictionary *d, const struct cb_names *names,
                        struct cb_blobs *texts);
void cb_dictionary_fini(struct cb_dictionary *d);
uint32_t cb_dictionary_column(struct cb_dictionary *d, cb_str key);
/* What put wants to know of a value; asked for all of a document first, its answers come from memory side by side. */
uint32_t cb_dictionary_hash(const struct cb_dictionary *d, uint32_t column, cb_str value);
/* One more row of the document at hand, whose body stays where it is. */
void cb_dictionary_put(struct cb_dictionary *d, uint32_t column, cb_str value, uint32_t hash,
                       cb_str body);
void cb_dictionary_put_mark(struct cb_dictionary *d, uint32_t column, enum cb_mark mark);
/*
 * Columns, values and postings of S from the rows: document I of S has rows ROW_AT[ORDER[I]] up to
 * ROW_AT[ORDER[I] + 1]. D is empty afterwards.
 */
void cb_dictionary_finish(struct cb_dictionary *d, struct cb_segment *s, const uint32_t *order,
                          const uint32_t *row_at);
/*
 * Fill in what a column of S owes to its values: valued, any, multi. BARE are the documents with a row without
 * a value (may be NULL); WORK has the words of one set.
 */
void cb_dictionary_close_column(struct cb_segment *s, struct cb_column *c, const uint64_t *bare,
                                uint64_t *work);

#endif
