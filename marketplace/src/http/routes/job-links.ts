import { addRoute } from '@node3/shared/http/add-route';
import * as contracts from '@node3/shared/routes/job-links';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { LogPosition } from '../../live/follow-logs.ts';
import { viewArtifact } from '../../services/artifact-views.ts';
import { findLogStart } from '../../services/find-log-start.ts';
import { openJobLink, viewSharedJob } from '../../services/open-job-link.ts';
import { findArtifactOfJob } from '../../services/read-artifacts.ts';
import { findJobThatRan, findOwnJob } from '../../services/read-job.ts';
import { readLogPage } from '../../services/read-log-page.ts';
import { listJobLinks, revokeJobLink, shareJob } from '../../services/share-job.ts';
import { anyOrigin } from '../cross-origin.ts';
import type { HttpDeps } from '../http-deps.ts';
import { LogFollowers } from '../log-followers.ts';
import { jsonLogForm } from '../log-forms.ts';
import { publicWriteLimit } from '../rate-limit.ts';
import { sendArtifact } from '../send-artifact.ts';
import { pageAt } from '../static-files.ts';
import { streamLogs } from '../stream-logs.ts';

export function addJobLinkRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, contracts.createJobLink, {
    authenticate,
    handler: async ({ principal, params, body }) =>
      shareJob(deps, await findOwnJob(deps, params.jobId, principal.accountId), body),
  });
  addRoute(app, contracts.listJobLinks, {
    authenticate,
    handler: async ({ principal, params }) =>
      listJobLinks(deps, await findOwnJob(deps, params.jobId, principal.accountId)),
  });
  addRoute(app, contracts.revokeJobLink, {
    authenticate,
    async handler({ principal, params }) {
      const job = await findOwnJob(deps, params.jobId, principal.accountId);
      return revokeJobLink(deps, job, params.linkId);
    },
  });
  addSharedRoutes(app, deps);
}

/** Each use is counted with a write, so they are rated as those of strangers are. */
function addSharedRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const readers = new LogFollowers('logs of this job by links');
  const open = { authenticate: deps.auth.public, config: { ...publicWriteLimit, ...anyOrigin } };
  // A link that somebody follows in a browser leads to the page of what it shows.
  const shown = { ...open, config: { ...open.config, ...pageAt('/s/') } };
  addRoute(app, contracts.getSharedJob, {
    ...shown,
    async handler({ params, query, reply }) {
      keepFromCaches(reply);
      return viewSharedJob(deps, await openJobLink(deps, { ...params, ...query }, 'job'));
    },
  });
  addRoute(app, contracts.getSharedLogs, {
    ...shown,
    async handler({ params, query, request, reply }) {
      keepFromCaches(reply);
      const { after = 0, until: untilSeq = null, last = null, limit, ...signed } = query;
      const { job } = await openJobLink(deps, { ...params, ...signed }, 'logs');
      const ran = await findJobThatRan(deps, job);
      const every = { sinceMs: null, stream: null };
      const afterSeq = await findLogStart(deps, ran, { after, last, ...every });
      const position = { jobId: ran.jobId, afterSeq, untilSeq, stream: null };
      if (request.headers.accept?.includes('application/x-ndjson') === true) {
        await streamShared(deps, readers, position, reply);
        return undefined as never;
      }
      return readLogPage(deps, ran, position, limit);
    },
  });
  addRoute(app, contracts.listSharedArtifacts, {
    ...shown,
    async handler({ params, query, reply }) {
      keepFromCaches(reply);
      const { job } = await openJobLink(deps, { ...params, ...query }, 'artifacts');
      const { executionId } = await findJobThatRan(deps, job);
      const rows = executionId === null ? [] : await deps.store.artifactsOfExecution(executionId);
      const data = rows.map((row) => ({
        ...viewArtifact(row),
        url: deps.signedLinks.jobPath(params.linkId, `/artifacts/${row.artifactId}`),
      }));
      return { data };
    },
  });
  addRoute(app, contracts.downloadSharedArtifact, {
    ...open,
    async handler({ params, query, request, reply }) {
      keepFromCaches(reply);
      const { artifactId } = params;
      const { job } = await openJobLink(deps, { ...params, ...query }, { artifactId });
      const row = await findArtifactOfJob(deps, await findJobThatRan(deps, job), artifactId);
      const bytes = sendArtifact(deps, row, { kind: 'link', id: row.accountId }, request, reply);
      keepFromCaches(reply);
      return bytes;
    },
  });
}

/** All of it at once, for whoever looks for something in it. */
async function streamShared(
  deps: HttpDeps,
  readers: LogFollowers,
  position: LogPosition,
  reply: FastifyReply,
): Promise<void> {
  const leave = readers.enter(position.jobId);
  const headers = { 'x-robots-tag': 'noindex, nofollow' };
  try {
    const form = { ...jsonLogForm, headers };
    await streamLogs(deps, { position, mode: 'once', form }, reply);
  } finally {
    leave();
  }
}

/** Whoever is not shown it any more finds it nowhere else. `no-referrer` is in every answer already. */
function keepFromCaches(reply: FastifyReply): void {
  void reply.header('cache-control', 'no-store').header('x-robots-tag', 'noindex, nofollow');
}
