import { IconPlus } from '@tabler/icons-react';
import { expect, it } from 'vitest';
import { matchEntries } from './palette-entry.ts';

const entries = ['New job', 'Esquema de color: Oscuro', 'Sesión'].map((label) => ({
  id: label,
  label,
  icon: IconPlus,
  run: () => undefined,
}));

it.each([
  ['', 3],
  ['job NEW', 1],
  ['sesion', 1],
  ['color osc', 1],
  ['zzz', 0],
])('finds by %j: %i', (query, count) => {
  expect(matchEntries(entries, query)).toHaveLength(count);
});
