import { useId, useState } from 'react';
import { useSession } from '@/api/session';
import { useDropTeamView, useKeepTeamView, useTeamViews } from '@/api/views';
import { formatAge } from '@/lib/format';
import { parseRef, shortRef } from '@/lib/ref';
import { CopyButton } from '@/ui/CopyButton';
import { Flyout } from '@/ui/Flyout';
import { PlainButton } from '@/ui/PlainButton';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import { useViews, VIEW_NAME_MAX, VIEWS_MAX, withView } from './saved';
import { ViewRow } from './ViewRow';
import classes from './ViewsMenu.module.css';

/** OWNER is empty for the person's own. */
interface View {
  owner: string;
  name: string;
  query: string;
}

/** The views that the person and the person's teams have kept. QUERY is what is shown now, all of it. */
export function ViewsMenu({ query }: { query: string }) {
  return <Flyout label={say.views}>{(close) => <Views query={query} close={close} />}</Flyout>;
}

/** A team, or a person, as people name it. */
const nameOf = (ref: string, kind: string) => {
  const parsed = parseRef(ref);
  return parsed ? shortRef(parsed, { kind }) : ref;
};
const teamName = (ref: string) => nameOf(ref, 'group');

/** In the open menu alone, for those of teams are asked for when it opens. */
function Views({ query, close }: { query: string; close: () => void }) {
  const session = useSession();
  const teams = (session.data?.ownershipEntityRefs ?? []).filter((ref) => ref.startsWith('group:'));
  const [views, keep] = useViews();
  const ofTeams = useTeamViews(teams.length > 0);
  const keepForTeam = useKeepTeamView();
  const dropOfTeam = useDropTeamView();
  const [name, setName] = useState('');
  const [owner, setOwner] = useState('');
  const [gone, setGone] = useState<View>();
  const [taken, setTaken] = useState<string>();
  const title = useId();

  const isTeams = teams.includes(owner);
  const isFull = !isTeams && views.length >= VIEWS_MAX && !views.some((one) => one.name === name.trim());
  const error = keepForTeam.error ?? dropOfTeam.error;
  const failed = error ? say.viewFailed(error.message) : taken !== undefined && say.viewTaken(taken);
  const forget = () => {
    keepForTeam.reset();
    dropOfTeam.reset();
    setGone(undefined);
    setTaken(undefined);
  };
  const save = (view: View, done: () => void) => {
    const back = gone;
    forget();
    // What could not be brought back can be tried again.
    if (view.owner) return keepForTeam.mutate(view, { onSuccess: done, onError: () => setGone(back) });
    keep(withView(views, { name: view.name, query: view.query }));
    done();
  };
  const change = (before: string, next: { name: string; query: string }) => {
    forget();
    if (next.name !== before && views.some((one) => one.name === next.name)) return setTaken(next.name);
    keep(views.map((one) => (one.name === before ? next : one)));
  };
  return (
    <div className={classes.menu}>
      {views.length === 0 && !ofTeams.data?.items.length && <p className="cb-quiet">{say.viewsNone}</p>}
      {views.length > 0 && (
        <section className={classes.group}>
          {teams.length > 0 && (
            <h2 id={title} className={classes.title}>
              {say.viewsMine}
            </h2>
          )}
          <ul {...(teams.length > 0 ? { 'aria-labelledby': title } : { 'aria-label': say.views })} className={classes.list}>
            {views.map((one) => (
              <ViewRow
                key={one.name}
                {...one}
                shown={query}
                onOpen={close}
                onKeep={(next) => change(one.name, next)}
                onDelete={() => {
                  forget();
                  setGone({ ...one, owner: '' });
                  keep(views.filter((other) => other !== one));
                }}
              />
            ))}
          </ul>
        </section>
      )}
      {teams.length > 0 && ofTeams.isPending && <Skeleton rows={2} label={say.viewsLoading} />}
      <Trouble of={ofTeams} />
      {[...new Set(ofTeams.data?.items.map((one) => one.owner))].map((team) => (
        <section key={team} className={classes.group}>
          <h2 id={title + team} className={classes.title} title={team}>
            {teamName(team)}
          </h2>
          <ul aria-labelledby={title + team} className={classes.list}>
            {ofTeams.data!.items
              .filter((one) => one.owner === team)
              .map((one) => (
                <ViewRow
                  key={one.id}
                  name={one.name}
                  query={one.query}
                  shown={query}
                  hint={say.viewChanged(nameOf(one.changedBy, 'user'), formatAge(one.changedAt))}
                  onOpen={close}
                  onKeep={
                    one.mayChange
                      ? (next) => {
                          forget();
                          keepForTeam.mutate({ id: one.id, owner: team, ...next });
                        }
                      : undefined
                  }
                  onDelete={
                    one.mayChange
                      ? () => {
                          forget();
                          dropOfTeam.mutate(one, { onSuccess: () => setGone({ owner: team, name: one.name, query: one.query }) });
                        }
                      : undefined
                  }
                />
              ))}
          </ul>
        </section>
      ))}
      {ofTeams.data?.leftOut && <p className="cb-quiet">{say.viewsLeftOut}</p>}
      {gone && <PlainButton onClick={() => save(gone, () => {})}>{say.viewBack(gone.name)}</PlainButton>}
      {failed && (
        <p role="alert" className={classes.failed}>
          {failed}
        </p>
      )}
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() && !isFull) save({ owner: isTeams ? owner : '', name: name.trim(), query }, () => setName(''));
        }}
      >
        <label htmlFor="catalog-view-name">{say.viewName}</label>
        <div className={classes.row}>
          <input
            id="catalog-view-name"
            className={classes.input}
            value={name}
            maxLength={VIEW_NAME_MAX}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PlainButton type="submit" disabled={!name.trim() || isFull || keepForTeam.isPending}>
            {say.viewSave}
          </PlainButton>
        </div>
        {teams.length > 0 && (
          <>
            <label htmlFor="catalog-view-owner">{say.viewFor}</label>
            <select
              id="catalog-view-owner"
              className={classes.input}
              value={isTeams ? owner : ''}
              onChange={(event) => setOwner(event.currentTarget.value)}
            >
              <option value="">{say.viewForMe}</option>
              {teams.map((team) => (
                <option key={team} value={team}>
                  {say.viewForTeam(teamName(team))}
                </option>
              ))}
            </select>
          </>
        )}
        {isFull && <p className="cb-quiet">{say.viewsFull(VIEWS_MAX)}</p>}
      </form>
      <p className={classes.share}>
        {say.viewShare}
        <CopyButton label={say.viewCopy} text={location.origin + location.pathname + query} />
      </p>
    </div>
  );
}
