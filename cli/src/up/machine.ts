import { homedir } from 'node:os';
import type { DefaultImages } from '@node3/shared/job-spec';
import { nativeImage } from '@node3/shared/job-spec';
import type { Logger } from '@node3/shared/logger';
import type { Host } from '../host.ts';

/** What this machine can do for a first run. */
export interface Machine {
  /** Where jobs run; `native` only when there is no container engine at all. */
  isolation: 'container' | 'native';
  /** One sentence about the engine, for the person. */
  engineSentence: string;
  /** The image built from this machine's own files, or null. */
  localImage: string | null;
  /** Whether images can be pulled from Docker Hub. */
  registry: 'reachable' | 'unreachable';
  gpuSource: 'hardware' | 'simulated';
  /** Model names of the devices found, empty when there are none. */
  gpuModels: string[];
}

export interface MachineDeps {
  host: Host;
  log: Logger;
}

export async function inspectMachine(deps: MachineDeps): Promise<Machine> {
  const [engine, registry, gpuModels] = await Promise.all([
    inspectEngine(deps),
    checkRegistry(),
    findGpus(deps),
  ]);
  const gpuSource = gpuModels.length === 0 ? 'simulated' : 'hardware';
  return { ...engine, registry, gpuModels, gpuSource };
}

async function inspectEngine(
  deps: MachineDeps,
): Promise<Pick<Machine, 'isolation' | 'engineSentence' | 'localImage'>> {
  const { chooseEngineAddress, connectEngine, listEngineAddresses } = await import(
    '@node3/agent/executors/docker/engine-socket'
  );
  const { env } = deps.host;
  const address = chooseEngineAddress(
    listEngineAddresses({
      dockerHost: env['DOCKER_HOST'] || null,
      homeDirectory: homedir(),
      runtimeDirectory: env['XDG_RUNTIME_DIR'] || null,
      uid: process.getuid?.() ?? null,
    }),
  );
  const native = { isolation: 'native', localImage: null } as const;
  if (address === null) return { ...native, engineSentence: 'no container engine was found' };
  const docker = connectEngine(address);
  const { probeEngine } = await import('@node3/agent/executors/docker/engine-probe');
  const status = await probeEngine(docker, null);
  if (!status.available) {
    const sentence = status.problems[0]?.sentence ?? 'the container engine cannot be used';
    return { ...native, engineSentence: sentence };
  }
  const facts = status.isolationEffective;
  const engineSentence = `${facts?.engine ?? 'engine'} ${facts?.engineVersion ?? ''}`.trim();
  return { isolation: 'container', engineSentence, localImage: await buildImage(docker, deps) };
}

/** Where the image can't be built, such as on macOS, a registry is the only source of images. */
async function buildImage(docker: Engine, deps: MachineDeps): Promise<string | null> {
  const { ensureLocalImage } = await import('@node3/agent/executors/docker/local-image');
  try {
    const { image, languages } = await ensureLocalImage({ docker, log: deps.log });
    return languages.javascript ? image : null;
  } catch (error) {
    deps.log.info({ err: error }, 'no local image');
    return null;
  }
}

type Engine = Parameters<
  typeof import('@node3/agent/executors/docker/local-image').ensureLocalImage
>[0]['docker'];

const registryMsMax = 2_000;

async function checkRegistry(): Promise<Machine['registry']> {
  try {
    await fetch('https://registry-1.docker.io/v2/', { signal: AbortSignal.timeout(registryMsMax) });
    return 'reachable';
  } catch {
    return 'unreachable';
  }
}

const detectMsMax = 10_000;

async function findGpus(deps: MachineDeps): Promise<string[]> {
  const { createGpuDetectors } = await import('@node3/agent/gpu/gpu-detectors');
  const { createCommandRunner } = await import('@node3/agent/gpu/command-runner');
  const { detectDevices } = await import('@node3/agent/gpu/detect-devices');
  const { clock, env } = deps.host;
  const runner = createCommandRunner({ environment: env });
  const detectors = createGpuDetectors('hardware', { runner, clock });
  const found = await detectDevices(
    { detectors, clock, log: deps.log },
    AbortSignal.timeout(detectMsMax),
  );
  return found.devices.map((device) => device.model);
}

/**
 * Without a registry, jobs that name no image run in the one built here; without an engine, in none.
 */
export function chooseImages(machine: Machine, usual: DefaultImages): DefaultImages {
  const { isolation, localImage, registry } = machine;
  if (isolation === 'native') return allOf(nativeImage);
  return registry === 'reachable' || localImage === null ? usual : allOf(localImage);
}

function allOf(image: string): DefaultImages {
  return { container: image, python: image, javascript: image, typescript: image, bash: image };
}
