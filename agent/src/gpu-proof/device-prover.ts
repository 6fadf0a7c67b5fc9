import { setTimeout as delay } from 'node:timers/promises';
import { fillKeyOf, walkKeyOf } from '@node3/shared/gpu-proof/proof-keys';
import { filledBytes } from '@node3/shared/gpu-proof/proof-plan';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import {
  openProofLanes,
  ProofChallenge,
  reportProofFilled,
  reportProofRoot,
} from '@node3/shared/routes/gpu-proofs';
import { Compile } from 'typebox/compile';
import type { AgentDevice } from '../gpu/device.ts';
import type { HostClock } from '../host-clock.ts';
import type { MarketplaceLink } from '../marketplace-link/marketplace-link.ts';
import { ProofError } from './proof-error.ts';
import type { ProverOptions, ProverProcess } from './prover-process.ts';

/** A prover of one device, in whatever process. */
export type StartProver = (options: ProverOptions) => ProverPort;
export type ProverPort = Pick<ProverProcess, 'fillMemory' | 'walk' | 'open' | 'kill'>;

export interface DeviceProverDeps {
  link: Pick<MarketplaceLink, 'call'>;
  clock: HostClock;
  log: Logger;
  environment: ProverOptions['environment'];
  startProver: StartProver;
  /** Devices that nothing runs on. */
  idleDevices(): AgentDevice[];
  /** What is proven is no longer free, or free again. */
  onCapacity(): void;
  onStatus(): void;
}

/** How the last proof of a device ended, as the marketplace said, or why it could not be tried. */
export interface LastProof {
  deviceId: string;
  state: 'passed' | 'failed' | 'void';
  finding: string;
  atMs: number;
}

type Task = ProofChallenge['devices'][number];

const validator = Compile(ProofChallenge);
const waitsMax = 600;
const askAgainMsMin = 100;
const askAgainMsMax = 5_000;
/** For the marketplace to notice that the time for filling is over. */
const sweepMs = 30_000;

/** Answers challenges to idle devices, one challenge at a time. */
export class DeviceProver {
  readonly #deps: DeviceProverDeps;
  readonly #last = new Map<string, LastProof>();
  /** What each driver calls its device. */
  readonly #adapters = new Map<string, string>();
  #provers = new Map<string, ProverPort>();
  /** Ends the proof under way: its provers and what it asks the marketplace. */
  #end = new AbortController();
  #work: Promise<void> | null = null;
  #isStopped = false;

  constructor(deps: DeviceProverDeps) {
    this.#deps = deps;
  }

  /** They are given to no job now. */
  get deviceIds(): string[] {
    return [...this.#provers.keys()];
  }

  last(): LastProof[] {
    return [...this.#last.values()];
  }

  /** A challenge came, perhaps again. What it asks is checked: the marketplace is not trusted here. */
  hear(agentId: string, challenge: unknown): void {
    if (this.#isStopped || this.#work !== null || !validator.Check(challenge)) return;
    this.#end = new AbortController();
    const fillMs = atMost(challenge.fillMs, limits.proofFillMs);
    // A driver that hangs must not keep a device from jobs.
    const wholeMs = fillMs + sweepMs + limits.proofWalkMs + limits.proofOpenMs;
    const timer = setTimeout(() => this.abandon(), wholeMs);
    this.#work = this.#prove(agentId, { ...challenge, fillMs })
      .catch((error: unknown) => this.#deps.log.warn({ err: error }, 'a proof was not finished'))
      .finally(() => {
        clearTimeout(timer);
        this.#kill();
        this.#provers = new Map();
        this.#work = null;
        this.#deps.onCapacity();
        this.#deps.onStatus();
      });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.abandon();
    await this.#work;
  }

  /** Gives the devices back at once. The marketplace sees that nothing was answered. */
  abandon(): void {
    this.#end.abort(new Error('the proof was given up'));
    this.#kill();
  }

  #kill(): void {
    for (const prover of this.#provers.values()) prover.kill();
  }

  async #prove(agentId: string, challenge: ProofChallenge): Promise<void> {
    const { devices, proofId } = challenge;
    const failures = new Map<string, string>();
    for (const task of devices) {
      const started = this.#start(task);
      if (typeof started === 'string') failures.set(task.deviceId, started);
    }
    this.#deps.onCapacity();
    this.#deps.log.info({ proofId, devices: this.deviceIds }, 'devices are proven');
    await this.#fill(agentId, challenge, failures);
    for (const [deviceId, finding] of failures) this.#note(deviceId, 'void', finding);
    const { devices: walks, walkMs } = await this.#awaitWalk(proofId, failures);
    const { epoch } = challenge;
    const timeMs = atMost(walkMs, limits.proofWalkMs) + limits.proofOpenMs;
    const timer = setTimeout(() => this.abandon(), timeMs);
    await Promise.all(
      walks.map(async ({ deviceId, walkSeed }) => {
        const key = walkKeyOf(walkSeed, { agentId, deviceId, epoch });
        await this.#walk(proofId, deviceId, key);
      }),
    ).finally(() => clearTimeout(timer));
  }

  /** @returns why a device can't even try. */
  #start({ deviceId, plan }: Task): string | null {
    const { environment, startProver } = this.#deps;
    const device = this.#deps.idleDevices().find(({ id }) => id === deviceId);
    if (device === undefined) return 'busy';
    if (device.memoryBytes === null || filledBytes(plan) > device.memoryBytes) {
      return 'not-enough-memory';
    }
    const options = { environment, adapterName: device.model, software: 'refused' } as const;
    this.#provers.set(deviceId, startProver(options));
    return null;
  }

  async #fill(
    agentId: string,
    { devices, epoch, fillMs }: ProofChallenge,
    failures: Map<string, string>,
  ): Promise<void> {
    const timer = setTimeout(() => this.#kill(), fillMs);
    await Promise.all(
      devices.map(async ({ deviceId, fillSeed, plan }) => {
        try {
          const key = fillKeyOf(fillSeed, { agentId, deviceId, epoch });
          const filled = await this.#provers.get(deviceId)?.fillMemory(plan, key);
          this.#adapters.set(deviceId, filled?.adapter ?? '');
        } catch (error) {
          if (!(error instanceof ProofError)) throw error;
          failures.set(deviceId, error.failure);
          this.#deps.log.warn({ deviceId, why: error.message }, 'device can not be proven');
        }
      }),
    ).finally(() => clearTimeout(timer));
  }

  /** Waits until all devices of the owner are filled, those of other agents, too. */
  async #awaitWalk(proofId: string, failed: ReadonlyMap<string, string>) {
    const deviceIds = this.deviceIds.filter((deviceId) => !failed.has(deviceId));
    const failures = [...failed].map(([deviceId, failure]) => ({ deviceId, failure }));
    const { signal } = this.#end;
    const none = { devices: [], walkMs: 0 };
    for (let asked = 0; asked < waitsMax; asked += 1) {
      const body = { deviceIds, failures };
      const args = { params: { proofId }, body };
      const answer = await this.#deps.link.call(reportProofFilled, args, { signal });
      if (answer.state === 'over') return none;
      if (answer.state === 'walk') return answer;
      const pauseMs = Math.max(askAgainMsMin, atMost(answer.askAgainMs, askAgainMsMax));
      await delay(pauseMs, undefined, { signal });
    }
    return none;
  }

  async #walk(proofId: string, deviceId: string, key: Uint32Array): Promise<void> {
    const { link } = this.#deps;
    const { signal } = this.#end;
    const prover = this.#provers.get(deviceId);
    if (prover === undefined) return;
    const params = { proofId };
    try {
      const { root } = await prover.walk(key);
      const adapter = (this.#adapters.get(deviceId) ?? '').slice(0, 128);
      const rooted = { params, body: { deviceId, root, adapter } };
      const { lanes } = await link.call(reportProofRoot, rooted, { signal });
      const opened = { params, body: { deviceId, openings: await prover.open(lanes) } };
      const { finding, state } = await link.call(openProofLanes, opened, { signal });
      this.#note(deviceId, state === 'passed' ? 'passed' : 'failed', finding);
    } catch (error) {
      const finding = error instanceof ProofError ? error.failure : 'not-answered';
      this.#note(deviceId, 'void', finding);
      this.#deps.log.warn({ err: error, deviceId }, 'a walk was not finished');
    }
  }

  #note(deviceId: string, state: LastProof['state'], finding: string): void {
    this.#last.set(deviceId, { deviceId, state, finding, atMs: this.#deps.clock.nowMs() });
    this.#deps.log.info({ deviceId, state, finding }, 'a device was asked for a proof');
  }
}

/** What the marketplace says of time, in milliseconds, is not trusted either. */
function atMost(saidMs: number, mostMs: number): number {
  return Math.min(Math.max(0, saidMs), mostMs);
}
