import { Button, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Entity } from '@/api/types';
import { headingOf, readDefinition, SORTS, type Field, type Group, type Item, type Outline, type Part } from '@/lib/outline';
import { refOf } from '@/lib/ref';
import { saveFile } from '@/lib/save-file';
import { toYaml } from '@/lib/yaml';
import { CodeText } from '@/ui/CodeText';
import { Empty } from '@/ui/Empty';
import { Markdown } from '@/ui/Markdown';
import { Note } from '@/ui/Note';
import classes from './ApiDefinition.module.css';
import { Choice } from './Choice';
import { DefinitionChanges } from './DefinitionChanges';
import { say } from './messages';
import { SchemaTree } from './SchemaTree';

/** Operations drawn before someone asks for more of them; the filter finds all. */
const STEP = 200;

const FORMS = ['read', 'raw', 'changes'] as const;
type Form = (typeof FORMS)[number];

/** What an API offers, and the text that says so. Nothing of it is ever asked over the network. */
export function ApiDefinition({ entity }: { entity: Entity }) {
  const { from } = useSearch({ from: '/catalog/$namespace/$kind/$name/{-$tab}' });
  const definition = entity.spec?.definition;
  const text = typeof definition === 'string' ? definition : toYaml(definition);
  const type = typeof entity.spec?.type === 'string' ? entity.spec.type : '';
  const read = useMemo(() => readDefinition(type, text), [type, text]);
  const [form, setForm] = useState<Form>(from ? 'changes' : 'read');
  if (text.trim() === '') return <Empty title={say.definition.empty} />;
  const file = <Download text={text} name={`${entity.metadata.name}.${type === 'graphql' ? 'graphql' : type === 'grpc' ? 'proto' : /^\s*\{/.test(text) ? 'json' : 'yaml'}`} />;

  // What cannot be drawn is text from the start.
  const drawn = 'outline' in read;
  const shown = form === 'read' && !drawn ? 'raw' : form;
  return (
    <div className={classes.stack}>
      {'wrong' in read && (
        <Note tone="bad" title={say.definition.wrong(read.wrong.line)}>
          <p dir="auto">{read.wrong.message}</p>
        </Note>
      )}
      {'unknown' in read && (
        <Note tone="info" title={say.definition.unknown(type)}>
          <p>{say.definition.known(SORTS)}</p>
        </Note>
      )}
      {'tooLong' in read && <Note tone="info" title={say.definition.tooLong} />}
      <div className={classes.bar}>
        <Choice
          label={say.definition.form}
          values={FORMS.filter((value) => drawn || value !== 'read').map((value) => ({ value, label: say.definition.forms[value] }))}
          chosen={shown}
          onChoose={setForm}
        />
        {file}
      </div>
      {shown === 'raw' && <CodeText text={text} label={say.definition.region} />}
      {shown === 'changes' && <DefinitionChanges entityRef={refOf(entity)} text={text} />}
      {shown === 'read' && drawn && <Reading outline={read.outline} />}
    </div>
  );
}

function Download({ text, name }: { text: string; name: string }) {
  return (
    <div>
      <Button variant="default" size="xs" onClick={() => saveFile(name, 'text/plain', [text])}>
        {say.definition.download}
      </Button>
    </div>
  );
}

function Reading({ outline }: { outline: Outline }) {
  const { op } = useSearch({ from: '/catalog/$namespace/$kind/$name/{-$tab}' });
  const navigate = useNavigate({ from: '/catalog/$namespace/$kind/$name/{-$tab}' });
  const [filter, setFilter] = useState('');
  const [most, setMost] = useState(STEP);
  const words = filter.trim().toLowerCase();
  const groups = useMemo(() => filtered(outline.groups, words), [outline, words]);
  const total = groups.reduce((n, { items }) => n + items.length, 0);
  const shown = cutTo(groups, most, op);
  const open = (id: string, opened: boolean) => {
    if (opened ? op === id : op !== id) return;
    void navigate({ search: (before) => ({ ...before, op: opened ? id : undefined }), replace: true, resetScroll: false });
  };

  return (
    <>
      <div className={classes.head}>
        <h2>{outline.title ?? outline.sort}</h2>
        <p className="cb-quiet">{[outline.title && outline.sort, outline.version && say.definition.version(outline.version)].filter(Boolean).join(' · ')}</p>
        {outline.description && <Markdown text={outline.description} />}
        {outline.servers.length > 0 && (
          <>
            <h3>{say.definition.servers}</h3>
            <ul>{outline.servers.map((server, i) => <li key={i}><code>{server}</code></li>)}</ul>
          </>
        )}
      </div>
      <TextInput label={say.definition.filter} value={filter} onChange={(event) => (setFilter(event.currentTarget.value), setMost(STEP))} type="search" />
      <p role="status" className="cb-quiet">{say.definition.count(total)}{outline.leftOut > 0 && ` ${say.definition.more(outline.leftOut)}`}</p>
      {total === 0 && <Empty title={words ? say.definition.noMatch : say.definition.nothing} />}
      {shown.map((group) => (
        <section key={group.name} className={classes.group}>
          {headingOf(group) && <h3>{headingOf(group)}</h3>}
          {group.description && <Markdown text={group.description} />}
          {group.items.map((item, i) => (
            <Operation key={`${item.id} ${i}`} item={item} document={outline.document} linked={op === item.id} onOpen={open} />
          ))}
        </section>
      ))}
      {total > most && (
        <Button variant="default" onClick={() => setMost(most + STEP)}>
          {say.definition.showMore(Math.min(STEP, total - most))}
        </Button>
      )}
    </>
  );
}

function filtered(groups: Group[], words: string): Group[] {
  if (!words) return groups;
  return groups
    .map((group) => ({ ...group, items: group.items.filter((item) => `${item.badge} ${item.name} ${item.id} ${item.summary ?? ''}`.toLowerCase().includes(words)) }))
    .filter(({ items }) => items.length > 0);
}

// What is linked to is there, however far down it stands.
function cutTo(groups: Group[], most: number, linked?: string): Group[] {
  let room = most;
  return groups
    .map((group) => {
      const items = group.items.slice(0, room);
      const wanted = linked === undefined ? undefined : group.items.slice(items.length).find(({ id }) => id === linked);
      room -= items.length;
      return { ...group, items: wanted ? [...items, wanted] : items };
    })
    .filter(({ items }) => items.length > 0);
}

function Operation({ item, document, linked, onOpen }: { item: Item; document: unknown; linked: boolean; onOpen: (id: string, opened: boolean) => void }) {
  const [open, setOpen] = useState(linked);
  const box = useRef<HTMLDetailsElement>(null);
  const [first] = useState(linked);
  useEffect(() => {
    if (first) box.current?.scrollIntoView({ block: 'start' });
  }, [first]);
  return (
    <details
      ref={box}
      open={open}
      className={classes.operation}
      onToggle={(event) => {
        if (event.target !== event.currentTarget || event.currentTarget.open === open) return;
        setOpen(event.currentTarget.open);
        onOpen(item.id, event.currentTarget.open);
      }}
    >
      <summary>
        <span className={classes.badge}>{item.badge}</span> <code className={classes.name}>{item.name}</code>
        {item.deprecated && <span className={classes.required}> {say.definition.deprecated}</span>}
        {item.summary && <span className="cb-quiet"> {item.summary}</span>}
      </summary>
      {open && (
        <div className={classes.parts}>
          {item.description && <Markdown text={item.description} />}
          {item.parts().map((part, i) => <PartView key={i} part={part} document={document} />)}
        </div>
      )}
    </details>
  );
}

function PartView({ part, document }: { part: Part; document: unknown }) {
  return (
    <div>
      <h4>
        {say.definition.parts[part.kind]} {part.detail && <code>{part.detail}</code>}
      </h4>
      {part.description && <Markdown text={part.description} />}
      {part.fields && part.fields.length > 0 && <Fields of={part.fields} />}
      {part.schema !== undefined && <SchemaTree document={document} schema={part.schema} />}
    </div>
  );
}

function Fields({ of }: { of: Field[] }) {
  const most = 500;
  return (
    <ul className={classes.tree}>
      {of.slice(0, most).map((field, i) => (
        <li key={i} className={classes.leaf}>
          <code className={classes.name}>{field.name}</code> <span className={classes.type}>{field.type}</span>
          {field.where && <span className="cb-quiet"> {field.where}</span>}
          {field.required && <span className={classes.required}> {say.definition.required}</span>}
          {field.description && <span className="cb-quiet" dir="auto"> {field.description}</span>}
        </li>
      ))}
      {of.length > most && <li className="cb-quiet">{say.definition.more(of.length - most)}</li>}
    </ul>
  );
}
