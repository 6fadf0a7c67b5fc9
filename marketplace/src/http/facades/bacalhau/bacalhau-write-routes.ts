import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import * as contracts from '@node3/shared/routes/bacalhau';
import type { FastifyInstance } from 'fastify';
import { postJobsTogether } from '../../../services/post-jobs-together.ts';
import { prepareRerun } from '../../../services/rerun-job.ts';
import type { JobRow } from '../../../store/rows.ts';
import type { Requester } from '../../auth.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { readIdempotencyKey } from '../../idempotency-key.ts';
import { refusal } from './bacalhau-errors.ts';
import { findGroup, type JobGroup, keyOf } from './bacalhau-groups.ts';
import { groupLabels, toJobState, toStateOfAll } from './bacalhau-mapping.ts';
import { diffJob, refuseMixed, stopMembers, submitJob } from './submit-bacalhau-job.ts';

/** Everything that Bacalhau's CLI does to jobs. */
export function addBacalhauWriteRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  const bodyLimit = limits.jobBodyBytes;
  for (const contract of [contracts.bacalhauPutJob, contracts.bacalhauPostJob] as const) {
    addRoute(app, contract, {
      authenticate,
      bodyLimit,
      async handler({ principal, body, query, request }) {
        const { jobId, warnings } = await submitJob(deps, {
          requester: principal,
          job: body.Job,
          force: body.Force === true,
          namespace: query.namespace,
          token: query.idempotency_token || readIdempotencyKey(request),
        });
        return { JobID: jobId, EvaluationID: request.id, Warnings: warnings };
      },
    });
  }
  addRoute(app, contracts.bacalhauDiffJob, {
    authenticate,
    bodyLimit,
    async handler({ principal, body, query }) {
      const { namespace } = query;
      const { diff, warnings } = await diffJob(deps, principal.accountId, body.Job, namespace);
      return { Diff: diff, Warnings: warnings };
    },
  });
  addRoute(app, contracts.bacalhauStopJob, {
    authenticate,
    async handler({ principal, params, query, request }) {
      const { namespace } = query;
      const group = await findGroup(deps, principal.accountId, { ...params, namespace });
      const state = toStateOfAll(group.members.map(toJobState));
      if (state === 'Completed') {
        const hint = 'Nothing is left to stop; its results are there to be read.';
        throw refusal('JOB_STATE_INVALID', `cannot stop job in state ${state}`, hint);
      }
      if (state === 'Stopped' || state === 'Failed') return { EvaluationID: '' };
      await stopMembers(deps, group.members);
      return { EvaluationID: request.id };
    },
  });
  addRoute(app, contracts.bacalhauRerunJob, {
    authenticate,
    bodyLimit,
    async handler({ principal, params, body, query, request }) {
      const { namespace } = query;
      const version = body.JobVersion ?? undefined;
      const asked = { ...params, namespace, version };
      const group = await findGroup(deps, principal.accountId, asked);
      return {
        JobID: group.head.jobId,
        JobVersion: await rerunGroup(deps, principal, group),
        EvaluationID: request.id,
        Warnings: [],
      };
    },
  });
}

/** @returns the number of the new version, at the same price as the one that is run again. */
async function rerunGroup(
  deps: HttpDeps,
  { accountId, keyId }: Requester,
  group: JobGroup,
): Promise<number> {
  const { head, name, latest, members } = group;
  const newest = await findGroup(deps, accountId, { jobId: head.jobId });
  const state = toStateOfAll(newest.members.map(toJobState));
  if (state === 'Pending' || state === 'Queued' || state === 'Running') {
    const hint = 'Wait for its end, or stop it first.';
    throw refusal('JOB_STATE_INVALID', `cannot rerun job in state ${state}`, hint);
  }
  const version = latest + 1;
  const inputs = await Promise.all(
    members.map(({ jobId }, partition) => {
      const { key: idempotencyKey, requestHash } = keyOf(name, version, partition);
      const labels = {
        [groupLabels.group]: name,
        [groupLabels.version]: String(version),
        [groupLabels.partition]: `${partition}/${members.length}`,
      };
      const changes = { labels };
      return prepareRerun(deps, { accountId, keyId, jobId, changes, idempotencyKey, requestHash });
    }),
  );
  const posted = await postJobsTogether(deps, inputs);
  const isOwn = ({ rerunOf }: JobRow, partition: number) => rerunOf === members[partition]?.jobId;
  await refuseMixed(deps, posted, isOwn);
  return version;
}
