import { useEffect, useSyncExternalStore } from 'react';
import { usePreference } from '@/api/preferences';
import { currentLanguage, watchLanguage } from '@/lib/language';
import { speakChosen } from './languages/packs';

/** The language that is spoken, which follows what the person chose, here or elsewhere. */
export function useSpoken(): string {
  const [chosen] = usePreference('language');
  useEffect(() => void speakChosen(chosen), [chosen]);
  return useSyncExternalStore(watchLanguage, currentLanguage);
}
