import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import * as contracts from '@node3/shared/routes/artifacts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { viewArtifact } from '../../services/artifact-views.ts';
import { completeUpload } from '../../services/complete-upload.ts';
import { findHeldJob, findInput } from '../../services/find-input.ts';
import { keepPart } from '../../services/keep-part.ts';
import { openUpload } from '../../services/open-upload.ts';
import type { ArtifactFence, ArtifactRow } from '../../store/artifact-store.ts';
import type { HttpDeps } from '../http-deps.ts';
import { acceptBytes, incomingPart, taking } from '../incoming-part.ts';
import { sendArtifact } from '../send-artifact.ts';

interface FenceText {
  attempt: number;
  leaseToken: string;
}

/** The files of executions, for the agents that have them: inputs out, outputs in. */
export function addExecutionFileRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.agent;
  const fenceOf = (executionId: string, agentId: string, text: FenceText): ArtifactFence => ({
    agentId,
    fence: { executionId, attempt: text.attempt, leaseHash: deps.leases.hash(text.leaseToken) },
  });
  addRoute(app, contracts.createOutputUpload, {
    authenticate,
    async handler({ principal, params, body }) {
      const { attempt, leaseToken, ...file } = body;
      const fence = fenceOf(params.executionId, principal.agentId, { attempt, leaseToken });
      const { jobId, accountId } = await findHeldJob(deps, fence);
      const output = { jobId, executionId: params.executionId, attempt, fence };
      return openUpload(deps, { accountId, output }, file);
    },
  });
  acceptBytes(app, (bytes) => {
    addRoute(bytes, contracts.putOutputPart, {
      authenticate,
      handler: ({ principal, params, request, reply }) =>
        taking(request, reply, async () => {
          const { executionId, artifactId, offset } = params;
          const fence = fenceOf(executionId, principal.agentId, readFence(request));
          await findHeldJob(deps, fence);
          const row = await findOutput(deps, executionId, artifactId);
          return keepPart(deps, row, incomingPart(request, offset, deps.artifacts.pace), fence);
        }),
    });
  });
  addRoute(app, contracts.completeOutputUpload, {
    authenticate,
    async handler({ principal, params, body }) {
      const { executionId, artifactId } = params;
      const fence = fenceOf(executionId, principal.agentId, body);
      await findHeldJob(deps, fence);
      const row = await findOutput(deps, executionId, artifactId);
      return viewArtifact(await completeUpload(deps, row, null, fence));
    },
  });
  addRoute(app, contracts.getInputContent, {
    authenticate,
    async handler({ principal, params, request, reply }) {
      const { agentId } = principal;
      const fence = fenceOf(params.executionId, agentId, readFence(request));
      const row = await findInput(deps, fence, params.artifactId);
      return sendArtifact(deps, row, { kind: 'agent', id: agentId }, request, reply);
    },
  });
}

async function findOutput(
  { store }: HttpDeps,
  executionId: string,
  artifactId: string,
): Promise<ArtifactRow> {
  const row = await store.artifact(artifactId);
  if (row?.executionId === executionId && row.state !== 'removing') return row;
  throw new MarketError('ARTIFACT_NOT_FOUND', { artifactId });
}

function readFence({ headers }: FastifyRequest): FenceText {
  const attempt = Number(headers[contracts.fenceHeaders.attempt]);
  const leaseToken = headers[contracts.fenceHeaders.leaseToken];
  if (Number.isInteger(attempt) && typeof leaseToken === 'string') return { attempt, leaseToken };
  const { attempt: first, leaseToken: second } = contracts.fenceHeaders;
  const detail = `The headers ${first} and ${second} have to name the lease.`;
  const errors = [first, second].map((name) => ({ pointer: `/${name}`, detail: 'is needed' }));
  throw new MarketError('REQUEST_INVALID', { detail, errors });
}
