import type { RouteContract } from '@node3/shared/contract';
import * as jobs from '@node3/shared/routes/bacalhau';
import * as nodes from '@node3/shared/routes/bacalhau-nodes';

/** A job as the documents of Bacalhau's users say it. */
export function bacalhauJob(name: string, changes: Record<string, unknown> = {}) {
  const Params = { Image: 'python:3.11-slim', Parameters: ['python', '-c', 'print(1)'] };
  return {
    Name: name,
    Type: 'batch',
    Count: 1,
    Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params }, Network: { Type: 'None' } }],
    ...changes,
  };
}

/** Asks every endpoint of Bacalhau's API once. */
export async function askBacalhau(
  ask: (contract: RouteContract, apiKey: string | null, args: object) => Promise<unknown>,
  { operator, requester, nodeId }: { operator: string; requester: string; nodeId: string },
): Promise<void> {
  const job = (changes: object) => ({ body: { Job: bacalhauJob('asked', { ...changes }) } });
  const put = await ask(jobs.bacalhauPutJob, requester, job({}));
  const params = { jobId: (put as { JobID: string }).JobID };
  await ask(jobs.bacalhauPostJob, requester, job({}));
  await ask(jobs.bacalhauDiffJob, requester, job({ Count: 2 }));
  await ask(jobs.bacalhauStopJob, requester, { params, body: { reason: 'asked' } });
  await ask(jobs.bacalhauRerunJob, requester, { params, body: {} });
  await ask(jobs.bacalhauListJobs, requester, { query: { labels: 'a!=b' } });
  const include = 'history,executions';
  await ask(jobs.bacalhauGetJob, requester, { params, query: { include } });
  for (const contract of [
    jobs.bacalhauJobHistory,
    jobs.bacalhauJobExecutions,
    jobs.bacalhauJobVersions,
    jobs.bacalhauJobResults,
  ]) {
    await ask(contract, requester, { params, query: {} });
  }
  await ask(jobs.bacalhauStopJob, requester, { params, body: {} });
  await ask(nodes.bacalhauListNodes, requester, { query: {} });
  await ask(nodes.bacalhauGetNode, requester, { params: { nodeId } });
  const body = { Action: 'reject', Message: 'asked' };
  await ask(nodes.bacalhauPutNode, operator, { params: { nodeId }, body });
  for (const contract of [nodes.bacalhauAlive, nodes.bacalhauVersion, nodes.bacalhauAuthConfig]) {
    await ask(contract, null, {});
  }
  await ask(nodes.bacalhauAgentNode, requester, {});
  await ask(nodes.bacalhauConfig, requester, {});
  await ask(nodes.bacalhauDebug, operator, {});
}
