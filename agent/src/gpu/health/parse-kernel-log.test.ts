import { describe, expect, it } from 'vitest';
import { createKernelLogReader, isAtAddress } from './parse-kernel-log.ts';

function eventsOf(...lines: string[]) {
  const read = createKernelLogReader();
  return lines.flatMap((line) => read(line) ?? []);
}

describe('kernel log', () => {
  it('reads an Xid, whatever stands before it', () => {
    expect(
      eventsOf(
        'kern  :warn  : 2026-01-02T03:04:05,000000+00:00 NVRM: Xid (PCI:0000:9b:00): 119, pid=1, name=x',
      ),
    ).toEqual([{ kind: 'xid', code: 119, pci: 'PCI:0000:9b:00' }]);
  });

  it.each([
    '[   12.500000] ',
    '<3>[12.5] ',
    '[Thu Nov 26 14:00:00 2026] ',
    '1700000000.500000 host kernel: ',
    'Nov  6 14:00:00 host kernel: ',
    '2026-11-26T14:00:00.5+01:00 host kernel: ',
  ])('reads a message behind "%s"', (before) => {
    const message = 'NVRM: Xid (PCI:0000:05:00): 79, GPU has fallen off the bus.';
    expect(eventsOf(before + message)).toEqual([{ kind: 'xid', code: 79, pci: 'PCI:0000:05:00' }]);
  });

  it('hears no program that gave itself the name of a message', () => {
    const name = 'NVRM: Xid (PCI:0000:05:00): 79, x';
    const shown = `${name.slice(0, 15)}[19692]: segfault at 0 ip 0 sp 0 error 6 in `;
    const before = '1700000000.500000 host kernel: ';
    expect(
      eventsOf(
        `${before}${shown}${name}[1000,5589+1000]`,
        `${before}${shown}`,
        `                               ${name}[1000,5589+1000]`,
        `${before}traps: x trap in NVRM: loading NVIDIA UNIX[400000+1000]`,
        `${before}x[1]: segfault in amdgpu 0000:03:00.0: amdgpu: GPU Recovery Failed[400000+1000]`,
      ),
    ).toEqual([]);
  });

  it('joins the three lines about a lost card', () => {
    const lines = [
      'NVRM: The NVIDIA GPU 0000:18:00.0',
      'NVRM: (PCI ID: 10de:2901) installed in this system has',
      'NVRM: fallen off the bus and is not responding to commands.',
    ];
    expect(eventsOf(...lines)).toEqual([{ kind: 'xid', code: 79, pci: '0000:18:00' }]);
  });

  it('reads what the driver asks for, and that it was loaded anew', () => {
    expect(
      eventsOf(
        'NVRM: Xid (PCI:0009:01:00): 154, GPU recovery action changed from 0x4 (Reset) to 0x0 (None)',
        'NVRM: loading NVIDIA UNIX x86_64 Kernel Module  570.124.06',
        'amdgpu 0000:03:00.0: amdgpu: GPU Recovery Failed: -62',
        'usb 1-1: new device',
      ),
    ).toEqual([
      { kind: 'recovery', code: 154, pci: 'PCI:0009:01:00', action: 'None' },
      { kind: 'driver-loaded' },
      { kind: 'amd-reset-failed', pci: '0000:03:00.0' },
    ]);
  });

  it.each([
    ['PCI:0000:05:00', '0000:05:00.0', true],
    ['05:00', '0000:05:00.0', true],
    ['00001580:00:00', '1580:00:00.0', true],
    ['PCI:0000:05:00', '0000:06:00.0', false],
    ['PCI:0001:05:00', '0000:05:00.0', false],
  ])('%s is at %s: %s', (pci, address, same) => {
    expect(isAtAddress(pci, address)).toBe(same);
  });
});
