#include "server/http/page.h"

#include "catalog/base/clock.h"

struct stream {
    const struct cb_doc *docs;
    size_t n, at;
    const struct cb_fields *fields;
    cb_str head, tail;
};

bool cb_page_is_heavy(const struct cb_request *rq, const struct cb_query *q, const struct cb_fields *fields)
{
    if (rq->worker || cb_snapshot_doc_n(rq->snapshot) <= CB_PAGE_LOOP_DOCS)
        return false;
    if (cb_fields_health(fields) && cb_snapshot_doc_n(rq->snapshot) > CB_FACET_LOOP_DOCS)
        return true;
    return q->limit < 0 || q->limit > CB_PAGE_LOOP_LIMIT || q->offset > CB_PAGE_LOOP_OFFSET || q->text.n;
}

static void put_doc(struct cb_buf *out, const struct cb_request *rq, const struct cb_fields *fields, cb_doc doc)
{
    if (fields)
        cb_fields_put(out, fields, rq->snapshot, doc);
    else
        cb_doc_put(out, rq->snapshot, doc);
}

static bool next(void *ctx, struct cb_request *rq, struct cb_buf *out)
{
    struct stream *st = ctx;
    int64_t until_us = cb_clock_mono_us() + CB_REPLY_SLICE_US;

    if (st->at == 0)
        cb_buf_put_str(out, st->head);
    while (st->at < st->n && out->n < CB_REPLY_SLICE_BYTES) {
        if (st->at)
            cb_buf_put_char(out, ',');
        put_doc(out, rq, st->fields, st->docs[st->at++]);
        if (st->at % 16 == 0 && cb_clock_mono_us() > until_us)
            break;
    }
    if (st->at < st->n)
        return true;
    cb_buf_put_str(out, st->tail);
    return false;
}

static bool is_small(const struct cb_request *rq, const struct cb_page *page)
{
    size_t bytes = 0;

    if (page->n > CB_PAGE_WHOLE_N)
        return false;
    for (size_t i = 0; i < page->n && bytes <= CB_PAGE_WHOLE_BYTES; i++)
        bytes += cb_doc_put_size(rq->snapshot, page->docs[i]);
    return bytes <= CB_PAGE_WHOLE_BYTES;
}

enum cb_code cb_page_reply(struct cb_request *rq, struct cb_reply *rp, const struct cb_page *page, const struct cb_fields *fields,
                           cb_str head, cb_str tail)
{
    struct stream *st;

    if (is_small(rq, page)) {
        cb_buf_put_str(&rp->body, head);
        for (size_t i = 0; i < page->n; i++) {
            if (i)
                cb_buf_put_char(&rp->body, ',');
            put_doc(&rp->body, rq, fields, page->docs[i]);
        }
        cb_buf_put_str(&rp->body, tail);
        return CB_OK;
    }
    st = CB_NEW(rq->arena, struct stream);
    *st = (struct stream){page->docs, page->n, 0, fields, head, tail};
    return cb_reply_stream(rp, next, st);
}

enum cb_code cb_page_filter(struct cb_filter **filter, struct cb_request *rq, struct cb_err *err)
{
    const cb_str *params;
    size_t n = cb_params_all(&params, rq->arena, &rq->params, "filter");

    *filter = NULL;
    return n ? cb_filter_parse(filter, rq->arena, params, n, err) : CB_OK;
}

enum cb_code cb_page_fields(struct cb_fields **fields, struct cb_request *rq, struct cb_err *err)
{
    const cb_str *params;
    size_t n = cb_params_all(&params, rq->arena, &rq->params, "fields");

    *fields = NULL;
    return n ? cb_fields_parse(fields, rq->arena, params, n, true, err) : CB_OK;
}
