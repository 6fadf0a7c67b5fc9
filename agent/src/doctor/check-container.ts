import { systemIds } from '@node3/shared/ids';
import { ExecutionError } from '../executors/execution-error.ts';
import type {
  ExecutionDevice,
  ExecutionRequest,
  Executor,
  ExecutorStatus,
} from '../executors/executor.ts';
import type { Inspection } from '../gpu/inspect-devices.ts';
import { type Check, failed, ok, skipped, told, warning } from './check.ts';

export interface ContainerDeps {
  executor: Executor;
  /** What else runs jobs, where the provider allows it. */
  native: Pick<Executor, 'probe'> | null;
  /** An image with a shell; rejects where there is none. */
  findImage: () => Promise<string>;
  /** Containers that the policy lets wait for jobs. */
  warmContainers: number;
}

const word = 'node3-doctor';
const endMsMax = 60_000;
const mebibyte = 1024 ** 2;

/** How jobs would run: in containers, natively, or not at all. */
export async function checkExecutors(
  deps: ContainerDeps,
  inspection: Pick<Inspection, 'devices'>,
): Promise<Check[]> {
  const status = await deps.executor.probe();
  const native = await checkNative(deps.native, status.available);
  if (status.available) return [...(await checkContainers(deps, status, inspection)), ...native];
  // A machine that runs jobs without an engine has failed in nothing.
  const runsNative = native.some(({ state }) => state === 'ok');
  const state = runsNative ? 'warning' : 'failed';
  const problems = status.problems.map((problem) => told('engine', state, problem));
  return [...problems, skipped('container', 'container.skipped'), ...native];
}

/** Where an engine runs jobs, the machine works without native ones. */
async function checkNative(native: ContainerDeps['native'], hasEngine: boolean): Promise<Check[]> {
  if (native === null) return [];
  const { available, problems } = await native.probe();
  const found = problems.map((problem) =>
    told('native jobs', available || hasEngine ? 'warning' : 'failed', problem),
  );
  return available ? [ok('native jobs', 'native.ok'), ...found] : found;
}

/** Starts a container as a job would be, and sees it end; then one with each GPU that works. */
async function checkContainers(
  deps: ContainerDeps,
  { isolationEffective: facts }: ExecutorStatus,
  { devices }: Pick<Inspection, 'devices'>,
): Promise<Check[]> {
  const weak = (facts?.weaknesses ?? []).map((sentence) =>
    told('engine', 'warning', {
      sentence,
      fix: 'Update it with the packages of your system, and restart the engine.',
    }),
  );
  const engine = ok('engine', 'engine.ok', {
    engine: `${facts?.engine ?? 'engine'} ${facts?.engineVersion ?? ''}`.trim(),
  });
  const image = await deps.findImage().catch((error: unknown) => sayError(error));
  if (typeof image !== 'string') {
    return [engine, ...weak, failed('container', 'container.noImage', { why: image.why })];
  }
  const plain = await startOne(deps.executor, image, []);
  const checks = [engine, ...weak, plain];
  if (plain.state !== 'ok') return checks;
  if (deps.warmContainers > 0) checks.push(await checkWarm(deps.executor, image));
  for (const device of devices.filter(({ health }) => health.state === 'ok')) {
    if (device.vendor === 'simulated' || device.vendor === 'apple') continue;
    if (device.vendor === 'nvidia' && (facts?.nvidia ?? null) === null) {
      const name = `GPU ${device.index}` as const;
      checks.push(failed(name, 'container.noGpu', { model: device.model }));
      continue;
    }
    const { groupIds, id: uuid, renderNode, vendor } = device;
    const node = { ...(renderNode && { renderNode }), ...(groupIds && { groupIds }) };
    const check = await startOne(deps.executor, image, [{ uuid, vendor, ...node }]);
    checks.push({ ...check, name: `GPU ${device.index}` });
  }
  return checks;
}

function sayError(error: unknown): { why: string } {
  return { why: error instanceof Error ? error.message : String(error) };
}

async function startOne(
  executor: Executor,
  image: string,
  devices: readonly ExecutionDevice[],
): Promise<Check> {
  const executionId = systemIds.next('execution');
  const signal = AbortSignal.timeout(endMsMax);
  const request = trial(executionId, image, devices);
  try {
    await executor.prepare(request, signal, () => undefined);
    await executor.start(request);
    const lines: string[] = [];
    const [end] = await Promise.all([
      executor.wait(executionId, signal),
      executor.logs(executionId, {}, (line) => void lines.push(line.text), signal),
    ]);
    if (end.exitCode === 0 && lines.includes(word)) {
      return ok('container', 'container.ok', { image });
    }
    const said = lines.slice(0, 3).join(' ').slice(0, 200);
    const why = `${end.detail} ${said}`;
    return failed('container', 'container.ended', { code: end.exitCode ?? '?', why });
  } catch (error) {
    const { why } = sayError(error);
    const code = error instanceof ExecutionError ? `${error.reason}: ` : '';
    const finding = devices.length > 0 ? 'container.gpuFailed' : 'container.failed';
    return failed('container', finding, { why: `${code}${why}` });
  } finally {
    await executor.remove(executionId).catch(() => undefined);
  }
}

/** Each job would get a container of its own, as if the policy had nothing of it. */
async function checkWarm(executor: Executor, image: string): Promise<Check> {
  const request = trial(systemIds.next('execution'), image, []);
  const refusal = await executor.tryWarm?.(request).catch((error: unknown) => sayError(error).why);
  if (refusal === null) return ok('warm containers', 'warm.ok');
  const why = refusal ?? 'this executor has none.';
  return warning('warm containers', 'warm.none', { why });
}

function trial(
  executionId: string,
  image: string,
  devices: readonly ExecutionDevice[],
): ExecutionRequest {
  return {
    executionId,
    jobId: systemIds.next('job'),
    attempt: 1,
    agentId: 'doctor',
    workload: {
      kind: 'container',
      image,
      command: ['/bin/sh', '-c', `echo ${word}`],
      entrypoint: null,
      workdir: null,
      env: {},
      stdin: null,
    },
    inputs: [],
    limits: {
      cpus: 0.5,
      memoryBytes: 128 * mebibyte,
      diskBytes: 16 * mebibyte,
      shmBytes: 16 * mebibyte,
      pidsMax: 32,
      runMs: endMsMax,
      logBytesMax: 16_384,
    },
    network: 'none',
    devices,
  };
}
