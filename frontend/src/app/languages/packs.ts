import { currentLanguage, preferredLanguage, speak, type Pack } from '@/lib/language';
import { BUCKET, readPreference, type Preference } from '@/lib/preferences';
import { readLocal } from '@/lib/local-settings';

/** A language of its own is a row here, one in lib/preferences.ts, and its words beside this file. */
const PACKS: Record<string, () => Promise<{ default: Pack }>> = {
  de: () => import('./de'),
  'en-XA': () => import('./made-up'),
};

/** Those that are chosen by what the browser asks for; the made-up one is for tests. */
const SPOKEN = ['en', 'de'];

let asked = '';

/** Speaks what was chosen, once its words are here. Words that cannot be had leave the language as it is. */
export async function speakChosen(chosen: Preference<'language'>): Promise<void> {
  const next = chosen === 'auto' ? preferredLanguage(SPOKEN) : chosen;
  asked = next;
  if (next === currentLanguage() && document.documentElement.lang === next) return;
  const load = PACKS[next];
  try {
    const pack = load ? (await load()).default : undefined;
    if (asked === next) speak(next, pack);
  } catch {
    /* callboard was updated meanwhile: the next load has them */
  }
}

/** Before the first paint, by what this browser remembers. */
export function speakFirst(): Promise<void> {
  return speakChosen(readPreference('language', readLocal(BUCKET, 'language')?.value) ?? 'auto');
}
