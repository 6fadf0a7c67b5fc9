import { systemIds } from '@node3/shared/ids';
import { ExecutionError } from '../executors/execution-error.ts';
import type { ExecutionDevice, ExecutionRequest, Executor } from '../executors/executor.ts';
import type { Inspection } from '../gpu/inspect-devices.ts';
import { type Check, failed, ok, skipped, warning } from './check.ts';

export interface ContainerDeps {
  executor: Executor;
  /** An image with a shell; rejects where there is none. */
  findImage: () => Promise<string>;
  /** Containers that the policy lets wait for jobs. */
  warmContainers: number;
}

const word = 'node3-doctor';
const endMsMax = 60_000;
const mebibyte = 1024 ** 2;

/** Starts a container as a job would be, and sees it end; then one with each GPU that works. */
export async function checkContainers(
  deps: ContainerDeps,
  { devices }: Pick<Inspection, 'devices'>,
): Promise<Check[]> {
  const status = await deps.executor.probe();
  const facts = status.isolationEffective;
  if (!status.available) {
    const problems = status.problems.map(({ fix, sentence }) => failed('engine', sentence, fix));
    return [
      ...problems,
      skipped('container', 'No container was started, as the engine does not work.'),
    ];
  }
  const weak = (facts?.weaknesses ?? []).map((sentence) =>
    warning(
      'engine',
      sentence,
      'Update it with the packages of your system, and restart the engine.',
    ),
  );
  const engine = ok(
    'engine',
    `${facts?.engine ?? 'engine'} ${facts?.engineVersion ?? ''} answers.`,
  );
  const image = await deps.findImage().catch((error: unknown) => sayError(error));
  if (typeof image !== 'string') {
    const fix = 'Name an image with a shell: node3 agent doctor --image busybox';
    return [engine, ...weak, failed('container', `There is no image to try: ${image.why}`, fix)];
  }
  const plain = await startOne(deps.executor, image, []);
  const checks = [engine, ...weak, plain];
  if (plain.state !== 'ok') return checks;
  if (deps.warmContainers > 0) checks.push(await checkWarm(deps.executor, image));
  for (const device of devices.filter(({ health }) => health.state === 'ok')) {
    if (device.vendor === 'simulated' || device.vendor === 'apple') continue;
    if (device.vendor === 'nvidia' && (facts?.nvidia ?? null) === null) {
      const name = `GPU ${device.index}`;
      checks.push(
        failed(name, `The engine can not give ${device.model} to containers.`, toolkitFix),
      );
      continue;
    }
    const { groupIds, id: uuid, renderNode, vendor } = device;
    const node = { ...(renderNode && { renderNode }), ...(groupIds && { groupIds }) };
    const check = await startOne(deps.executor, image, [{ uuid, vendor, ...node }]);
    checks.push({ ...check, name: `GPU ${device.index}` });
  }
  return checks;
}

const toolkitFix =
  'sudo apt-get install -y nvidia-container-toolkit && sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker';

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
      return ok('container', `A container of ${image} ran and was removed again.`);
    }
    const said = lines.slice(0, 3).join(' ').slice(0, 200);
    return failed(
      'container',
      `The container ended with ${end.exitCode}: ${end.detail} ${said}`,
      look,
    );
  } catch (error) {
    const { why } = sayError(error);
    const code = error instanceof ExecutionError ? `${error.reason}: ` : '';
    const isGpu = devices.length > 0;
    return failed(
      'container',
      `No container could be run: ${code}${why}`,
      isGpu ? toolkitFix : look,
    );
  } finally {
    await executor.remove(executionId).catch(() => undefined);
  }
}

/** Each job would get a container of its own, as if the policy had nothing of it. */
async function checkWarm(executor: Executor, image: string): Promise<Check> {
  const request = trial(systemIds.next('execution'), image, []);
  const refusal = await executor.tryWarm?.(request).catch((error: unknown) => sayError(error).why);
  if (refusal === null) return ok('warm containers', 'A container waited for a job.');
  return warning(
    'warm containers',
    `No container can wait for jobs here: ${refusal ?? 'this executor has none.'}`,
    'Let each job start its own: node3 agent policy set warmContainers 0',
  );
}

const look = 'Look at the log of the engine: journalctl -u docker -n 50';

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
