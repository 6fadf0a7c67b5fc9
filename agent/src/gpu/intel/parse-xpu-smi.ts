import { bytesOfMebibytes } from '../byte-size.ts';
import {
  asObject,
  type JsonObject,
  parseJsonOutput,
  readMeasure,
  readText,
} from '../json-output.ts';
import { normalisePciAddress } from '../pci-address.ts';

/** One device of `xpu-smi discovery`. */
export interface XpuDevice {
  index: number;
  uuid: string | null;
  name: string | null;
  pciBusId: string | null;
  /** `8086:56c1` */
  pciModel: string | null;
  memoryBytes: number | null;
  driverVersion: string | null;
  /** A slice made for virtual machines, rather than a card. */
  virtual: boolean;
}

/**
 * Reads the list, or with `-d` the one device, that `-j` prints, and the table without it.
 * @returns `null` when the output has no devices.
 */
export function parseXpuDiscovery(output: string): XpuDevice[] | null {
  const list = listOf(parseJsonOutput(output)) ?? parseTable(output);
  return (
    list?.flatMap((entry, position) => {
      const fields = asObject(entry);
      if (fields === null) return [];
      if ((readText(fields['device_type']) ?? 'GPU') !== 'GPU') return [];
      const bdf = readText(fields['pci_bdf_address']);
      const model = /^0x([0-9a-f]{4})$/i.exec(readText(fields['pci_device_id']) ?? '')?.[1];
      return [
        {
          index: readMeasure(fields['device_id']) ?? position,
          uuid: readText(fields['uuid']),
          name: readText(fields['device_name']),
          pciBusId: bdf === null ? null : normalisePciAddress(bdf),
          pciModel: model === undefined ? null : `8086:${model.toLowerCase()}`,
          memoryBytes:
            readMeasure(fields['memory_physical_size_byte']) ??
            bytesOfMebibytes(readMeasure(fields['memory_physical_size'])),
          driverVersion: readText(fields['driver_version']),
          virtual: readText(fields['device_function_type']) === 'virtual',
        },
      ];
    }) ?? null
  );
}

/** Releases differ in what holds the list. */
function listOf(parsed: unknown): unknown[] | null {
  if (Array.isArray(parsed)) return parsed;
  const report = asObject(parsed);
  const list = report?.['device_list'] ?? report?.['devices'];
  if (Array.isArray(list)) return list;
  return report?.['device_id'] === undefined ? null : [report];
}

/** Labels of the table by their names in JSON. */
const labels: Readonly<Record<string, string>> = {
  'Device Type': 'device_type',
  'Device Name': 'device_name',
  'PCI Device ID': 'pci_device_id',
  'SOC UUID': 'uuid',
  UUID: 'uuid',
  'PCI BDF Address': 'pci_bdf_address',
  'Driver Version': 'driver_version',
  'Function Type': 'device_function_type',
  'Memory Physical Size': 'memory_physical_size',
};

/** `| 0 | Device Name: … |` begins a device, `|   | PCI BDF Address: … |` goes on with it. */
function parseTable(output: string): JsonObject[] | null {
  const devices: Record<string, unknown>[] = [];
  for (const line of output.split(/\r?\n/)) {
    const [, id, label, value] = /^\|\s*(\d*)\s*\|\s*([^:|]+?):\s*(.*?)\s*\|\s*$/.exec(line) ?? [];
    if (id !== undefined && id !== '') devices.push({ device_id: Number(id) });
    const name = labels[label ?? ''];
    const device = devices.at(-1);
    if (name !== undefined && device !== undefined) device[name] = value;
  }
  return devices.length === 0 ? null : devices;
}

/** Telemetry of one device, of `xpu-smi stats -d N -j`. */
export interface XpuStats {
  utilizationPercent: number | null;
  memoryUsedBytes: number | null;
  temperatureCelsius: number | null;
  memoryTemperatureCelsius: number | null;
  powerWatts: number | null;
  clockMegahertz: number | null;
  /** What the device reads over PCIe, and what it writes. */
  pcieReadBytesPerSecond: number | null;
  pcieWriteBytesPerSecond: number | null;
}

const mebibyte = 1_048_576;

/** What the tiles of a card have together; of everything else the highest. */
const summed = /MEMORY_USED|POWER|THROUGHPUT/;

/** Values by name of `[{metrics_type, value}]`, or of tiles with such a list each. */
function valuesOf(level: unknown): Map<string, number> {
  const values = new Map<string, number>();
  const entries = (Array.isArray(level) ? level : []).flatMap((entry: unknown) => {
    const nested = asObject(entry)?.['data_list'];
    return Array.isArray(nested) ? (nested as unknown[]) : [entry];
  });
  for (const entry of entries) {
    const fields = asObject(entry);
    const name = readText(fields?.['metrics_type']);
    const value = readMeasure(fields?.['value']);
    if (name === null || value === null) continue;
    const before = values.get(name);
    const both = summed.test(name) ? (before ?? 0) + value : Math.max(before ?? value, value);
    values.set(name, both);
  }
  return values;
}

/**
 * Reads the list of `{metrics_type, value}`; newer releases add averages beside each value.
 * @returns `null` when the output has no such list.
 */
export function parseXpuStats(output: string): XpuStats | null {
  const report = asObject(parseJsonOutput(output));
  // The device's own values; those of its tiles only fill what it lacks.
  const values = new Map([
    ...valuesOf(report?.['tile_level']),
    ...valuesOf(report?.['device_level']),
  ]);
  if (values.size === 0) return null;
  const memoryMib = values.get('XPUM_STATS_MEMORY_USED') ?? null;
  const kilobytes = (name: string) => {
    const value = values.get(name);
    return value === undefined ? null : value * 1_000;
  };
  return {
    utilizationPercent: values.get('XPUM_STATS_GPU_UTILIZATION') ?? null,
    memoryUsedBytes: memoryMib === null ? null : Math.round(memoryMib * mebibyte),
    temperatureCelsius: values.get('XPUM_STATS_GPU_CORE_TEMPERATURE') ?? null,
    memoryTemperatureCelsius: values.get('XPUM_STATS_MEMORY_TEMPERATURE') ?? null,
    powerWatts: values.get('XPUM_STATS_POWER') ?? null,
    clockMegahertz: values.get('XPUM_STATS_GPU_FREQUENCY') ?? null,
    pcieReadBytesPerSecond: kilobytes('XPUM_STATS_PCIE_READ_THROUGHPUT'),
    pcieWriteBytesPerSecond: kilobytes('XPUM_STATS_PCIE_WRITE_THROUGHPUT'),
  };
}
