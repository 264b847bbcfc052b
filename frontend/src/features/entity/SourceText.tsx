import { useState } from 'react';
import type { Entity } from '@/api/types';
import { toYaml } from '@/lib/yaml';
import { CodeText } from '@/ui/CodeText';
import { Choice } from './Choice';
import { say } from './messages';

const FORMS = [
  { value: 'yaml', label: 'YAML' },
  { value: 'json', label: 'JSON' },
] as const;

/** The entity as the catalog has it. */
export function SourceText({ entity }: { entity: Entity }) {
  const [form, setForm] = useState<'yaml' | 'json'>('yaml');
  const text = form === 'yaml' ? toYaml(inOrder(entity)) : `${JSON.stringify(entity, null, 2)}\n`;
  return (
    <>
      <Choice label={say.text.form} values={FORMS} chosen={form} onChoose={setForm} />
      <CodeText key={form} text={text} label={say.text.label(form.toUpperCase())} />
    </>
  );
}

// As people write it; the catalog keeps the keys in another order.
function inOrder({ apiVersion, kind, metadata, spec, relations, status, ...rest }: Entity) {
  const { name, namespace, title, description, ...more } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, title, description, ...more },
    spec,
    relations,
    status,
    ...rest,
  };
}
