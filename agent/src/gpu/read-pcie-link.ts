import { type HostFiles, readNumber } from './host-files.ts';
import { type DeviceMetrics, measured } from './telemetry.ts';

const devicesFolder = '/sys/bus/pci/devices';

/** Gigatransfers a second of each generation, as the kernel prints them. */
const generations: readonly string[] = ['2.5', '5', '8', '16', '32', '64', '128'];

/** @returns the generation of `16.0 GT/s PCIe` or of 16; `null` for `Unknown` and the like. */
export function pcieGenerationOf(speed: string | number | null): number | null {
  const rate = /^(\d+(?:\.\d+)?)/.exec(String(speed ?? ''))?.[1];
  const at = rate === undefined ? -1 : generations.indexOf(String(Number(rate)));
  return at < 0 ? null : at + 1;
}

/**
 * The PCI device whose link leads to the processor. Larger cards of AMD and all of Intel have a
 * switch of their own before the chip; the link behind it, the chip's own, says nothing of the slot.
 * @param pciBusId of the chip. @returns the folder of the device in `/sys`.
 */
export async function findSlotDevice(files: HostFiles, pciBusId: string): Promise<string> {
  const own = `${devicesFolder}/${pciBusId}`;
  const path = (await files.link(own))?.split('/') ?? [];
  // `…/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:00.0/0000:03:00.0`: root port, switch, chip.
  const root = path.findIndex((part) => /^pci[0-9a-f]+:/.test(part));
  const outer = path.at(-3);
  if (root < 0 || outer === undefined || path.length - 3 < root + 2) return own;
  const makers = [outer, pciBusId].map((place) => files.read(`${devicesFolder}/${place}/vendor`));
  const [switchMaker, maker] = await Promise.all(makers);
  return switchMaker !== null && switchMaker === maker ? `${devicesFolder}/${outer}` : own;
}

type Link = Pick<
  DeviceMetrics,
  'pcieGeneration' | 'pcieGenerationMax' | 'pcieLanes' | 'pcieLanesMax'
>;

/** @param folder as `findSlotDevice` gives it. */
export async function readPcieLink(files: HostFiles, folder: string): Promise<Link> {
  const speed = async (name: string) => {
    return measured(pcieGenerationOf(await files.read(`${folder}/${name}`)));
  };
  const lanes = async (name: string) => {
    const count = await readNumber(files, `${folder}/${name}`);
    // The kernel's words for a width it can't read are 0 and 255.
    return measured(count === null || count <= 0 || count > 32 ? null : count);
  };
  return {
    pcieGeneration: await speed('current_link_speed'),
    pcieGenerationMax: await speed('max_link_speed'),
    pcieLanes: await lanes('current_link_width'),
    pcieLanesMax: await lanes('max_link_width'),
  };
}
