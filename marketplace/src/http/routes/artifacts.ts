import { addRoute } from '@node3/shared/http/add-route';
import * as contracts from '@node3/shared/routes/artifacts';
import type { FastifyInstance } from 'fastify';
import { viewArtifact, viewUpload } from '../../services/artifact-views.ts';
import { completeUpload } from '../../services/complete-upload.ts';
import { keepPart } from '../../services/keep-part.ts';
import { openUpload } from '../../services/open-upload.ts';
import {
  createArtifactLink,
  findCompleteArtifact,
  findOwnArtifact,
  listArtifacts,
  listJobArtifacts,
  listRemovedArtifacts,
  openArtifactLink,
} from '../../services/read-artifacts.ts';
import { findJobThatRan, findOwnJob } from '../../services/read-job.ts';
import type { HttpDeps } from '../http-deps.ts';
import { acceptBytes, incomingPart, taking } from '../incoming-part.ts';
import { sendArtifact } from '../send-artifact.ts';

export function addArtifactRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addUploadRoutes(app, deps);
  addReadRoutes(app, deps);
  addLinkRoutes(app, deps);
}

function addUploadRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, contracts.createUpload, {
    authenticate,
    handler: ({ principal, body }) =>
      openUpload(deps, { accountId: principal.accountId, output: null }, body),
  });
  addRoute(app, contracts.getUpload, {
    authenticate,
    async handler({ principal, params }) {
      const row = await findOwnArtifact(deps, params.artifactId, principal.accountId);
      return viewUpload(row, await deps.store.partsOfArtifact(row.artifactId));
    },
  });
  acceptBytes(app, (bytes) => {
    addRoute(bytes, contracts.putUploadPart, {
      authenticate,
      handler: ({ principal, params, request, reply }) =>
        taking(request, reply, async () => {
          const row = await findOwnArtifact(deps, params.artifactId, principal.accountId);
          const part = incomingPart(request, params.offset, deps.artifacts.pace);
          return keepPart(deps, row, part, null);
        }),
    });
  });
  addRoute(app, contracts.completeUpload, {
    authenticate,
    async handler({ principal, params, body }) {
      const row = await findOwnArtifact(deps, params.artifactId, principal.accountId);
      return viewArtifact(await completeUpload(deps, row, body.sha256 ?? null, null));
    },
  });
}

function addReadRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, contracts.listArtifacts, {
    authenticate,
    handler: ({ principal, query }) => listArtifacts(deps, principal.accountId, query),
  });
  addRoute(app, contracts.listRemovedArtifacts, {
    authenticate,
    handler: ({ principal, query }) => listRemovedArtifacts(deps, principal.accountId, query),
  });
  addRoute(app, contracts.getArtifact, {
    authenticate,
    async handler({ principal, params }) {
      const { accountId } = principal;
      return viewArtifact(await findCompleteArtifact(deps, params.artifactId, accountId));
    },
  });
  addRoute(app, contracts.getArtifactContent, {
    authenticate,
    async handler({ principal, params, request, reply }) {
      const { accountId } = principal;
      const row = await findCompleteArtifact(deps, params.artifactId, accountId);
      return sendArtifact(deps, row, { kind: 'account', id: accountId }, request, reply);
    },
  });
  addRoute(app, contracts.deleteArtifact, {
    authenticate,
    async handler({ principal, params }) {
      const { artifactId } = await findOwnArtifact(deps, params.artifactId, principal.accountId);
      const removal = { reason: 'deleted', nowMs: deps.clock.nowMs() } as const;
      await deps.store.beginRemoval(artifactId, removal);
      return { artifactId };
    },
  });
  addRoute(app, contracts.listJobArtifacts, {
    authenticate: deps.auth.jobRequester,
    async handler({ principal, params }) {
      const job = await findOwnJob(deps, params.jobId, principal.accountId);
      return listJobArtifacts(deps, await findJobThatRan(deps, job));
    },
  });
}

function addLinkRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, contracts.createArtifactLink, {
    authenticate,
    async handler({ principal, params, body }) {
      const row = await findCompleteArtifact(deps, params.artifactId, principal.accountId);
      return createArtifactLink(deps, row, body.expiresSec);
    },
  });
  addRoute(app, contracts.revokeArtifactLinks, {
    authenticate,
    handler: async ({ principal }) => ({
      version: await deps.store.revokeLinks(principal.accountId, deps.clock.nowMs()),
    }),
  });
  addRoute(app, contracts.downloadByLink, {
    authenticate: deps.auth.public,
    async handler({ params, query, request, reply }) {
      const row = await openArtifactLink(deps, { ...params, ...query });
      return sendArtifact(deps, row, { kind: 'link', id: row.accountId }, request, reply);
    },
  });
}
