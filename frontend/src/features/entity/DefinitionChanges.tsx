import { NativeSelect } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useHistory, useVersion } from '@/api/history';
import { formatInstant } from '@/lib/format';
import type { EntityRef } from '@/lib/ref';
import { toYaml } from '@/lib/yaml';
import { DiffView } from '@/ui/DiffView';
import { Empty } from '@/ui/Empty';
import { PlainButton } from '@/ui/PlainButton';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';

/** The definition as it is, against what it was in an earlier version of the entity. */
export function DefinitionChanges({ entityRef, text }: { entityRef: EntityRef; text: string }) {
  const history = useHistory(entityRef);
  const { from } = useSearch({ from: '/catalog/$namespace/$kind/$name/{-$tab}' });
  const navigate = useNavigate({ from: '/catalog/$namespace/$kind/$name/{-$tab}' });
  // The newest is what is shown already, and of a removal there is nothing to compare.
  const versions = (history.data?.pages ?? []).flatMap(({ items }) => items).slice(1).filter(({ change }) => change !== 'removed');
  const chosen = from ?? (versions[0] && String(versions[0].generation));
  const version = useVersion(entityRef, history.data && chosen);

  if (history.isPending) return <Skeleton rows={4} label={say.history.loading} />;
  if (!history.data) return <Trouble of={history} />;
  if (chosen === undefined) return <Empty title={say.definition.noEarlier}>{say.definition.noEarlierHint}</Empty>;
  const before = version.data?.entity.spec?.definition;
  return (
    <>
      <Trouble of={history} />
      <NativeSelect
        label={say.definition.against}
        value={chosen}
        onChange={(event) => void navigate({ search: (old) => ({ ...old, from: event.target.value }), replace: true, resetScroll: false })}
        data={[
          ...(versions.some(({ generation }) => String(generation) === chosen) ? [] : [{ value: chosen, label: chosen }]),
          ...versions.map(({ generation, at, subject }) => ({ value: String(generation), label: `${formatInstant(at)} · ${(subject ?? String(generation)).slice(0, 80)}` })),
        ]}
      />
      {history.hasNextPage && <PlainButton onClick={() => void history.fetchNextPage()}>{say.history.more}</PlainButton>}
      {version.isPending && <Skeleton rows={4} label={say.history.loadingDiff} />}
      {!version.data && <Trouble of={version} />}
      {version.data && <DiffView before={before === undefined ? '' : typeof before === 'string' ? before : toYaml(before)} after={text} label={say.definition.changes} />}
    </>
  );
}
