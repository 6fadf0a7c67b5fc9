import type { RouteContract } from '@node3/shared/contract';
import * as bacalhau from '@node3/shared/routes/bacalhau';
import { bacalhauListNodes } from '@node3/shared/routes/bacalhau-nodes';
import {
  buildDepositTransaction,
  listIntentPayments,
  sendDepositTransaction,
} from '@node3/shared/routes/deposits';
import { explainJob, explainSpec } from '@node3/shared/routes/explain';
import { execute, executeAsync, listExecutions } from '@node3/shared/routes/galaksio';
import {
  brokerCache,
  brokerMessage,
  brokerRun,
  brokerStore,
} from '@node3/shared/routes/galaksio-broker';
import * as hodei from '@node3/shared/routes/hodei';
import * as hodeiPlatform from '@node3/shared/routes/hodei-platform';
import { cancelJobs, createJobs, rerunJob } from '@node3/shared/routes/job-bulk';
import { importJobs } from '@node3/shared/routes/job-import';
import { getJobMetrics } from '@node3/shared/routes/job-metrics';
import { createJob, downloadJobLogs, listJobs } from '@node3/shared/routes/jobs';
import { createQuote } from '@node3/shared/routes/quotes';
import { rerunRun, startRun, testRun } from '@node3/shared/routes/redmind';
import { runSnippet } from '@node3/shared/routes/snippets';
import { exportStatement } from '@node3/shared/routes/statements';
import { runTemplate } from '@node3/shared/routes/templates';
import { exportUsage, getUsage, getUsageLabels } from '@node3/shared/routes/usage';
import type { FastifyInstance } from 'fastify';
import { searchFields } from '../services/list-jobs.ts';
import { callerOf } from './caller.ts';
import type { KeyRates, RateLeft } from './key-rates.ts';

/** Units of a request that is not listed here: what it makes the store do, roughly. */
const costs = { read: 1, write: 2, search: 20 };

/** docs/guides/rest-api.md tells them. */
const listed: readonly (readonly [cost: number, contracts: readonly RouteContract[]])[] = [
  [2, [listJobs, listExecutions]],
  [5, [createJob, createQuote, explainJob, explainSpec, rerunJob, runSnippet, runTemplate]],
  [5, [buildDepositTransaction, sendDepositTransaction, listIntentPayments]],
  [5, [execute, executeAsync, brokerRun, brokerMessage]],
  [5, [startRun, testRun, rerunRun, hodei.hodeiCreateJob]],
  [20, [hodei.hodeiListJobs, hodeiPlatform.hodeiAuditLogs, hodeiPlatform.hodeiStats]],
  [100, [hodeiPlatform.hodeiMetrics]],
  [5, [bacalhau.bacalhauGetJob, bacalhau.bacalhauJobHistory, getUsageLabels]],
  [20, [downloadJobLogs, bacalhau.bacalhauJobExecutions, bacalhau.bacalhauListJobs]],
  [20, [bacalhauListNodes, brokerStore, brokerCache]],
  [20, [bacalhau.bacalhauJobVersions, bacalhau.bacalhauJobResults]],
  [100, [bacalhau.bacalhauPutJob, bacalhau.bacalhauPostJob, bacalhau.bacalhauRerunJob]],
  [100, [createJobs, cancelJobs, importJobs]],
  [100, [getUsage, exportUsage, exportStatement, getJobMetrics]],
];

/** Parts of a query that are looked for in the specs, by list. */
const searchedBy: readonly (readonly [list: RouteContract, fields: readonly string[]])[] = [
  [listJobs, searchFields],
  [listExecutions, ['name']],
];

const nameOf = (method: string, url: string) => `${method} ${url}`;
const costByName = new Map(
  listed.flatMap(([cost, contracts]) =>
    contracts.map(({ method, url }) => [nameOf(method, url), cost] as const),
  ),
);

/**
 * Counts what the keys of accounts ask for, before a body is read. Agents and the operator are not
 * counted: what they may do has limits of its own. null counts nothing. Call it before the first route.
 */
export function addRequestCosts(app: FastifyInstance, rates: KeyRates | null): void {
  if (rates === null) return;
  const policy = `"key";q=${rates.unitsPerMinute};w=60`;
  const textOf = ({ units, fullInSec }: RateLeft) => `"key";r=${units};t=${fullInSec}`;
  app.addHook('onRoute', (route) => {
    // Answering without a body is as much work.
    const method = route.method === 'HEAD' ? 'GET' : String(route.method);
    const usual = method === 'GET' ? costs.read : costs.write;
    const cost = costByName.get(nameOf(method, route.url)) ?? usual;
    const isThis = (list: RouteContract) => list.method === method && list.url === route.url;
    const fields = searchedBy.find(([list]) => isThis(list))?.[1] ?? [];
    route.preParsing = (request, reply, payload, done) => {
      const caller = callerOf(request);
      if (caller?.actor !== 'requester') {
        done(null, payload);
        return;
      }
      const key = caller.keyId ?? caller.accountId ?? '';
      void reply.header('ratelimit-policy', policy);
      try {
        const isSearch = fields.some((field) => field in Object(request.query));
        void reply.header('ratelimit', textOf(rates.take(key, isSearch ? costs.search : cost)));
      } catch (error) {
        void reply.header('ratelimit', textOf(rates.left(key)));
        done(error as Error);
        return;
      }
      done(null, payload);
    };
  });
}
