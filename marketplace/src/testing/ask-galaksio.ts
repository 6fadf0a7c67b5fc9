import type { RouteContract } from '@node3/shared/contract';
import { cancelExecution, getExecution, listExecutions } from '@node3/shared/routes/galaksio';

type Ask = (contract: RouteContract, args: object) => Promise<unknown>;

/** Reads the job and cancels it. */
export async function askGalaksioJobs(ask: Ask, jobId: string): Promise<void> {
  await ask(listExecutions, { query: {} });
  await ask(listExecutions, { query: { format: 'array' } });
  const params = { jobId };
  await ask(getExecution, { params });
  await ask(cancelExecution, { params });
}
