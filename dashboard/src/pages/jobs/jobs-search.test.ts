import { describe, expect, it } from 'vitest';
import { isFiltered, isSameFilter, jobsApiQuery, readJobsSearch } from './jobs-search.ts';

const nowMs = Date.parse('2026-11-26T23:30:00Z');

describe('readJobsSearch', () => {
  it('keeps what the API understands', () => {
    const search = {
      state: 'failed,expired',
      q: 4090,
      gpu: 'h100',
      label: 'team=vision,env=test',
      from: 'today',
      to: '2026-11-26',
      endedFrom: '2026-11-01',
      endedTo: 'today',
      cursor: 'job_1',
    };
    expect(readJobsSearch(search)).toEqual({ ...search, q: '4090' });
  });

  it('drops the rest', () => {
    expect(
      readJobsSearch({
        state: 'running,melted',
        q: '  ',
        gpu: ['h100'],
        label: 'team',
        from: '2026-13-40',
        to: 'yesterday',
        cursor: 'x'.repeat(65),
        other: 1,
      }),
    ).toEqual({ state: 'running' });
  });
});

describe('jobsApiQuery', () => {
  it('asks for whole days of UTC', () => {
    expect(jobsApiQuery({ from: 'today', to: '2026-11-30' }, nowMs)).toEqual({
      createdAfter: '2026-11-26',
      createdBefore: '2026-12-01',
    });
    expect(jobsApiQuery({ endedFrom: '2026-11-01', endedTo: 'today' }, nowMs)).toEqual({
      finishedAfter: '2026-11-01',
      finishedBefore: '2026-11-27',
    });
  });
});

describe('filters', () => {
  it('are compared without the page', () => {
    expect(isFiltered({ cursor: 'job_1' })).toBe(false);
    expect(isFiltered({ q: 'a' })).toBe(true);
    expect(isSameFilter({ q: 'a' }, { q: 'a' })).toBe(true);
    expect(isSameFilter({ q: 'a' }, { q: 'a', gpu: 'none' })).toBe(false);
  });
});
