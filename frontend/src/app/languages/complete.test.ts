import { expect, test, vi } from 'vitest';
import * as language from '@/lib/language';

// Each module of messages as it stands beside what says it, by its name in the packs.
const english = vi.hoisted(() => new Map<string, object>());
vi.mock('@/lib/language', async (original) => ({
  ...(await original<typeof language>()),
  messages: <T extends object>(name: string, own: T): T => {
    english.set(name, own);
    return own;
  },
}));
import.meta.glob('/src/**/messages.ts', { eager: true });
const { default: pack } = await import('./de');

/** A language is named in itself, whatever is spoken. */
const NAMES = ['preferences.language.en', 'preferences.language.de', 'preferences.language.en-XA'];

/** Words that are the same in both languages, and what is typed as it stands. */
const SAME = new Set([
  'YAML',
  'Code',
  'Labels',
  'Definition',
  'Token', 'Tokens', 'Version', 'Generation', 'System', 'APIs', 'Name', 'Plugin', 'Plugins', 'Panels', 'Normal', 'Host', 'Workspace', 'Repository', 'Log',
  'Links', 'Text', 'Branch', 'Commit', 'reader', 'editor', 'admin', 'callboard token create NAME --user USER --role ROLE',
]);

type Shape = Record<string, unknown>;
const isPart = (value: unknown): value is Shape => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Which of WANT's keys GOT has not, or has as something else. */
function lacking(want: Shape, got: Shape | undefined, path: string): string[] {
  return Object.entries(want).flatMap(([key, own]) => {
    const at = `${path}.${key}`;
    if (NAMES.includes(at)) return [];
    const other = got?.[key];
    if (isPart(own)) return lacking(own, isPart(other) ? other : undefined, at);
    if (Array.isArray(own)) return Array.isArray(other) && other.length === own.length ? [] : [at];
    return typeof own === typeof other && other !== '' ? [] : [at];
  });
}

test('every module has a name of its own, and German has every message of every module', () => {
  expect(english.size).toBeGreaterThan(10);
  const lacks = [...english].flatMap(([name, own]) => lacking(own as Shape, (pack.modules as Record<string, Shape>)[name], name));
  expect(lacks).toEqual([]);
});

test('German has no message that nobody says any more', () => {
  const stale = Object.entries(pack.modules).flatMap(([name, own]) => lacking(own as Shape, english.get(name) as Shape | undefined, name));
  expect(stale).toEqual([]);
});

test('what is the same in both languages is so on purpose', () => {
  const texts = (part: Shape | undefined): string[] => Object.values(part ?? {}).flatMap((own) => (isPart(own) ? texts(own) : typeof own === 'string' ? [own] : []));
  const same = [...english].flatMap(([name, own]) => {
    const german = new Set(texts((pack.modules as Record<string, Shape>)[name]));
    return texts(own as Shape).filter((text) => german.has(text) && !SAME.has(text));
  });
  expect([...new Set(same)]).toEqual([]);
});

test('one is one, and a thousand has its dot', () => {
  language.speak('de', pack);
  const { home, tokens, scaffold, landscape, entity } = pack.modules;
  expect([home.ownedCount!(1), home.ownedCount!(1234)]).toEqual(['1 Entität', '1.234 Entitäten']);
  expect([tokens.count!(1), tokens.count!(0)]).toEqual(['1 gültiges Token', '0 gültige Tokens']);
  expect([scaffold.tasks!.count!(1), scaffold.tasks!.count!(2)]).toEqual(['1 Lauf', '2 Läufe']);
  expect([landscape.count!(1, 1), landscape.count!(2, 3)]).toEqual(['1 Entität in 1 System', '2 Entitäten in 3 Systemen']);
  expect(entity.impact!.total!.in!(1, 1)).toBe('1 Entität von 1 Verantwortlichen würde ausfallen');
  language.speak('en');
});
