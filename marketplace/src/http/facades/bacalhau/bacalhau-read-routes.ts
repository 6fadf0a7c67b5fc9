import type { QueryOf } from '@node3/shared/contract';
import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import * as contracts from '@node3/shared/routes/bacalhau';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpDeps } from '../../http-deps.ts';
import { modifiedAtMs } from './bacalhau-execution-view.ts';
import {
  type GroupExecution,
  isCompleted,
  readExecutions,
  readResults,
  viewExecutions,
} from './bacalhau-executions.ts';
import { atVersion, findGroup, type JobGroup } from './bacalhau-groups.ts';
import { readHistory } from './bacalhau-history.ts';
import { viewGroup } from './bacalhau-job-view.ts';
import { listGroups } from './bacalhau-lists.ts';
import { toComputeState } from './bacalhau-mapping.ts';

type ExecutionQuery = QueryOf<typeof contracts.bacalhauJobExecutions>;

/** Everything that Bacalhau's CLI reads about jobs, but for logs. */
export function addBacalhauReadRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  const find = (accountId: string, jobId: string, query: FoundBy) =>
    findGroup(deps, accountId, { jobId, namespace: query.namespace, version: query.job_version });
  addRoute(app, contracts.bacalhauListJobs, {
    authenticate,
    async handler({ principal, query }) {
      const { groups, nextToken } = await listGroups(deps, principal.accountId, query);
      return { Items: groups.map(viewGroup), NextToken: nextToken };
    },
  });
  addRoute(app, contracts.bacalhauGetJob, {
    authenticate,
    async handler({ principal, params, query, request }) {
      const group = await find(principal.accountId, params.jobId, query);
      const include = query.include?.split(',').map((word) => word.trim()) ?? [];
      const { limit } = query;
      return {
        Job: viewGroup(group),
        ...(include.includes('history')
          ? { History: await readHistory(deps, [group], limit === undefined ? {} : { limit }) }
          : {}),
        ...(include.includes('executions')
          ? { Executions: await listExecutions(deps, [group], query, request) }
          : {}),
      };
    },
  });
  addRoute(app, contracts.bacalhauJobHistory, {
    authenticate,
    async handler({ principal, params, query }) {
      const group = await find(principal.accountId, params.jobId, query);
      return readHistory(deps, await versionsOf(deps, group, query), query);
    },
  });
  addRoute(app, contracts.bacalhauJobExecutions, {
    authenticate,
    async handler({ principal, params, query, request }) {
      const group = await find(principal.accountId, params.jobId, query);
      return listExecutions(deps, await versionsOf(deps, group, query), query, request);
    },
  });
  addRoute(app, contracts.bacalhauJobVersions, {
    authenticate,
    async handler({ principal, params, query }) {
      const group = await find(principal.accountId, params.jobId, query);
      const groups = await versionsOf(deps, group, { all_job_versions: true });
      return { Items: groups.map(viewGroup), NextToken: '' };
    },
  });
  addRoute(app, contracts.bacalhauJobResults, {
    authenticate,
    async handler({ principal, params, query, request }) {
      const group = await find(principal.accountId, params.jobId, query);
      const done = (await readExecutions(deps, [group])).filter(({ job, execution }) =>
        isCompleted(job, execution),
      );
      const origin = originOf(deps, request);
      const results = await Promise.all(done.map(({ job }) => readResults(deps, job, origin)));
      return { Items: results.flat(), NextToken: '' };
    },
  });
}

interface FoundBy {
  namespace?: string;
  job_version?: number;
}

/** Where the caller reaches us, for links that only it is shown. */
export function originOf({ publicUrl }: Pick<HttpDeps, 'publicUrl'>, request: FastifyRequest) {
  return publicUrl === null ? `${request.protocol}://${request.host}` : new URL(publicUrl).origin;
}

/** The newest ones of a job that has been updated very often. */
const versionsMax = 50;

async function versionsOf(
  deps: HttpDeps,
  group: JobGroup,
  { all_job_versions: isAll }: { all_job_versions?: boolean },
): Promise<JobGroup[]> {
  if (isAll !== true) return [group];
  const first = Math.max(1, group.latest - versionsMax + 1);
  const count = group.latest - first + 1;
  return Promise.all(
    Array.from({ length: count }, (_, index) => atVersion(deps, group, first + index)),
  );
}

const executionOrders: Record<string, (one: GroupExecution) => number | string> = {
  created_at: ({ execution }) => execution.leasedAtMs,
  create_time: ({ execution }) => execution.leasedAtMs,
  modified_at: ({ execution }) => modifiedAtMs(execution),
  modify_time: ({ execution }) => modifiedAtMs(execution),
  id: ({ execution }) => execution.executionId,
  state: ({ execution }) => toComputeState(execution),
};

/** There is one page of them, as in Bacalhau. */
async function listExecutions(
  deps: HttpDeps,
  groups: readonly JobGroup[],
  query: Pick<ExecutionQuery, 'limit' | 'order_by' | 'reverse'>,
  request: FastifyRequest,
) {
  const found = await readExecutions(deps, groups);
  const order = executionOrders[query.order_by || 'created_at'] ?? (() => 0);
  const sorted = found.toSorted((a, b) => {
    const [left, right] = [order(a), order(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
  const shown = (query.reverse === true ? sorted.toReversed() : sorted).slice(
    0,
    query.limit || limits.listPageMax,
  );
  const origin = originOf(deps, request);
  const views = [];
  for (const one of shown) views.push(...(await viewExecutions(deps, one.group, [one], origin)));
  return { Items: views, NextToken: '' };
}
