import { IconPlus } from '@tabler/icons-react';
import { expect, it } from 'vitest';
import { findActive, groupItems } from './navigation-groups.ts';
import type { NavigationItem } from './navigation-item.ts';

const item = (to: string, group: NavigationItem['group'] = 'work') =>
  ({ to, group, label: 'nav.jobs', icon: IconPlus }) as NavigationItem;

const items = [item('/'), item('/jobs'), item('/jobs/new'), item('/admin/fleet', 'operator')];

it('shows the operator’s pages to operators only, and no heading without pages', () => {
  const shown = (isOperator: boolean) =>
    groupItems(items, { isOperator }).map(({ group, items: own }) => [group, own.length]);
  expect(shown(false)).toEqual([['work', 3]]);
  expect(shown(true)).toEqual([
    ['work', 3],
    ['operator', 1],
  ]);
});

it.each([
  ['/', '/'],
  ['/jobs', '/jobs'],
  ['/jobs/job_1', '/jobs'],
  ['/jobs/new', '/jobs/new'],
  ['/jobsomething', undefined],
  ['/admin/fleet/agt_1', '/admin/fleet'],
])('finds where %s belongs: %s', (pathname, to) => {
  expect(findActive(items, pathname)?.to).toBe(to);
});
