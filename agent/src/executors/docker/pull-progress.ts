import type { ImagePull } from '@node3/shared/image-pull';

export const pullUnknown: ImagePull = {
  bytesDone: null,
  bytesTotal: null,
  layersDone: null,
  layersTotal: null,
};

interface Layer {
  /** It was on this machine before. */
  here: boolean;
  ready: boolean;
  bytesDone: number;
  /** null until the engine says. */
  bytesTotal: number | null;
}

interface PullEvent {
  id: string;
  status: string;
  current: number | null;
  total: number | null;
}

/** Adds up what the engine says of each layer by itself. */
export class PullProgress {
  readonly #layers = new Map<string, Layer>();
  readonly #sizes: ReadonlyMap<string, number> | null;

  /** @param sizes bytes of the layers by the short ids of the engine; null where nobody told them. */
  constructor(sizes: ReadonlyMap<string, number> | null) {
    this.#sizes = sizes;
  }

  take(value: unknown): void {
    const event = readEvent(value);
    if (event === null) return;
    const known = this.#layers.get(event.id) ?? newLayer(event);
    if (known !== null) this.#layers.set(event.id, changedLayer(known, event, this.#sizes));
  }

  /** Bytes of the layers that the engine has begun to fetch: the total is that or more. */
  get bytesSeen(): number {
    return [...this.#layers.values()].reduce((sum, { bytesTotal }) => sum + (bytesTotal ?? 0), 0);
  }

  get pull(): ImagePull {
    const layers = [...this.#layers.values()];
    if (layers.length === 0) return pullUnknown;
    const missing = [...this.#layers].filter(([, { here }]) => !here);
    const totals = missing.map(([id, { bytesTotal }]) => this.#sizes?.get(id) ?? bytesTotal);
    return {
      bytesDone: missing.reduce((sum, [, { bytesDone }]) => sum + bytesDone, 0),
      bytesTotal: totals.every((total) => total !== null)
        ? totals.reduce((sum, total) => sum + total, 0)
        : null,
      layersDone: layers.filter(({ ready }) => ready).length,
      layersTotal: layers.length,
    };
  }
}

function readEvent(value: unknown): PullEvent | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, status, progressDetail } = value as Record<string, unknown>;
  if (typeof id !== 'string' || typeof status !== 'string') return null;
  const { current, total } = (progressDetail ?? {}) as Record<string, unknown>;
  return { id, status, current: bytesOf(current), total: bytesOf(total) };
}

function bytesOf(value: unknown): number | null {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null;
}

/** What layers are called first; the line `Pulling from …` has an id as well and is no layer. */
const beginnings = ['Already exists', 'Pulling fs layer', 'Waiting', 'Downloading'];

function newLayer({ status }: PullEvent): Layer | null {
  if (!beginnings.includes(status)) return null;
  return { here: false, ready: false, bytesDone: 0, bytesTotal: null };
}

function changedLayer(
  layer: Layer,
  { id, status, current, total }: PullEvent,
  sizes: ReadonlyMap<string, number> | null,
): Layer {
  if (status === 'Already exists') return { ...layer, here: true, ready: true };
  if (status === 'Downloading' && current !== null) {
    // An answer without its length has a total of 0, or none.
    return { ...layer, bytesDone: current, bytesTotal: total === 0 ? layer.bytesTotal : total };
  }
  const isFetched = ['Verifying Checksum', 'Download complete', 'Extracting'].includes(status);
  const isReady = status === 'Pull complete';
  if (!isFetched && !isReady) return layer;
  const bytesTotal = layer.bytesTotal ?? sizes?.get(id) ?? null;
  return { ...layer, ready: isReady, bytesTotal, bytesDone: bytesTotal ?? layer.bytesDone };
}
