/**
 * Hosts that a job may reach through the provider's proxy. An entry is a host name, `*.` and a
 * domain for everything below it, or, in a provider's policy alone, `*` for every public host.
 */

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** The last label has a letter in it, so that no way of writing an address is a name. */
const lastLabel = '(?=[a-z0-9-]*[a-z])';

/** Lower case, two labels at least; names beyond ASCII in their `xn--` form. */
export const egressHostPattern = `^(?:\\*\\.)?(?:${label}\\.)+${lastLabel}${label}$`;

const hostEntry = new RegExp(egressHostPattern);

export function isEgressHost(entry: string): boolean {
  return entry.length <= 253 && hostEntry.test(entry);
}

/** Whether a host name, such as `files.example.com`, is in a list of entries. */
export function isHostIn(host: string, entries: readonly string[]): boolean {
  const name = host.toLowerCase();
  if (name.startsWith('*') || !isEgressHost(name)) return false;
  return entries.some((entry) => covers(entry, name));
}

/** Whether everything that a job's entries allow is also allowed by a provider's. */
export function areHostsWithin(wanted: readonly string[], offered: readonly string[]): boolean {
  return wanted.every((entry) => offered.some((each) => covers(each, entry)));
}

function covers(entry: string, wanted: string): boolean {
  if (entry === '*' || entry === wanted) return true;
  if (!entry.startsWith('*.')) return false;
  // `*.example.com` covers `a.example.com` and `*.a.example.com`, and not `example.com`.
  return wanted.endsWith(entry.slice(1));
}
