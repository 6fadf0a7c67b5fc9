/** What the provider lets jobs reach, and how much of the line they may use. */
export interface EgressPolicy {
  /** Host names, `*.` and a domain, or `*`: see `@node3/shared/egress-hosts`. */
  hosts: readonly string[];
  /** Both ways together, over the whole life of one job. */
  bytesMax: number;
  bytesPerSec: number;
  /** Connections of one job at once. */
  connectionsMax: number;
}

/** A large model and its packages fit; a home line's monthly volume does not go in one job. */
const bytesMaxUsual = 64 * 1024 ** 3;
/** 200 Mbit/s: fast for one job, and less than what would make the provider's own line useless. */
const bytesPerSecUsual = 25 * 1024 ** 2;
const connectionsMaxUsual = 64;

export function egressPolicyFor(hosts: readonly string[]): EgressPolicy | null {
  if (hosts.length === 0) return null;
  return {
    hosts,
    bytesMax: bytesMaxUsual,
    bytesPerSec: bytesPerSecUsual,
    connectionsMax: connectionsMaxUsual,
  };
}
