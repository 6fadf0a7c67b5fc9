import { setTimeout as delay } from 'node:timers/promises';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { MarketError } from '@node3/shared/error';
import { grpcLimits } from '@node3/shared/grpc-limits';
import { drainAgent, unregisterAgent } from '../../services/change-agent-state.ts';
import { readPublicAgent } from '../../services/read-agents.ts';
import type { AgentRow } from '../../store/rows.ts';
import { type AdmittedCall, admitCall } from '../admit-call.ts';
import { type StreamingCall, serverStream, unary } from '../answer-call.ts';
import { listWorkers, workerStatusWord } from '../available-workers.ts';
import type { GrpcDeps } from '../grpc-deps.ts';
import { toProtoTime } from '../proto-time.ts';
import { type RegisterRequest, registerWorker } from '../worker/register-worker.ts';
import { type WorkerCall, WorkerSession } from '../worker/worker-session.ts';
import { changeWorkerStatus } from '../worker/worker-status.ts';
import { assertSelf } from './job-work.ts';

interface OfWorker {
  worker_id: string;
  reason: string;
}

/** Workers of Hodei: they register with a one-time token, and work over one stream each. */
export function workerAgentService(deps: GrpcDeps): UntypedServiceImplementation {
  const self = { access: 'agent', kind: 'change', cost: 1 } as const;
  const stream = (call: WorkerCall) => void openStream(deps, call);
  return {
    Register: unary(
      deps,
      { access: 'public', kind: 'change', cost: 1, startsWork: true },
      (asked: RegisterRequest, call) => registerWorker(deps, asked, call.request),
    ),
    WorkerStream: stream,
    Connect: stream,
    UpdateWorkerStatus: unary(
      deps,
      self,
      async (asked: OfWorker & { status: string }, { principal }) => {
        assertSelf(principal, asked.worker_id);
        await changeWorkerStatus(deps, principal.agentId, asked.status);
        return { success: true, message: '', status: await statusOf(deps, principal.agentId) };
      },
    ),
    UnregisterWorker: unary(deps, self, async (asked: OfWorker, { principal }) => {
      assertSelf(principal, asked.worker_id);
      const { agentId } = principal;
      const live = await deps.store.liveExecutions(agentId);
      await unregisterAgent(deps, request(principal, agentId, asked.reason));
      const message = 'The worker is out, and its session id works no more.';
      return { success: true, message, jobs_migrated: live.length };
    }),
    DrainWorker: unary(
      deps,
      { access: 'agentOrOperator', kind: 'change', cost: 1 },
      (asked: OfWorker & { grace_period_ms: number }, { principal }) =>
        drain(deps, principal, asked),
    ),
    GetAvailableWorkers: unary(
      deps,
      { access: 'requester', kind: 'read', cost: 1 },
      async ({ limit }: { limit: number }) => ({ workers: await listWorkers(deps, limit) }),
    ),
    WorkerStatusStream: serverStream(
      deps,
      { kind: 'read', cost: 1 },
      ({ worker_id: agentId }: { worker_id: string }, call) => statusesOf(deps, agentId, call),
    ),
  };
}

async function openStream(deps: GrpcDeps, call: WorkerCall): Promise<void> {
  const rule = { access: 'agent', kind: 'change', cost: 1 } as const;
  try {
    await admitCall(deps, rule, call, ({ principal, request: asked }: AdmittedCall<'agent'>) =>
      new WorkerSession(deps, call, principal).run(deps.auth.keyIdOf(asked)),
    );
  } catch (error) {
    call.emit('error', deps.statusOf(error));
  }
}

type Who = AgentRow | 'operator';

function request(who: Who, agentId: string, reason: string) {
  const by = who === 'operator' ? ('operator' as const) : (`agent:${agentId}` as const);
  return { agentId, by, reason: reason === '' ? null : reason.slice(0, 500) };
}

/** Nothing is stopped at the deadline: the worker, or its operator, decides what becomes of the rest. */
async function drain(deps: GrpcDeps, who: Who, asked: OfWorker & { grace_period_ms: number }) {
  if (who !== 'operator') assertSelf(who, asked.worker_id);
  const agentId = who === 'operator' ? asked.worker_id : who.agentId;
  await drainAgent(deps, request(who, agentId, asked.reason));
  const live = await deps.store.liveExecutions(agentId);
  const graceMs = Math.max(0, asked.grace_period_ms);
  return {
    success: true,
    message: 'It gets nothing new.',
    job_ids_affected: live.map(({ jobId }) => jobId),
    drain_deadline: graceMs === 0 ? null : toProtoTime(deps.clock.nowMs() + graceMs),
  };
}

async function statusOf(deps: GrpcDeps, agentId: string): Promise<string> {
  const agent = await readPublicAgent(deps, agentId);
  return agent === null ? 'WORKER_STATUS_TERMINATED' : workerStatusWord(agent);
}

/** The first is how it is now. Whether it is heard of is looked at now and then: silence is no event. */
async function* statusesOf(
  deps: GrpcDeps,
  agentId: string,
  { signal }: StreamingCall,
): AsyncGenerator<object> {
  let last = '';
  while (!signal.aborted) {
    const agent = await readPublicAgent(deps, agentId);
    if (agent === null) throw new MarketError('AGENT_NOT_FOUND', { agentId });
    const update = {
      worker_id: agentId,
      status: workerStatusWord(agent),
      running_jobs: agent.running,
    };
    const text = JSON.stringify(update);
    if (text !== last) yield { ...update, timestamp: toProtoTime(deps.clock.nowMs()) };
    last = text;
    await delay(grpcLimits.workerStatusMs, undefined, { signal }).catch(() => undefined);
  }
}
