import type { RouteContract } from '@node3/shared/contract';
import { cancelExecution, getExecution, listExecutions } from '@node3/shared/routes/galaksio';
import * as broker from '@node3/shared/routes/galaksio-broker';

type Ask = (contract: RouteContract, args: object) => Promise<unknown>;

/** Reads the job and cancels it. */
export async function askGalaksioJobs(ask: Ask, jobId: string): Promise<void> {
  await ask(listExecutions, { query: {} });
  await ask(listExecutions, { query: { format: 'array' } });
  const params = { jobId };
  await ask(getExecution, { params });
  await ask(cancelExecution, { params });
}

/** What needs no chain and no agent. `quote` is asked by nobody in particular. */
export async function askBroker(ask: Ask, jobId: string): Promise<void> {
  const params = { jobId };
  await ask(broker.brokerStatus, { params });
  await ask(broker.brokerJob, { params });
  await ask(broker.brokerStore, { body: { data: 'x' } });
  await ask(broker.brokerCache, { body: { data: 'x' } });
  await ask(broker.brokerProviders, {});
  const { quoteRun, quoteStore, quoteCache, quoteBest } = broker;
  const { quoteRunV2, quoteStoreV2, quoteCacheV2, quoteBestV2 } = broker;
  const first = [quoteRun, quoteStore, quoteCache, quoteBest];
  for (const quote of [...first, quoteRunV2, quoteStoreV2, quoteCacheV2, quoteBestV2]) {
    await ask(quote, { body: {} });
  }
  await ask(broker.brokerMessage, { body: { type: 'status', payload: { jobId } } });
}
