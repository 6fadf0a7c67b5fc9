import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { HostAddress } from './resolve-host.ts';

/** Where this system has the names that its administrator gave. */
export const hostsPath =
  process.platform === 'win32'
    ? join('C:', 'Windows', 'System32', 'drivers', 'etc', 'hosts')
    : '/etc/hosts';

/** Addresses that the file gives to a name, in its order; none where there is no such file. */
export async function addressesInHosts(path: string, host: string): Promise<HostAddress[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const found: HostAddress[] = [];
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const family = isIP(address);
    if (family === 0 || !names.some((name) => name.toLowerCase() === host)) continue;
    found.push({ address, family: family === 6 ? 6 : 4 });
  }
  return found;
}
