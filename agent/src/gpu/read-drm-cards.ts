import type { HostFiles } from './host-files.ts';
import { normalisePciAddress } from './pci-address.ts';

/** A graphics or compute card with a kernel driver, as `/sys/class/drm` lists it. */
export interface DrmCard {
  /** The number in `card0`; it may change at every boot. */
  index: number;
  /** The folder of its files: `/sys/class/drm/card0/device`. */
  folder: string;
  pciBusId: string | null;
  /** `1002:744c:c8` */
  pciModel: string;
  /** Name of its kernel driver, such as `amdgpu`. */
  driver: string | null;
  /** `/dev/dri/renderD128`; `null` where it has none, as a display-only card. */
  renderNode: string | null;
}

const drmFolder = '/sys/class/drm';

/** @returns the cards of one maker (`1002`), in the order of their numbers. */
export async function readDrmCards(files: HostFiles, vendorId: string): Promise<DrmCard[]> {
  const cards: DrmCard[] = [];
  for (const name of await files.list(drmFolder)) {
    if (!/^card\d+$/.test(name)) continue;
    const folder = `${drmFolder}/${name}/device`;
    const vendor = hexOf(await files.read(`${folder}/vendor`));
    if (vendor !== vendorId) continue;
    const device = hexOf(await files.read(`${folder}/device`)) ?? '0000';
    const revision = hexOf(await files.read(`${folder}/revision`)) ?? '00';
    const render = (await files.list(`${folder}/drm`)).find((node) => /^renderD\d+$/.test(node));
    cards.push({
      index: Number(name.slice('card'.length)),
      folder,
      pciBusId: normalisePciAddress(lastPart(await files.link(folder))),
      pciModel: `${vendor}:${device}:${revision}`,
      driver: lastPart(await files.link(`${folder}/driver`)) || null,
      renderNode: render === undefined ? null : `/dev/dri/${render}`,
    });
  }
  return cards;
}

function hexOf(text: string | null): string | null {
  return /^0x([0-9a-f]+)$/i.exec(text ?? '')?.[1]?.toLowerCase() ?? null;
}

function lastPart(path: string | null): string {
  return path?.split('/').at(-1) ?? '';
}
