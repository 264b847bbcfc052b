import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { CatalogSearch } from '@/lib/catalog-search';
import { FacetPanel, valueLabel } from './FacetPanel';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const FACETS = {
  kind: [
    { value: 'API', count: 2 },
    { value: 'Component', count: 8 },
  ],
  'relations.partOf': [
    { value: 'domain:default/shop', count: 1 },
    { value: 'system:default/checkout', count: 3 },
  ],
  'metadata.namespace': [{ value: 'default', count: 10 }],
  'metadata.tags': Array.from({ length: 20 }, (_, i) => ({ value: `tag-${i}`, count: 20 - i })),
};

function show(search: CatalogSearch = {}, onToggle = vi.fn(), text = '') {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <FacetPanel facets={FACETS} search={search} onToggle={onToggle} text={text} />
    </QueryClientProvider>,
  );
  return onToggle;
}

const labels = () => screen.getAllByRole('checkbox').map((box) => box.closest('label')!.title);

test('values come by count, and only systems are systems', () => {
  show();
  expect(labels().slice(0, 3)).toEqual(['Component', 'API', 'system:default/checkout']);
});

test('a lone namespace is no choice', () => {
  show();
  expect(screen.queryByRole('heading', { name: 'Namespace' })).toBeNull();
});

test('a value that is clicked is toggled', () => {
  const toggle = show();
  fireEvent.click(screen.getByRole('checkbox', { name: /^API/ }));
  expect(toggle).toHaveBeenCalledWith('kind', 'API');
});

test('eight values are shown first, and the rest on demand', () => {
  show();
  expect(screen.getAllByRole('checkbox', { name: /^tag-/ })).toHaveLength(8);
  fireEvent.click(screen.getByRole('button', { name: '12 more' }));
  expect(screen.getAllByRole('checkbox', { name: /^tag-/ })).toHaveLength(20);
  fireEvent.change(screen.getByRole('searchbox', { name: 'Find a value of Tag' }), { target: { value: 'tag-19' } });
  expect(screen.getAllByRole('checkbox', { name: /^tag-/ })).toHaveLength(1);
});

test('what is chosen is shown even when nothing has it, and the others are asked for on demand', async () => {
  const asked = vi.fn(async (_path: string) => new Response(JSON.stringify({ facets: FACETS })));
  vi.stubGlobal('fetch', asked);
  show({ kind: ['Widget'] });
  expect(labels()).toContain('Widget');
  expect(labels()).not.toContain('Component');
  fireEvent.click(screen.getByRole('button', { name: 'Other values of kind' }));
  await screen.findByRole('checkbox', { name: /^Component/ });
  expect(asked).toHaveBeenCalledTimes(1);
  expect(asked.mock.calls[0]![0]).not.toContain('Widget');
});

test('a value with a comma cannot be chosen', () => {
  const client = new QueryClient();
  render(
    <QueryClientProvider client={client}>
      <FacetPanel facets={{ 'spec.type': [{ value: 'a, b', count: 1 }] }} search={{}} onToggle={vi.fn()} text="" />
    </QueryClientProvider>,
  );
  expect(screen.getByRole<HTMLInputElement>('checkbox').disabled).toBe(true);
});

test('counts that do not know the text say so', () => {
  show({}, vi.fn(), 'pay');
  expect(screen.getByText(/do not look at the text/)).toBeTruthy();
});

test('an owner that is a user keeps its kind', () => {
  expect(valueLabel('owner', 'group:default/team-a')).toBe('team-a');
  expect(valueLabel('owner', 'user:default/ana')).toBe('user:ana');
  expect(valueLabel('tag', 'go')).toBe('go');
});
