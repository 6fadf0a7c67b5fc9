import { faultsMax } from '../limits.ts';
import { invalidParams } from '../rpc/rpc-error.ts';
import type { BlindFault, CallFaultRule, FaultRule } from './fault-rule.ts';

export interface FaultHandle {
  /** Names the fault for `localnet_faultRemove`. */
  id: number;
  /** How many calls it has struck so far. */
  hits(): number;
  remove(): void;
}

interface ActiveCallFault {
  rule: CallFaultRule;
  passesLeft: number;
  /** null: no limit. */
  strikesLeft: number | null;
  hits: number;
}

interface ActiveBlindFault {
  rule: BlindFault;
  endsAtSlot: number | null;
  hits: number;
}

/** The faults of one node. Tests and other processes add them; each call takes at most one. */
export class Faults {
  readonly #slot: () => number;
  readonly #calls = new Map<number, ActiveCallFault>();
  readonly #blind = new Map<number, ActiveBlindFault>();
  #lastId = 0;

  /** @param slot tells the chain's present slot, by which blindness ends. */
  constructor(slot: () => number) {
    this.#slot = slot;
  }

  /** Throws RpcError −32602 when too many faults are active. */
  add(rule: FaultRule): FaultHandle {
    if (this.#calls.size + this.#blind.size >= faultsMax) {
      throw invalidParams(`Too many faults; max ${faultsMax}`);
    }
    this.#lastId += 1;
    const id = this.#lastId;
    const active = rule.action === 'blind' ? this.#addBlind(id, rule) : this.#addCall(id, rule);
    return { id, hits: () => active.hits, remove: () => void this.remove(id) };
  }

  remove(id: number): boolean {
    return this.#calls.delete(id) || this.#blind.delete(id);
  }

  clear(): void {
    this.#calls.clear();
    this.#blind.clear();
  }

  /** The fault this call meets, used up by one; null when the call may pass. */
  take(method: string): CallFaultRule | null {
    for (const [id, fault] of this.#calls) {
      if (fault.rule.method !== method && fault.rule.method !== '*') continue;
      if (fault.passesLeft > 0) {
        fault.passesLeft -= 1;
        continue;
      }
      fault.hits += 1;
      if (fault.strikesLeft !== null) fault.strikesLeft -= 1;
      if (fault.strikesLeft === 0) this.#calls.delete(id);
      return fault.rule;
    }
    return null;
  }

  /** Whether the node shows nothing of this kind at present. Blind history hides statuses too. */
  isBlind(scope: BlindFault['scope']): boolean {
    for (const [id, fault] of this.#blind) {
      if (fault.endsAtSlot !== null && this.#slot() >= fault.endsAtSlot) this.#blind.delete(id);
      else if (scope === 'statuses' || fault.rule.scope === 'history') {
        fault.hits += 1;
        return true;
      }
    }
    return false;
  }

  #addCall(id: number, rule: CallFaultRule): ActiveCallFault {
    const strikesLeft = rule.times === undefined ? 1 : rule.times;
    const fault = { rule, passesLeft: rule.after ?? 0, strikesLeft, hits: 0 };
    this.#calls.set(id, fault);
    return fault;
  }

  #addBlind(id: number, rule: BlindFault): ActiveBlindFault {
    const endsAtSlot = rule.slots === null ? null : this.#slot() + rule.slots;
    const fault = { rule, endsAtSlot, hits: 0 };
    this.#blind.set(id, fault);
    return fault;
  }
}
