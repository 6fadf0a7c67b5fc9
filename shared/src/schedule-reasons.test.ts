import { assert, constantFrom, nat, property, record, string, stringMatching } from 'fast-check';
import { expect, it } from 'vitest';
import {
  findScheduleReason,
  type ScheduleReason,
  sayScheduleReason,
  scheduleReasons,
} from './schedule-reasons.ts';

const names = Object.keys(scheduleReasons) as ScheduleReason[];

it('tells a reason and its values from the sentence, whatever they are', () => {
  const values = record({
    failures: nat().map(String),
    jobs: nat().map(String),
    jobId: stringMatching(/^job_[0-9A-Z]{26}$/),
    state: constantFrom('failed', 'timed_out', 'cancelled'),
    code: constantFrom('FUNDS_INSUFFICIENT', 'INTERNAL'),
    why: string(),
  });
  assert(
    property(constantFrom(...names), values, (reason, all) => {
      const found = findScheduleReason(sayScheduleReason(reason, all));
      expect(found?.reason).toBe(reason);
      expect(all).toMatchObject(found?.values ?? {});
      const wanted = [...scheduleReasons[reason].matchAll(/\{\{(\w+)\}\}/g)].map(([, one]) => one);
      expect(Object.keys(found?.values ?? {})).toEqual(wanted);
    }),
  );
});

it('takes no other sentence for one of these', () => {
  expect(findScheduleReason('The balance is too small.')).toBeNull();
  expect(findScheduleReason('Paused by its owner. Really.')).toBeNull();
});
