import type { HostClock } from '@node3/agent/host-clock';
import type { SimEvent } from '@node3/marketplace/testing/sim/event-queue';
import type { Machine } from '@node3/marketplace/testing/sim/machine';
import { newOwner, type Owner } from '@node3/marketplace/testing/sim/owner';
import type { VirtualTime } from '@node3/marketplace/testing/sim/virtual-time';
import type { Device, Offer } from '@node3/shared/device';
import type { AgentProcess } from './agent-process.ts';
import { MemoryJournal } from './memory-journal.ts';

interface Workload {
  executionId: string;
  jobId: string;
  startedAtMs: number;
  exitCode: number | null;
  runMs: number;
  end: SimEvent;
  waiters: (() => void)[];
}

export interface MachineOptions {
  name: string;
  agentId: string;
  /** How fast its clocks run: 1 is right. */
  rate: number;
  slots: number;
  deviceCount: number;
  /** How its agent is told of work. */
  transport: 'socket' | 'poll';
}

/**
 * A provider's machine: its clocks, its disk with the journal, and an engine whose workloads live
 * on when the agent's process dies, but not when the machine is started anew.
 */
export class AgentMachine implements Machine, HostClock {
  readonly name: string;
  readonly agentId: string;
  readonly transport: MachineOptions['transport'];
  readonly offer: Offer;
  readonly journal = new MemoryJournal();
  process: AgentProcess | null = null;
  /** Names this boot of the machine. */
  boots = 1;
  readonly #engine: Owner;
  readonly #time: VirtualTime;
  readonly #rate: number;
  readonly #workloads = new Map<string, Workload>();
  #bootedAtMs = 0;
  #sleptMs = 0;

  constructor(time: VirtualTime, options: MachineOptions) {
    const { name, agentId, rate, slots, deviceCount } = options;
    this.#time = time;
    this.name = name;
    this.agentId = agentId;
    this.transport = options.transport;
    this.#rate = rate;
    this.#engine = newOwner(`${name}/engine`);
    this.offer = {
      devices: Array.from({ length: deviceCount }, (_, index) => gpu(`gpu-${index}`)),
      isolation: 'container',
      nativeAllowed: false,
      arch: 'x64',
      cpus: 8,
      memoryBytes: 16 * 1024 ** 3,
      diskBytes: 100 * 1024 ** 3,
      slots,
    };
  }

  nowMs(): number {
    return this.#time.nowMs();
  }

  bootMs(): number {
    return (this.#time.monotonicMs() - this.#bootedAtMs) * this.#rate;
  }

  monotonicMs(): number {
    return this.bootMs() - this.#sleptMs * this.#rate;
  }

  /** In this machine's own milliseconds. */
  after(ms: number, act: () => void, owner: Owner): SimEvent {
    return this.#time.after(ms / this.#rate, act, owner);
  }

  get isAwake(): boolean {
    const { process } = this;
    if (process === null || process.owner.dead) return false;
    return process.owner.stillUntilMs <= this.#time.monotonicMs();
  }

  get movesSinceMs(): number {
    return Math.max(this.#engine.stillUntilMs, this.process?.owner.stillUntilMs ?? 0);
  }

  /** The process takes over from one that is dead: nobody waits there any more. */
  runProcess(process: AgentProcess): void {
    for (const workload of this.#workloads.values()) workload.waiters = [];
    this.process = process;
    this.#time.after(0, () => void process.run(), process.owner);
  }

  /** The agent's process is stopped for a while; its workloads go on. */
  stall(forMs: number): void {
    if (this.process === null) return;
    still(this.process.owner, this.#time.monotonicMs(), forMs, 'stalled');
  }

  /** Somebody closes the lid: everything stands still, the monotonic clock included. */
  sleep(forMs: number): void {
    if (!this.isAwake || this.process === null) return;
    const nowMs = this.#time.monotonicMs();
    still(this.process.owner, nowMs, forMs, 'asleep');
    still(this.#engine, nowMs, forMs, 'asleep');
    this.#sleptMs += forMs;
  }

  /** Power is gone: workloads are, too. */
  reboot(): void {
    for (const executionId of this.#workloads.keys()) this.remove(executionId);
    this.boots += 1;
    this.#bootedAtMs = this.#time.monotonicMs();
    this.#sleptMs = 0;
    this.#engine.stillUntilMs = 0;
  }

  /** Starts a workload that ends by itself after `runMs`. */
  start(executionId: string, jobId: string, runMs: number, exitCode: number): void {
    const end = this.after(runMs, () => this.#exit(executionId, exitCode), this.#engine);
    const startedAtMs = this.monotonicMs();
    this.#workloads.set(executionId, {
      executionId,
      jobId,
      startedAtMs,
      exitCode: null,
      runMs: 0,
      end,
      waiters: [],
    });
  }

  /** Resolves with how the workload ended; at once when it has, or when the engine has none. */
  async wait(executionId: string): Promise<{ exitCode: number; runMs: number } | null> {
    const workload = this.#workloads.get(executionId);
    if (workload === undefined) return null;
    if (workload.exitCode === null) {
      await new Promise<void>((resolve) => {
        workload.waiters.push(resolve);
      });
    }
    const { exitCode, runMs } = workload;
    return exitCode === null ? null : { exitCode, runMs };
  }

  /** How long a workload has run by now. */
  ranMs(executionId: string): number {
    const workload = this.#workloads.get(executionId);
    return workload === undefined ? 0 : this.monotonicMs() - workload.startedAtMs;
  }

  kill(executionId: string): void {
    if (this.#workloads.get(executionId)?.exitCode === null) this.#exit(executionId, 137);
  }

  remove(executionId: string): void {
    const workload = this.#workloads.get(executionId);
    if (workload === undefined) return;
    workload.end.cancelled = true;
    this.#workloads.delete(executionId);
  }

  has(executionId: string): boolean {
    return this.#workloads.has(executionId);
  }

  list(): string[] {
    return [...this.#workloads.keys()];
  }

  workloads() {
    return [...this.#workloads.values()].filter(({ exitCode }) => exitCode === null);
  }

  believes() {
    const { process } = this;
    if (process === null || !this.isAwake) return [];
    return this.workloads().filter(({ executionId }) => process.holds(executionId));
  }

  #exit(executionId: string, exitCode: number): void {
    const workload = this.#workloads.get(executionId);
    if (workload === undefined || workload.exitCode !== null) return;
    workload.exitCode = exitCode;
    workload.runMs = Math.max(0, Math.round(this.monotonicMs() - workload.startedAtMs));
    workload.end.cancelled = true;
    for (const resolve of workload.waiters) {
      // The process hears of it when it runs; a dead one never does.
      if (this.process !== null) this.#time.after(1, resolve, this.process.owner, 'message');
    }
  }
}

function still(owner: Owner, nowMs: number, forMs: number, stillness: Owner['stillness']): void {
  if (owner.stillUntilMs > nowMs) return;
  owner.stillSinceMs = nowMs;
  owner.stillUntilMs = nowMs + Math.round(forMs);
  owner.stillness = stillness;
}

function gpu(id: string): Device {
  return {
    id,
    vendor: 'nvidia',
    model: 'NVIDIA H100',
    modelId: null,
    memoryBytes: null,
    computeCapability: null,
    driverVersion: null,
    simulated: false,
  };
}
