import { describe, expect, it } from 'vitest';
import type { SnippetListing } from '../store/snippet-store.ts';
import { pageOfSnippets, type SnippetQuery } from './snippet-page.ts';

const rowOf = (snippetId: string, name: string, updatedAtMs: number): SnippetListing => ({
  snippetId,
  accountId: 'acc',
  name,
  description: name === 'Beta' ? 'trains a Model' : null,
  language: name === 'Beta' ? 'bash' : 'python',
  codeBytes: 1,
  version: 1,
  createdAtMs: 0,
  updatedAtMs,
});
const rows = [rowOf('3', 'Alpha', 5), rowOf('1', 'Beta', 9), rowOf('2', 'Gamma', 5)];

function list(query: SnippetQuery, limit = 9) {
  const { page, nextCursor } = pageOfSnippets(rows, query, limit);
  return [page.map(({ name }) => name).join(' '), nextCursor];
}

describe('a page of snippets', () => {
  it('is sorted in each way, equal ones by their age', () => {
    expect(list({})).toEqual(['Beta Alpha Gamma', null]);
    expect(list({ sort: 'updatedAt' })).toEqual(['Gamma Alpha Beta', null]);
    expect(list({ sort: 'createdAt' })).toEqual(['Beta Gamma Alpha', null]);
    expect(list({ sort: '-createdAt' })).toEqual(['Alpha Gamma Beta', null]);
    expect(list({ sort: 'name' })).toEqual(['Alpha Beta Gamma', null]);
  });

  it('has what was searched for', () => {
    expect(list({ q: 'AM' })).toEqual(['Gamma', null]);
    expect(list({ q: 'model' })).toEqual(['Beta', null]);
    expect(list({ language: 'python', sort: 'name' })).toEqual(['Alpha Gamma', null]);
    expect(list({ name: 'alpha' })).toEqual(['', null]);
  });

  it('goes on after its cursor', () => {
    expect(list({}, 2)).toEqual(['Beta Alpha', '3']);
    expect(list({ cursor: '3' }, 2)).toEqual(['Gamma', null]);
    expect(list({ cursor: 'gone' }, 3)).toEqual(['Beta Alpha Gamma', null]);
  });
});
