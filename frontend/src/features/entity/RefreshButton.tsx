import { Button } from '@mantine/core';
import { useRefreshEntity } from '@/api/entity';
import type { EntityRef } from '@/lib/ref';
import { Icon } from '@/ui/Icon';
import { say } from './messages';
import classes from './RefreshButton.module.css';

/** Reads the entity's file again now, and says what came of it. */
export function RefreshButton({ entityRef }: { entityRef: EntityRef }) {
  const refresh = useRefreshEntity(entityRef);
  return (
    <div className={classes.root}>
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon name="refresh" size={14} />}
        loading={refresh.isPending}
        onClick={() => refresh.mutate()}
      >
        {say.refresh}
      </Button>
      <span role="status" className={classes.outcome} data-bad={refresh.isError || refresh.data?.outcome === 'failed'}>
        {refresh.isPending && say.refreshing}
        {refresh.isSuccess && [say.refreshed[refresh.data.outcome], refresh.data.error].filter(Boolean).join(' ')}
        {refresh.isError && refresh.error.message}
      </span>
    </div>
  );
}
