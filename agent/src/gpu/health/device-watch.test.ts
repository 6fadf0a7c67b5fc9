import { describe, expect, it } from 'vitest';
import { type AgentDevice, healthy } from '../device.ts';
import { type DeviceReading, measured, metricsOf, type Slowdown } from '../telemetry.ts';
import { DeviceWatch } from './device-watch.ts';

const gibibyte = 1024 ** 3;
const none: ReadonlySet<string> = new Set();
const held: ReadonlySet<string> = new Set(['GPU-1']);

const card: AgentDevice = {
  id: 'GPU-1',
  parentId: null,
  vendor: 'nvidia',
  model: 'NVIDIA H200',
  modelId: 'h200',
  memoryBytes: 141 * gibibyte,
  memoryUnified: false,
  computeCapability: '9.0',
  framework: 'cuda',
  frameworkVersion: '12.8',
  driverVersion: '570.1',
  pciBusId: '0000:9b:00.0',
  simulated: false,
  index: 0,
  health: healthy,
};
const slice: AgentDevice = { ...card, id: 'MIG-1', parentId: 'GPU-1' };

function reading(more: {
  usedGib?: number;
  errors?: number;
  slowdowns?: Slowdown[];
}): DeviceReading {
  return {
    uuid: 'GPU-1',
    ageMs: 0,
    slowdowns: more.slowdowns ?? [],
    metrics: metricsOf({
      memoryUsedBytes: measured((more.usedGib ?? 0) * gibibyte),
      eccUncorrectedCount: measured(more.errors ?? 0),
    }),
  };
}

describe('health by the kernel log', () => {
  it('threat 17: takes a card out for a fault of its own, not for that of a program or another card', () => {
    const watch = new DeviceWatch();
    watch.hear({ kind: 'xid', code: 31, pci: 'PCI:0000:9b:00' });
    watch.hear({ kind: 'xid', code: 79, pci: 'PCI:0000:3b:00' });
    expect(watch.sickness(card)).toBeNull();
    watch.hear({ kind: 'xid', code: 119, pci: 'PCI:0000:9b:00' });
    expect(watch.sickness(card)?.text).toContain('Xid 119');
    expect(watch.sickness(card)).toMatchObject({ code: 'sickXid', values: { xid: 119 } });
    expect(watch.sickness(slice)?.text).toContain('Xid 119');
  });

  it('takes it back when the driver asks for nothing more, or is loaded anew', () => {
    const watch = new DeviceWatch();
    const pci = 'PCI:0000:9b:00';
    watch.hear({ kind: 'recovery', code: 154, pci, action: 'GPU Reset Required' });
    expect(watch.sickness(card)?.text).toContain('GPU Reset Required');
    watch.hear({ kind: 'recovery', code: 154, pci, action: 'None' });
    expect(watch.sickness(card)).toBeNull();
    watch.hear({ kind: 'xid', code: 79, pci });
    watch.hear({ kind: 'driver-loaded' });
    expect(watch.sickness(card)).toBeNull();
  });
});

describe('health by telemetry', () => {
  it('bears a short slowdown, and not one of a minute', () => {
    const watch = new DeviceWatch();
    const hot = reading({ slowdowns: ['hardware-thermal'] });
    watch.look([hot], none, 0);
    watch.look([hot], none, 59_000);
    expect(watch.sickness(card)).toBeNull();
    watch.look([reading({})], none, 59_500);
    watch.look([hot], none, 60_000);
    watch.look([hot], none, 119_000);
    expect(watch.sickness(card)).toBeNull();
    watch.look([hot], none, 120_000);
    expect(watch.sickness(card)?.text).toContain('heat');
    watch.look([reading({})], none, 150_000);
    expect(watch.sickness(card)?.text).toContain('heat');
    watch.look([reading({})], none, 180_000);
    expect(watch.sickness(card)).toBeNull();
  });

  it('lets a card run at its temperature limit', () => {
    const watch = new DeviceWatch();
    const warm = reading({ slowdowns: ['software-thermal'] });
    watch.look([warm], none, 0);
    watch.look([warm], none, 600_000);
    expect(watch.sickness(card)).toBeNull();
  });

  it('takes a card out whose memory had errors, and its slices', () => {
    const watch = new DeviceWatch();
    watch.look([reading({ errors: 2 })], none, 0);
    expect(watch.sickness(slice)?.text).toContain('2 errors');
  });

  it('threat 17: takes a card out whose memory is not freed after a job, until it is', () => {
    const watch = new DeviceWatch();
    watch.look([reading({ usedGib: 1 })], none, 0);
    watch.look([reading({ usedGib: 40 })], held, 1_000);
    expect(watch.sickness(card)).toBeNull();
    watch.look([reading({ usedGib: 21 })], none, 2_000);
    watch.look([reading({ usedGib: 21 })], none, 31_000);
    expect(watch.sickness(card)).toBeNull();
    watch.look([reading({ usedGib: 21 })], none, 33_000);
    expect(watch.sickness(card)?.text).toContain('20.0 GiB');
    expect(watch.suspects()).toEqual(['GPU-1']);
    watch.blame('GPU-1', [4711]);
    expect(watch.sickness(card)?.text).toContain('process 4711');
    expect(watch.suspects()).toEqual([]);
    watch.look([reading({ usedGib: 1.2 })], none, 34_000);
    expect(watch.sickness(card)).toBeNull();
  });

  it('does not blame a job for what the owner does', () => {
    const watch = new DeviceWatch();
    watch.look([reading({ usedGib: 1 })], none, 0);
    watch.look([reading({ usedGib: 9 })], none, 1_000);
    watch.look([reading({ usedGib: 9 })], none, 100_000);
    expect(watch.sickness(card)).toBeNull();
  });
});
