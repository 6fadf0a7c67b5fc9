import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** How the profile is called in reports. */
export const seccompProfileName = 'node3';

const profile = new URL('./seccomp-profile.json', import.meta.url);

/** Where it lies on this machine. */
export const seccompProfileFile = fileURLToPath(profile);

/**
 * Our system call allow-list as the engine takes it: one JSON text. It is written for jobs
 * without capabilities: the calls the engine's default list gives to privileged containers are
 * missing, and so are io_uring, ptrace, bpf, keyrings, namespaces, user-fault handling and all
 * socket families but UNIX, IP and routing netlink. 32-bit programs are refused as a whole:
 * their multiplexed socket call hides its arguments from any filter.
 */
export function readSeccompProfile(): string {
  return JSON.stringify(JSON.parse(readFileSync(profile, 'utf8')));
}
