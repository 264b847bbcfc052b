import { lazy, Suspense, useState } from 'react';
import { usePanelAction } from '@/api/panels';
import type { PanelAction, PanelOutcome } from '@/api/types';
import type { EntityRef } from '@/lib/ref';
import { Note } from '@/ui/Note';
import { PlainButton } from '@/ui/PlainButton';
import classes from './ActionBar.module.css';
import { asksFor } from './inputs';
import { say } from './messages';
import { PanelLink } from './PanelLink';

const ActionDialog = lazy(() => import('./ActionDialog').then((m) => ({ default: m.ActionDialog })));

/** Buttons shown before the rest is folded. */
const FIRST = 3;

/** What may be done from a panel now, and what came of it. */
export function ActionBar({ entityRef, actions, title }: { entityRef: EntityRef; actions: PanelAction[]; title: string }) {
  const [outcome, setOutcome] = useState<PanelOutcome | undefined>();
  const [failure, setFailure] = useState<string | undefined>();
  if (actions.length === 0 && !outcome) return null;
  const buttons = actions.map((action, i) => (
    <Action
      key={`${action.action} ${i}`}
      entityRef={entityRef}
      action={action}
      onDone={(done) => {
        setOutcome(done);
        setFailure(undefined);
      }}
      onFailed={(message) => {
        setOutcome(undefined);
        setFailure(message);
      }}
    />
  ));
  return (
    <div className={classes.bar} role="group" aria-label={`${say.actions}: ${title}`}>
      <div className={classes.buttons}>{buttons.slice(0, FIRST)}</div>
      {buttons.length > FIRST && (
        <details className={classes.rest}>
          <summary>{say.more(buttons.length - FIRST)}</summary>
          <div className={classes.buttons}>{buttons.slice(FIRST)}</div>
        </details>
      )}
      <div role="status" className={classes.outcome}>
        {outcome && (
          <Note tone="good" title={outcome.message || say.done}>
            {outcome.url && (
              <p>
                <PanelLink url={outcome.url}>{say.seeIt}</PanelLink>
              </p>
            )}
          </Note>
        )}
        {failure && <Note tone="bad" title={failure} />}
      </div>
    </div>
  );
}

interface ActionProps {
  entityRef: EntityRef;
  action: PanelAction;
  onDone: (outcome: PanelOutcome) => void;
  onFailed: (message: string) => void;
}

// What needs no answer and no confirmation is done at once; all else asks in a window first.
function Action({ entityRef, action, onDone, onFailed }: ActionProps) {
  const [asking, setAsking] = useState(false);
  const run = usePanelAction(entityRef, action);
  const asks = !!action.confirm || asksFor(action).length > 0;
  return (
    <span className={classes.one}>
      <PlainButton
        disabled={!action.allowed || run.isPending}
        onClick={() => {
          if (asks) setAsking(true);
          else run.mutate({}, { onSuccess: onDone, onError: (error) => onFailed(error.message) });
        }}
      >
        {action.title}
        {asks && '…'}
      </PlainButton>
      {!action.allowed && <span className={classes.needs}>{say.needs(action.right)}</span>}
      {asking && (
        <Suspense>
          <ActionDialog entityRef={entityRef} action={action} onClose={() => setAsking(false)} onDone={onDone} />
        </Suspense>
      )}
    </span>
  );
}
