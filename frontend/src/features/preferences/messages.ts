// What the page of preferences says.
import { messages } from '@/lib/language';

export const say = messages('preferences', {
  title: 'Preferences',
  kept: 'What you choose holds at once, and goes with you to every browser in which you sign in.',
  keptHere: 'What you choose holds at once. You are a guest, so it stays in this browser; sign in to take it along.',
  unsaved: 'Some of it is in this browser only',
  unsavedWhy: (why: string) => `callboard could not keep it: ${why} It is sent again with the next thing you choose.`,
  looks: 'Looks',
  theme: {
    title: 'Colours',
    auto: 'As the system',
    light: 'Light',
    dark: 'Dark',
  },
  contrast: {
    title: 'Contrast',
    hint: 'High contrast has stronger letters, edges and outlines.',
    auto: 'As the system',
    normal: 'Normal',
    more: 'High',
  },
  density: {
    title: 'Density',
    hint: 'How much room lines and cards take.',
    comfortable: 'Comfortable',
    compact: 'Compact',
  },
  motion: {
    title: 'Motion',
    auto: 'As the system',
    reduced: 'Keep still',
  },
  habits: 'Language and habits',
  language: {
    title: 'Language',
    hint: 'What the server, the plugins and the entities themselves say stands as it was written.',
    auto: 'As the browser',
    // A language is named in itself, whatever is spoken.
    en: 'English',
    de: 'Deutsch',
    'en-XA': 'Pseudo',
  },
  start: {
    title: 'Start page',
    hint: 'What the bare address opens.',
  },
  keys: {
    title: 'Single keys',
    hint: 'Turn them off if speech or a tool presses them for you. Ctrl K always works.',
    on: 'Work',
    off: 'Do nothing',
  },
});
