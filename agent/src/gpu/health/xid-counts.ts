import type { AgentDevice } from '../device.ts';
import { isAtAddress, type KernelEvent } from './parse-kernel-log.ts';
import { deviceFaultCodes } from './xid-codes.ts';

/** How often a card's driver reported one kind of error since the machine started. */
export interface XidCount {
  /** UUID of the whole card, also where it is sold in slices. */
  uuid: string;
  code: number;
  count: number;
  /** When it was reported last, since the Unix epoch; `null` where the log does not tell. */
  lastAtMs: number | null;
}

/** The codes NVIDIA names fit; a log that names more is damaged. */
const kindsMax = 4_096;

/** Counts the Xid errors in the kernel's log, by place and code. */
export class XidCounts {
  readonly #counts = new Map<string, { pci: string } & Omit<XidCount, 'uuid'>>();

  hear(event: KernelEvent, atMs: number | null): void {
    if (event.kind === 'log-begins') this.#counts.clear();
    if (event.kind !== 'xid' && event.kind !== 'recovery') return;
    const { code, pci } = event;
    const key = `${pci} ${code}`;
    const before = this.#counts.get(key);
    if (before === undefined && this.#counts.size >= kindsMax) return;
    const lastAtMs = atMs ?? before?.lastAtMs ?? null;
    // Kept in the order of their last report.
    this.#counts.delete(key);
    this.#counts.set(key, { pci, code, count: (before?.count ?? 0) + 1, lastAtMs });
  }

  /**
   * By card, in the order of the last report. Codes that mean a broken card and were not reported
   * are 0, so that their first report is an increase.
   */
  of(devices: readonly AgentDevice[]): XidCount[] {
    const cards = new Map(
      devices
        .filter(({ vendor }) => vendor === 'nvidia')
        .map(({ id, parentId, pciBusId }) => [parentId ?? id, pciBusId] as const),
    );
    return [...cards].flatMap(([uuid, pciBusId]) => {
      if (pciBusId === null) return [];
      const reported = [...this.#counts.values()]
        .filter(({ pci }) => isAtAddress(pci, pciBusId))
        .map(({ code, count, lastAtMs }) => ({ uuid, code, count, lastAtMs }));
      const none = deviceFaultCodes
        .filter((code) => reported.every((one) => one.code !== code))
        .map((code) => ({ uuid, code, count: 0, lastAtMs: null }));
      return [...none, ...reported];
    });
  }
}
