import type Docker from 'dockerode';
import { ExecutionError } from '../execution-error.ts';
import type { PreparedImage, PrepareProgress } from '../executor.ts';
import { engineMessage, engineStatus } from './engine-error.ts';

export interface ImagePullDeps {
  docker: Docker;
}

/** An image as this machine has it. */
export interface LocalImage extends PreparedImage {
  imageId: string;
  volumes: string[];
}

/** @returns null when the image is not on this machine. */
export async function findImage(
  deps: ImagePullDeps,
  reference: string,
): Promise<LocalImage | null> {
  try {
    const found = await deps.docker.getImage(reference).inspect();
    const volumes: unknown = found.Config?.Volumes;
    return {
      imageId: found.Id,
      imageDigest: found.RepoDigests?.[0] ?? null,
      sizeBytes: found.Size,
      pulled: false,
      volumes: Object.keys(typeof volumes === 'object' && volumes !== null ? volumes : {}),
    };
  } catch (error) {
    if (engineStatus(error) === 404) return null;
    if (engineStatus(error) === 400) {
      throw new ExecutionError('image_not_found', `"${reference}" is not the name of an image.`);
    }
    throw new ExecutionError('engine_error', engineMessage(error), { cause: error });
  }
}

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
  const present = await findImage(deps, reference);
  if (present !== null) return present;
  onProgress({ phase: 'pulling', bytesDone: null, bytesTotal: null });
  try {
    await pull(deps, reference, signal, onProgress);
  } catch (error) {
    signal.throwIfAborted();
    throw toPullError(error);
  }
  const pulled = await findImage(deps, reference);
  if (pulled === null) {
    throw new ExecutionError('image_pull_failed', 'The image was gone right after its pull.');
  }
  return { ...pulled, pulled: true };
}

async function pull(
  deps: ImagePullDeps,
  reference: string,
  signal: AbortSignal,
  onProgress: (progress: PrepareProgress) => void,
): Promise<void> {
  // Without a tag the engine would pull every tag of the repository.
  const tagged = /[:@][^/]+$/.test(reference) ? reference : `${reference}:latest`;
  const stream = await deps.docker.pull(tagged, { abortSignal: signal });
  const progress = new PullProgress();
  await new Promise<void>((resolve, reject) => {
    deps.docker.modem.followProgress(
      stream,
      (error) => (error === null ? resolve() : reject(error)),
      (event: unknown) => onProgress(progress.take(event)),
    );
  });
}

/** Adds up the layers' byte counts; the engine reports each layer by itself. */
export class PullProgress {
  readonly #layers = new Map<string, { current: number; total: number }>();

  take(event: unknown): PrepareProgress {
    const layer = readLayer(event);
    if (layer !== null) this.#layers.set(layer.id, layer);
    if (this.#layers.size === 0) return { phase: 'pulling', bytesDone: null, bytesTotal: null };
    let bytesDone = 0;
    let bytesTotal = 0;
    for (const { current, total } of this.#layers.values()) {
      bytesDone += current;
      bytesTotal += total;
    }
    return { phase: 'pulling', bytesDone, bytesTotal };
  }
}

interface PullEvent {
  id?: unknown;
  status?: unknown;
  progressDetail?: { current?: unknown; total?: unknown };
}

function readLayer(event: unknown): { id: string; current: number; total: number } | null {
  if (typeof event !== 'object' || event === null) return null;
  const { id, status, progressDetail } = event as PullEvent;
  // Extraction counts the same bytes again.
  if (typeof id !== 'string' || status !== 'Downloading') return null;
  const { current, total } = progressDetail ?? {};
  if (typeof current !== 'number' || typeof total !== 'number') return null;
  return { id, current, total };
}

const notFoundMessage =
  /not found|does not exist|manifest unknown|unauthorized|denied|authentication required|invalid reference|no matching manifest/i;
const notAnsweringMessage =
  /lookup|dial tcp|connection refused|timeout|i\/o|TLS|EOF|50\d|429|toomanyrequests/i;

/** Tells a wrong image name from a registry that is down: the first is the requester's mistake. */
export function toPullError(error: unknown): ExecutionError {
  const message = engineMessage(error).slice(0, 500);
  const missing = notFoundMessage.test(message) && !notAnsweringMessage.test(message);
  const reason = missing ? 'image_not_found' : 'image_pull_failed';
  return new ExecutionError(reason, message, { cause: error });
}
