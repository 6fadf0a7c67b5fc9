import type { RouteContract } from '@node3/shared/contract';
import * as routes from '@node3/shared/routes/schedules';
import { testJob } from './test-marketplace.ts';

/** Asks every endpoint for schedules once. */
export async function askSchedules(
  ask: (contract: RouteContract, args: object) => Promise<unknown>,
): Promise<void> {
  const times = { cron: '30 2 * * *', timezone: 'Europe/Berlin' };
  await ask(routes.previewSchedule, { body: times });
  const body = { name: 'asked', ...times, jobSpec: testJob(), until: '2999-01-01T00:00:00Z' };
  const created = await ask(routes.createSchedule, { body });
  const { scheduleId } = created as routes.ScheduleDetail;
  const params = { scheduleId };
  await ask(routes.getSchedule, { params });
  await ask(routes.listSchedules, { query: {} });
  await ask(routes.changeSchedule, { params, body: { name: 'asked otherwise', ...times } });
  await ask(routes.pauseSchedule, { params });
  await ask(routes.resumeSchedule, { params });
  await ask(routes.deleteSchedule, { params });
}
