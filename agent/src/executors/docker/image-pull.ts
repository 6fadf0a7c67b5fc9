import { statfs } from 'node:fs/promises';
import type { FetchAllowance } from '@node3/shared/fetch/fetch-rules';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type Docker from 'dockerode';
import { ExecutionError } from '../execution-error.ts';
import type { PreparedImage, PrepareProgress } from '../executor.ts';
import { diskFreeBytesMin } from '../executor-limits.ts';
import { raceSignal } from '../race-signal.ts';
import type { EngineTraits } from './container-config.ts';
import { engineMessage, engineStatus } from './engine-error.ts';
import type { ImageCache } from './image-cache.ts';
import { type ImagePolicy, usualRegistry } from './image-policy.ts';
import {
  type ImageReference,
  readImageReference,
  refusePrivateRegistry,
  resolveHost,
} from './image-reference.ts';
import { type RemoteImage, readRemoteImage } from './image-size.ts';
import type { ImageWatch } from './image-watch.ts';
import { PullProgress, pullUnknown } from './pull-progress.ts';

export interface ImagePullDeps {
  docker: Docker;
  log: Logger;
  images: ImagePolicy;
  cache: ImageCache;
  engine: EngineTraits['engine'];
  /** True when this process sees the engine's disk. */
  volumesReachable: boolean;
  /** Knows what is on this machine; left out, the engine is asked. */
  watch?: Pick<ImageWatch, 'inspect'> | null;
  /** Free space on that disk below which a pull is stopped; left out, 512 MiB. */
  diskFreeBytesMin?: number;
}

/** An image as this machine has it. */
export interface LocalImage extends PreparedImage {
  imageId: string;
  volumes: string[];
  /** Variables that the image sets, as `NAME=value`. */
  env: string[];
  entrypoint: string[];
  command: string[];
}

/** What this project builds and tags itself; jobs may use it although no registry has it. */
const ownRepository = /^node3\//;

/**
 * @returns null when the image is not on this machine.
 * @throws ExecutionError `image_not_found` for a name that no job may use.
 */
export async function findImage(
  deps: Pick<ImagePullDeps, 'docker' | 'cache' | 'engine' | 'watch'>,
  reference: string,
): Promise<LocalImage | null> {
  const image = readImageReference(reference);
  const { name, repository, digest } = image;
  if (deps.engine === 'podman') await refuseShadowed(deps, image);
  try {
    const found = await (deps.watch?.inspect(name) ?? deps.docker.getImage(name).inspect());
    const digests = found.RepoDigests ?? [];
    const isOwn = ownRepository.test(repository);
    // Podman writes a digest to what was built here as well, so only what jobs brought is known.
    if (deps.engine === 'podman' && !isOwn && !(await deps.cache.has(name))) return null;
    // What the provider built for himself was never meant for strangers to look into.
    if (digests.length === 0 && !isOwn) {
      const detail = `The image ${name} was built on this machine and never published. To offer it to jobs, tag it as node3/….`;
      throw new ExecutionError('image_not_found', detail);
    }
    // The engine looks at digests itself; a name that it mixes up must not run all the same.
    if (digest !== null && !digests.some((each) => each.endsWith(`@${digest}`))) {
      const detail = `What the engine has as ${name} does not have that digest.`;
      throw new ExecutionError('image_pull_failed', detail);
    }
    const volumes: unknown = found.Config?.Volumes;
    const { Cmd, Entrypoint, Env } = (found.Config ?? {}) as Record<string, unknown>;
    return {
      imageId: found.Id,
      imageDigest: findDigest(digests, repository),
      sizeBytes: found.Size,
      pulled: false,
      volumes: Object.keys(typeof volumes === 'object' && volumes !== null ? volumes : {}),
      env: toTexts(Env),
      entrypoint: toTexts(Entrypoint),
      command: toTexts(Cmd),
    };
  } catch (error) {
    if (error instanceof ExecutionError) throw error;
    if (engineStatus(error) === 404) return null;
    if (engineStatus(error) === 400) {
      throw new ExecutionError('image_not_found', `"${reference}" is not the name of an image.`);
    }
    throw new ExecutionError('engine_error', engineMessage(error), { cause: error });
  }
}

/**
 * Podman takes a name without a registry for an image that was built here under it, even after a public
 * one of that name was pulled.
 * @throws ExecutionError `image_not_found`.
 */
async function refuseShadowed(
  deps: Pick<ImagePullDeps, 'docker'>,
  { name, registryHost, repository }: ImageReference,
): Promise<void> {
  const isShort = registryHost === null && !/^(?:index\.)?docker\.io\//.test(repository);
  if (!isShort || ownRepository.test(repository)) return;
  const own = deps.docker.getImage(`localhost/${name}`).inspect();
  const isHere = await own.then(
    () => true,
    (error: unknown) => engineStatus(error) !== 404,
  );
  if (!isHere) return;
  const detail = `${name} is ambiguous on this machine. Write it with its registry: docker.io/….`;
  throw new ExecutionError('image_not_found', detail);
}

function toTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/**
 * One image may have been pulled under several names, of which a private one is nobody's business.
 * A name that leaves no room for the digest on the wire is left out.
 */
function findDigest(digests: readonly string[], repository: string): string | null {
  const own = digests.find((each) => each.startsWith(`${repository}@`));
  const digest = own ?? digests[0]?.replace(/^.*@/, `${repository}@`) ?? null;
  return digest !== null && digest.length > imageDigestCharsMax
    ? digest.replace(/^.*@/, '')
    : digest;
}

const imageDigestCharsMax = 256;

/**
 * Takes the image from this machine, else from its registry. A tag that is here already is not
 * refreshed: jobs that need an exact version name its digest.
 * @throws ExecutionError `image_not_found` (the requester's mistake) or `image_pull_failed`
 * (nobody's); the signal's reason when it aborts.
 */
export async function ensureImage(
  deps: ImagePullDeps,
  reference: string,
  signal: AbortSignal,
  onProgress: (progress: PrepareProgress) => void,
): Promise<LocalImage> {
  signal.throwIfAborted();
  const image = readImageReference(reference);
  if (!ownRepository.test(image.repository)) refuseRegistry(image, deps.images);
  // An engine that hangs must not outlast the time that the job gives to the pull.
  const present = await raceSignal(findImage(deps, reference), signal);
  if (present !== null) {
    await deps.cache.touch(image.name);
    return present;
  }
  if (!isNamed(image, deps.images)) {
    await raceSignal(refusePrivateRegistry(image, resolveHost), signal);
  }
  const remote = await readBefore(deps, image, signal);
  onProgress({ phase: 'pulling', ...pullUnknown });
  await pullWatched(deps, image, remote, signal, onProgress);
  const pulled = await raceSignal(findImage({ ...deps, watch: null }, reference), signal);
  if (pulled === null) {
    throw new ExecutionError('image_pull_failed', 'The image was gone right after its pull.');
  }
  await deps.cache.trim(deps.images.cacheBytesMax, image.name);
  return { ...pulled, pulled: true };
}

function isNamed({ registry, registryHost }: ImageReference, { registries }: ImagePolicy): boolean {
  const names = [registry ?? usualRegistry, registryHost ?? usualRegistry];
  return registries?.some((each) => names.includes(each)) === true;
}

function refuseRegistry(image: ImageReference, policy: ImagePolicy): void {
  if (policy.registries === null || isNamed(image, policy)) return;
  const detail = `This provider takes no images from ${image.registryHost ?? usualRegistry}.`;
  throw new ExecutionError('image_pull_failed', detail);
}

/**
 * @returns null where the registry does not say and is trusted all the same.
 * @throws ExecutionError for what is larger than the provider takes (`image_pull_failed`), and for a
 * tag of a stranger's registry that leads the agent nowhere: it may lead the engine to another one.
 */
export async function readBefore(
  { images, log }: Pick<ImagePullDeps, 'images' | 'log'>,
  image: ImageReference,
  signal: AbortSignal,
): Promise<RemoteImage | null> {
  const allow: FetchAllowance = isNamed(image, images) ? anywhere : { ports: 'any' };
  const remote = await raceSignal(readRemoteImage(image, allow, signal), signal);
  if (remote === null || remote === 'refused') {
    if (image.digest !== null || isTrusted(image, images)) return null;
    const fix = 'Name it in AGENT_IMAGE_REGISTRIES where only the engine can reach it.';
    log.warn({ image: image.name, fix }, 'a registry could not be read and is not pulled from');
    throw withoutWords(remote === null ? 'image_pull_failed' : 'image_not_found', image);
  }
  const bytes = remote.bytes ?? 0;
  if (bytes > images.bytesMax) throw tooLarge(bytes, images);
  return remote;
}

function isTrusted(image: ImageReference, images: ImagePolicy): boolean {
  return image.registryHost === null || isNamed(image, images);
}

/** For registries that the provider named: they may be anywhere. */
const anywhere = { ports: 'any' as const, networks: ['0.0.0.0/0', '::/0'] };

function tooLarge(bytes: number, { bytesMax }: ImagePolicy): ExecutionError {
  const detail = `The image has ${bytes} bytes, and this provider takes ${bytesMax} at most.`;
  return new ExecutionError('image_pull_failed', detail);
}

/** Ends a pull that turns out larger than it may be, or that fills the disk. */
async function pullWatched(
  deps: ImagePullDeps,
  image: ImageReference,
  remote: RemoteImage | null,
  signal: AbortSignal,
  onProgress: (progress: PrepareProgress) => void,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const watch = watchDisk(deps, stop);
  const tell = (progress: PullProgress) => {
    const bytes = progress.bytesSeen;
    if (bytes > deps.images.bytesMax) stop.abort(tooLarge(bytes, deps.images));
    onProgress({ phase: 'pulling', ...progress.pull });
  };
  try {
    await raceSignal(pullExactly(deps, image, remote, either, tell), either);
  } catch (error) {
    either.throwIfAborted();
    deps.log.warn({ err: error, image: image.name }, 'an image could not be pulled');
    const failure = toPullError(error);
    throw isTrusted(image, deps.images) ? failure : withoutWords(failure.reason, image);
  } finally {
    await watch.stop();
  }
}

const diskIntervalMs = 1_000;

function watchDisk(deps: ImagePullDeps, stop: AbortController): Loop {
  const bytesMin = deps.diskFreeBytesMin ?? diskFreeBytesMin;
  return startLoop({
    name: 'pull-disk',
    intervalMs: diskIntervalMs,
    log: deps.log,
    run: async () => {
      if (!deps.volumesReachable) return;
      const { DockerRootDir: root }: { DockerRootDir?: string } = await deps.docker.info();
      if (root === undefined) return;
      const { bavail, bsize } = await statfs(root);
      if (bavail * bsize >= bytesMin) return;
      const detail = 'The provider’s disk was about to be full, so the image was not pulled.';
      stop.abort(new ExecutionError('image_pull_failed', detail));
    },
  });
}

/**
 * A tag is given to what was read before, wherever it leads by now. Goes to its end when nobody
 * waits for it any more, too: what came counts among the images that jobs brought, and of a pull that
 * failed only what was not here before.
 */
async function pullExactly(
  deps: ImagePullDeps,
  { digest, name, repository, tag }: ImageReference,
  remote: RemoteImage | null,
  signal: AbortSignal,
  tell: (progress: PullProgress) => void,
): Promise<void> {
  const isExact = digest !== null || remote === null;
  const exact = isExact ? name : `${repository}@${remote.digest}`;
  let came = await listMissing(deps, [name, exact]);
  try {
    await pull(deps, exact, new PullProgress(remote?.layers ?? null), signal, tell);
    signal.throwIfAborted();
    if (!isExact) await deps.docker.getImage(exact).tag({ repo: repository, tag });
    came = [name];
  } finally {
    await noteImage(deps, came).catch((error: unknown) => {
      deps.log.warn({ err: error, image: name }, 'an image that a job brought is not counted');
    });
  }
}

/** Notes the first of these names that an image has. */
async function noteImage(deps: ImagePullDeps, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const bytes = await sizeOf(deps, name);
    if (bytes !== null) return await deps.cache.add(name, bytes);
  }
}

async function listMissing(deps: ImagePullDeps, names: readonly string[]): Promise<string[]> {
  const sizes = await Promise.all(names.map((name) => sizeOf(deps, name)));
  return names.filter((_name, i) => sizes[i] === null);
}

/** @returns bytes of an image; null when this machine has none of that name. */
async function sizeOf({ docker }: ImagePullDeps, name: string): Promise<number | null> {
  try {
    return (await docker.getImage(name).inspect()).Size;
  } catch (error) {
    if (engineStatus(error) === 404) return null;
    throw error;
  }
}

async function pull(
  deps: Pick<ImagePullDeps, 'docker'>,
  name: string,
  progress: PullProgress,
  signal: AbortSignal,
  tell: (progress: PullProgress) => void,
): Promise<void> {
  const stream = await deps.docker.pull(name, { abortSignal: signal });
  await new Promise<void>((resolve, reject) => {
    deps.docker.modem.followProgress(
      stream,
      (error) => (error === null ? resolve() : reject(error)),
      (event: unknown) => {
        progress.take(event);
        tell(progress);
      },
    );
  });
}

const notFoundMessage =
  /not found|does not exist|manifest unknown|unauthorized|denied|authentication required|invalid reference|no matching manifest/i;
const notAnsweringMessage =
  /lookup|dial tcp|connection refused|timeout|i\/o|TLS|EOF|50\d|429|toomanyrequests/i;

/**
 * What the engine says of a stranger's registry may be what a service behind the provider's router
 * said to the engine, so the requester does not read it.
 */
export function withoutWords(
  reason: ExecutionError['reason'],
  { registryHost }: Pick<ImageReference, 'registryHost'>,
): ExecutionError {
  const detail =
    reason === 'image_not_found'
      ? `The registry ${registryHost} has no such image that anybody may pull.`
      : `The image could not be pulled from the registry ${registryHost}.`;
  return new ExecutionError(reason, detail);
}

/** Tells a wrong image name from a registry that is down: the first is the requester's mistake. */
export function toPullError(error: unknown): ExecutionError {
  const message = engineMessage(error).slice(0, 500);
  const missing = notFoundMessage.test(message) && !notAnsweringMessage.test(message);
  const reason = missing ? 'image_not_found' : 'image_pull_failed';
  return new ExecutionError(reason, message, { cause: error });
}
