#include "catalog/entity/kind.h"

#include "catalog/entity/relation.h"

#define STRING .is = CB_IS_STRING, .min = 1
#define NEEDED_STRING .is = CB_IS_STRING, .flags = CB_FIELD_REQUIRED, .min = 1
#define END {.name = NULL}
#define NO_LINK {.field = NULL}

static const char *const core_versions[] = {"backstage.io/v1alpha1", "backstage.io/v1beta1", NULL};
static const char *const alpha_versions[] = {"backstage.io/v1alpha1", NULL};
static const char *const template_versions[] = {"scaffolder.backstage.io/v1beta3", NULL};

static const struct cb_field any_string = {"", .is = CB_IS_STRING};
static const struct cb_field some_string = {"", STRING};

#define REFS(key, eg) {key, .is = CB_IS_ARRAY, .items = &some_string, .hint = (eg)}
#define NEEDED_REFS(key, eg) {key, .is = CB_IS_ARRAY, .flags = CB_FIELD_REQUIRED, .items = &some_string, .hint = (eg)}
#define TYPE(eg) {"type", NEEDED_STRING, .hint = (eg)}
#define LIFECYCLE {"lifecycle", NEEDED_STRING, .hint = "production"}
#define OWNER {"owner", NEEDED_STRING, .hint = "team-payments"}
#define SYSTEM {"system", STRING, .hint = "checkout"}

#define LINK_OWNER {"owner", CB_RELATION_OWNED_BY, "Group"}
#define LINK_SYSTEM {"system", CB_RELATION_PART_OF, "System"}
#define LINK_DEPENDS_ON {"dependsOn", CB_RELATION_DEPENDS_ON, NULL}
#define LINK_DEPENDENCY_OF {"dependencyOf", CB_RELATION_DEPENDENCY_OF, NULL}

static const struct cb_field component[] = {
    TYPE("service"),
    LIFECYCLE,
    OWNER,
    SYSTEM,
    {"subcomponentOf", STRING, .hint = "checkout-web"},
    REFS("providesApis", "[payment-api]"),
    REFS("consumesApis", "[payment-api]"),
    REFS("dependsOn", "[resource:production-db]"),
    END,
};
static const struct cb_link component_links[] = {
    LINK_OWNER,
    {"subcomponentOf", CB_RELATION_PART_OF, "Component"},
    {"providesApis", CB_RELATION_PROVIDES_API, "API"},
    {"consumesApis", CB_RELATION_CONSUMES_API, "API"},
    LINK_DEPENDS_ON,
    LINK_DEPENDENCY_OF,
    LINK_SYSTEM,
    NO_LINK,
};

static const struct cb_field api[] = {
    TYPE("openapi"), LIFECYCLE, OWNER, SYSTEM, {"definition", NEEDED_STRING, .hint = "{$text: ./openapi.yaml}"}, END,
};
static const struct cb_link api_links[] = {LINK_OWNER, LINK_SYSTEM, NO_LINK};

static const struct cb_field remote_members[] = {
    {"type", NEEDED_STRING, .hint = "streamable-http"},
    {"url", NEEDED_STRING, .hint = "https://mcp.example.com/"},
    END,
};
static const struct cb_field remote_item = {"", .is = CB_IS_OBJECT, .members = remote_members};
static const struct cb_field mcp_server[] = {
    TYPE("mcp-server"),
    LIFECYCLE,
    OWNER,
    SYSTEM,
    {"remotes", .is = CB_IS_ARRAY, .flags = CB_FIELD_REQUIRED, .min = 1, .items = &remote_item,
     .hint = "[{type: streamable-http, url: \"https://mcp.example.com/\"}]"},
    END,
};

static const struct cb_field resource[] = {
    TYPE("database"), OWNER, REFS("dependsOn", "[resource:storage]"), SYSTEM, END,
};
static const struct cb_link resource_links[] = {LINK_OWNER, LINK_DEPENDS_ON, LINK_DEPENDENCY_OF, LINK_SYSTEM, NO_LINK};

static const struct cb_field system_fields[] = {
    OWNER, {"domain", STRING, .hint = "commerce"}, {"type", STRING, .hint = "product"}, END,
};
static const struct cb_link system_links[] = {LINK_OWNER, {"domain", CB_RELATION_PART_OF, "Domain"}, NO_LINK};

static const struct cb_field domain[] = {
    OWNER, {"subdomainOf", STRING, .hint = "commerce"}, {"type", STRING, .hint = "business"}, END,
};
static const struct cb_link domain_links[] = {LINK_OWNER, {"subdomainOf", CB_RELATION_PART_OF, "Domain"}, NO_LINK};

static const struct cb_field profile[] = {
    {"displayName", STRING, .hint = "Jane Doe"},
    {"email", STRING, .hint = "jane.doe@example.com"},
    {"picture", STRING, .hint = "https://example.com/jane.png"},
    END,
};
static const struct cb_field group[] = {
    TYPE("team"),
    {"profile", .is = CB_IS_OBJECT, .members = profile},
    {"parent", STRING, .hint = "engineering"},
    NEEDED_REFS("children", "[]"),
    REFS("members", "[jane.doe]"),
    END,
};
static const struct cb_link group_links[] = {
    {"parent", CB_RELATION_CHILD_OF, "Group"},
    {"children", CB_RELATION_PARENT_OF, "Group"},
    {"members", CB_RELATION_HAS_MEMBER, "User"},
    NO_LINK,
};

static const struct cb_field user[] = {
    {"profile", .is = CB_IS_OBJECT, .members = profile},
    NEEDED_REFS("memberOf", "[team-payments]"),
    END,
};
static const struct cb_link user_links[] = {{"memberOf", CB_RELATION_MEMBER_OF, "Group"}, NO_LINK};

static const char *const presences[] = {"required", "optional", NULL};
static const struct cb_field location[] = {
    {"type", STRING, .hint = "file"},
    {"target", STRING, .hint = "./services/catalog-info.yaml"},
    REFS("targets", "[./services/catalog-info.yaml]"),
    {"presence", STRING, .one_of = presences, .hint = "optional"},
    END,
};
static const struct cb_link no_links[] = {NO_LINK};

static const struct cb_field permissions_members[] = {{"tags", .is = CB_IS_ARRAY, .items = &any_string}, END};
static const struct cb_field parameter_members[] = {
    {"backstage:permissions", .is = CB_IS_OBJECT, .members = permissions_members},
    END,
};
static const struct cb_field secrets_members[] = {{"schema", .is = CB_IS_OBJECT}, END};
static const struct cb_field button_members[] = {
    {"backButtonText", .is = CB_IS_STRING},
    {"createButtonText", .is = CB_IS_STRING},
    {"reviewButtonText", .is = CB_IS_STRING},
    END,
};
static const struct cb_field presentation_members[] = {
    {"buttonLabels", .is = CB_IS_OBJECT, .members = button_members},
    END,
};
static const struct cb_field recovery_members[] = {{"EXPERIMENTAL_strategy", .is = CB_IS_STRING}, END};
static const struct cb_field decorator_members[] = {{"id", .is = CB_IS_STRING}, {"input", .is = CB_IS_OBJECT}, END};
static const struct cb_field decorator = {"", .is = CB_IS_OBJECT, .members = decorator_members};
static const struct cb_field step_members[] = {
    {"id", .is = CB_IS_STRING},
    {"name", .is = CB_IS_STRING},
    {"action", .is = CB_IS_STRING, .flags = CB_FIELD_REQUIRED, .hint = "fetch:template"},
    {"input", .is = CB_IS_OBJECT},
    {"if", .is = CB_IS_STRING | CB_IS_BOOL},
    {"backstage:permissions", .is = CB_IS_OBJECT, .members = permissions_members},
    END,
};
static const struct cb_field step = {"", .is = CB_IS_OBJECT, .members = step_members};
static const struct cb_field output_link_members[] = {
    {"if", .is = CB_IS_STRING | CB_IS_BOOL}, {"url", STRING}, {"entityRef", STRING}, {"title", STRING}, {"icon", STRING}, END,
};
static const struct cb_field output_link = {"", .is = CB_IS_OBJECT, .members = output_link_members};
static const struct cb_field output_text_members[] = {
    {"if", .is = CB_IS_STRING | CB_IS_BOOL}, {"title", STRING}, {"icon", STRING}, {"content", .is = CB_IS_STRING}, END,
};
static const struct cb_field output_text = {"", .is = CB_IS_OBJECT, .members = output_text_members};
static const struct cb_field output_members[] = {
    {"links", .is = CB_IS_ARRAY, .items = &output_link},
    {"text", .is = CB_IS_ARRAY, .items = &output_text},
    END,
};
static const struct cb_field template_fields[] = {
    TYPE("service"),
    {"owner", STRING, .hint = "team-platform"},
    {"lifecycle", STRING, .hint = "production"},
    {"parameters", .is = CB_IS_EITHER, .members = parameter_members},
    {"secrets", .is = CB_IS_OBJECT, .members = secrets_members},
    {"presentation", .is = CB_IS_OBJECT, .members = presentation_members},
    {"EXPERIMENTAL_recovery", .is = CB_IS_OBJECT, .members = recovery_members},
    {"formDecorators", .is = CB_IS_ARRAY, .items = &decorator},
    {"EXPERIMENTAL_formDecorators", .is = CB_IS_ARRAY, .items = &decorator},
    {"steps", .is = CB_IS_ARRAY, .flags = CB_FIELD_REQUIRED, .items = &step, .hint = "[{action: \"fetch:template\"}]"},
    {"output", .is = CB_IS_OBJECT, .members = output_members, .rest = &any_string},
    END,
};
static const struct cb_link template_links[] = {LINK_OWNER, NO_LINK};

#define AI_BASE(eg) TYPE(eg), LIFECYCLE, OWNER, SYSTEM
static const struct cb_field ai_any[] = {AI_BASE("skill"), END};
static const struct cb_field ai_skill[] = {
    AI_BASE("skill"),
    REFS("disciplines", "[testing]"),
    REFS("categories", "[review]"),
    REFS("agents", "[reviewer]"),
    REFS("dependsOn", "[other-skill]"),
    {"allowedTools", STRING},
    {"license", STRING, .hint = "Apache-2.0"},
    {"compatibility", .is = CB_IS_STRING, .min = 1, .max = 500},
    END,
};
static const struct cb_field ai_rule[] = {
    AI_BASE("rule"), REFS("disciplines", "[testing]"), {"category", NEEDED_STRING}, {"rationale", NEEDED_STRING}, END,
};
static const struct cb_field ai_plugin[] = {
    AI_BASE("plugin"), NEEDED_REFS("skills", "[code-review]"), {"version", STRING}, END,
};
static const struct cb_field ai_marketplace[] = {
    AI_BASE("marketplace"), NEEDED_REFS("plugins", "[reviewing]"), {"version", STRING}, END,
};
static const struct cb_link ai_any_links[] = {LINK_OWNER, LINK_SYSTEM, NO_LINK};
static const struct cb_link ai_skill_links[] = {
    LINK_OWNER, LINK_SYSTEM, {"dependsOn", CB_RELATION_DEPENDS_ON, "AiResource"}, NO_LINK,
};
static const struct cb_link ai_plugin_links[] = {
    LINK_OWNER, LINK_SYSTEM, {"skills", CB_RELATION_HAS_PART, "AiResource"}, NO_LINK,
};
static const struct cb_link ai_marketplace_links[] = {
    LINK_OWNER, LINK_SYSTEM, {"plugins", CB_RELATION_HAS_PART, "AiResource"}, NO_LINK,
};

#define CORE(name, fields, links) {CB_LIT(name), core_versions, {0}, false, fields, links, "BuiltinKindsEntityProcessor"}
#define AI(type, fields, links) {CB_LIT("AiResource"), alpha_versions, {type, sizeof(type) - 1}, true, fields, links, "ModelProcessor"}

static const struct cb_kind kinds[] = {
    CORE("API", api, api_links),
    {CB_LIT("API"), core_versions, CB_LIT("mcp-server"), true, mcp_server, api_links, "ModelProcessor"},
    CORE("Component", component, component_links),
    CORE("Resource", resource, resource_links),
    CORE("Group", group, group_links),
    CORE("Location", location, no_links),
    CORE("User", user, user_links),
    CORE("System", system_fields, system_links),
    CORE("Domain", domain, domain_links),
    {CB_LIT("Template"), template_versions, {0}, false, template_fields, template_links, "ScaffolderEntitiesProcessor"},
    {CB_LIT("AiResource"), alpha_versions, {0}, true, ai_any, ai_any_links, "ModelProcessor"},
    AI("skill", ai_skill, ai_skill_links),
    AI("rule", ai_rule, ai_any_links),
    AI("plugin", ai_plugin, ai_plugin_links),
    AI("marketplace", ai_marketplace, ai_marketplace_links),
};

const struct cb_kind *cb_kind_at(size_t i)
{
    return i < CB_COUNT(kinds) ? &kinds[i] : NULL;
}

const struct cb_kind *cb_kind_find(cb_str name)
{
    for (size_t i = 0; i < CB_COUNT(kinds); i++)
        if (!kinds[i].spec_type.n && cb_str_eq(kinds[i].name, name))
            return &kinds[i];
    return NULL;
}

const struct cb_kind *cb_kind_find_nocase(cb_str name)
{
    for (size_t i = 0; i < CB_COUNT(kinds); i++)
        if (!kinds[i].spec_type.n && cb_str_eq_nocase(kinds[i].name, name))
            return &kinds[i];
    return NULL;
}

static bool has_version(const struct cb_kind *kind, cb_str version)
{
    for (const char *const *v = kind->versions; *v; v++)
        if (cb_str_eq(cb_str_cstr(*v), version))
            return true;
    return false;
}

/* AiResource asks to be named; API of type mcp-server asks to be named with its type. */
static bool is_opted_in(const struct cb_kind *kind, const struct cb_rules *rules)
{
    if (!kind->opt_in)
        return true;
    return rules && cb_rules_name(rules, kind->name, cb_str_eq(kind->name, CB_LIT("API")) ? kind->spec_type : (cb_str){0});
}

const struct cb_kind *cb_kind_for(cb_str name, cb_str version, cb_str spec_type, const struct cb_rules *rules)
{
    const struct cb_kind *best = NULL;

    for (size_t i = 0; i < CB_COUNT(kinds); i++) {
        const struct cb_kind *kind = &kinds[i];

        if (!cb_str_eq(kind->name, name) || !has_version(kind, version) || !is_opted_in(kind, rules))
            continue;
        if (kind->spec_type.n ? cb_str_eq(kind->spec_type, spec_type) : !best)
            best = kind;
    }
    return best;
}
