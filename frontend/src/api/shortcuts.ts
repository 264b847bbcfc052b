import { useCallback } from 'react';
import { safeLink } from '@/lib/url';
import { useSetting } from './settings';

/** A place that a person goes to often: a page of the portal, or one elsewhere. */
export interface Shortcut {
  title: string;
  to: string;
}

export const SHORTCUTS_MAX = 30;
export const SHORTCUT_TITLE_MAX = 80;

const NONE: Shortcut[] = [];

/** What TEXT leads to: a path of the portal, or an address elsewhere; undefined when a browser must not follow it. */
export function placeOf(text: string, origin = window.location.origin): string | undefined {
  const place = safeLink(text.trim());
  if (!place || place.startsWith('mailto:')) return undefined;
  return place.startsWith(`${origin}/`) ? place.slice(origin.length) : place;
}

/** What was kept as shortcuts, each place once; undefined where it is no list. */
export function readShortcuts(raw: unknown): Shortcut[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  const places = new Map<string, Shortcut>();
  for (const one of raw as Partial<Shortcut>[]) {
    const to = typeof one?.to === 'string' ? placeOf(one.to) : undefined;
    if (!to || typeof one.title !== 'string' || places.has(to)) continue;
    places.set(to, { title: one.title.trim().slice(0, SHORTCUT_TITLE_MAX) || to, to });
  }
  return [...places.values()].slice(0, SHORTCUTS_MAX);
}

/** LIST with the one at FROM moved by STEPS, as far as there is room. */
export function moved(list: Shortcut[], from: number, steps: number): Shortcut[] {
  const to = Math.min(Math.max(from + steps, 0), list.length - 1);
  const out = [...list];
  out.splice(to, 0, ...out.splice(from, 1));
  return out;
}

/** The person's own shortcuts, and what puts others in their place. */
export function useShortcutList(): readonly [Shortcut[], (next: Shortcut[]) => void] {
  return useSetting('callboard', 'shortcuts', NONE, readShortcuts);
}

/** Is the place AT among them; and what puts it there under TITLE, or takes it away. */
export function useShortcut(at: string, title: string): { isOn: boolean; isFull: boolean; toggle: () => void } {
  const [list, set] = useShortcutList();
  const isOn = list.some(({ to }) => to === at);
  const toggle = useCallback(
    () => set(isOn ? list.filter(({ to }) => to !== at) : [...list, { title: title.slice(0, SHORTCUT_TITLE_MAX), to: at }].slice(0, SHORTCUTS_MAX)),
    [list, set, isOn, at, title],
  );
  return { isOn, isFull: list.length >= SHORTCUTS_MAX, toggle };
}
