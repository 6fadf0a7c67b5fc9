import { expect, it } from 'vitest';
import { readNewJobSearch, readTemplatesSearch } from './work-search.ts';

const idOf = (prefix: string) => `${prefix}_${'0'.repeat(26)}`;

it.each([
  [
    { agent: idOf('agt'), gpu: 'rtx-4090' },
    { agent: idOf('agt'), gpu: 'rtx-4090' },
  ],
  [{ agent: idOf('agt'), gpu: 'RTX 4090' }, { agent: idOf('agt') }],
  [{ gpu: 'rtx-4090' }, {}],
  [{ agent: 'lighthouse' }, {}],
  [{ from: idOf('job'), agent: idOf('agt') }, { from: idOf('job') }],
])('begins a job with %j as with %j', (given, read) => {
  expect(readNewJobSearch(given)).toEqual(read);
});

it('keeps a place in the gallery in its own order alone', () => {
  const byUses = `${idOf('tpl')}.3`;
  expect(readTemplatesSearch({ sort: 'uses', cursor: byUses })).toEqual({
    sort: 'uses',
    cursor: byUses,
  });
  expect(readTemplatesSearch({ cursor: byUses })).toEqual({});
  expect(readTemplatesSearch({ sort: 'uses', cursor: idOf('tpl') })).toEqual({ sort: 'uses' });
  expect(readTemplatesSearch({ cursor: idOf('tpl') })).toEqual({ cursor: idOf('tpl') });
});
