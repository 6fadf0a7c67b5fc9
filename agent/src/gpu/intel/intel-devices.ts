import { findModel, modelById } from '@node3/shared/gpu/normalise-model';
import { type AgentDevice, healthy } from '../device.ts';
import type { DrmCard } from '../read-drm-cards.ts';
import type { XpuDevice } from './parse-xpu-smi.ts';

interface BuiltIntelDevices {
  devices: AgentDevice[];
  /** Cards that are left alone, in words. */
  passedOver: string[];
}

/** Joins the kernel's cards with what xpu-smi says of them, by address. */
export function buildIntelDevices(
  cards: readonly DrmCard[],
  listed: readonly XpuDevice[],
  driverVersion: string | null,
): BuiltIntelDevices {
  const built: BuiltIntelDevices = { devices: [], passedOver: [] };
  const addresses = new Set([...cards, ...listed].map(({ pciBusId }) => pciBusId));
  for (const [index, address] of [...addresses].entries()) {
    const card = cards.find(({ pciBusId }) => pciBusId === address);
    const told = listed.find(({ pciBusId }) => pciBusId === address);
    if (told?.virtual) continue;
    const device = deviceOf(card, told, { index, driverVersion });
    // The one inside the processor is always there; it shares the memory and is too slow to sell.
    if (address === '0000:00:02.0') built.passedOver.push(`${device.model} is in the processor`);
    else built.devices.push(device);
  }
  return built;
}

function deviceOf(
  card: DrmCard | undefined,
  told: XpuDevice | undefined,
  more: { index: number; driverVersion: string | null },
): AgentDevice {
  const pciModel = card?.pciModel ?? told?.pciModel ?? null;
  const memoryBytes = told?.memoryBytes ?? null;
  const found = findModel({ name: told?.name ?? '', memoryBytes, pciModel });
  const known = found.modelId === null ? null : modelById(found.modelId);
  const address = card?.pciBusId ?? told?.pciBusId ?? null;
  return {
    // The same card has a UUID only where xpu-smi is installed, so the address is what is stable.
    id: address === null ? `intel-${told?.uuid ?? more.index}` : `intel-${address}`,
    parentId: null,
    vendor: 'intel',
    model: nameOf(told?.name ?? null) ?? known?.name ?? `Intel GPU ${pciModel ?? ''}`.trim(),
    modelId: found.modelId,
    memoryBytes,
    memoryUnified: false,
    computeCapability: null,
    framework: 'level-zero',
    frameworkVersion: null,
    driverVersion: told?.driverVersion ?? more.driverVersion,
    pciBusId: address,
    simulated: false,
    index: told?.index ?? more.index,
    health: healthy,
    ...(card?.renderNode != null && { renderNode: card.renderNode }),
  };
}

/** Without a name of its own the tool prints `Intel Corporation Device 56c1 (rev 05)`. */
function nameOf(name: string | null): string | null {
  return name === null || /\bDevice [0-9a-f]{4}\b/i.test(name) ? null : name;
}
