import { expect, it } from 'vitest';
import { readJobSearch, tabBeside } from './job-tabs.ts';

it('reads the tab of an address, and the page of its events', () => {
  expect(readJobSearch({ tab: 'events', after: '7' })).toEqual({ tab: 'events', after: 7 });
  expect(readJobSearch({ tab: 'logs', after: 7 })).toEqual({ tab: 'logs' });
  expect(readJobSearch({ tab: 'overview' })).toEqual({});
  expect(readJobSearch({ tab: 'else', after: -1 })).toEqual({});
});

it('goes from tab to tab and stops at the ends', () => {
  expect(tabBeside('overview', -1)).toBe('overview');
  expect(tabBeside('overview', 1)).toBe('config');
  expect(tabBeside('files', 1)).toBe('files');
});
