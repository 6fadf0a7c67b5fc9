import { createHash } from 'node:crypto';
import { arch } from 'node:os';
import type { FetchAllowance } from '@node3/shared/fetch/fetch-rules';
import { safeFetch } from '@node3/shared/fetch/safe-fetch';
import type { ImageReference } from './image-reference.ts';

/** Manifests are lists of digests; a larger one is an attack. */
const manifestBytesMax = 4 * 1024 * 1024;
const tokenBytesMax = 64 * 1024;
const answerMs = 15_000;

const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

interface Manifest {
  manifests?: { digest?: unknown; platform?: { os?: unknown; architecture?: unknown } }[];
  layers?: { size?: unknown; digest?: unknown }[];
  config?: { size?: unknown };
}

/** The registry answers, and does not show the image to anybody. */
class RegistryRefusal extends Error {}

/** What a registry says of an image. */
export interface RemoteImage {
  /** Of all its layers; null where they are not told. */
  bytes: number | null;
  /** Bytes of each layer by the short id that the engine has for it; null where they are not told. */
  layers: ReadonlyMap<string, number> | null;
  /** Names exactly what was read here, such as `sha256:…`. */
  digest: string;
}

/**
 * Asks the registry about an image before anything of it is pulled. The engine looks the registry up
 * again and may get to another one: by its digest it takes from there only what was read here.
 * @returns null where that is not known, such as when the registry does not answer.
 */
export async function readRemoteImage(
  image: ImageReference,
  allow: FetchAllowance,
  signal: AbortSignal,
): Promise<RemoteImage | 'refused' | null> {
  try {
    const registry = new RegistryReader(image, allow, signal);
    const { manifest: first, digest } = await registry.manifest(image.tag);
    const own = chooseManifest(first);
    const manifest = own === null ? first : (await registry.manifest(own)).manifest;
    if (!Array.isArray(manifest.layers)) return null;
    return { bytes: sumLayers(manifest), layers: layerSizes(manifest), digest };
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof RegistryRefusal ? 'refused' : null;
  }
}

/** @returns the digest for this machine, or null when the manifest is one already. */
function chooseManifest({ manifests }: Manifest): string | null {
  if (!Array.isArray(manifests)) return null;
  const wanted = arch() === 'x64' ? 'amd64' : arch();
  const own = manifests.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === wanted,
  );
  if (typeof own?.digest !== 'string') throw new Error('no manifest for this machine');
  return own.digest;
}

export function sumLayers({ layers, config }: Manifest): number | null {
  if (!Array.isArray(layers)) return null;
  const sizes = [...layers, ...(config === undefined ? [] : [config])].map(({ size }) => size);
  if (!sizes.every((size): size is number => Number.isSafeInteger(size) && Number(size) >= 0)) {
    return null;
  }
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** @returns bytes by the first twelve digits of each digest. */
export function layerSizes({ layers }: Manifest): ReadonlyMap<string, number> | null {
  const sizes = new Map<string, number>();
  for (const { digest, size } of layers ?? []) {
    const [, short] = /^sha256:([0-9a-f]{12})/.exec(String(digest)) ?? [];
    if (short === undefined || !Number.isSafeInteger(size) || Number(size) < 0) return null;
    sizes.set(short, Number(size));
  }
  return sizes;
}

/** Reads manifests of one repository as anybody may. */
class RegistryReader {
  readonly #url: string;
  readonly #allow: FetchAllowance;
  readonly #signal: AbortSignal;
  #token: string | null = null;

  constructor({ registry, path }: ImageReference, allow: FetchAllowance, signal: AbortSignal) {
    const host = registry ?? 'registry-1.docker.io';
    // The engine's own rule for registries of this machine.
    const scheme = /^(?:127\.|localhost(?::|$))/.test(host) ? 'http' : 'https';
    this.#url = `${scheme}://${host}/v2/${path}/manifests/`;
    this.#allow = allow;
    this.#signal = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
  }

  async manifest(tag: string): Promise<{ manifest: Manifest; digest: string }> {
    const first = await this.#get(tag);
    if (first.status !== 401) return this.#read(first);
    first.cancel();
    this.#token = await this.#askToken(first.headers['www-authenticate'] ?? '');
    return this.#read(await this.#get(tag));
  }

  #get(tag: string) {
    const authorization = this.#token === null ? {} : { authorization: `Bearer ${this.#token}` };
    return safeFetch(`${this.#url}${tag}`, {
      headers: { accept, ...authorization },
      maxBytes: manifestBytesMax,
      allow: this.#allow,
      signal: this.#signal,
    });
  }

  async #read(answer: Awaited<ReturnType<typeof safeFetch>>) {
    if (answer.status !== 200) {
      answer.cancel();
      const isRefusal = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
      throw new (isRefusal ? RegistryRefusal : Error)(`the registry answers ${answer.status}`);
    }
    const bytes = await answer.bytes();
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    return { manifest: JSON.parse(bytes.toString('utf8')) as Manifest, digest };
  }

  /** Registries send to a token service, where anybody gets a token to read public images. */
  async #askToken(challenge: string): Promise<string> {
    const parts = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const url = new URL(parts['realm'] ?? '');
    for (const name of ['service', 'scope']) {
      const value = parts[name];
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const options = { maxBytes: tokenBytesMax, allow: this.#allow, signal: this.#signal };
    const answer = await safeFetch(url.href, options);
    const said = JSON.parse((await answer.bytes()).toString('utf8')) as Record<string, unknown>;
    const token = said['token'] ?? said['access_token'];
    if (typeof token !== 'string') throw new Error('the registry gives no token');
    return token;
  }
}
