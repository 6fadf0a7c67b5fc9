import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type { ProviderPolicy } from '@node3/shared/provider-policy';
import { agentLimits } from '../agent-limits.ts';
import type { AgentDevice } from '../gpu/device.ts';
import type { DeviceReading, MetricName } from '../gpu/telemetry.ts';
import type { HostClock } from '../host-clock.ts';
import { decidePolicy, type PolicyDevice, type PolicyVerdict } from './decide-policy.ts';
import type { PolicyTerms } from './find-policy-refusal.ts';
import { type IdleRecord, recordUse } from './idle-record.ts';
import type { PolicyChange, PolicyStore } from './policy-store.ts';
import type { ReadPowerSource } from './power-source.ts';

export interface PolicyWatchDeps {
  store: PolicyStore;
  clock: HostClock;
  log: Logger;
  readPowerSource: ReadPowerSource;
  devices: () => readonly AgentDevice[];
  readings: () => readonly DeviceReading[];
  /** Devices that our jobs hold. */
  leased: () => ReadonlySet<string>;
  /** The policy sells more or less than before. */
  onChange: (verdict: PolicyVerdict) => void;
}

/** Keeps the provider's policy and what the machine is like together, and says when that changes. */
export class PolicyWatch {
  readonly #deps: PolicyWatchDeps;
  readonly #idle = new Map<string, IdleRecord>();
  #onBattery: boolean | null = null;
  #announced = '';
  #loop: Loop | null = null;
  #provingDeviceIds: () => readonly string[] = () => [];

  constructor(deps: PolicyWatchDeps) {
    this.#deps = deps;
  }

  /** Resolves after the first look. */
  start(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#loop = startLoop({
      name: 'policy',
      log: this.#deps.log,
      intervalMs: agentLimits.policyIntervalMs,
      run: (signal) => this.#look(signal).finally(resolve),
    });
    return promise;
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  /** A proof that a device is real uses it as much as a job of ours. */
  countProofs(provingDeviceIds: () => readonly string[]): void {
    this.#provingDeviceIds = provingDeviceIds;
  }

  get current(): ProviderPolicy {
    return this.#deps.store.current;
  }

  get store(): PolicyStore {
    return this.#deps.store;
  }

  /** What is sold at this moment. */
  verdict(): PolicyVerdict {
    const { clock } = this.#deps;
    const facts = { nowMs: clock.nowMs(), onBattery: this.#onBattery, devices: this.#devices() };
    return decidePolicy(this.current, facts);
  }

  terms(): PolicyTerms {
    const modelIds = new Map(this.#deps.devices().map(({ id, modelId }) => [id, modelId]));
    return { policy: this.current, verdict: this.verdict(), modelIds };
  }

  /** @throws ConfigError or RESOURCE_CHANGED, with nothing changed. */
  async change(change: PolicyChange): Promise<void> {
    await this.#deps.store.change(change);
    this.#announce();
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { log, readPowerSource, store } = this.#deps;
    await store.reload();
    if (store.problem !== null) log.warn({ why: store.problem.text }, 'the policy can not be used');
    this.#onBattery = await readPowerSource(signal);
    this.#recordUse();
    this.#announce();
  }

  #announce(): void {
    const verdict = this.verdict();
    const { closed, withheld } = verdict;
    const said = JSON.stringify([
      this.current,
      closed === null,
      [...withheld.keys()],
      this.store.problem,
    ]);
    if (said === this.#announced) return;
    this.#announced = said;
    const told = {
      closed: closed?.text ?? null,
      withheld: [...withheld.values()].map(({ text }) => text),
    };
    this.#deps.log.info(told, 'the policy sells otherwise');
    this.#deps.onChange(verdict);
  }

  #recordUse(): void {
    const { clock, devices, readings } = this.#deps;
    const held = this.#held();
    const known = new Map(readings().map((reading) => [reading.uuid, reading]));
    const here = devices().map(({ id }) => id);
    for (const id of this.#idle.keys()) if (!here.includes(id)) this.#idle.delete(id);
    for (const id of here) {
      const percent = known.get(id)?.metrics.utilizationPercent.value ?? null;
      const reading = {
        atMs: clock.monotonicMs(),
        utilizationRatio: percent === null ? null : percent / 100,
        held: held.has(id),
      };
      this.#idle.set(id, recordUse(this.#idle.get(id) ?? null, reading));
    }
  }

  #devices(): PolicyDevice[] {
    const held = this.#held();
    const known = new Map(this.#deps.readings().map((reading) => [reading.uuid, reading]));
    return this.#deps.devices().map(({ id, model, modelId }) => {
      const read = (name: MetricName) => known.get(id)?.metrics[name].value ?? null;
      return {
        id,
        model,
        modelId,
        temperatureCelsius: read('temperatureCelsius'),
        powerWatts: read('powerWatts'),
        powerLimitWatts: read('powerLimitWatts'),
        held: held.has(id),
        quietMs: this.#idle.get(id)?.quietMs ?? null,
      };
    });
  }

  #held(): Set<string> {
    return new Set([...this.#deps.leased(), ...this.#provingDeviceIds()]);
  }
}
