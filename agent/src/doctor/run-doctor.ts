import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemIds } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import type { AgentConfig } from '../config.ts';
import { buildTrialImage, createExecutors } from '../create-executors.ts';
import { createCommandRunner } from '../gpu/command-runner.ts';
import { createGpuDetectors } from '../gpu/gpu-detectors.ts';
import { findKernelLogProblem } from '../gpu/health/kernel-log.ts';
import { systemFiles } from '../gpu/host-files.ts';
import { type Inspection, inspectDevices } from '../gpu/inspect-devices.ts';
import { systemHostClock } from '../host-clock.ts';
import { policyDefaults } from '../policy/policy-defaults.ts';
import { PolicyStore } from '../policy/policy-store.ts';
import { type Check, failed, ok, told } from './check.ts';
import { checkExecutors } from './check-container.ts';
import { checkMachine } from './check-machine.ts';
import { checkMarketplace } from './check-marketplace.ts';

const detectMsMax = 60_000;

/** Looks at everything that an agent needs here. Changes nothing that it does not take back. */
export async function runDoctor(config: AgentConfig, image: string | null): Promise<Check[]> {
  const folder = await makeScratch(config.dataDir);
  try {
    return await examine(config, folder, image);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** On the disk that jobs would use; the data folder itself is not made for a look, least by root. */
async function makeScratch(dataDir: string): Promise<string> {
  const inside = mkdtemp(join(dataDir, 'doctor-'));
  return inside.catch(() => mkdtemp(join(tmpdir(), 'node3-doctor-')));
}

async function examine(
  config: AgentConfig,
  folder: string,
  image: string | null,
): Promise<Check[]> {
  const clock = systemHostClock;
  const [machine, marketplace, inspection] = await Promise.all([
    checkMachine(config),
    checkMarketplace(config, { ...clock, fetch }),
    inspect(config),
  ]);
  const context = {
    ownerId: `doctor-${systemIds.secret(12)}`,
    config: { ...config, dataDir: folder, egressHosts: [] },
    clock,
    log: silentLogger,
    policy: null,
    idleMemoryBytes: () => 0,
    secretFiles: null,
  };
  const [executor, native = null] = createExecutors(context);
  const warmContainers = await readWarmContainers(config);
  let takeBack = () => Promise.resolve();
  const findImage = async () => {
    if (image !== null) return image;
    const trial = await buildTrialImage(context);
    takeBack = trial.takeBack;
    return trial.image;
  };
  try {
    const containers =
      executor === undefined
        ? []
        : await checkExecutors({ executor, native, findImage, warmContainers }, inspection);
    const gpus = [...listGpus(inspection), ...(await checkKernelLog(config, inspection))];
    return [checkNode(), ...machine, ...marketplace, ...gpus, ...containers];
  } finally {
    await executor?.close();
    await native?.close();
    await takeBack().catch(() => undefined);
  }
}

/** A policy that can't be read is named by the look at the machine. */
async function readWarmContainers(config: AgentConfig): Promise<number> {
  const path = join(config.dataDir, 'policy.json');
  const store = await PolicyStore.open(path, policyDefaults(config)).catch(() => null);
  return store?.current.warmContainers ?? 0;
}

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = major > 22 || (major === 22 && minor >= 18);
  const values = { version: process.versions.node };
  return fits ? ok('node', 'node.ok', values) : failed('node', 'node.old', values);
}

function inspect({ environment }: AgentConfig): Promise<Inspection> {
  const clock = systemHostClock;
  const runner = createCommandRunner({ environment });
  const detectors = createGpuDetectors('hardware', { runner, clock, telemetry: 'query' });
  const deps = { detectors, clock, log: silentLogger };
  return inspectDevices(deps, AbortSignal.timeout(detectMsMax));
}

/** Where the drivers of NVIDIA and AMD report faults first. */
async function checkKernelLog(
  { environment }: AgentConfig,
  { devices }: Inspection,
): Promise<Check[]> {
  if (!devices.some(({ vendor }) => vendor === 'nvidia' || vendor === 'amd')) return [];
  if (process.platform !== 'linux') return [];
  const deps = { runner: createCommandRunner({ environment }), files: systemFiles };
  const problem = await findKernelLogProblem(deps, AbortSignal.timeout(detectMsMax));
  return problem === null
    ? [ok('kernel log', 'kernel.ok')]
    : [told('kernel log', 'warning', problem)];
}

/** A machine without a GPU sells its processors; one whose GPUs are all at fault has been told so. */
export function listGpus({ devices, problems }: Pick<Inspection, 'devices' | 'problems'>): Check[] {
  const broken = problems.map((problem) => told('GPUs', 'failed', problem));
  const sick = devices.flatMap(({ health, model }) =>
    health.reason === null
      ? []
      : [
          told('GPUs', 'failed', {
            sentence: `${model}: ${health.reason}`,
            fix: 'node3 agent detect',
          }),
        ],
  );
  const well = devices.filter(({ health }) => health.reason === null);
  const names = well.map(({ model }) => model).join(', ');
  const faults = [...broken, ...sick];
  if (names === '' && faults.length > 0) return faults;
  return [
    ...faults,
    names === '' ? ok('GPUs', 'gpus.none') : ok('GPUs', 'gpus.ok', { models: names }),
  ];
}
