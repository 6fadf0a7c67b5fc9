import type { JsonObject } from '../json-output.ts';

/** Labels of the text by their names in JSON. */
const names: Readonly<Record<string, string>> = {
  'Chipset Model': 'sppci_model',
  'Total Number of Cores': 'sppci_cores',
  Vendor: 'spdisplays_vendor',
  'Device ID': 'spdisplays_device-id',
  'Metal Support': 'spdisplays_mtlgpufamilysupport',
  'Metal Family': 'spdisplays_metalfamily',
  Metal: 'spdisplays_metal',
  'VRAM (Total)': 'spdisplays_vram',
  VRAM: 'spdisplays_vram',
  'VRAM (Dynamic, Max)': 'spdisplays_vram_shared',
};

/**
 * Reads the text of `system_profiler SPDisplaysDataType`: cards are indented by four, what is said of
 * them by six, and their displays by more. @returns entries under the names that JSON has.
 */
export function parseProfilerText(output: string): JsonObject[] | null {
  if (!/^Graphics\/Displays:\s*$/m.test(output)) return null;
  const cards: Record<string, unknown>[] = [];
  for (const line of output.split(/\r?\n/)) {
    const title = /^ {4}(\S.*):\s*$/.exec(line)?.[1];
    if (title !== undefined) cards.push({ _name: title });
    const [, label, value] = /^ {6}(\S[^:]*): (.+?)\s*$/.exec(line) ?? [];
    const name = names[label ?? ''];
    const card = cards.at(-1);
    if (name !== undefined && card !== undefined) card[name] = value;
  }
  return cards;
}
