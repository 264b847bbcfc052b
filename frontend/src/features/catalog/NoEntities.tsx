import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Whose } from '@/lib/catalog-search';
import { Empty } from '@/ui/Empty';
import { say as ui } from '@/ui/messages';
import { say } from './messages';

export interface NoEntitiesProps {
  whose: Whose;
  isNarrowed: boolean;
  onClear: () => void;
  onAll: () => void;
}

/** The empty face of the list: why, and what to do. */
export function NoEntities({ whose, isNarrowed, onClear, onAll }: NoEntitiesProps) {
  const all = whose !== 'all' && (
    <Button variant="default" size="sm" mt={12} mr={8} onClick={onAll}>
      {say.lookInAll}
    </Button>
  );
  if (isNarrowed) {
    return (
      <Empty title={say.nothing[whose]}>
        <p>{say.nothingHint}</p>
        {all}
        <Button variant="default" size="sm" mt={12} onClick={onClear}>
          {say.clearFilters}
        </Button>
      </Empty>
    );
  }
  if (whose === 'starred') {
    return (
      <Empty title={say.starredNone}>
        <p>{say.starredNoneHint}</p>
        {all}
      </Empty>
    );
  }
  if (whose === 'mine') return <Empty title={say.mineNone}>{all}</Empty>;
  const [add, to, where, look, end] = say.emptyHint;
  return (
    <Empty title={say.empty}>
      {add}
      <code>catalog-info.yaml</code>
      {to}
      <code>sources:</code>
      {where}
      <code>callboard.yaml</code>
      {look}
      <Link to="/sources">{ui.page.sources}</Link>
      {end}
    </Empty>
  );
}
