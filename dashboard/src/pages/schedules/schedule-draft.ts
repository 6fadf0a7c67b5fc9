import type { BodyOf } from '@node3/shared/contract';
import type {
  CatchUp,
  createSchedule,
  Overlap,
  ScheduleRules,
  ScheduleSummary,
} from '@node3/shared/routes/schedules';

export interface ScheduleDraft {
  name: string;
  cron: string;
  timezone: string;
  target: 'job' | 'template';
  /** JSON of a job. */
  spec: string;
  templateId: string;
  /** JSON of an object. */
  parameters: string;
  overlap: Overlap;
  catchUp: CatchUp;
  /** Empty: the marketplace's own. */
  failuresMax: number | string;
  /** `YYYY-MM-DDTHH:MM` in the browser's time; empty for no end. */
  until: string;
}

const exampleSpec = {
  name: 'nightly',
  workload: { kind: 'script', language: 'bash', code: 'date' },
  price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
};

export function emptySchedule(timezone: string): ScheduleDraft {
  return {
    name: '',
    cron: '30 2 * * *',
    timezone,
    target: 'job',
    spec: JSON.stringify(exampleSpec, null, 2),
    templateId: '',
    parameters: '{}',
    overlap: 'skip',
    catchUp: 'none',
    failuresMax: '',
    until: '',
  };
}

/** What is kept, to be changed. Its job is not among it: nobody can show the secrets of that. */
export function draftOfSchedule(schedule: ScheduleSummary): ScheduleDraft {
  const { name, cron, timezone, overlap, catchUp, failuresMax, until } = schedule;
  const shown = until === null ? '' : localMinute(new Date(until));
  const rules = { name, cron, overlap, catchUp, failuresMax, until: shown };
  return { ...emptySchedule(timezone), ...rules };
}

function localMinute(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

export type ScheduleProblem = 'name' | 'spec' | 'templateId' | 'parameters' | 'until';

/** What can't be sent as it is; the marketplace looks at everything else. */
export function checkSchedule(draft: ScheduleDraft): ScheduleProblem[] {
  const { name, target, spec, templateId, parameters, until } = draft;
  const isJob = target === 'job';
  return [
    ...(name.trim() === '' ? ['name' as const] : []),
    ...(isJob && readObject(spec) === null ? ['spec' as const] : []),
    ...(!isJob && templateId === '' ? ['templateId' as const] : []),
    ...(!isJob && readObject(parameters) === null ? ['parameters' as const] : []),
    ...(until !== '' && Number.isNaN(Date.parse(until)) ? ['until' as const] : []),
  ];
}

/** @param draft one without problems. */
export function toSchedule(draft: ScheduleDraft): BodyOf<typeof createSchedule> {
  const target =
    draft.target === 'job'
      ? { jobSpec: readObject(draft.spec) as never }
      : {
          template: {
            templateId: draft.templateId,
            parameters: readObject(draft.parameters) as never,
          },
        };
  return { ...toRules(draft), ...target };
}

/** @param draft one without problems. */
export function toRules(draft: ScheduleDraft): ScheduleRules {
  const { name, cron, timezone, overlap, catchUp, failuresMax, until } = draft;
  return {
    name: name.trim(),
    cron: cron.trim(),
    timezone,
    overlap,
    catchUp,
    ...(failuresMax === '' ? {} : { failuresMax: Number(failuresMax) }),
    ...(until === '' ? {} : { until: new Date(until).toISOString() }),
  };
}

function readObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
