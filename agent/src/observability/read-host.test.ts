import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import type { HostFiles } from '../gpu/host-files.ts';
import { readHost, readInterfaces } from './read-host.ts';

const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 9000000    100    0    0    0     0          0         0 9000000    100    0    0    0     0       0          0
  eth0: 1500       10     0    0    0     0          0         0 700        5     0    0    0     0       0          0
 wlan0:20          1      0    0    0     0          0         0 1          1     0    0    0     0       0          0
docker0: 800       10     0    0    0     0          0         0 800        5     0    0    0     0       0          0
 veth1: 800        10     0    0    0     0          0         0 800        5     0    0    0     0       0          0
`;

it('counts the bytes of network cards, and of nothing that hands them on', async () => {
  const cards = ['eth0', 'wlan0'];
  const files = {
    read: async () => text,
    link: async (path: string) => (cards.some((card) => path.includes(`/${card}/`)) ? '..' : null),
  } as unknown as HostFiles;
  const host = () => readHost({ folder: tmpdir(), nowMs: 0, files });
  expect(await host()).toMatchObject({ networkReceivedBytes: 1_520, networkSentBytes: 701 });
  cards.length = 0;
  expect(await host()).toMatchObject({ networkReceivedBytes: null, networkSentBytes: null });
});

it('knows nothing of a network that the system does not tell of', () => {
  expect(readInterfaces('')).toEqual([]);
  expect(readInterfaces('    lo: 1 2 3 4 5 6 7 8 9 10')).toEqual([
    { name: 'lo', received: 1, sent: 9 },
  ]);
  expect(readInterfaces('  eth0: garbage')).toEqual([]);
});

it('reads the machine as it is, and what it can not read is unknown', async () => {
  const files = { read: async () => null } as unknown as HostFiles;
  const host = await readHost({ folder: tmpdir(), nowMs: 0, files });
  expect(host).toMatchObject({ networkReceivedBytes: null, networkSentBytes: null });
  expect(host.cpuBusyMs).toBeLessThanOrEqual(host.cpuTotalMs ?? 0);
  expect(host.memoryUsedBytes).toBeLessThan(host.memoryBytes);
  const mac = await readHost({ folder: tmpdir(), nowMs: 0, files, platform: 'darwin' });
  expect(mac.memoryUsedBytes).toBeNull();
  expect(host.diskUsedBytes).toBeLessThanOrEqual(host.diskBytes ?? 0);
  const nowhere = await readHost({ folder: '/nowhere/at/all', nowMs: 0 });
  expect(nowhere).toMatchObject({ diskBytes: null, diskUsedBytes: null });
});
