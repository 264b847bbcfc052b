// A GraphQL schema in its own language.
import { GraphQLError, parse, print, type DefinitionNode, type FieldDefinitionNode, type InputValueDefinitionNode } from 'graphql';
import { Wrong, type Field, type Group, type Item, type Outline } from './outline';

/** Words and signs read of a schema. */
const TOKENS_MAX = 400_000;

const SORTS: Partial<Record<DefinitionNode['kind'], Group['of']>> = {
  ObjectTypeDefinition: 'type',
  ObjectTypeExtension: 'type',
  InterfaceTypeDefinition: 'interface',
  InterfaceTypeExtension: 'interface',
  InputObjectTypeDefinition: 'input',
  InputObjectTypeExtension: 'input',
  EnumTypeDefinition: 'enum',
  EnumTypeExtension: 'enum',
  UnionTypeDefinition: 'union',
  UnionTypeExtension: 'union',
  ScalarTypeDefinition: 'scalar',
};

export function graphql(text: string): Outline {
  const groups = new Map<string, Group>();
  const into = (name: string, of: Group['of'], item: Item) => {
    const group = groups.get(name) ?? { name, of, items: [] };
    groups.set(name, group);
    group.items.push(item);
  };
  const { definitions } = read(text);
  const roots = new Map<string, 'query' | 'mutation' | 'subscription'>([['Query', 'query'], ['Mutation', 'mutation'], ['Subscription', 'subscription']]);
  for (const one of definitions) {
    if (one.kind === 'SchemaDefinition') for (const { operation, type } of one.operationTypes) roots.set(type.name.value, operation);
  }
  for (const one of definitions) {
    const sort = SORTS[one.kind];
    if (!sort || !('name' in one) || !one.name) continue;
    const name = one.name.value;
    const root = sort === 'type' ? roots.get(name) : undefined;
    if (root && 'fields' in one) {
      for (const field of (one.fields ?? []) as readonly FieldDefinitionNode[]) into(name, root, operation(root, name, field));
      continue;
    }
    into(sort, sort, {
      id: name,
      badge: sort,
      name,
      description: 'description' in one ? one.description?.value : undefined,
      parts: () => {
        if ('fields' in one) return [{ kind: 'fields', fields: (one.fields ?? []).map(fieldOf) }];
        if ('values' in one) return [{ kind: 'values', fields: (one.values ?? []).map((v) => ({ name: v.name.value, type: '', description: v.description?.value })) }];
        if ('types' in one) return [{ kind: 'values', fields: (one.types ?? []).map((t) => ({ name: t.name.value, type: '' })) }];
        return [];
      },
    });
  }
  return { sort: 'GraphQL', servers: [], groups: [...groups.values()], leftOut: 0 };
}

function read(text: string) {
  try {
    return parse(text, { maxTokens: TOKENS_MAX, noLocation: true });
  } catch (error) {
    if (error instanceof GraphQLError) throw new Wrong(error.message, error.locations?.[0]?.line);
    throw error;
  }
}

function fieldOf(field: FieldDefinitionNode | InputValueDefinitionNode): Field {
  return { name: field.name.value, type: print(field.type), required: field.type.kind === 'NonNullType', description: field.description?.value };
}

function operation(root: string, owner: string, field: FieldDefinitionNode): Item {
  return {
    id: `${owner}.${field.name.value}`,
    badge: root,
    name: `${field.name.value}: ${print(field.type)}`,
    description: field.description?.value,
    deprecated: field.directives?.some(({ name }) => name.value === 'deprecated'),
    parts: () => ((field.arguments ?? []).length > 0 ? [{ kind: 'parameters', fields: field.arguments!.map(fieldOf) }] : []),
  };
}
