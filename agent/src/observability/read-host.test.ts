import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import type { HostFiles } from '../gpu/host-files.ts';
import { readHost, readNetworkBytes } from './read-host.ts';

const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 9000000    100    0    0    0     0          0         0 9000000    100    0    0    0     0       0          0
  eth0: 1500       10     0    0    0     0          0         0 700        5     0    0    0     0       0          0
 wlan0:20          1      0    0    0     0          0         0 1          1     0    0    0     0       0          0
docker0: 800       10     0    0    0     0          0         0 800        5     0    0    0     0       0          0
 veth1: 800        10     0    0    0     0          0         0 800        5     0    0    0     0       0          0
`;

it('counts the bytes of the interfaces to the outside, once each', () => {
  expect(readNetworkBytes(text)).toEqual({ received: 1520, sent: 701 });
});

it('knows nothing of a network that the system does not tell of', () => {
  expect(readNetworkBytes('')).toBeNull();
  expect(readNetworkBytes('    lo: 1 2 3 4 5 6 7 8 9 10')).toBeNull();
  expect(readNetworkBytes('  eth0: garbage')).toBeNull();
});

it('reads the machine as it is, and what it can not read is unknown', async () => {
  const files = { read: async () => null } as unknown as HostFiles;
  const host = await readHost({ folder: tmpdir(), nowMs: 0, files });
  expect(host).toMatchObject({ networkReceivedBytes: null, networkSentBytes: null });
  expect(host.cpuBusyMs).toBeLessThanOrEqual(host.cpuTotalMs ?? 0);
  expect(host.memoryUsedBytes).toBeLessThan(host.memoryBytes);
  expect(host.diskUsedBytes).toBeLessThanOrEqual(host.diskBytes ?? 0);
  const nowhere = await readHost({ folder: '/nowhere/at/all', nowMs: 0 });
  expect(nowhere).toMatchObject({ diskBytes: null, diskUsedBytes: null });
});
