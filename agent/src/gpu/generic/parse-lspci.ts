import { normalisePciAddress } from '../pci-address.ts';

/** One graphics or compute card of `lspci -nn`. */
export interface LspciEntry {
  /** As printed: short, or with its domain under `-D`. */
  address: string;
  pciBusId: string | null;
  className: string;
  /** The text behind the class, with the ids. */
  text: string;
  /** `10de:20b2` */
  pciModel: string;
  /** The text without ids and revision. */
  name: string;
}

const line =
  /^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]) (.*?) \[([0-9a-f]{4})\]: ((.*?) \[([0-9a-f]{4}:[0-9a-f]{4})\](?: \(rev ([0-9a-f]{2})\))?.*)$/i;

/** Reads `lspci -nn`, with or without `-D` and `-k`; only cards that may compute are kept. */
export function parseLspci(output: string): LspciEntry[] {
  return output.split(/\r?\n/).flatMap((text) => {
    const match = line.exec(text.trimEnd());
    if (match === null) return [];
    const [, address = '', className = '', classId = '', rest = '', name = '', model = ''] = match;
    const pciModel = model.toLowerCase();
    if (!isGpuClass(classId, pciModel)) return [];
    const pciBusId = normalisePciAddress(address);
    return [{ address, pciBusId, className, text: rest, pciModel, name }];
  });
}

/**
 * Displays (03xx) and processing accelerators (1200), where AMD puts its data-centre cards. Intel's
 * accelerators of that class in processors are NPUs, which no GPU job can use.
 */
export function isGpuClass(classId: string, pciModel: string): boolean {
  const kind = classId.toLowerCase();
  if (kind.startsWith('03')) return true;
  return kind.startsWith('12') && !pciModel.startsWith('8086:');
}
