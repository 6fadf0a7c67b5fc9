import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { findAcceptanceTests, readAcceptanceRows } from './acceptance/acceptance-document.ts';

/** Rows of the groups below that no test shows. Whoever shows one takes it out; none may be added. */
const open: string[] = [];

it('shows what the marketplace and the command can do by a test for each row, but for these', () => {
  const shown = findAcceptanceTests(fileURLToPath(new URL('..', import.meta.url)));
  const rows = [...readAcceptanceRows().values()].flat();
  const missing = rows
    .map(({ id }) => id)
    .filter((id) => /^(1|2|3|4|8|9|10)\./.test(id) && !shown.has(id));
  expect(missing).toEqual(open);
});
