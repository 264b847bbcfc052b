// Panels by plugin: each plugin is a tab of the entity's page.
import type { PanelEntry } from '@/api/types';
import { capital } from '@/lib/format';
import { sayTheSame } from '@/lib/near';

export interface PanelGroup {
  plugin: string;
  /** As people write it: the title of a panel that says the same ("Argo CD" of argocd) or of the only one, else the name. */
  label: string;
  entries: PanelEntry[];
}

/** The panels that apply, by plugin, in the server's order. */
export function groupsOf(entries: readonly PanelEntry[]): PanelGroup[] {
  const groups = new Map<string, PanelEntry[]>();
  for (const entry of entries) {
    if (entry.applies) groups.set(entry.plugin, [...(groups.get(entry.plugin) ?? []), entry]);
  }
  return [...groups].map(([plugin, list]) => ({ plugin, entries: list, label: labelOf(plugin, list) }));
}

export function labelOf(plugin: string, entries: readonly { title: string }[]): string {
  const own = entries.length === 1 ? entries[0] : entries.find(({ title }) => sayTheSame(title, plugin));
  return own?.title ?? capital(plugin.replaceAll('-', ' '));
}

/** The name by which a panel says who is on call: the header shows its sentence. */
export const ON_CALL = 'oncall';
