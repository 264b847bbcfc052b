import { useState } from 'react';
import type { Entity } from '@/api/types';
import { toYaml } from '@/lib/yaml';
import { CodeText } from '@/ui/CodeText';
import classes from './Dependencies.module.css';

const FORMS = [
  { id: 'yaml', label: 'YAML' },
  { id: 'json', label: 'JSON' },
] as const;

/** The entity as the catalog has it. */
export function SourceText({ entity }: { entity: Entity }) {
  const [form, setForm] = useState<'yaml' | 'json'>('yaml');
  const text = form === 'yaml' ? toYaml(entity) : `${JSON.stringify(entity, null, 2)}\n`;
  return (
    <>
      <fieldset className={classes.depth}>
        <legend>Show as</legend>
        {FORMS.map(({ id, label }) => (
          <label key={id}>
            <input type="radio" name="form" checked={form === id} onChange={() => setForm(id)} /> {label}
          </label>
        ))}
      </fieldset>
      <CodeText key={form} text={text} label={`the entity as ${form.toUpperCase()}`} />
    </>
  );
}
