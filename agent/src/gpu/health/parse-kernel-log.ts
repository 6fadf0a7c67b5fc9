/** Something the kernel said about a GPU. */
export type KernelEvent =
  /** The log is read from its beginning: whatever was heard of it is said again. */
  | { kind: 'log-begins' }
  /** `pci` as printed, such as `PCI:0000:05:00`; it lacks the function, and often the domain. */
  | { kind: 'xid'; code: number; pci: string }
  /** The driver's own request changed (Xid 154): `None` takes back all that came before. */
  | { kind: 'recovery'; code: 154; pci: string; action: string }
  /** The driver was loaded anew, so that what it said before is over. */
  | { kind: 'driver-loaded' }
  | { kind: 'amd-reset-failed'; pci: string };

/** What comes before a message: its facility and level, and the time of dmesg, journalctl or syslog. */
const prefix =
  /^(?:<\d+>|[a-z]+ *:[a-z]+ *: *)?(?:\[[^\]]{1,40}\] |\d+\.\d+ \S+ kernel: |\d{4}-\d{2}-\d{2}T\S+ (?:\S+ kernel: )?|[A-Z][a-z]{2} [ \d]\d [\d:]{8} \S+ kernel: )?/;

// The words of a driver are at the beginning of a message. Further on, and in lines that go on with a
// message, stand names that programs gave themselves: the kernel tells of every program that crashes.
const xid = /^NVRM: Xid \(((?:PCI:)?[0-9a-f]+(?::[0-9a-f]+)+(?:\.[0-9a-f])?)\).*?: (\d+),/i;
const recovery = /: 154,.*\bto 0x[0-9a-f]+ \(([^)]+)\)/i;
const lostInOneLine =
  /^NVRM: GPU ([0-9a-f]{2,8}:[0-9a-f:]+?)(?:\.\d)?: GPU has fallen off the bus/i;
const lostBegins = /^NVRM: The NVIDIA GPU ([0-9a-f]{2,8}:[0-9a-f:]+?)(?:\.\d)?\s*$/i;
const lostEnds = /NVRM: fallen off the bus/i;
const loaded = /^NVRM: loading NVIDIA UNIX/i;
const amdFailed =
  /^amdgpu ([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d): .*(?:GPU Recovery Failed|GPU reset end with ret = -|device lost from bus)/i;

/**
 * Makes a reader of the kernel's log, line by line; a message about a lost card takes three lines.
 * A reader gives `null` for a line that is no event.
 */
export function createKernelLogReader(): (line: string) => KernelEvent | null {
  let lost: string | null = null;
  return (whole) => {
    const line = whole.replace(prefix, '');
    const begins = lostBegins.exec(line)?.[1];
    if (begins !== undefined) {
      lost = begins;
      return null;
    }
    if (lost !== null && lostEnds.test(line)) {
      const pci = lost;
      lost = null;
      return { kind: 'xid', code: 79, pci };
    }
    return readLine(line);
  };
}

function readLine(line: string): KernelEvent | null {
  if (loaded.test(line)) return { kind: 'driver-loaded' };
  const [, pci, code] = xid.exec(line) ?? [];
  if (pci !== undefined && code !== undefined) {
    const action = code === '154' ? recovery.exec(line)?.[1] : undefined;
    return action === undefined
      ? { kind: 'xid', code: Number(code), pci }
      : { kind: 'recovery', code: 154, pci, action };
  }
  const gone = lostInOneLine.exec(line)?.[1];
  if (gone !== undefined) return { kind: 'xid', code: 79, pci: gone };
  const amd = amdFailed.exec(line)?.[1];
  return amd === undefined ? null : { kind: 'amd-reset-failed', pci: amd };
}

/**
 * When a line was written, in milliseconds since the Unix epoch: `1700000000.5 host kernel: …` of
 * journalctl, or `[   12.5] …` of dmesg, which counts from the start of the machine.
 * @returns `null` for a line that does not tell.
 */
export function readLineTime(line: string, bootedAtMs: number | null): number | null {
  const unixSec = /^(\d{9,11}\.\d+) /.exec(line)?.[1];
  if (unixSec !== undefined) return Math.round(Number(unixSec) * 1_000);
  const bootSec = /^(?:<\d+>)?\[\s*(\d+\.\d+)\]/.exec(line)?.[1];
  return bootSec === undefined || bootedAtMs === null
    ? null
    : Math.round(bootedAtMs + Number(bootSec) * 1_000);
}

/** @returns whether a place in the log is a card's address, of which it is the beginning. */
export function isAtAddress(pci: string, pciBusId: string): boolean {
  const place = pci.replace(/^PCI:/i, '').toLowerCase();
  const parts = place.replace(/\.[0-9a-f]$/, '').split(':');
  const [domain, bus, slot] = parts.length === 2 ? ['0', ...parts] : parts;
  const [cardDomain, cardBus, cardSlot] = pciBusId.replace(/\.[0-9a-f]$/, '').split(':');
  return [
    [domain, cardDomain],
    [bus, cardBus],
    [slot, cardSlot],
  ].every(([a, b]) => Number.parseInt(a ?? '', 16) === Number.parseInt(b ?? '', 16));
}
