import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AgentDevice, healthy } from '../gpu/device.ts';
import type { GpuDetector } from '../gpu/gpu-detector.ts';
import type { KernelEvent } from '../gpu/health/parse-kernel-log.ts';
import { measured, metricsOf } from '../gpu/telemetry.ts';
import { DeviceInventory } from './device-inventory.ts';

const signal = new AbortController().signal;
const gibibyte = 1024 ** 3;
const pci = 'PCI:0000:9b:00';

function card(id: string, pciBusId: string): AgentDevice {
  return {
    id,
    parentId: null,
    vendor: 'nvidia',
    model: 'NVIDIA L4',
    modelId: 'l4',
    memoryBytes: 23_034 * 1_048_576,
    memoryUnified: false,
    computeCapability: '8.9',
    framework: 'cuda',
    frameworkVersion: null,
    driverVersion: '570.1',
    pciBusId,
    simulated: false,
    index: 0,
    health: healthy,
  };
}

const clock = new ManualClock();
let changes: number;
let leased: Set<string>;
let usedGib: number;
let say: (event: KernelEvent, atMs?: number) => void;
let heard: boolean;
let inventory: DeviceInventory;

beforeEach(async () => {
  changes = 0;
  leased = new Set();
  usedGib = 0;
  heard = true;
  const detector: GpuDetector = {
    vendor: 'nvidia',
    detect: async () => ({
      status: 'ok',
      devices: [card('GPU-1', '0000:9b:00.0'), card('GPU-2', '0000:9c:00.0')],
      problems: [],
      source: 'test',
      sampledAtMs: 0,
    }),
    sample: async () => {
      const metrics = metricsOf({ memoryUsedBytes: measured(usedGib * gibibyte) });
      return { samples: [{ uuid: 'GPU-1', metrics }], problems: [], sampledAtMs: 0 };
    },
    holders: async () => [4711],
  };
  inventory = new DeviceInventory({
    detectors: [detector],
    clock,
    log: silentLogger,
    kernelLog: {
      start: (onEvent) => {
        say = (event, atMs) => onEvent(event, atMs ?? null);
      },
      isHeard: () => heard,
      problem: () => null,
      stop: async () => undefined,
    },
    leased: () => leased,
    onChange: () => {
      changes += 1;
    },
  });
  await inventory.detect(signal);
});

const offered = () => inventory.offered().map(({ id }) => id);

describe('a sick device', () => {
  it('leaves the offer at the word of the kernel, is named, and returns', () => {
    expect(offered()).toEqual(['GPU-1', 'GPU-2']);
    const before = changes;
    say({ kind: 'xid', code: 79, pci });
    expect(offered()).toEqual(['GPU-2']);
    expect(changes).toBe(before + 1);
    expect(inventory.problems()).toMatchObject([
      { code: 'device-sick', sentence: expect.stringContaining('Xid 79') },
    ]);
    expect(inventory.all()).toHaveLength(2);
    say({ kind: 'xid', code: 31, pci: 'PCI:0000:9c:00' });
    expect(offered()).toEqual(['GPU-2']);
    say({ kind: 'driver-loaded' });
    expect(offered()).toEqual(['GPU-1', 'GPU-2']);
    expect(inventory.problems()).toEqual([]);
  });

  it('has its errors counted by code; what is not heard is unknown, not none', () => {
    const reported = () => inventory.xidCounts()?.filter(({ count }) => count > 0);
    const none = { uuid: 'GPU-1', code: 79, count: 0, lastAtMs: null };
    expect(inventory.xidCounts()).toContainEqual(none);
    say({ kind: 'xid', code: 79, pci }, 1_000);
    say({ kind: 'xid', code: 31, pci: 'PCI:0000:9c:00' }, 2_000);
    say({ kind: 'xid', code: 79, pci }, 3_000);
    expect(reported()).toEqual([
      { uuid: 'GPU-1', code: 79, count: 2, lastAtMs: 3_000 },
      { uuid: 'GPU-2', code: 31, count: 1, lastAtMs: 2_000 },
    ]);
    say({ kind: 'log-begins' });
    expect(reported()).toEqual([]);
    heard = false;
    expect(inventory.xidCounts()).toBeNull();
  });

  it('leaves when a job does not give its memory back, and says who holds it', async () => {
    await inventory.sample(signal);
    leased = new Set(['GPU-1']);
    usedGib = 20;
    await inventory.sample(signal);
    leased = new Set();
    await inventory.sample(signal);
    expect(offered()).toContain('GPU-1');
    clock.advance(31_000);
    await inventory.sample(signal);
    expect(offered()).toEqual(['GPU-2']);
    expect(inventory.problems()[0]?.sentence).toMatch(/20\.0 GiB.*process 4711/);
    usedGib = 0;
    await inventory.sample(signal);
    expect(offered()).toEqual(['GPU-1', 'GPU-2']);
  });
});
