import { silentLogger } from '@node3/shared/logger';
import { expect, it, vi } from 'vitest';
import type { SwitchRow } from '../store/switch-store.ts';
import { Intake } from './intake.ts';

it('follows a switch of another replica even where the first read of it fails', async () => {
  const row: SwitchRow = { name: 'read-only', reason: 'a test', sinceMs: 1 };
  const switches = vi.fn<() => Promise<SwitchRow[]>>();
  switches.mockRejectedValueOnce(new Error('gone for a moment')).mockResolvedValue([row]);
  const warn = vi.fn();
  const intake = new Intake({
    store: { switches, suspensions: () => Promise.resolve([]) },
    log: Object.assign(Object.create(silentLogger), { warn }),
    room: { refusal: null, assertForNewWork: () => undefined },
  });
  intake.note([{ name: 'switch.turned-on' }]);
  await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
  expect(intake.switchOf('read-only')).toBeNull();
  intake.note([{ name: 'job.posted' }]);
  await vi.waitFor(() => expect(intake.switchOf('read-only')).toEqual(row));
  intake.note([{ name: 'job.posted' }]);
  expect(switches).toHaveBeenCalledTimes(2);
  expect(() => intake.assertOpen()).toThrow('a test');
});
