import type { Asks, Device, Offer } from '@node3/shared/device';

/**
 * What of an offer is the same for many agents, as text. The sizes are left out: free disk space
 * makes every machine different, and comparing three numbers is cheap.
 */
export function offerFactsKey(offer: Offer): string {
  const { isolation, nativeAllowed, arch, region, labels, asks, requestersBlocked, devices } =
    offer;
  const { classAsks, egress, runSecMax, secretKey } = offer;
  return JSON.stringify([
    isolation,
    nativeAllowed,
    arch,
    region ?? null,
    byName(labels),
    amountsOf(asks),
    byName(classAsks).map(([name, ask]) => [name, amountsOf(ask)]),
    requestersBlocked?.toSorted() ?? [],
    egress?.hosts ?? [],
    runSecMax ?? null,
    secretKey !== undefined,
    devices.map(deviceFacts),
  ]);
}

function byName<Value>(record: Record<string, Value> | undefined): [string, Value][] {
  return Object.entries(record ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function amountsOf(asks: Asks | undefined) {
  return [asks?.SOL?.amount ?? null, asks?.USDC?.amount ?? null];
}

function deviceFacts(device: Device) {
  const { vendor, modelId, model, memoryBytes, computeCapability, simulated, frameworks } = device;
  return [vendor, modelId ?? model, memoryBytes, computeCapability, simulated, frameworks ?? null];
}

/** Whether two offers of one agent have the same facts, without writing them down. */
export function isSameFacts(a: Offer, b: Offer): boolean {
  return (
    a === b ||
    (a.isolation === b.isolation &&
      a.nativeAllowed === b.nativeAllowed &&
      a.arch === b.arch &&
      a.region === b.region &&
      a.runSecMax === b.runSecMax &&
      isSame(a.labels, b.labels) &&
      isSame(a.asks, b.asks) &&
      isSame(a.classAsks, b.classAsks) &&
      isSame(a.requestersBlocked, b.requestersBlocked) &&
      isSame(a.egress, b.egress) &&
      (a.secretKey === undefined) === (b.secretKey === undefined) &&
      isSame(a.devices, b.devices))
  );
}

/** For what JSON can say. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) =>
    isSame((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
  );
}
