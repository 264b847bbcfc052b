import { useSession } from '@/api/session';
import { usePlugins } from '@/api/plugins';
import type { Plugin } from '@/api/types';
import { Empty } from '@/ui/Empty';
import { PageHeading } from '@/ui/PageHeading';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import { PluginCard } from './PluginCard';
import classes from './PluginsPage.module.css';

/** Every plugin, how it is, what it costs, and what it has. Those that need somebody come first. */
export function PluginsPage() {
  const plugins = usePlugins();
  const session = useSession();
  const sorted = plugins.data && [...plugins.data].sort((a, b) => rank(a) - rank(b));
  const ill = sorted?.filter((plugin) => rank(plugin) === 0).length ?? 0;

  return (
    <div className="cb-page">
      <div className={classes.head}>
        <PageHeading title={say.title} />
        <p role="status" className="cb-quiet">
          {sorted && sorted.length > 0 && `${say.count(sorted.length)}, ${say.ill(ill)}`}
        </p>
      </div>
      {plugins.isPending && <Skeleton rows={8} label={say.loading} />}
      <Trouble of={plugins} />
      {sorted?.length === 0 && <Empty title={say.none}>{say.noneHint}</Empty>}
      <ul className={classes.list}>
        {sorted?.map((plugin) => (
          <PluginCard key={plugin.name} plugin={plugin} mayReload={session.data?.roles.includes('admin') ?? false} />
        ))}
      </ul>
    </div>
  );
}

function rank({ state, message }: Plugin): number {
  if (state === 'disabled') return 2;
  return state === 'ready' && !message ? 1 : 0;
}
