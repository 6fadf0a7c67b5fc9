import { Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { oneOf } from '../schema.ts';
import {
  BacalhauExecution,
  BacalhauHistoryItem,
  BacalhauJob,
  BacalhauResult,
} from './bacalhau-models.ts';
import { bacalhauQuery, lenient, orNull, words } from './bacalhau-parts.ts';

/** The part of Bacalhau's HTTP API v1 (1.8 and later) about jobs that its CLI asks. */

const tag = 'bacalhau';
const { namespace, page, version } = bacalhauQuery;
const jobs = '/api/v1/orchestrator/jobs';
const oneJob = `${jobs}/:jobId`;

const jobParams = Type.Object({
  jobId: Type.String({
    minLength: 1,
    maxLength: 128,
    description: 'An id, the beginning of one with 8 characters or more, or a name',
  }),
});
const items = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Object({ Items: Type.Array(item), NextToken: Type.String() });
const warnings = { Warnings: Type.Array(Type.String()) };
const evaluation = {
  EvaluationID: Type.String({ description: 'The id of the request, as in X-Request-Id' }),
};

const submission = {
  querystring: Type.Object({ ...namespace, idempotency_token: Type.Optional(words(255)) }),
  body: lenient({ Job: lenient({}), Force: orNull(Type.Boolean()) }),
  response: { 200: Type.Object({ JobID: Type.String(), ...evaluation, ...warnings }) },
};

export const bacalhauPutJob = {
  method: 'PUT',
  url: jobs,
  summary: 'Submit a Bacalhau job; one of the same name is updated',
  audience: 'requester',
  tag,
  schema: submission,
} as const satisfies RouteContract;

export const bacalhauPostJob = {
  method: 'POST',
  url: jobs,
  summary: 'The same as PUT',
  audience: 'requester',
  tag,
  schema: submission,
} as const satisfies RouteContract;

export const bacalhauDiffJob = {
  method: 'PUT',
  url: `${jobs}/diff`,
  summary: 'What a submission would change of the job with its name',
  audience: 'requester',
  tag,
  schema: {
    querystring: Type.Object(namespace),
    body: lenient({ Job: lenient({}) }),
    response: { 200: Type.Object({ Diff: Type.String(), ...warnings }) },
  },
} as const satisfies RouteContract;

export const bacalhauListJobs = {
  method: 'GET',
  url: jobs,
  summary: 'Own jobs as Bacalhau’s, oldest first',
  audience: 'requester',
  tag,
  schema: {
    querystring: Type.Object({
      ...namespace,
      ...page,
      order_by: Type.Optional(oneOf(['', 'created_at', 'modified_at'])),
      labels: bacalhauQuery.labels,
    }),
    response: { 200: items(BacalhauJob) },
  },
} as const satisfies RouteContract;

const history = items(BacalhauHistoryItem);
const executions = items(BacalhauExecution);

export const bacalhauGetJob = {
  method: 'GET',
  url: oneJob,
  summary: 'One job, with its history and executions where asked for',
  audience: 'requester',
  tag,
  schema: {
    params: jobParams,
    querystring: Type.Object({
      ...namespace,
      ...version,
      include: Type.Optional(
        Type.String({ maxLength: 64, description: 'history, executions, or both with a comma' }),
      ),
      limit: page.limit,
    }),
    response: {
      200: Type.Object({
        Job: BacalhauJob,
        History: Type.Optional(history),
        Executions: Type.Optional(executions),
      }),
    },
  },
} as const satisfies RouteContract;

export const bacalhauStopJob = {
  method: 'DELETE',
  url: oneJob,
  summary: 'Stop a job; one that was stopped already stays so',
  audience: 'requester',
  tag,
  schema: {
    params: jobParams,
    querystring: Type.Object({ ...namespace, reason: Type.Optional(words(4_096)) }),
    body: Type.Optional(Type.Union([lenient({ reason: orNull(words(4_096)) }), Type.Null()])),
    response: { 200: Type.Object(evaluation) },
  },
} as const satisfies RouteContract;

export const bacalhauJobHistory = {
  method: 'GET',
  url: `${oneJob}/history`,
  summary: 'What happened to a job',
  audience: 'requester',
  tag,
  schema: {
    params: jobParams,
    querystring: Type.Object({
      ...namespace,
      ...page,
      ...version,
      order_by: Type.Optional(words(32)),
      all_job_versions: Type.Optional(Type.Boolean()),
      since: Type.Optional(Type.Integer({ minimum: 0, description: 'Seconds since the epoch' })),
      event_type: Type.Optional(oneOf(['', 'all', 'job', 'execution'])),
      execution_id: Type.Optional(words(128)),
    }),
    response: { 200: history },
  },
} as const satisfies RouteContract;

export const bacalhauJobExecutions = {
  method: 'GET',
  url: `${oneJob}/executions`,
  summary: 'Attempts at a job, of all its partitions',
  audience: 'requester',
  tag,
  schema: {
    params: jobParams,
    querystring: Type.Object({
      ...namespace,
      ...page,
      ...version,
      all_job_versions: Type.Optional(Type.Boolean()),
      order_by: Type.Optional(
        oneOf(['', 'created_at', 'modified_at', 'create_time', 'modify_time', 'id', 'state']),
      ),
    }),
    response: { 200: executions },
  },
} as const satisfies RouteContract;

export const bacalhauJobVersions = {
  method: 'GET',
  url: `${oneJob}/versions`,
  summary: 'A job as it was submitted each time, oldest first',
  audience: 'requester',
  tag,
  schema: {
    params: jobParams,
    querystring: Type.Object({ ...namespace, ...page }),
    response: { 200: items(BacalhauJob) },
  },
} as const satisfies RouteContract;

export const bacalhauJobResults = {
  method: 'GET',
  url: `${oneJob}/results`,
  summary: 'Files of completed executions, each with a signed link',
  audience: 'requester',
  tag,
  schema: {
    params: jobParams,
    querystring: Type.Object({ ...namespace, ...page, order_by: Type.Optional(words(32)) }),
    response: { 200: items(BacalhauResult) },
  },
} as const satisfies RouteContract;

export const bacalhauRerunJob = {
  method: 'PUT',
  url: `${oneJob}/rerun`,
  summary: 'Run a job, or a version of it, once more',
  audience: 'requester',
  tag,
  schema: {
    params: jobParams,
    querystring: Type.Object(namespace),
    body: lenient({
      JobVersion: orNull(Type.Integer({ minimum: 0 })),
      Reason: orNull(words(4_096)),
    }),
    response: {
      200: Type.Object({
        JobID: Type.String(),
        JobVersion: Type.Integer(),
        ...evaluation,
        ...warnings,
      }),
    },
  },
} as const satisfies RouteContract;

/** `GET` with an upgrade to a WebSocket. */
export const bacalhauLogsUrl = `${oneJob}/logs`;
export const bacalhauLogsQuery = Type.Object({
  ...namespace,
  ...version,
  execution_id: Type.Optional(words(128)),
  tail: Type.Optional(Type.Boolean()),
  follow: Type.Optional(Type.Boolean()),
  all_job_versions: Type.Optional(Type.Boolean()),
});
