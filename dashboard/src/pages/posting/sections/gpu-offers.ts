import { type Asset, fromMoney, type Money } from '@node3/shared/money';
import type { PublicAgent } from '@node3/shared/routes/marketplace';

/** GPUs of one model on agents that are online. */
export interface GpuClass {
  modelId: string;
  /** As its maker writes it. */
  name: string;
  memoryBytes: number | null;
  count: number;
  /** Those of agents on which no job runs now. */
  idle: number;
  simulated: boolean;
  /** The least that any of them takes for an hour; null where one takes anything. */
  askMin: Money | null;
}

/** What can be had now, cheapest first; the same price goes by name. */
export function gpuClasses(agents: readonly PublicAgent[], asset: Asset): GpuClass[] {
  const classes = new Map<string, GpuClass>();
  for (const agent of agents) {
    if (agent.status !== 'online') continue;
    for (const device of agent.devices) {
      const { modelId, model: name, memoryBytes, simulated, id } = device;
      if (modelId === null) continue;
      const ask = agent.deviceAsks.find(({ deviceId }) => deviceId === id)?.[asset] ?? null;
      const idle = agent.running === 0 ? 1 : 0;
      const known = classes.get(modelId);
      classes.set(
        modelId,
        known === undefined
          ? { modelId, name, memoryBytes, count: 1, idle, simulated, askMin: ask }
          : {
              ...known,
              count: known.count + 1,
              idle: known.idle + idle,
              simulated: known.simulated && simulated,
              askMin: lesser(known.askMin, ask),
            },
      );
    }
  }
  return [...classes.values()].toSorted(
    (one, other) =>
      Number(baseUnitsOf(one.askMin) - baseUnitsOf(other.askMin)) ||
      one.name.localeCompare(other.name),
  );
}

/** All GPUs that are online, those of no known model as well. */
export function countGpus(agents: readonly PublicAgent[]): Pick<GpuClass, 'count' | 'idle'> {
  const online = agents.filter(({ status }) => status === 'online');
  const sum = (of: readonly PublicAgent[]) =>
    of.reduce((all, { devices }) => all + devices.length, 0);
  return { count: sum(online), idle: sum(online.filter(({ running }) => running === 0)) };
}

function lesser(one: Money | null, other: Money | null): Money | null {
  return baseUnitsOf(one) <= baseUnitsOf(other) ? one : other;
}

function baseUnitsOf(ask: Money | null): bigint {
  return ask === null ? 0n : fromMoney(ask);
}
