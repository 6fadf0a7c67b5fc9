import { meteredCost } from '@node3/shared/metering';
import { type BaseUnits, baseUnits, fromMoney, type Money, toMoney } from '@node3/shared/money';
import type { JobDetail } from '@node3/shared/routes/jobs';

/**
 * What the run that is under way has earned its provider until now, by the rule that settles it; null
 * where that is not known: a fixed price, or nothing runs.
 */
export function costSoFar(job: JobDetail, nowMs: number): Money | null {
  const { bidPerGpuHour, gpus, price } = job;
  const current = job.executions.at(-1);
  const startedAt = current?.startedAt ?? null;
  const isRunning = job.state === 'running' && current?.finishedAt === null;
  if (bidPerGpuHour === null || !isRunning || startedAt === null) return null;
  const rate = current.ratePerGpuHour ?? bidPerGpuHour;
  const meter = { rate: fromMoney(rate), units: Math.max(1, gpus), cap: fromMoney(price) };
  const cost: BaseUnits = meteredCost(meter, nowMs - Date.parse(startedAt));
  return toMoney(baseUnits(cost), price.asset);
}
