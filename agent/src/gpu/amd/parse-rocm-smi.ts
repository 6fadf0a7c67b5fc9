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
  temperatureMemoryCelsius: number | null;
  powerWatts: number | null;
  powerLimitWatts: number | null;
  energyJoules: number | null;
  fanPercent: number | null;
  clockMegahertz: number | null;
  memoryClockMegahertz: number | null;
  pcieLink: { gigatransfers: number; lanes: number } | null;
  pcieReplayCount: number | null;
  fields: JsonObject;
}

export interface RocmReport {
  driverVersion: string | null;
  cards: RocmCard[];
}

/**
 * Reads what `--json` or `--csv` prints, which have the same names.
 * @returns `null` when it is neither: without a driver rocm-smi prints nothing and exits 0.
 */
export function parseRocmSmi(output: string): RocmReport | null {
  const report = asObject(parseJsonOutput(output)) ?? tableOf(output);
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

/** Tables begin with a line `device,…`; the cards of several tables are joined by their first cell. */
function tableOf(output: string): JsonObject | null {
  const report: Record<string, Record<string, string>> = {};
  let names: string[] | null = null;
  for (const line of output.split(/\r?\n/)) {
    const [first = '', ...cells] = line.split(',').map((cell) => cell.trim());
    if (first === 'device') names = cells;
    else if (names !== null && cells.length === names.length) {
      const row = names.map((name, at): [string, string] => [name, cells[at] ?? '']);
      report[first] = { ...report[first], ...Object.fromEntries(row) };
    }
  }
  return names === null ? null : report;
}

function cardOf(fields: JsonObject, index: number): RocmCard {
  const byName = new Map(Object.entries(fields).map(([name, value]) => [plainName(name), value]));
  const at = (name: string) => byName.get(plainName(name));
  const text = (...names: string[]) => firstOf(names, (name) => readText(at(name)));
  const number = (...names: string[]) => firstOf(names, (name) => readMeasure(at(name)));
  const bus = text('PCI Bus');
  return {
    index,
    name: nameOf(text('Card Series', 'Device Name')),
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
    temperatureMemoryCelsius: number(
      'Temperature (Sensor memory) (C)',
      'Temperature (Sensor HBM 0) (C)',
    ),
    powerWatts: number(
      'Average Graphics Package Power (W)',
      'Current Socket Graphics Package Power (W)',
      'Current Graphics Package Power (W)',
      'Average Socket Power (W)',
    ),
    powerLimitWatts: number('Max Graphics Package Power (W)'),
    energyJoules: scaled(number('Accumulated Energy (uJ)'), 1_000_000),
    fanPercent: number('Fan speed (%)'),
    clockMegahertz: clockOf(text('sclk clock speed')),
    memoryClockMegahertz: clockOf(text('mclk clock speed')),
    pcieLink: linkOf(text('pcie clock level')),
    pcieReplayCount: number('PCIe Replay Count'),
    fields,
  };
}

function scaled(value: number | null, unit: number): number | null {
  return value === null ? null : value / unit;
}

/** `(1200Mhz)` */
function clockOf(text: string | null): number | null {
  const megahertz = /(\d+(?:\.\d+)?)\s*Mhz/i.exec(text ?? '')?.[1];
  return megahertz === undefined ? null : Number(megahertz);
}

/** The level in force: `1 (16.0GT/s x16)`, with or without what follows. */
function linkOf(text: string | null): RocmCard['pcieLink'] {
  const [, gigatransfers, lanes] = /\((\d+(?:\.\d+)?)GT\/s,? x(\d+)/.exec(text ?? '') ?? [];
  return gigatransfers === undefined
    ? null
    : { gigatransfers: Number(gigatransfers), lanes: Number(lanes) };
}

/** Releases differ in capitals and in the colon at the end. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/:$/, '').trim();
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
