import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '@node3/agent/agent';
import { startAgent } from '@node3/agent/app';
import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { openSocket } from '@node3/agent/marketplace-link/open-socket';
import { executorWorks, outcome } from '@node3/agent/testing/test-agent';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '@node3/marketplace/testing/test-marketplace';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { agentConfig } from './dev-network.ts';

/** The real agent's socket on the real marketplace, cut after or instead of any one of its frames. */

let market: TestMarketplace;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;
let folder: string;

beforeAll(async () => {
  market = await startTestMarketplace();
  requester = await openFundedAccount(market);
  folder = await mkdtemp(join(tmpdir(), 'node3-channel-'));
});
afterAll(async () => {
  await market.stop();
  await rm(folder, { recursive: true, force: true });
});

const within = { timeout: 20_000, interval: 5 };
const prepare = { imageId: 'i', imageDigest: 'i@sha256:1', sizeBytes: 1, pulled: false };

/** Hello and ready with their answers. */
const openingFrames = 4;

interface Cut {
  /** Which frame, counted from the opening of the socket in both directions; 0 cuts none. */
  frame: number;
  /** Whether that frame still arrives. */
  kind: 'after' | 'instead';
}

/** A socket that breaks at one frame, and how many frames went over it before. */
function cuttableSocket(cut: Cut) {
  const seen = { frames: 0 };
  /** @returns whether the frame may pass. */
  const count = (socket: ReturnType<typeof openSocket>): boolean => {
    seen.frames += 1;
    if (seen.frames !== cut.frame) return true;
    if (cut.kind === 'instead') socket.terminate();
    else setImmediate(() => socket.terminate());
    return cut.kind === 'after';
  };
  const open: typeof openSocket = (url, apiKey) => {
    const socket = openSocket(url, apiKey);
    const send = socket.send.bind(socket);
    socket.send = (data: string) => {
      if (count(socket)) send(data);
    };
    const emit = socket.emit.bind(socket);
    socket.emit = (event: string, ...args: unknown[]) =>
      event === 'message' && !count(socket) ? false : emit(event, ...args);
    return socket;
  };
  return { open, seen };
}

async function bootAgent(name: string, cut: Cut) {
  const executor = new FakeExecutor();
  executor.programProbe(executorWorks);
  executor.program('*', { prepare, start: { startedAtMs: 1_000 }, outcome: outcome() });
  const { open, seen } = cuttableSocket(cut);
  const config = agentConfig(folder, name, market.url, '');
  const agent = await startAgent(
    { ...config, solanaRpcUrl: null },
    { createExecutors: () => [executor], openSocket: open },
  );
  await agent.ready();
  // Or the job would go to the poll that bridges the time until there is a socket.
  const opening = Math.min(cut.frame === 0 ? openingFrames : cut.frame, openingFrames);
  await vi.waitFor(() => expect(seen.frames).toBeGreaterThanOrEqual(opening), within);
  return { agent, executor, seen };
}

async function runJob(agent: Agent, executor: FakeExecutor): Promise<void> {
  const { jobId } = await requester.client.call(createJob, { body: testJob() });
  await vi.waitFor(async () => {
    const job = await requester.client.call(getJob, { params: { jobId } });
    expect(job.state).toBe('succeeded');
  }, within);
  const [execution, ...others] = await market.store.executionsOfJob(jobId);
  expect(others).toEqual([]);
  const { executionId = '' } = execution ?? {};
  expect(executor.calls.filter((call) => call === `start ${executionId}`)).toHaveLength(1);
  expect(await market.store.payoutOfExecution(executionId)).toMatchObject({ amount: 1_000_000n });
  expect(await market.store.verifyLedger()).toMatchObject({ balanced: true });
  expect(agent.agentId).toBe(execution?.agentId);
}

describe('a job over a socket', () => {
  it('is done and paid once, at whichever frame the socket breaks', async () => {
    const whole = await bootAgent('whole', { frame: 0, kind: 'after' });
    await runJob(whole.agent, whole.executor);
    await whole.agent.drain();
    const { frames } = whole.seen;
    expect(frames).toBeGreaterThanOrEqual(8);
    for (let frame = 1; frame <= frames; frame += 1) {
      for (const kind of ['after', 'instead'] as const) {
        const { agent, executor } = await bootAgent(`${kind}-${frame}`, { frame, kind });
        await runJob(agent, executor);
        await agent.drain();
      }
    }
  });
});
