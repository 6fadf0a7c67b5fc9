import { limits } from '@node3/shared/limits';
import {
  catchUps,
  changeSchedule,
  getSchedule,
  overlaps,
  type ScheduleRules,
} from '@node3/shared/routes/schedules';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { choose } from '../parse/choose.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';
import { formatSchedule, requireScheduleId } from './schedules.ts';

export interface ChangeScheduleOptions {
  name?: string;
  cron?: string;
  timezone?: string;
  overlap?: string;
  catchUp?: string;
  failuresMax?: string;
  until?: string;
}

/** `node3 schedule change`: what is named becomes otherwise, all else stays. */
export async function changeOwnSchedule(
  context: Context,
  { args, options }: Call<ChangeScheduleOptions>,
): Promise<number> {
  const { terminal } = context;
  if (Object.keys(options).length === 0) {
    throw usageError('Nothing is to change.', 'Name what is, such as --cron "30 2 * * *".');
  }
  const params = { scheduleId: requireScheduleId(context, args[0]) };
  const client = connect(context, 'requester');
  const { name, cron, timezone, ...kept } = await client.call(getSchedule, { params });
  const { overlap, catchUp, failuresMax } = options;
  const bounds = { min: 1, max: limits.scheduleFailuresMax };
  const body: ScheduleRules = {
    name: options.name ?? name,
    cron: options.cron ?? cron,
    timezone: options.timezone ?? timezone,
    overlap: overlap === undefined ? kept.overlap : choose('--overlap', overlap, overlaps),
    catchUp: catchUp === undefined ? kept.catchUp : choose('--catch-up', catchUp, catchUps),
    failuresMax:
      failuresMax === undefined
        ? kept.failuresMax
        : parseWholeNumber('--failures-max', failuresMax, bounds),
    ...untilOf(options.until ?? kept.until),
  };
  const schedule = await client.call(changeSchedule, { params, body });
  if (terminal.json) await terminal.object(schedule);
  else for (const line of formatSchedule(schedule)) await terminal.data(line);
  return 0;
}

function untilOf(until: string | null): { until?: string } {
  return until === null || until === 'none' ? {} : { until };
}
