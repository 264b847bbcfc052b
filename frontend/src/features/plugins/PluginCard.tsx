import { Button } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { useReloadPlugin } from '@/api/plugins';
import type { Plugin, PluginState } from '@/api/types';
import { formatAge, formatBytes, formatDuration, formatInstant, formatNumber } from '@/lib/format';
import { Icon } from '@/ui/Icon';
import { Note, type Tone } from '@/ui/Note';
import { Pill } from '@/ui/Pill';
import { Capabilities } from './Capabilities';
import { say } from './messages';
import classes from './PluginCard.module.css';

const TONES: Record<PluginState, Tone | undefined> = {
  ready: 'good',
  loading: 'info',
  refused: 'bad',
  failing: 'bad',
  broken: 'bad',
  disabled: undefined,
};

/** One plugin: how it is and since when, why, what it cost so far, and what it has. */
export function PluginCard({ plugin, mayReload }: { plugin: Plugin; mayReload: boolean }) {
  const reload = useReloadPlugin();
  const { calls, lastError } = plugin;
  const ends = Object.entries(calls.byCode ?? {}).sort(([, a], [, b]) => b - a);

  return (
    <li className={`cb-card ${classes.card}`} id={plugin.name}>
      <div className={classes.head}>
        <h2 className="cb-line" title={plugin.name}>
          {plugin.name}
        </h2>
        <Pill tone={TONES[plugin.state]}>{say.state[plugin.state] ?? plugin.state}</Pill>
        <div className={classes.act}>
          {!mayReload && <span className={classes.needs}>{say.needs}</span>}
          <Button
            size="xs"
            variant="default"
            leftSection={<Icon name="refresh" size={14} />}
            loading={reload.isPending}
            disabled={!mayReload || plugin.state === 'disabled'}
            aria-label={say.reloadName(plugin.name)}
            onClick={() => reload.mutate(plugin)}
          >
            {say.reload}
          </Button>
        </div>
      </div>
      {plugin.summary && (
        <p className={classes.about} dir="auto">
          {plugin.summary}
        </p>
      )}
      <p role="status" className={classes.outcome}>
        {reload.isSuccess && outcomeOf(reload.data)}
        {reload.isError && <span className={classes.bad}>{reload.error.message}</span>}
      </p>
      {plugin.message && (
        <Note tone={plugin.state === 'ready' || plugin.state === 'disabled' ? 'warn' : 'bad'} title={say.why[plugin.state] ?? plugin.state}>
          <p>{plugin.message}</p>
          {plugin.nextTry && Date.parse(plugin.nextTry) > Date.now() && <p>{say.nextTry(formatAge(plugin.nextTry))}</p>}
        </Note>
      )}
      <dl className={classes.facts}>
        <Fact label={say.version}>{plugin.version}</Fact>
        <Fact label={say.since}>{plugin.since && <Moment at={plugin.since} />}</Fact>
        <Fact label={say.calls}>{say.callsText(calls.total ?? 0, calls.failed ?? 0)}</Fact>
        {!!calls.total && <Fact label={say.latency}>{formatDuration((calls.meanMs ?? 0) / 1_000)}</Fact>}
        {!!(calls.running || calls.waiting) && <Fact label={say.busy}>{say.busyText(calls.running ?? 0, calls.waiting ?? 0)}</Fact>}
        <Fact label={say.memory}>{plugin.residentBytes !== undefined && formatBytes(plugin.residentBytes)}</Fact>
        <Fact label={say.process}>{plugin.pid !== undefined && <code>{plugin.pid}</code>}</Fact>
        <Fact label={say.restarts}>{plugin.restarts > 0 && formatNumber(plugin.restarts)}</Fact>
        <Fact label={say.reloads}>{plugin.reloads > 0 && formatNumber(plugin.reloads)}</Fact>
        <Fact label={say.dropped}>{!!plugin.logLinesDropped && formatNumber(plugin.logLinesDropped)}</Fact>
        <Fact label={say.configured}>{plugin.configured ? say.yes : say.no}</Fact>
        <Fact label={say.abi}>{plugin.abi}</Fact>
        <Fact label={say.file}>{plugin.file ? <code>{plugin.file}</code> : say.noFile}</Fact>
        {calls.failed! > 0 && (
          <Fact label={say.ends}>
            {ends.map(([code, n], i) => (
              <Fragment key={code}>
                {i > 0 && ', '}
                <code>{code}</code> {formatNumber(n)}
              </Fragment>
            ))}
          </Fact>
        )}
        <Fact label={say.lastError}>
          {lastError?.message && (
            <>
              {lastError.message} {lastError.at && <Moment at={lastError.at} />}
            </>
          )}
        </Fact>
      </dl>
      <Capabilities plugin={plugin} />
    </li>
  );
}

function outcomeOf({ after }: { before: Plugin; after?: Plugin }): string {
  if (!after) return say.notYet;
  return after.message ? say.refused(after.message) : say.reloaded(after.version);
}

function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatInstant(at)} className="cb-quiet">
      {formatAge(at)}
    </time>
  );
}

function Fact({ label, children }: { label: string; children?: ReactNode }) {
  if (children === undefined || children === null || children === false || children === '') return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
