import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import {
  seedAccept,
  seedAvailable,
  seedComplete,
  seedCreateJob,
  seedFail,
  seedHeartbeat,
  seedProgress,
  seedRegister,
  seedStart,
} from '@node3/shared/routes/node3';
import { toTimestamp } from '@node3/shared/schema';
import { decodeAddress } from '@node3/shared/wallet-key';
import type { FastifyInstance } from 'fastify';
import { standingOf } from '../../../domain/agent-standing.ts';
import { holdNamedJob } from '../../../services/hold-named-job.ts';
import { refuseOwnWallet } from '../../../services/own-wallets.ts';
import { postJob } from '../../../services/post-job.ts';
import { registerNew } from '../../../services/register-agent.ts';
import { reportWorkProgress } from '../../../services/report-work-progress.ts';
import type { AgentRow, JobRow } from '../../../store/rows.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { publicWriteLimit } from '../../rate-limit.ts';
import { acceptEmptyBody } from '../accept-empty-body.ts';
import { setSeedErrorHandler } from './node3-errors.ts';
import {
  rewardOf,
  seedSlots,
  toJobSpec,
  toOffer,
  toSeedJob,
  toWorkProgress,
} from './node3-mapping.ts';
import { addNode3ReadRoutes } from './node3-read-routes.ts';
import { holdsSeedJob, reportSeedEnd } from './node3-reports.ts';

/** How many jobs the seed shows at a time, and how many are looked at for those it can describe. */
const shownMax = 10;
const lookedMax = 40;

/** The endpoints of the node3 seed. Its agents neither fence nor renew; we do both for them. */
export async function addNode3Routes(app: FastifyInstance, deps: HttpDeps): Promise<void> {
  await app.register(async (api) => {
    setSeedErrorHandler(api);
    acceptEmptyBody(api);
    addMachineRoutes(api, deps);
    addWorkRoutes(api, deps);
    addProgressRoutes(api, deps);
    addNode3ReadRoutes(api, deps);
    addRoute(api, seedCreateJob, {
      authenticate: deps.auth.operator,
      async handler({ body }) {
        const owner = { accountId: deps.operatorAccountId, keyId: null, idempotencyKey: null };
        const { job } = await postJob(deps, { ...owner, spec: toJobSpec(body) });
        return { job_id: job.jobId, status: 'created' as const };
      },
    });
  });
}

function addMachineRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, seedRegister, {
    authenticate: deps.auth.public,
    config: publicWriteLimit,
    async handler({ body, request }) {
      const { wallet_address: wallet, gpu_model: name } = body;
      decodeAddress(wallet);
      refuseOwnWallet(deps.ownWallets, wallet);
      const header = request.headers['x-registration-token'];
      const token = body.registration_token ?? (typeof header === 'string' ? header : undefined);
      const registration = deps.unprovenWallets === 'allowed' ? deps.registration : 'token';
      const { agentId, apiKey } = await registerNew({ ...deps, registration }, wallet, {
        name: name.slice(0, 64),
        version: 'node3-seed',
        registrationToken: token,
      });
      const presence = seen(deps, { agentId, wallet, name });
      deps.presence.noteOffer(presence, toOffer(body, seedSlots));
      const message = `Registered. Rewards are paid to ${wallet} and to no other wallet.`;
      return { agent_id: agentId, api_key: apiKey, message };
    },
  });
  addRoute(app, seedHeartbeat, {
    authenticate: deps.auth.agent,
    async handler({ principal }) {
      seen(deps, principal);
      return { status: 'ok' as const, timestamp: toTimestamp(deps.clock.nowMs()) };
    },
  });
}

function addWorkRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.agent;
  addRoute(app, seedAvailable, {
    authenticate,
    async handler({ principal, body }) {
      const { agentId, wallet } = principal;
      const said = toOffer(body, body.max_concurrent_jobs ?? 1);
      const presence = seen(deps, principal);
      presence.standing = standingOf(principal);
      deps.presence.noteOffer(presence, said);
      const offer = presence.offer ?? said;
      const isOpen = principal.state === 'active' && deps.providers.isOpen(agentId, offer);
      if (!isOpen) return { jobs: [] };
      const capacity = deps.work.capacityOf({ agentId, wallet, offer });
      const jobIds = deps.matchmaker.peek(capacity, lookedMax);
      const rows = await Promise.all(jobIds.map((jobId) => deps.store.job(jobId)));
      const jobs = rows.flatMap((job) => {
        // As it is stored: who only looks holds nothing, and may see no secret.
        const shown = job === null ? null : toSeedJob(job, deps.operatorAccountId);
        return shown === null || job?.state !== 'queued' ? [] : [shown];
      });
      return { jobs: jobs.slice(0, shownMax) };
    },
  });
  addRoute(app, seedAccept, {
    authenticate,
    async handler({ principal, params, body }) {
      seen(deps, principal);
      if (body.wallet_address !== principal.wallet) {
        const detail = `Rewards go to the wallet this agent registered with, ${principal.wallet}. Send that one, or register another agent.`;
        throw new MarketError('AUTH_FORBIDDEN', { detail });
      }
      await assertTold(deps, params.jobId);
      const job = await holdNamedJob(deps, principal, params.jobId);
      const message = 'The job is yours until its timeout times 1.2 has passed.';
      return { status: 'accepted' as const, job_id: job.jobId, reward: rewardOf(job), message };
    },
  });
  addRoute(app, seedComplete, {
    authenticate,
    async handler({ principal, params, body }) {
      seen(deps, principal);
      const job = await reportSeedEnd(deps, principal, params.jobId, { completion: body });
      const message = 'Stored. The reward is on its way to the registered wallet.';
      return { status: 'completed' as const, job_id: job.jobId, reward: rewardOf(job), message };
    },
  });
  addRoute(app, seedFail, {
    authenticate,
    async handler({ principal, params, body }) {
      seen(deps, principal);
      const job = await reportSeedEnd(deps, principal, params.jobId, { failure: body });
      return {
        status: 'failed' as const,
        job_id: job.jobId,
        message: `The job is ${job.state} now.`,
      };
    },
  });
}

function addProgressRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.agent;
  const running = ({ jobId, cancelRequestedAtMs }: JobRow) => ({
    status: 'running' as const,
    job_id: jobId,
    cancelled: cancelRequestedAtMs !== null,
  });
  addRoute(app, seedStart, {
    authenticate,
    async handler({ principal, params }) {
      seen(deps, principal);
      const { job } = await holdsSeedJob(deps, principal, params.jobId);
      return { ...running(job), message: 'It has been running since it was accepted.' };
    },
  });
  addRoute(app, seedProgress, {
    authenticate,
    async handler({ principal, params, body }) {
      seen(deps, principal);
      const { job, fence } = await holdsSeedJob(deps, principal, params.jobId);
      const progress = toWorkProgress(body);
      const { agentId } = principal;
      await reportWorkProgress(deps, fence, { agentId, jobId: job.jobId }, progress);
      const { percent, stage } = progress;
      return { ...running(job), message: 'Noted.', progress: percent ?? 0, stage };
    },
  });
}

/** An agent of the seed can't run what it was not told: the end of such a job would be made up. */
async function assertTold(deps: HttpDeps, jobId: string): Promise<void> {
  const job = await deps.store.job(jobId);
  if (job === null) throw new MarketError('JOB_NOT_FOUND', { jobId });
  if (toSeedJob(job, deps.operatorAccountId) !== null) return;
  const detail = 'This job is not for agents that speak this protocol.';
  throw new MarketError('JOB_STATE_INVALID', { detail, jobId, state: job.state });
}

/** Any call counts as a sign of life. Such an agent has no processes to tell apart. */
function seen(deps: HttpDeps, agent: Pick<AgentRow, 'agentId' | 'wallet' | 'name'>) {
  return deps.presence.seen(agent, `seed-${agent.agentId}`);
}
