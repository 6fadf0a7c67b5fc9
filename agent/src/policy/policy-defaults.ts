import type { ProviderPolicy } from '@node3/shared/provider-policy';
import { agentLimits } from '../agent-limits.ts';
import type { AgentConfig } from '../config.ts';

/** What holds where the policy file says nothing: the agent's settings, and else the safe side. */
export function policyDefaults(config: AgentConfig): ProviderPolicy {
  const { SOL, USDC } = config.asks;
  const registries = config.imageRegistries ?? [];
  return {
    hours: null,
    maintenance: [],
    timeZone: null,
    idleMinutes: null,
    temperatureCelsiusMax: null,
    powerWattsMax: null,
    batteryAllowed: config.batteryAllowed ?? false,
    asks: SOL === null && USDC === null ? {} : { '*': config.asks },
    imagesAllowed: null,
    registriesAllowed: registries.length === 0 ? null : registries,
    egressHosts: config.egressHosts ?? [],
    requestersBlocked: config.requestersBlocked,
    diskFloorBytes: agentLimits.diskFloorBytes,
    imageDiskBytes: config.imageCacheBytesMax ?? null,
    warmContainers: 0,
    nativeAllowed: config.nativeAllowed,
    whenClosed: 'finish',
    electricityUsdPerKwh: null,
  };
}
