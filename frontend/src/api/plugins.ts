import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiPath, get, request } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { Plugin, PluginList } from './types';

const PATH = '/api/plugins';

/** How often the page looks again: by itself, and while something is being loaded. */
const LOOK_AGAIN_MS = 5_000;
const LOOK_CLOSELY_MS = 1_000;

/** How long to wait for a plugin to be loaded anew, and how often to ask. */
const WATCH_MS = 12_000;
const WATCH_EVERY_MS = 400;

export function usePlugins() {
  return useQuery({
    queryKey: keys.plugins,
    queryFn: async ({ signal }) => (await get<PluginList>(PATH, signal)).items,
    refetchInterval: ({ state }) => (state.data?.some((plugin) => plugin.state === 'loading') ? LOOK_CLOSELY_MS : LOOK_AGAIN_MS),
  });
}

// A new process, or the reason why there is none.
async function watchPlugin(before: Plugin): Promise<Plugin | undefined> {
  for (const end = Date.now() + WATCH_MS; Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS));
    const now = await get<Plugin>(apiPath('plugins', before.name));
    if (now.reloads !== before.reloads || now.pid !== before.pid || now.message !== before.message) {
      if (now.state !== 'loading') return now;
    }
  }
  return undefined;
}

/** Loads a plugin anew and waits for it; what it shows is asked for again. */
export function useReloadPlugin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (plugin: Plugin) => {
      await request<unknown>('POST', apiPath('plugins', plugin.name, 'reload'), { body: {} });
      return { before: plugin, after: await watchPlugin(plugin) };
    },
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: keys.plugins }), client.invalidateQueries({ queryKey: ['panels'] })]),
  });
}
