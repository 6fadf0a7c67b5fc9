import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@node3/shared/env';
import type { ExecutorContext } from './agent-core.ts';
import { DockerExecutor, type DockerExecutorDeps } from './executors/docker/docker-executor.ts';
import { ignoreMissing } from './executors/docker/engine-error.ts';
import {
  chooseEngineAddress,
  connectEngine,
  listEngineAddresses,
  parseDockerHost,
} from './executors/docker/engine-socket.ts';
import { type ImagePolicy, imagePolicyUsual } from './executors/docker/image-policy.ts';
import { ensureLocalImage } from './executors/docker/local-image.ts';
import { egressPolicyFor } from './executors/egress/egress-policy.ts';
import type { Executor } from './executors/executor.ts';
import { NativeExecutor } from './executors/native/native-executor.ts';
import { chooseNativeUser } from './executors/native/native-users.ts';
import { nativeWorkspaceRoot } from './executors/native/native-workspace.ts';

/** The executors of this machine. Native execution exists only where the provider allows it. */
export function createExecutors(context: ExecutorContext): readonly Executor[] {
  const docker = createDockerExecutor(context);
  if (!context.config.nativeAllowed) return [docker];
  const { clock, config, log, ownerId, secretFiles } = context;
  const native = new NativeExecutor({
    policy: { allowNative: true },
    agentId: ownerId,
    workspaceRoot: nativeWorkspaceRoot(config.dataDir, ownerId, chooseNativeUser(undefined)),
    clock,
    log,
    secretFiles,
  });
  return [docker, native];
}

/** An image of this machine's own shell, to try a container with where no registry is needed. */
export async function buildTrialImage({ config, log }: ExecutorContext) {
  const docker = connectTo(config);
  const own = `node3/trial:${randomUUID()}`;
  const { image } = await ensureLocalImage({ docker, log }, own);
  const takeBack = async () => {
    if (image === own) await ignoreMissing(docker.getImage(own).remove());
  };
  return { image, takeBack };
}

/** @throws ConfigError: another engine than the one that was named is none. */
function connectTo(config: ExecutorContext['config']) {
  const dockerHost = config.environment['DOCKER_HOST'] || null;
  if (dockerHost !== null && parseDockerHost(dockerHost) === null) {
    const fix = 'Write unix:///path/to/docker.sock or tcp://host:2375.';
    throw new ConfigError('DOCKER_HOST', `is ${dockerHost}, which can not be used here`, fix);
  }
  const address = chooseEngineAddress(
    listEngineAddresses({
      dockerHost,
      homeDirectory: homedir(),
      runtimeDirectory: config.environment['XDG_RUNTIME_DIR'] || null,
      uid: process.getuid?.() ?? null,
    }),
  );
  return connectEngine(address ?? { kind: 'socket', path: '/var/run/docker.sock' });
}

function createDockerExecutor(context: ExecutorContext): DockerExecutor {
  return new DockerExecutor(dockerOptions(context));
}

/** What the provider's settings and policy say of containers. */
export function dockerOptions(context: ExecutorContext): DockerExecutorDeps {
  const { clock, config, idleMemoryBytes, log, ownerId, policy, secretFiles } = context;
  const docker = connectTo(config);
  const egress = egressPolicyFor(config.egressHosts ?? []);
  return {
    docker,
    agentId: ownerId,
    clock,
    log,
    secretFiles,
    egress,
    ...(typeof config.containerRuntime === 'string' && { runtime: config.containerRuntime }),
    images: imagePolicyOf(config),
    volumeFolder: join(config.dataDir, 'volumes'),
    imageCacheFile: join(config.dataDir, 'images.json'),
    ...(policy !== null && {
      warm: {
        file: join(config.dataDir, 'warm-containers.jsonl'),
        policy: () => ({
          containersMax: policy.current.warmContainers,
          version: policy.file,
          memoryBytes: idleMemoryBytes(),
        }),
      },
    }),
    diskBytesPerSec: config.diskBytesPerSec ?? null,
    ...(config.diskFloorBytes !== undefined && { diskFreeBytesMin: config.diskFloorBytes }),
  };
}

function imagePolicyOf(config: ExecutorContext['config']): ImagePolicy {
  const { imageRegistries = [], imageBytesMax, imageCacheBytesMax } = config;
  return {
    registries: imageRegistries.length === 0 ? null : imageRegistries,
    bytesMax: imageBytesMax ?? imagePolicyUsual.bytesMax,
    cacheBytesMax: imageCacheBytesMax ?? imagePolicyUsual.cacheBytesMax,
  };
}
