import { Button } from '@mantine/core';
import { useId, useRef, useState, type FormEvent } from 'react';
import { usePanelAction } from '@/api/panels';
import type { PanelAction, PanelOutcome } from '@/api/types';
import { ApiError } from '@/lib/client';
import type { EntityRef } from '@/lib/ref';
import { Dialog } from '@/ui/Dialog';
import { Note } from '@/ui/Note';
import classes from './ActionDialog.module.css';
import { asksFor, inputOf, type Field } from './inputs';
import { say } from './messages';

export interface ActionDialogProps {
  entityRef: EntityRef;
  action: PanelAction;
  onClose: () => void;
  onDone: (outcome: PanelOutcome) => void;
}

/** Asks before something is done: whether it is meant, and what else has to be known. */
export function ActionDialog({ entityRef, action, onClose, onDone }: ActionDialogProps) {
  const fields = asksFor(action);
  const [typed, setTyped] = useState(() => Object.fromEntries(fields.map(({ key, initial }) => [key, initial])));
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const form = useRef<HTMLFormElement>(null);
  const run = usePanelAction(entityRef, action);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = inputOf(fields, typed);
    setWrong(read.wrong);
    const first = fields.find(({ key }) => read.wrong[key]);
    if (first) return form.current?.querySelector<HTMLElement>(`[name="${CSS.escape(first.key)}"]`)?.focus();
    run.mutate(read.input, {
      onSuccess: (outcome) => {
        onDone(outcome);
        onClose();
      },
    });
  };

  const draw = (field: Field) => (
    <Ask
      key={field.key}
      field={field}
      value={typed[field.key] ?? ''}
      wrong={wrong[field.key]}
      onChange={(value) => setTyped({ ...typed, [field.key]: value })}
    />
  );
  const needed = fields.filter(({ required }) => required);
  const optional = fields.filter(({ required }) => !required);
  // A lost answer is not a refusal.
  const unsure = run.error instanceof ApiError && (run.error.status === 0 || run.error.status >= 502);

  return (
    <Dialog title={action.title} onClose={onClose}>
      <form ref={form} onSubmit={submit} noValidate className={classes.form}>
        {action.confirm && <p dir="auto">{action.confirm}</p>}
        {needed.map(draw)}
        {optional.length > 0 && (
          <details className={classes.options}>
            <summary>{say.options}</summary>
            {optional.map(draw)}
          </details>
        )}
        {run.isError && (
          <div role="alert">
            <Note tone="bad" title={run.error.message}>
              {unsure && <p>{say.notSure}</p>}
            </Note>
          </div>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {say.cancel}
          </Button>
          <Button type="submit" loading={run.isPending}>
            {action.title}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Ask({ field, value, wrong, onChange }: { field: Field; value: string; wrong?: string; onChange: (value: string) => void }) {
  const id = useId();
  const common = {
    id,
    name: field.key,
    value,
    'aria-invalid': !!wrong,
    'aria-required': field.required,
    'aria-describedby': wrong || field.help ? `${id}-help` : undefined,
    className: classes.input,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  return (
    <div className={classes.field}>
      <label htmlFor={id}>
        {field.label}
        {field.required && ' *'}
      </label>
      {field.kind === 'long' || field.kind === 'json' ? (
        <textarea {...common} rows={4} />
      ) : field.kind === 'choice' || field.kind === 'yes-no' ? (
        <select {...common}>
          <option value="" />
          {(field.choices ?? ['true', 'false']).map((choice) => (
            <option key={choice} value={choice}>
              {field.kind === 'yes-no' ? (choice === 'true' ? say.yes : say.no) : choice}
            </option>
          ))}
        </select>
      ) : (
        <input {...common} type={field.kind === 'secret' ? 'password' : 'text'} inputMode={field.kind === 'number' ? 'decimal' : undefined} autoComplete="off" />
      )}
      {(wrong ?? field.help) && (
        <p id={`${id}-help`} className={wrong ? classes.wrong : classes.help}>
          {wrong ?? field.help}
        </p>
      )}
    </div>
  );
}
