import { useMembers } from '@/api/tree';
import { Skeleton } from '@/ui/Skeleton';
import { EntityPages } from './EntityPages';
import { say } from './messages';
import classes from './OrgPage.module.css';

/** Who is in a group. */
export function Members({ group, title, count }: { group: string; title: string; count: number }) {
  const members = useMembers(group);
  return (
    <section aria-label={say.peopleIn(count, title)} className={classes.members}>
      {members.isPending && <Skeleton rows={2} label={say.peopleLoading} />}
      <EntityPages of={members} none={say.peopleNone} label={say.peopleIn(count, title)} />
    </section>
  );
}
