import '@/ui/choices.css';
import { Autocomplete, PasswordInput, Select, TagsInput, TextInput } from '@mantine/core';
import type { WidgetProps } from '@rjsf/utils';
import { useState } from 'react';
import { useEntityChoices, useTagChoices } from '@/api/choices';
import { useMine } from '@/api/mine';
import { useSession } from '@/api/session';
import { formatRef, parseRef, refOf, shortRef } from '@/lib/ref';
import { say } from './messages';
import { catalogFilter } from './prepare';
import classes from './Form.module.css';
import { parseRepoUrl, partsOf, repoUrl, type RepoParts } from './repo-url';

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : typeof value === 'string' ? [value] : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Lists open in the page's own landmarks. */
const INSIDE = { withinPortal: false };

/** What every input of ours is told: its name comes from the field around it, which also shows what is wrong. */
function common({ id, disabled, readonly, required, rawErrors, autofocus }: WidgetProps) {
  return {
    id,
    disabled: disabled || readonly,
    required,
    autoFocus: autofocus,
    withAsterisk: false,
    error: (rawErrors?.length ?? 0) > 0,
  };
}

function choicesOf(props: WidgetProps, kinds: string[]): { filter: string[][]; kind?: string; namespace?: string; free: boolean } {
  const o = props.options as Record<string, unknown>;
  const allowed = strings(o.allowedKinds);
  const filter = catalogFilter(o.catalogFilter);
  const asked = filter.length > 0 ? filter : [(allowed.length > 0 ? allowed : kinds).map((kind) => `kind=${kind}`)];
  const only = [...new Set(asked.flat().filter((f) => f.startsWith('kind=')))];
  return {
    filter: asked,
    kind: text(o.defaultKind) || (only.length === 1 ? only[0]!.slice('kind='.length) : kinds.length > 0 ? kinds[0] : undefined),
    namespace: o.defaultNamespace === false ? undefined : text(o.defaultNamespace) || 'default',
    free: o.allowArbitraryValues !== false,
  };
}

function Picker(props: WidgetProps & { kinds: string[]; extra?: string[] }) {
  const { kinds, extra = [], value, onChange, placeholder } = props;
  const { filter, kind, namespace, free } = choicesOf(props, kinds);
  const context = { kind, namespace };
  const ref = parseRef(text(value), context);
  const [typed, setTyped] = useState<string>();
  const shown = typed ?? (ref ? shortRef(ref, context) : text(value));
  const choices = useEntityChoices(filter.map((one) => [...one, ...extra]), typed ?? '');
  const data = (choices.data ?? []).map((entity) => ({ entity, label: shortRef(refOf(entity), context) }));

  const take = (label: string) => {
    const known = data.find((one) => one.label === label);
    const own = known ? refOf(known.entity) : free ? parseRef(label.trim(), context) : undefined;
    onChange(own ? formatRef(own) : label.trim() === '' ? undefined : free ? label.trim() : undefined);
  };
  return (
    <Autocomplete
      {...common(props)}
      comboboxProps={INSIDE}
      placeholder={placeholder || say.picker.hint}
      value={shown}
      data={[...new Set(data.map(({ label }) => label))]}
      filter={({ options }) => options}
      limit={50}
      {...(choices.isError ? { error: say.picker.failed } : {})}
      onChange={(label) => {
        setTyped(label);
        take(label);
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
}

const EntityPicker = (props: WidgetProps) => <Picker {...props} kinds={[]} />;
const OwnerPicker = (props: WidgetProps) => <Picker {...props} kinds={['Group', 'User']} />;

function OwnedEntityPicker(props: WidgetProps) {
  const session = useSession();
  const mine = useMine(session.data?.guest ? undefined : session.data?.user.ref);
  return <Picker {...props} kinds={[]} extra={(mine.data?.refs ?? []).map((ref) => `relations.ownedBy=${ref}`)} />;
}

function MyGroupsPicker(props: WidgetProps) {
  const session = useSession();
  const mine = useMine(session.data?.guest ? undefined : session.data?.user.ref);
  const groups = (mine.data?.groups ?? []).map((value) => ({ value, label: shortRef(parseRef(value)!, { kind: 'group' }) }));
  return (
    <Select {...common(props)} comboboxProps={INSIDE} searchable clearable value={text(props.value) || null} data={groups} onChange={(value) => props.onChange(value ?? undefined)} />
  );
}

function MultiEntityPicker(props: WidgetProps) {
  const { filter, kind, namespace } = choicesOf(props, []);
  const context = { kind, namespace };
  const [typed, setTyped] = useState('');
  const choices = useEntityChoices(filter, typed);
  return (
    <TagsInput
      {...common(props)}
      comboboxProps={INSIDE}
      placeholder={props.placeholder || say.picker.hint}
      value={strings(props.value)}
      data={(choices.data ?? []).map((entity) => formatRef(refOf(entity)))}
      filter={({ options }) => options}
      limit={50}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(list) => props.onChange(list.map((one) => (parseRef(one, context) ? formatRef(parseRef(one, context)!) : one)))}
    />
  );
}

function EntityTagsPicker(props: WidgetProps) {
  const tags = useTagChoices(strings((props.options as Record<string, unknown>).kinds));
  return (
    <TagsInput
      {...common(props)}
      comboboxProps={INSIDE}
      value={strings(props.value)}
      data={tags.data ?? []}
      limit={50}
      onChange={(list) => props.onChange(list.map((tag) => tag.toLowerCase()))}
    />
  );
}

function PlainText(props: WidgetProps) {
  return (
    <TextInput
      {...common(props)}
      placeholder={props.placeholder}
      value={text(props.value)}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => props.onChange(event.currentTarget.value || undefined)}
    />
  );
}

function RepoUrlPicker(props: WidgetProps) {
  const o = props.options as Record<string, unknown>;
  const hosts = strings(o.allowedHosts);
  const parts = parseRepoUrl(text(props.value));
  const now: RepoParts = { ...parts, host: parts.host || hosts[0] || '' };
  const lists: Record<string, string[]> = {
    owner: strings(o.allowedOwners),
    organization: strings(o.allowedOrganizations),
    project: strings(o.allowedProjects),
    repo: strings(o.allowedRepos),
  };
  const set = (key: string, value: string) => props.onChange(repoUrl({ ...now, [key]: value }));
  return (
    <div className={classes.repo} role="group" aria-label={props.label} id={props.id} aria-describedby={`${props.id}__error ${props.id}__description`}>
      <Part label={say.picker.host} value={now.host} list={hosts} disabled={props.disabled} onChange={(value) => set('host', value)} />
      {partsOf(now.host).map((key) => (
        <Part
          key={key}
          label={say.picker[key]}
          value={now[key] ?? ''}
          list={lists[key] ?? []}
          disabled={props.disabled}
          onChange={(value) => set(key, value)}
        />
      ))}
    </div>
  );
}

function Part({ label, value, list, disabled, onChange }: { label: string; value: string; list: string[]; disabled?: boolean; onChange: (value: string) => void }) {
  if (list.length > 0) {
    return <Select label={label} comboboxProps={INSIDE} value={value || null} data={list} disabled={disabled} allowDeselect={false} onChange={(v) => onChange(v ?? '')} />;
  }
  return (
    <TextInput label={label} value={value} disabled={disabled} autoComplete="off" spellCheck={false} onChange={(event) => onChange(event.currentTarget.value.trim())} />
  );
}

/** What is typed goes beside the values; in them stand as many stars. */
function Secret(props: WidgetProps) {
  const { name, registry } = props;
  const context = registry.formContext as { secrets: Record<string, string>; onSecret: (name: string, value: string) => void };
  return (
    <PasswordInput
      {...common(props)}
      autoComplete="off"
      value={context.secrets[name] ?? ''}
      visibilityToggleButtonProps={{ 'aria-label': say.picker.secret }}
      onChange={(event) => {
        const { value } = event.currentTarget;
        context.onSecret(name, value);
        props.onChange(value ? '*'.repeat(value.length) : undefined);
      }}
    />
  );
}

export const widgets = {
  EntityPicker,
  OwnerPicker,
  OwnedEntityPicker,
  MyGroupsPicker,
  MultiEntityPicker,
  EntityTagsPicker,
  EntityNamePicker: PlainText,
  RepoUrlPicker,
  RepoBranchPicker: PlainText,
  RepoOwnerPicker: PlainText,
  Secret,
};
