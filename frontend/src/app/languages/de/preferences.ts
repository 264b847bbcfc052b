import type { say } from '@/features/preferences/messages';
import type { Translated } from '@/lib/language';

export const preferences: Translated<typeof say> = {
  title: 'Einstellungen',
  kept: 'Was Sie wählen, gilt sofort und in jedem Browser, in dem Sie sich anmelden.',
  keptHere: 'Was Sie wählen, gilt sofort. Als Gast bleibt es in diesem Browser; melden Sie sich an, um es mitzunehmen.',
  unsaved: 'Einiges davon ist nur in diesem Browser',
  unsavedWhy: (why) => `callboard konnte es nicht aufheben: ${why} Es wird mit der nächsten Wahl noch einmal gesendet.`,
  looks: 'Aussehen',
  theme: { title: 'Farben', auto: 'Wie das System', light: 'Hell', dark: 'Dunkel' },
  contrast: {
    title: 'Kontrast',
    hint: 'Hoher Kontrast hat kräftigere Schrift, Kanten und Umrisse.',
    auto: 'Wie das System',
    normal: 'Normal',
    more: 'Hoch',
  },
  density: {
    title: 'Dichte',
    hint: 'Wie viel Platz Zeilen und Karten einnehmen.',
    comfortable: 'Luftig',
    compact: 'Dicht',
  },
  motion: { title: 'Bewegung', auto: 'Wie das System', reduced: 'Stillhalten' },
  habits: 'Sprache und Gewohnheiten',
  language: {
    title: 'Sprache',
    hint: 'Was der Server, die Plugins und die Entitäten selbst sagen, steht da, wie es geschrieben wurde.',
    auto: 'Wie der Browser',
  },
  start: {
    title: 'Startseite',
    hint: 'Was die bloße Adresse öffnet.',
  },
  keys: {
    title: 'Einzelne Tasten',
    hint: 'Ausschalten, wenn Spracheingabe oder ein Hilfsmittel sie für Sie drückt. Strg K wirkt immer.',
    on: 'Wirken',
    off: 'Tun nichts',
  },
};
