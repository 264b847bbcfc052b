// What Backstage says of an entity: its published validators, put in the order of its processing, and the words that
// its errors get on the way up.
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const model = require('@backstage/catalog-model');

let template;
try {
  // Not among our packages, for it brings a hundred others; where somebody has it, templates are compared too.
  template = require(process.env.CALLBOARD_SCAFFOLDER ?? '@backstage/plugin-scaffolder-common').templateEntityV1beta3Validator;
} catch {}
export const hasTemplates = Boolean(template);

const validateEnvelope = model.entityEnvelopeSchemaValidator();
const validateEntity = model.entitySchemaValidator();
const policy = model.EntityPolicies.allOf([
  new model.SchemaValidEntityPolicy(),
  new model.DefaultNamespaceEntityPolicy(),
  new model.NoForeignRootFieldsEntityPolicy(),
  new model.FieldFormatEntityPolicy(),
]);
const readers = [
  ['BuiltinKindsEntityProcessor', ['api', 'component', 'resource', 'group', 'location', 'user', 'system', 'domain'].map(k => model[`${k}EntityV1alpha1Validator`])],
  ...(template ? [['ScaffolderEntitiesProcessor', [template]]] : []),
];

// field, its default kind, what the entity says of it
const links = {
  owner: ['Group', 'ownedBy'], system: ['System', 'partOf'], subcomponentOf: ['Component', 'partOf'],
  providesApis: ['API', 'providesApi'], consumesApis: ['API', 'consumesApi'], dependsOn: [undefined, 'dependsOn'], dependencyOf: [undefined, 'dependencyOf'],
  domain: ['Domain', 'partOf'], subdomainOf: ['Domain', 'partOf'], memberOf: ['Group', 'memberOf'],
  parent: ['Group', 'childOf'], children: ['Group', 'parentOf'], members: ['User', 'hasMember'],
};
const linksOf = {
  Component: ['owner', 'subcomponentOf', 'providesApis', 'consumesApis', 'dependsOn', 'dependencyOf', 'system'],
  API: ['owner', 'system'], Resource: ['owner', 'dependsOn', 'dependencyOf', 'system'], System: ['owner', 'domain'], Domain: ['owner', 'subdomainOf'],
  User: ['memberOf'], Group: ['parent', 'children', 'members'], Location: [], Template: ['owner'],
};
const sorted = ['providesApis', 'consumesApis', 'dependsOn', 'dependencyOf', 'memberOf', 'children', 'members'];

const caused = (name, message, e) => ({ words: `${name}: ${message}; caused by ${e.name}: ${e.message}` });

function relations(entity) {
  const out = new Set();
  const self = model.getCompoundEntityRef(entity);
  for (const field of linksOf[entity.kind]) {
    const targets = entity.spec[field];
    if (!targets) continue;
    const [defaultKind, type] = links[field];
    for (const t of [targets].flat()) out.add(`${type} ${model.stringifyEntityRef(model.parseEntityRef(t, { defaultKind, defaultNamespace: self.namespace }))}`);
  }
  return [...out].sort();
}

/** {entity, relations} of a good entity, {words} of another. The entity has no server-made annotations. */
export async function judge(input) {
  let entity = structuredClone(input);
  try {
    validateEnvelope(entity);
  } catch (e) {
    return { words: `${e.name}: ${e.message}` };
  }
  if (!entity.metadata.annotations) delete entity.metadata.annotations; // as on its way out of a file
  const ref = model.stringifyEntityRef(entity);
  for (const field of sorted) {
    const value = entity.spec?.[field];
    if (Array.isArray(value) && value.every(v => typeof v === 'string')) value.sort();
  }
  try {
    entity = await policy.enforce(entity);
  } catch (e) {
    return caused('InputError', `Policy check failed for ${ref}`, e);
  }
  let reader;
  try {
    validateEntity(entity);
    for (const [name, validators] of readers)
      for (const v of validators)
        try {
          if (await v.check(entity)) reader = name;
        } catch (e) {
          return caused('InputError', `Processor ${name} threw an error while validating the entity ${ref}`, e);
        }
  } catch (e) {
    return caused('ConflictError', `Entity envelope for ${ref} failed validation after preprocessing`, e);
  }
  if (!reader) return { words: `InputError: No processor recognized the entity ${ref} as valid, possibly caused by a foreign kind or apiVersion` };
  try {
    return { entity, relations: relations(entity) };
  } catch (e) {
    return caused('InputError', `Processor ${reader} threw an error while postprocessing`, e);
  }
}
export const parseRef = model.parseEntityRef;
export const stringifyRef = model.stringifyEntityRef;
