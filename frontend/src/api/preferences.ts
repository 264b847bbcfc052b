import { useSyncExternalStore } from 'react';
import { BUCKET, PREFERENCES, readPreference, type Preference, type PreferenceName } from '@/lib/preferences';
import { useSetting } from './settings';

/** What was chosen, and how to choose something else. */
export function usePreference<N extends PreferenceName>(name: N): readonly [Preference<N>, (next: Preference<N>) => void] {
  return useSetting<Preference<N>>(BUCKET, name, PREFERENCES[name][0], (raw) => readPreference(name, raw));
}

function watchLooks(listener: () => void): () => void {
  window.addEventListener('callboard-looks', listener);
  return () => window.removeEventListener('callboard-looks', listener);
}

/** The colours that stand now, whoever chose them: the person or the system. */
export function useScheme(): 'light' | 'dark' {
  return useSyncExternalStore(watchLooks, () =>
    document.documentElement.getAttribute('data-mantine-color-scheme') === 'dark' ? 'dark' : 'light',
  );
}
