import { naturally } from '../host-files.ts';
import {
  asObject,
  type JsonObject,
  parseJsonOutput,
  readMeasure,
  readText,
} from '../json-output.ts';
import { normalisePciAddress } from '../pci-address.ts';

/** One card of `rocm-smi … --json`. Everything but its number may be missing. */
export interface RocmCard {
  index: number;
  /** `null` where the tool knows no name and prints a PCI id instead. */
  name: string | null;
  uniqueId: string | null;
  pciBusId: string | null;
  /** `1002:744c:cc`, or without the revision. */
  pciModel: string | null;
  gfxTarget: string | null;
  memoryBytes: number | null;
  memoryUsedBytes: number | null;
  utilizationPercent: number | null;
  memoryActivityPercent: number | null;
  temperatureEdgeCelsius: number | null;
  temperatureJunctionCelsius: number | null;
  powerWatts: number | null;
  powerLimitWatts: number | null;
  fanPercent: number | null;
  fields: JsonObject;
}

export interface RocmReport {
  driverVersion: string | null;
  cards: RocmCard[];
}

/** @returns `null` when the output has no JSON: without a driver rocm-smi prints none and exits 0. */
export function parseRocmSmi(output: string): RocmReport | null {
  const report = asObject(parseJsonOutput(output));
  if (report === null) return null;
  // Cards come in any order, and a key `system` stands among them.
  const keys = Object.keys(report).filter((key) => /^card\d+$/.test(key));
  return {
    driverVersion: readText(asObject(report['system'])?.['Driver version']),
    cards: keys.toSorted(naturally).flatMap((key) => {
      const fields = asObject(report[key]);
      return fields === null ? [] : [cardOf(fields, Number(key.slice('card'.length)))];
    }),
  };
}

function cardOf(fields: JsonObject, index: number): RocmCard {
  const text = (...names: string[]) => firstOf(names, (name) => readText(fields[name]));
  const number = (...names: string[]) => firstOf(names, (name) => readMeasure(fields[name]));
  const bus = text('PCI Bus');
  return {
    index,
    name: nameOf(text('Card Series', 'Card series', 'Device Name')),
    uniqueId: text('Unique ID'),
    pciBusId: bus === null ? null : normalisePciAddress(bus),
    pciModel: pciModelOf(text),
    gfxTarget: text('GFX Version'),
    memoryBytes: number('VRAM Total Memory (B)'),
    memoryUsedBytes: number('VRAM Total Used Memory (B)'),
    utilizationPercent: number('GPU use (%)'),
    memoryActivityPercent: number('GPU memory use (%)', 'GPU Memory Read/Write Activity (%)'),
    temperatureEdgeCelsius: number('Temperature (Sensor edge) (C)'),
    temperatureJunctionCelsius: number('Temperature (Sensor junction) (C)'),
    powerWatts: number(
      'Average Graphics Package Power (W)',
      'Current Socket Graphics Package Power (W)',
      'Current Graphics Package Power (W)',
    ),
    powerLimitWatts: number('Max Graphics Package Power (W)'),
    fanPercent: number('Fan speed (%)'),
    fields,
  };
}

/** Old releases print the maker's id where a name belongs. */
function nameOf(text: string | null): string | null {
  return text === null || /^0x[0-9a-f]+$/i.test(text) ? null : text;
}

function firstOf<Value>(
  names: readonly string[],
  read: (name: string) => Value | null,
): Value | null {
  for (const name of names) {
    const value = read(name);
    if (value !== null) return value;
  }
  return null;
}

/** `Device ID` is the card's since ROCm 6, `GPU ID` before; there `Card model` is its maker's. */
function pciModelOf(text: (...names: string[]) => string | null): string | null {
  const device = /^0x([0-9a-f]{4})$/i.exec(text('Device ID', 'GPU ID') ?? '')?.[1];
  if (device === undefined) return null;
  const revision = /^0x([0-9a-f]{1,2})$/i.exec(text('Device Rev') ?? '')?.[1];
  return `1002:${device}${revision === undefined ? '' : `:${revision.padStart(2, '0')}`}`.toLowerCase();
}
