import { existsSync } from 'node:fs';
import path from 'node:path';
import type Docker from 'dockerode';
import { EngineClient } from './engine-client.ts';

export interface EngineSocketInput {
  /** The value of DOCKER_HOST, or null when it is not set. */
  dockerHost: string | null;
  homeDirectory: string;
  /** The value of XDG_RUNTIME_DIR, or null. */
  runtimeDirectory: string | null;
  /** Numeric user id, or null on Windows. */
  uid: number | null;
}

export type EngineAddress =
  | { kind: 'socket'; path: string }
  | { kind: 'tcp'; host: string; port: number };

/**
 * Where an engine may listen, best first: what the user named, then Docker, rootless Docker,
 * Docker Desktop, Podman. All of them speak the Docker API.
 */
export function listEngineAddresses(input: EngineSocketInput): EngineAddress[] {
  if (input.dockerHost !== null) {
    const named = parseDockerHost(input.dockerHost);
    return named === null ? [] : [named];
  }
  const run = input.runtimeDirectory ?? (input.uid === null ? null : `/run/user/${input.uid}`);
  const paths = [
    '/var/run/docker.sock',
    ...(run === null ? [] : [path.join(run, 'docker.sock')]),
    path.join(input.homeDirectory, '.docker/run/docker.sock'),
    '/run/podman/podman.sock',
    ...(run === null ? [] : [path.join(run, 'podman/podman.sock')]),
  ];
  return paths.map((socketPath) => ({ kind: 'socket', path: socketPath }));
}

/** @returns null for schemes that are not supported, such as ssh. */
export function parseDockerHost(value: string): EngineAddress | null {
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(value)?.[1];
  if (socket !== undefined) return { kind: 'socket', path: socket };
  if (!/^(?:tcp|http):\/\//.test(value) || !URL.canParse(value)) return null;
  const url = new URL(value.replace(/^tcp:/, 'http:'));
  return { kind: 'tcp', host: url.hostname, port: Number(url.port === '' ? 2375 : url.port) };
}

/** Picks the first socket that exists; a named address is taken as it is. */
export function chooseEngineAddress(addresses: readonly EngineAddress[]): EngineAddress | null {
  return (
    addresses.find((address) => address.kind === 'tcp' || existsSync(address.path)) ??
    addresses[0] ??
    null
  );
}

export function connectEngine(address: EngineAddress): Docker {
  if (address.kind === 'socket') return new EngineClient({ socketPath: address.path });
  return new EngineClient({ host: address.host, port: address.port, protocol: 'http' });
}

/** Where a client that was connected here asks. */
export function addressOf({ modem }: Docker): EngineAddress {
  const { host, port, socketPath } = modem as { socketPath?: string; host?: string; port?: number };
  if (socketPath !== undefined) return { kind: 'socket', path: socketPath };
  return { kind: 'tcp', host: host ?? '', port: Number(port) };
}
