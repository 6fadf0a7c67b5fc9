import { limits } from '@node3/shared/limits';
import {
  deleteSchedule,
  getSchedule,
  listSchedules,
  pauseSchedule,
  previewSchedule,
  resumeSchedule,
  type ScheduleDetail,
  type ScheduleRun,
  type ScheduleSummary,
} from '@node3/shared/routes/schedules';
import { type Context, connect } from '../context.ts';
import { printRows } from '../output/print-rows.ts';
import { type Column, formatFacts } from '../output/table.ts';
import { requireId } from '../parse/resource-id.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface ListSchedulesOptions {
  limit: string;
}

export async function listOwnSchedules(
  context: Context,
  call: Call<ListSchedulesOptions>,
): Promise<number> {
  const { terminal, host } = context;
  const bounds = { min: 1, max: limits.listPageMax };
  const limit = parseWholeNumber('--limit', call.options.limit, bounds);
  const page = await connect(context, 'requester').call(listSchedules, { query: { limit } });
  const none = `No schedules. Make one: ${host.command} schedule create --help`;
  await printRows(context, page, scheduleColumns, none);
  if (page.nextCursor !== null) await terminal.talk(`more than ${limit}; see --limit`);
  return 0;
}

type OneSchedule = typeof getSchedule | typeof pauseSchedule | typeof resumeSchedule;

const answering = (contract: OneSchedule) => async (context: Context, call: Call<object>) => {
  const { terminal } = context;
  const params = { scheduleId: requireScheduleId(context, call.args[0]) };
  const schedule = await connect(context, 'requester').call(contract, { params });
  if (terminal.json) await terminal.object(schedule);
  else for (const line of formatSchedule(schedule)) await terminal.data(line);
  return 0;
};

export const showSchedule = answering(getSchedule);
export const pauseOwnSchedule = answering(pauseSchedule);
export const resumeOwnSchedule = answering(resumeSchedule);

export async function deleteOwnSchedule(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const params = { scheduleId: requireScheduleId(context, call.args[0]) };
  const deleted = await connect(context, 'requester').call(deleteSchedule, { params });
  if (terminal.json) await terminal.object(deleted);
  else await terminal.data(`${deleted.scheduleId}  deleted`);
  return 0;
}

export interface PreviewOptions {
  timezone?: string;
}

export async function previewTimes(context: Context, call: Call<PreviewOptions>): Promise<number> {
  const { terminal } = context;
  const timezone = call.options.timezone ?? localTimezone();
  const body = { cron: call.args[0] ?? '', timezone };
  const preview = await connect(context, 'requester').call(previewSchedule, { body });
  if (terminal.json) await terminal.object(preview);
  else for (const time of preview.next) await terminal.data(timeText(time, timezone));
  return 0;
}

/** The zone of whoever types: what they mean by a time of day. */
export function localTimezone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function formatSchedule(schedule: ScheduleDetail): string[] {
  const { target, timezone } = schedule;
  const facts = formatFacts([
    ['schedule', schedule.scheduleId],
    ['name', schedule.name],
    ['state', schedule.state],
    ['reason', schedule.reason],
    ['cron', `${schedule.cron} in ${timezone}`],
    ['posts', target.kind === 'job' ? 'a job' : `${target.templateId}, version ${target.version}`],
    ['overlap', schedule.overlap],
    ['catch up', schedule.catchUp],
    ['failures', `${schedule.failuresInRow} in a row; it pauses at ${schedule.failuresMax}`],
    ['until', schedule.until],
  ]);
  const next = schedule.next.map((time) => `  ${timeText(time, timezone)}`);
  const runs = schedule.runs.map((run) => `  ${timeText(run.dueAt, timezone)}  ${runText(run)}`);
  return [
    ...facts,
    ...(next.length === 0 ? [] : ['next', ...next]),
    ...(runs.length === 0 ? [] : ['last', ...runs]),
  ];
}

export function requireScheduleId({ host }: Context, text: string | undefined): string {
  return requireId('schedule', text, `${host.command} schedule list`);
}

function runText({ outcome, jobId, jobState, errorCode, detail }: ScheduleRun): string {
  if (jobId !== null) return `${jobId}  ${jobState ?? outcome}`;
  const code = errorCode === null ? '' : ` (${errorCode})`;
  return `${outcome}${code}${detail === null ? '' : `: ${detail}`}`;
}

/** The time of day there, and how far that is from UTC: it changes twice a year. */
function timeText(time: string, timezone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const offset = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    timeZoneName: 'longOffset',
  }).formatToParts(Date.parse(time));
  const zone = offset.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', 'UTC');
  return `${format.format(Date.parse(time))} ${zone ?? ''}`.trimEnd();
}

const scheduleColumns: Column<ScheduleSummary>[] = [
  { title: 'SCHEDULE', value: (row) => row.scheduleId },
  { title: 'STATE', value: (row) => row.state },
  {
    title: 'NEXT',
    value: (row) => (row.nextAt === null ? '-' : timeText(row.nextAt, row.timezone)),
  },
  { title: 'CRON', value: (row) => row.cron },
  { title: 'NAME', value: (row) => row.name },
];
