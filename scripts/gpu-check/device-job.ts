import { homedir } from 'node:os';
import { DockerExecutor } from '@node3/agent/executors/docker/docker-executor';
import {
  chooseEngineAddress,
  connectEngine,
  listEngineAddresses,
} from '@node3/agent/executors/docker/engine-socket';
import { ensureLocalImage } from '@node3/agent/executors/docker/local-image';
import type { AgentDevice } from '@node3/agent/gpu/device';
import { silentLogger } from '@node3/shared/logger';
import type { Look } from './check-detection.ts';

export interface Engine {
  executor: DockerExecutor;
  image: string;
}

/** @returns the engine as an agent uses it, or one sentence that says what is missing. */
export async function findEngine({ clock, environment }: Look): Promise<Engine | string> {
  const addresses = listEngineAddresses({
    dockerHost: environment['DOCKER_HOST'] ?? null,
    homeDirectory: homedir(),
    runtimeDirectory: environment['XDG_RUNTIME_DIR'] ?? null,
    uid: process.getuid?.() ?? null,
  });
  const address = chooseEngineAddress(addresses);
  if (address === null) return 'There is no container engine on this machine.';
  const docker = connectEngine(address);
  const options = { docker, agentId: 'gpu-check', clock, log: silentLogger };
  const executor = new DockerExecutor(options);
  const { available, isolationEffective, problems } = await executor.probe();
  if (!available) return problems[0]?.sentence ?? 'The container engine does not work.';
  if (isolationEffective?.nvidia === null) return 'The engine can not give NVIDIA devices to jobs.';
  const { image } = await ensureLocalImage({ docker, log: silentLogger });
  return { executor, image };
}

/** @returns the ids of the devices that a job with this one sees. */
export async function listDevicesInside(
  { executor, image }: Engine,
  device: AgentDevice,
): Promise<string[]> {
  const executionId = `exe_gpu_check_${Date.now()}`;
  const mebibyte = 1024 ** 2;
  const signal = AbortSignal.timeout(120_000);
  const lines: string[] = [];
  try {
    await executor.start({
      executionId,
      jobId: 'job_gpu_check',
      attempt: 1,
      agentId: 'gpu-check',
      workload: { kind: 'script', language: 'bash', code: 'nvidia-smi -L', image, env: {} },
      inputs: [],
      limits: {
        cpus: 1,
        memoryBytes: 512 * mebibyte,
        diskBytes: 16 * mebibyte,
        shmBytes: mebibyte,
        pidsMax: 64,
        runMs: 60_000,
        logBytesMax: mebibyte,
      },
      network: 'none',
      devices: [{ uuid: device.id, vendor: device.vendor }],
    });
    await executor.wait(executionId, signal);
    await executor.logs(executionId, {}, ({ text }) => void lines.push(text), signal);
  } finally {
    await executor.remove(executionId);
    await executor.close();
  }
  return lines.flatMap((line) => /UUID: (\S+)\)/.exec(line)?.[1] ?? []);
}
