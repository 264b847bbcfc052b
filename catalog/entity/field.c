#include "catalog/entity/field.h"

#define STRING .is = CB_IS_STRING, .min = 1
#define NEEDED_STRING .is = CB_IS_STRING, .flags = CB_FIELD_REQUIRED, .min = 1
#define END {.name = NULL}

static const struct cb_field envelope_metadata[] = {
    {"name", NEEDED_STRING, .hint = "payment-service"},
    {"namespace", STRING, .hint = "default"},
    END,
};

static const struct cb_field envelope[] = {
    {"apiVersion", NEEDED_STRING, .hint = "backstage.io/v1alpha1"},
    {"kind", NEEDED_STRING, .hint = "Component"},
    {"metadata", .is = CB_IS_OBJECT, .flags = CB_FIELD_REQUIRED, .members = envelope_metadata, .hint = "{name: payment-service}"},
    END,
};

const struct cb_field cb_field_envelope = {"", .is = CB_IS_OBJECT, .members = envelope};

static const struct cb_field any_string = {"", .is = CB_IS_STRING};
static const struct cb_field some_string = {"", STRING};

static const struct cb_field link_members[] = {
    {"url", NEEDED_STRING, .hint = "https://wiki.example.com/payments"},
    {"title", STRING},
    {"icon", STRING},
    {"type", STRING},
    END,
};
static const struct cb_field link_item = {"", .is = CB_IS_OBJECT, .members = link_members};

static const struct cb_field metadata[] = {
    {"uid", STRING},
    {"etag", STRING},
    {"name", NEEDED_STRING, .hint = "payment-service"},
    {"namespace", STRING, .hint = "default"},
    {"title", STRING, .hint = "Payment Service"},
    {"description", .is = CB_IS_STRING},
    {"labels", .is = CB_IS_OBJECT, .flags = CB_FIELD_NAMED, .rest = &any_string, .hint = "{example.com/tier: gold}"},
    {"annotations", .is = CB_IS_OBJECT, .flags = CB_FIELD_NAMED, .rest = &any_string, .hint = "{github.com/project-slug: acme/payments}"},
    {"tags", .is = CB_IS_ARRAY, .items = &some_string, .hint = "[java, payments]"},
    {"links", .is = CB_IS_ARRAY, .items = &link_item, .hint = "[{url: \"https://wiki.example.com/payments\", title: Wiki}]"},
    END,
};

static const struct cb_field reference_members[] = {
    {"kind", NEEDED_STRING},
    {"namespace", NEEDED_STRING},
    {"name", NEEDED_STRING},
    END,
};

static const struct cb_field relation_members[] = {
    {"type", .is = CB_IS_STRING, .flags = CB_FIELD_REQUIRED | CB_FIELD_WORD, .min = 1},
    {"target", .is = CB_IS_OBJECT, .flags = CB_FIELD_CLOSED, .members = reference_members},
    {"targetRef", NEEDED_STRING},
    END,
};
static const struct cb_field relation_item = {"", .is = CB_IS_OBJECT, .flags = CB_FIELD_CLOSED, .members = relation_members};

static const char *const levels[] = {"info", "warning", "error", NULL};
static const struct cb_field error_members[] = {
    {"name", NEEDED_STRING},
    {"message", .is = CB_IS_STRING, .flags = CB_FIELD_REQUIRED},
    {"code", .is = CB_IS_STRING},
    {"stack", .is = CB_IS_STRING},
    END,
};
static const struct cb_field status_item_members[] = {
    {"type", NEEDED_STRING},
    {"level", .is = CB_IS_STRING, .flags = CB_FIELD_REQUIRED, .one_of = levels},
    {"message", .is = CB_IS_STRING, .flags = CB_FIELD_REQUIRED},
    {"error", .is = CB_IS_OBJECT, .members = error_members},
    END,
};
static const struct cb_field status_item = {"", .is = CB_IS_OBJECT, .members = status_item_members};
static const struct cb_field status_members[] = {
    {"items", .is = CB_IS_ARRAY, .items = &status_item},
    END,
};

/* relations and status may not be written at all, yet their shape is judged before that is said. */
static const struct cb_field entity[] = {
    {"apiVersion", NEEDED_STRING, .hint = "backstage.io/v1alpha1"},
    {"kind", NEEDED_STRING, .hint = "Component"},
    {"metadata", .is = CB_IS_OBJECT, .flags = CB_FIELD_REQUIRED, .members = metadata},
    {"spec", .is = CB_IS_OBJECT},
    {"relations", .is = CB_IS_ARRAY, .items = &relation_item},
    {"status", .is = CB_IS_OBJECT, .members = status_members},
    END,
};

const struct cb_field cb_field_entity = {"", .is = CB_IS_OBJECT, .flags = CB_FIELD_CLOSED, .members = entity};
