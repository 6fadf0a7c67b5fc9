import type { ProofPlan } from '@node3/shared/gpu-proof/proof-plan';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AgentDevice } from '../gpu/device.ts';
import { systemHostClock } from '../host-clock.ts';
import { DeviceProver, type DeviceProverDeps } from './device-prover.ts';
import { ProofError } from './proof-error.ts';

/** The pauses of the prover, on the timers of the test. */
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, _value: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      setTimeout(resolve, ms);
    }),
}));

const plan: ProofPlan = {
  regions: 2,
  regionLines: 256,
  rounds: 8,
  passes: 2,
  reads: 2,
  lanes: 256,
};
const proofId = 'prf_06BR2J0S7XW8Z3Q1T5M4N6P9KD';
const seed = 'ab'.repeat(32);
const never = Number.MAX_SAFE_INTEGER;
const challenge = {
  proofId,
  epoch: 1,
  fillMs: never,
  devices: [{ deviceId: 'GPU-1', plan, fillSeed: seed }],
};
const device: AgentDevice = {
  id: 'GPU-1',
  vendor: 'nvidia',
  model: 'NVIDIA H100 80GB HBM3',
  memoryBytes: 80 * 1024 ** 3,
} as AgentDevice;

/** A driver that hangs at one of its calls until its process is killed. */
function hangingAt(step: 'fillMemory' | 'walk' | 'open' | null) {
  const killed = Promise.withResolvers<never>();
  killed.promise.catch(() => undefined);
  const answer = <Value>(name: typeof step, value: Value) =>
    name === step ? killed.promise : Promise.resolve(value);
  return {
    fillMemory: vi.fn(() => answer('fillMemory', { adapter: 'card' } as never)),
    walk: vi.fn(() => answer('walk', { root: seed } as never)),
    open: vi.fn(() => answer('open', [])),
    kill: vi.fn(() => killed.reject(new ProofError('prover-failed', 'It was killed.'))),
  };
}

let link: { call: ReturnType<typeof vi.fn> };
let prover: DeviceProver;

function hearWith(port: ReturnType<typeof hangingAt>) {
  prover = new DeviceProver({
    link: link as unknown as DeviceProverDeps['link'],
    clock: systemHostClock,
    log: silentLogger,
    environment: {},
    startProver: () => port,
    idleDevices: () => [device],
    onCapacity: () => undefined,
    onStatus: () => undefined,
  });
  prover.hear('agt_06BR2J0S7XW8Z3Q1T5M4N6P9KD', challenge);
  expect(prover.deviceIds).toEqual(['GPU-1']);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const walk = { state: 'walk', walkMs: never, askAgainMs: never };
  link = {
    call: vi.fn(({ url }: { url: string }) =>
      url.endsWith('/filled')
        ? Promise.resolve({ ...walk, devices: [{ deviceId: 'GPU-1', walkSeed: seed }] })
        : Promise.resolve({ lanes: [1], state: 'passed', finding: 'right' }),
    ),
  };
});
afterEach(() => vi.useRealTimers());

it.each([
  { step: 'fillMemory', withinMs: limits.proofFillMs },
  { step: 'walk', withinMs: limits.proofWalkMs + limits.proofOpenMs },
  { step: 'open', withinMs: limits.proofWalkMs + limits.proofOpenMs },
] as const)(
  'a driver that hangs at $step gives the device back, whatever the marketplace says',
  async ({ step, withinMs }) => {
    const port = hangingAt(step);
    hearWith(port);
    await vi.advanceTimersByTimeAsync(0);
    expect(port[step]).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(withinMs - 1);
    expect(prover.deviceIds).toEqual(['GPU-1']);
    await vi.advanceTimersByTimeAsync(1);
    expect(port.kill).toHaveBeenCalled();
    expect(prover.deviceIds).toEqual([]);
  },
);

it('waits for others no longer than a proof takes, and asks again soon', async () => {
  link.call.mockResolvedValue({ state: 'wait', walkMs: 0, askAgainMs: never, devices: [] });
  hearWith(hangingAt(null));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(link.call).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(300_000);
  expect(prover.deviceIds).toEqual([]);
});

it('is given up at once when the provider’s policy closes', async () => {
  const port = hangingAt('fillMemory');
  hearWith(port);
  prover.abandon();
  await vi.advanceTimersByTimeAsync(0);
  expect(port.kill).toHaveBeenCalled();
  expect(prover.deviceIds).toEqual([]);
});
