import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { lookUpName } from '@node3/shared/fetch/look-up-name';
import { isPublicAddress } from '@node3/shared/fetch/public-address';
import { ExecutionError } from '../execution-error.ts';
import { raceSignal } from '../race-signal.ts';

export interface ImageReference {
  /** What the engine is asked for; always with a tag or a digest. */
  name: string;
  /** Such as `busybox` or `ghcr.io/owner/name`, as the job wrote it. */
  repository: string;
  /** Host name without its port; null for the engine's default registry. */
  registryHost: string | null;
  /** The same with its port, as the engine calls it. */
  registry: string | null;
  /** The repository within its registry, such as `library/busybox`. */
  path: string;
  /** Tag or digest; the digest where there are both. */
  tag: string;
  /** Such as `sha256:…`; null for a name that may mean another image tomorrow. */
  digest: string | null;
}

/** How engines call their usual registry; it is served by another name. */
const usualHosts = ['docker.io', 'index.docker.io'];

const part = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const host = '[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\\d{1,5})?';
const grammar = new RegExp(
  `^(?<repository>(?:${host}/)?${part}(?:/${part})*)(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$`,
);

/**
 * Reads the name of an image strictly. The engine's client puts it into the path of a request, so
 * `..` would reach another endpoint, whose redirect would lead anywhere; and the engine resolves a
 * name without a tag as the beginning of an id, which would open every image on this machine.
 * @throws ExecutionError `image_not_found`: a wrong name is the requester's mistake.
 */
export function readImageReference(text: string): ImageReference {
  const repository = grammar.exec(text)?.groups?.['repository'];
  if (repository === undefined || repository === 'sha256' || text.length > 512) {
    throw new ExecutionError('image_not_found', 'The image name is not valid.');
  }
  const first = repository.includes('/') ? (repository.split('/')[0] ?? '') : '';
  // The rule by which engines tell a host from the first part of a name.
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const isUsual = !isHost || usualHosts.includes(first);
  const rest = text.slice(repository.length);
  const digest = /@(sha256:[a-f0-9]{64})$/.exec(rest)?.[1] ?? null;
  const short = isHost ? repository.slice(first.length + 1) : repository;
  return {
    name: rest === '' ? `${text}:latest` : text,
    repository,
    registryHost: isUsual ? null : first.replace(/:\d+$/, '').toLowerCase(),
    registry: isUsual ? null : first,
    path: !isUsual || short.includes('/') ? short : `library/${short}`,
    tag: digest ?? (rest === '' ? 'latest' : rest.slice(1)),
    digest,
  };
}

const lookupMs = 10_000;

export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** By DNS alone, and as the system does: with its search domains, and what else it may ask. */
const askedInTurn: readonly ResolveHost[] = [
  async (name) => addressesOf(await lookUpName(name, AbortSignal.timeout(lookupMs))),
  async (name) => {
    const late = AbortSignal.timeout(lookupMs);
    return addressesOf(await raceSignal(lookup(name, { all: true }), late));
  },
];

/**
 * @returns the addresses of a host, of the first way that finds one; none when it has none. The
 * system is asked last: its look-ups hold threads that files need.
 */
export async function resolveHost(
  name: string,
  ways: readonly ResolveHost[] = askedInTurn,
): Promise<readonly string[]> {
  for (const ask of ways) {
    const found = await ask(name).catch(() => []);
    if (found.length > 0) return found;
  }
  return [];
}

function addressesOf(found: readonly { address: string }[]): string[] {
  return found.map(({ address }) => address);
}

/**
 * Refuses to pull from this machine and its network: the engine asks whatever host a job names, so
 * a stranger could look for services behind the provider's router and read their answers. A name
 * without an address here is refused too: the engine may know one.
 * @throws ExecutionError `image_not_found`, or `image_pull_failed` where nothing is known: it may be the
 * look-up that is broken.
 */
export async function refusePrivateRegistry(
  { registryHost }: ImageReference,
  resolve: ResolveHost,
): Promise<void> {
  if (registryHost === null) return;
  const literal = isIP(registryHost) !== 0 || !registryHost.includes('.');
  if (literal || localNames.test(registryHost)) throw notPublic(registryHost);
  const addresses = await resolve(registryHost);
  if (addresses.length === 0) {
    const detail = `The registry ${registryHost} is not found: it has no address.`;
    throw new ExecutionError('image_pull_failed', detail);
  }
  if (!addresses.every(isPublicAddress)) throw notPublic(registryHost);
}

function notPublic(host: string): ExecutionError {
  const detail = `Images are not pulled from ${host}: it is not a public registry.`;
  return new ExecutionError('image_not_found', detail);
}

const localNames = /\.(?:local|localhost|localdomain|internal|intranet|lan|home|corp|arpa|[\d.]+)$/;
