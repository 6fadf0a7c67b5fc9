import { expect, it } from 'vitest';
import { fromProblem, MarketError, toProblem } from './error.ts';

it.each([
  [410, 'ARTIFACT_MELTED', 'REQUEST_INVALID'],
  [404, 'MOON_NOT_FOUND', 'ROUTE_NOT_FOUND'],
  [429, 'MOON_FULL', 'RATE_LIMITED'],
  [503, 'MOON_AWAY', 'INTERNAL'],
  [409, 'MOON_BUSY', 'INTERNAL'],
  [422, 'toString', 'REQUEST_INVALID'],
  [409, 'LEASE_STALE', 'LEASE_STALE'],
])('an answer %i with the code %s is a %s', (status, code, known) => {
  const error = fromProblem(status, { code, detail: 'What the newer service says.' });
  expect([error.code, error.message]).toEqual([known, 'What the newer service says.']);
});

it('names the wrong fields where nothing else was said', () => {
  const errors = [
    { pointer: '/a', detail: 'is required' },
    { pointer: '/b', detail: 'must be a text' },
  ];
  const { detail } = toProblem(new MarketError('REQUEST_INVALID', { errors }));
  expect(detail).toBe('/a is required; /b must be a text');
});
