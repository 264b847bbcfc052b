import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { usePreference } from '@/api/preferences';
import { say } from './messages';
import { FILTER_ID } from './FilterBox';
import { addressOf, ALL_PAGES } from './pages';

/** How long after "g" the second key counts. */
const CHORD_MS = 1_200;

/** Every key the portal listens to. */
export const shortcuts = () => [
  { keys: say.key.findKeys, does: say.key.find },
  { keys: '/', does: say.key.filter },
  ...ALL_PAGES.map(({ key, label }) => ({ keys: `g ${key}`, does: say.key.page(label) })),
  { keys: '?', does: say.key.help },
  { keys: 'Esc', does: say.key.escape },
];

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) && !isSwitch(target))
  );
}

function isSwitch(element: HTMLElement): boolean {
  return element instanceof HTMLInputElement && ['checkbox', 'radio', 'button'].includes(element.type);
}

/** Listens to single keys, except while someone types or a window is open. */
export function useShortcuts({ onHelp, onFind }: { onHelp: () => void; onFind: () => void }): void {
  const navigate = useNavigate();
  const on = usePreference('keys')[0] === 'on';
  const help = useRef(onHelp);
  help.current = onHelp;
  const find = useRef(onFind);
  find.current = onFind;

  // Two keys at once are nobody's slip: these work whatever is switched off, and while one types.
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      if (document.querySelector('dialog[open]')) return;
      event.preventDefault();
      find.current();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);

  useEffect(() => {
    if (!on) return;
    let chordUntil = 0;
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
      const chord = event.timeStamp < chordUntil;
      chordUntil = 0;
      const page = chord ? ALL_PAGES.find(({ key }) => key === event.key) : undefined;
      if (page) {
        void navigate({ to: addressOf(page.to) });
      } else if (event.key === 'g') {
        chordUntil = event.timeStamp + CHORD_MS;
        return;
      } else if (event.key === '/') {
        const box = document.getElementById(FILTER_ID);
        if (box instanceof HTMLInputElement) {
          box.focus();
          box.select();
        }
      } else if (event.key === '?') {
        help.current();
      } else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [on, navigate]);
}
