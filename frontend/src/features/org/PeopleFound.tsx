import type { Entity } from '@/api/types';
import { FOUND_MAX, usePeopleLike } from '@/api/tree';
import { formatRef, refOf } from '@/lib/ref';
import { EntityLink } from '@/ui/EntityLink';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { titleIn } from './EntityPages';
import { say } from './messages';
import classes from './OrgPage.module.css';

/** People whom a text names, and where they are. */
export function PeopleFound({ text }: { text: string }) {
  const people = usePeopleLike(text);
  const found = people.data?.items as Entity[] | undefined;
  if (found?.length === 0) return null;
  return (
    <section className={`cb-card ${classes.alone}`} aria-label={say.peopleFound}>
      <h2>{say.peopleFound}</h2>
      {people.isPending && <Skeleton rows={3} label={say.peopleLoading} />}
      <Trouble of={people} />
      <ul className={classes.found}>
        {found?.map((person) => {
          const groups = (person.relations ?? []).filter(({ type }) => type === 'memberOf');
          return (
            <li key={formatRef(refOf(person))}>
              <EntityLink to={refOf(person)} title={titleIn(person)} icon />
              {groups.length === 0 && <span className="cb-quiet">{say.inNoGroup}</span>}
              {groups.map(({ targetRef }) => (
                <EntityLink key={targetRef} to={targetRef} context={{ kind: 'group' }} icon />
              ))}
            </li>
          );
        })}
      </ul>
      {found && (people.data?.totalItems ?? 0) > found.length && <p className="cb-quiet">{say.peopleFoundMore(FOUND_MAX)}</p>}
    </section>
  );
}
