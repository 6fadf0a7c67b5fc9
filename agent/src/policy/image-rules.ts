import { nativeImage } from '@node3/shared/job-spec';
import type { ProviderPolicy } from '@node3/shared/provider-policy';

interface ImageName {
  /** Such as `docker.io`. */
  registry: string;
  /** With the registry and without tag or digest: `docker.io/library/python`. */
  repository: string;
  /** With both: `docker.io/library/python:3.12`. */
  full: string;
}

const dockerHub = 'docker.io';

/** Writes out what engines leave away, so that every way of writing a name compares equal. */
export function readImageName(text: string): ImageName {
  const parts = text.split('/');
  const first = parts.length > 1 ? (parts[0] ?? '') : '';
  // The rule by which engines tell a host from the first part of a name.
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const host = isHost ? first.toLowerCase() : dockerHub;
  const registry = host === 'index.docker.io' || host === 'registry-1.docker.io' ? dockerHub : host;
  const rest = isHost ? parts.slice(1).join('/') : text;
  const name = registry === dockerHub && !rest.includes('/') ? `library/${rest}` : rest;
  const full = `${registry}/${name}`;
  const bare = name.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  return { registry, repository: `${registry}/${bare}`, full };
}

/** @returns the sentence that says why an image is not wanted; null for one that is. */
export function findImageRefusal(
  image: string,
  policy: Pick<ProviderPolicy, 'imagesAllowed' | 'registriesAllowed'>,
): string | null {
  const { imagesAllowed, registriesAllowed } = policy;
  if (image === nativeImage) return null;
  const name = readImageName(image);
  const hosts = [name.registry, name.registry.replace(/:\d+$/, '')];
  if (registriesAllowed !== null && !hosts.some((host) => registriesAllowed.includes(host))) {
    return `The policy of this machine allows no images from ${name.registry}.`;
  }
  if (imagesAllowed !== null && !imagesAllowed.some((entry) => covers(entry, name))) {
    return `The policy of this machine does not allow the image ${name.repository}.`;
  }
  return null;
}

function covers(entry: string, name: ImageName): boolean {
  if (entry.endsWith('/*')) {
    // A `*` behind a host alone is everything of that host.
    const { registry, repository } = readImageName(`${entry.slice(0, -2)}/x`);
    const folder = repository.slice(0, -'x'.length);
    return name.repository.startsWith(folder) && name.registry === registry;
  }
  const allowed = readImageName(entry);
  if (allowed.full === allowed.repository) return allowed.repository === name.repository;
  return allowed.full === name.full;
}
