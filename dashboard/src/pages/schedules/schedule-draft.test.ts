import type { ScheduleSummary } from '@node3/shared/routes/schedules';
import { describe, expect, it } from 'vitest';
import {
  checkSchedule,
  draftOfSchedule,
  emptySchedule,
  toRules,
  toSchedule,
} from './schedule-draft.ts';

const draft = { ...emptySchedule('Europe/Madrid'), name: ' nightly ' };

describe('a schedule that is being written', () => {
  it('becomes the body of a schedule of a job', () => {
    expect(checkSchedule(draft)).toEqual([]);
    expect(toSchedule(draft)).toEqual({
      name: 'nightly',
      cron: '30 2 * * *',
      timezone: 'Europe/Madrid',
      overlap: 'skip',
      catchUp: 'none',
      jobSpec: JSON.parse(draft.spec) as object,
    });
  });

  it('becomes the body of one of a template, with an end in UTC', () => {
    const templateId = 'tpl_00000000000000000000000000';
    const other = { ...draft, target: 'template' as const, templateId, parameters: '{"a":1}' };
    expect(toSchedule({ ...other, failuresMax: 3, until: '2030-01-02T03:04' })).toMatchObject({
      template: { templateId, parameters: { a: 1 } },
      failuresMax: 3,
      until: new Date('2030-01-02T03:04').toISOString(),
    });
  });

  it('of one that is kept has its rules', () => {
    const until = new Date('2030-01-02T03:04').toISOString();
    const kept = { name: 'n', cron: '@daily', timezone: 'UTC', overlap: 'allow', catchUp: 'last' };
    const read = draftOfSchedule({ ...kept, failuresMax: 4, until } as ScheduleSummary);
    expect(checkSchedule(read)).toEqual([]);
    expect(toRules(read)).toEqual({ ...kept, failuresMax: 4, until });
  });

  it.each([
    [{ name: ' ' }, ['name']],
    [{ spec: '[]' }, ['spec']],
    [{ spec: '{' }, ['spec']],
    [{ target: 'template' }, ['templateId']],
    [{ target: 'template', templateId: 'tpl_1', parameters: '3' }, ['parameters']],
    [{ until: 'soon' }, ['until']],
  ] as const)('names what is missing: %j', (change, problems) => {
    expect(checkSchedule({ ...draft, ...change })).toEqual(problems);
  });
});
