import { type Said, say } from '@node3/shared/agent-sentences';
import type { AgentDevice } from '../device.ts';
import type { DeviceReading, Slowdown } from '../telemetry.ts';
import { isAtAddress, type KernelEvent } from './parse-kernel-log.ts';
import { meaningOfXid } from './xid-codes.ts';

/** A card that is slowed down for so long is overheated or short of power, not merely busy. */
const slowedMsMax = 60_000;
/** And is well again after as long without. */
const recoveredMs = 60_000;
/** How long a driver may take to free the memory of a job that ended. */
const releaseMsMax = 30_000;
/** Drivers keep a little more after a card's first use; a job's own memory is far more. */
const residueBytesMax = 512 * 1_048_576;

/** Slowdowns that mean damage or danger. Running at the temperature its maker chose is neither. */
const harmful: ReadonlySet<Slowdown> = new Set(['hardware-thermal', 'power-brake', 'hardware']);

interface Slowed {
  sinceMs: number;
  lastMs: number;
  names: readonly Slowdown[];
}

interface Memory {
  /** Bytes in use when no job had the device. */
  baselineBytes: number;
  leased: boolean;
  /** When the last job left; `null` once the memory is free again. */
  releasedAtMs: number | null;
  usedBytes: number;
  /** The processes that hold it; `null` while nobody has asked. */
  holders: readonly number[] | null;
}

/**
 * Judges devices by what is measured and by what the kernel says. Times are monotonic
 * milliseconds. It only remembers; what it says of a device holds until its next readings.
 */
export class DeviceWatch {
  readonly #faults = new Map<string, Said>();
  readonly #slowed = new Map<string, Slowed>();
  readonly #memory = new Map<string, Memory>();
  readonly #memoryErrors = new Map<string, number>();
  #nowMs = 0;

  /** An Xid of a program's own mistake changes nothing: its job fails, the card is fine. */
  hear(event: KernelEvent): void {
    if (event.kind === 'driver-loaded' || event.kind === 'log-begins') {
      this.#faults.clear();
    } else if (event.kind === 'amd-reset-failed') {
      this.#faults.set(event.pci, say('sickReset'));
    } else if (event.kind === 'recovery') {
      this.#recover(event.pci, event.action);
    } else {
      const { blame, sentence } = meaningOfXid(event.code);
      if (blame === 'device') {
        this.#faults.set(event.pci, say('sickXid', { xid: event.code, what: sentence }));
      }
    }
  }

  #recover(pci: string, action: string): void {
    if (action === 'None') this.#faults.delete(pci);
    else this.#faults.set(pci, say('sickRecovery', { action }));
  }

  /** @param leased the devices that jobs hold now. */
  look(readings: readonly DeviceReading[], leased: ReadonlySet<string>, nowMs: number): void {
    this.#nowMs = nowMs;
    for (const reading of readings) {
      const { uuid, metrics } = reading;
      const { slowdowns } = reading;
      if (slowdowns !== undefined) this.#lookAtSlowdowns(uuid, slowdowns, nowMs - reading.ageMs);
      const errors = metrics.eccUncorrectedCount.value;
      if (errors !== null) this.#memoryErrors.set(uuid, errors);
      const used = metrics.memoryUsedBytes.value;
      if (used !== null) this.#lookAtMemory(uuid, used, leased.has(uuid));
    }
  }

  /** @returns one sentence when the device must not take jobs, `null` when it may. */
  sickness(device: AgentDevice): Said | null {
    const fault = this.#faultAt(device.pciBusId);
    if (fault !== null) return fault;
    // A slice is as sick as its card.
    const ids = device.parentId === null ? [device.id] : [device.id, device.parentId];
    for (const id of ids) {
      const reason = this.#errorsOf(id) ?? this.#slownessOf(id) ?? this.#memoryOf(id);
      if (reason !== null) return reason;
    }
    return null;
  }

  #faultAt(pciBusId: string | null): Said | null {
    if (pciBusId === null) return null;
    for (const [pci, reason] of this.#faults) if (isAtAddress(pci, pciBusId)) return reason;
    return null;
  }

  #lookAtSlowdowns(uuid: string, slowdowns: readonly Slowdown[], takenAtMs: number): void {
    const names = slowdowns.filter((name) => harmful.has(name));
    const before = this.#slowed.get(uuid);
    if (names.length > 0) {
      const sinceMs = before?.sinceMs ?? takenAtMs;
      this.#slowed.set(uuid, { sinceMs, lastMs: takenAtMs, names });
    } else if (before !== undefined) {
      // One that had not lasted is forgotten at once.
      const lasted = before.lastMs - before.sinceMs >= slowedMsMax;
      if (!lasted || takenAtMs - before.lastMs >= recoveredMs) this.#slowed.delete(uuid);
    }
  }

  #slownessOf(uuid: string): Said | null {
    const slowed = this.#slowed.get(uuid);
    if (slowed === undefined || slowed.lastMs - slowed.sinceMs < slowedMsMax) return null;
    return say(slowed.names.includes('power-brake') ? 'sickPower' : 'sickHeat');
  }

  #errorsOf(uuid: string): Said | null {
    const count = this.#memoryErrors.get(uuid) ?? 0;
    if (count === 0) return null;
    return count === 1 ? say('sickError') : say('sickErrors', { count });
  }

  #lookAtMemory(uuid: string, usedBytes: number, leased: boolean): void {
    const before = this.#memory.get(uuid);
    if (before === undefined) {
      const fresh = { baselineBytes: usedBytes, releasedAtMs: null, holders: null };
      this.#memory.set(uuid, { ...fresh, leased, usedBytes });
      return;
    }
    before.usedBytes = usedBytes;
    if (leased) before.releasedAtMs = null;
    else if (before.leased) before.releasedAtMs = this.#nowMs;
    before.leased = leased;
    if (leased) return;
    const free = usedBytes <= before.baselineBytes + residueBytesMax;
    // What others use while no job runs is what there will be after the next one, too.
    if (before.releasedAtMs === null || free) {
      before.releasedAtMs = null;
      before.holders = null;
      before.baselineBytes = usedBytes;
    }
  }

  /** Devices whose memory is held and of which nobody has asked yet by whom. */
  suspects(): string[] {
    return [...this.#memory.keys()].filter((uuid) => this.#heldMemory(uuid)?.holders === null);
  }

  blame(uuid: string, processIds: readonly number[]): void {
    const memory = this.#memory.get(uuid);
    if (memory !== undefined) memory.holders = processIds;
  }

  #heldMemory(uuid: string): Memory | null {
    const memory = this.#memory.get(uuid);
    if (memory === undefined || memory.releasedAtMs === null) return null;
    return this.#nowMs - memory.releasedAtMs < releaseMsMax ? null : memory;
  }

  #memoryOf(uuid: string): Said | null {
    const memory = this.#heldMemory(uuid);
    if (memory === null) return null;
    const ids = memory.holders ?? [];
    const gibibytes = ((memory.usedBytes - memory.baselineBytes) / 1024 ** 3).toFixed(1);
    return ids.length === 0
      ? say('sickMemory', { gibibytes })
      : say('sickMemoryBy', { gibibytes, processes: ids.join(', ') });
  }
}
