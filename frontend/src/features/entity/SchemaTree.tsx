import { useState } from 'react';
import { arr, isObj, obj, refName, resolve, str, typeOf } from '@/lib/json-schema';
import classes from './ApiDefinition.module.css';
import { say } from './messages';

/** Levels that can be opened, and properties listed of one object. */
const DEPTH_MAX = 12;
const PROPERTIES_MAX = 200;

export interface SchemaTreeProps {
  document: unknown;
  schema: unknown;
  /** Schemas that stand around this one: what comes again within itself is not opened without end. */
  within?: readonly unknown[];
}

/** A JSON schema, a level at a time. */
export function SchemaTree({ document, schema, within = [] }: SchemaTreeProps) {
  const s = resolve(document, schema);
  if (!isObj(s)) return <p className="cb-quiet">{typeOf(document, schema)}</p>;
  if (within.includes(s)) return <p className="cb-quiet">{say.definition.again(refName(schema) ?? say.definition.itself)}</p>;
  if (within.length >= DEPTH_MAX) return <p className="cb-quiet">{say.definition.tooDeep}</p>;
  const around = [...within, s];
  const required = arr(s.required);
  const properties = Object.entries(obj(s.properties));
  const choices = (['allOf', 'oneOf', 'anyOf'] as const).flatMap((word) => arr(s[word]).slice(0, 50).map((one) => ({ word, one })));
  const facts = factsOf(s);
  return (
    <div>
      {str(s.description) && <p className="cb-quiet" dir="auto">{str(s.description)}</p>}
      {facts && <p className={classes.facts}><code>{facts}</code></p>}
      {(properties.length > 0 || choices.length > 0 || s.items !== undefined || isObj(s.additionalProperties)) && (
        <ul className={classes.tree}>
          {properties.slice(0, PROPERTIES_MAX).map(([name, value]) => (
            <Branch key={name} name={name} required={required.includes(name)} document={document} schema={value} within={around} />
          ))}
          {s.items !== undefined && <Branch name={say.definition.each} document={document} schema={s.items} within={around} />}
          {isObj(s.additionalProperties) && <Branch name={say.definition.others} document={document} schema={s.additionalProperties} within={around} />}
          {choices.map(({ word, one }, i) => (
            <Branch key={i} name={say.definition.choice[word]} document={document} schema={one} within={around} />
          ))}
        </ul>
      )}
      {properties.length > PROPERTIES_MAX && <p className="cb-quiet">{say.definition.more(properties.length - PROPERTIES_MAX)}</p>}
    </div>
  );
}

function Branch({ name, required, document, schema, within }: SchemaTreeProps & { name: string; required?: boolean }) {
  const [open, setOpen] = useState(false);
  const s = obj(resolve(document, schema));
  const deeper = ['properties', 'items', 'allOf', 'oneOf', 'anyOf', 'enum'].some((key) => s[key] !== undefined) || isObj(s.additionalProperties) || factsOf(s) !== '';
  const line = (
    <>
      <code className={classes.name}>{name}</code> <span className={classes.type}>{typeOf(document, schema)}</span>
      {required && <span className={classes.required}> {say.definition.required}</span>}
    </>
  );
  return (
    <li>
      {deeper ? (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{line}</summary>
          {open && <SchemaTree document={document} schema={schema} within={within} />}
        </details>
      ) : (
        <div className={classes.leaf}>
          {line}
          {str(s.description) && <span className="cb-quiet"> {str(s.description)}</span>}
        </div>
      )}
    </li>
  );
}

const FACTS = ['enum', 'const', 'default', 'pattern', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength', 'minItems', 'maxItems'];

function factsOf(s: Record<string, unknown>): string {
  return FACTS.filter((key) => s[key] !== undefined)
    .map((key) => `${key}: ${JSON.stringify(s[key]).slice(0, 300)}`)
    .join(', ');
}
