import { mebibyte } from '../byte-size.ts';
import {
  asObject,
  type JsonObject,
  parseJsonOutput,
  readMeasure,
  readText,
  valueAt,
} from '../json-output.ts';
import { normalisePciAddress } from '../pci-address.ts';
import { pcieGenerationOf } from '../read-pcie-link.ts';

/**
 * The records of `amd-smi … --json`: an array in ROCm 6, `{"gpu_data":[…]}` in ROCm 7, and one object
 * of one GPU. @returns `null` when the output has no such JSON.
 */
export function parseAmdSmi(output: string): JsonObject[] | null {
  const parsed = parseJsonOutput(output);
  const list = Array.isArray(parsed) ? parsed : listOf(asObject(parsed));
  if (!Array.isArray(list)) return null;
  // A list in a list has been printed of several GPUs.
  return list
    .flat()
    .map(asObject)
    .filter((record) => record !== null);
}

function listOf(report: JsonObject | null): unknown {
  if (report === null) return null;
  return report['gpu_data'] ?? ('gpu' in report || 'asic' in report ? [report] : null);
}

/** What `amd-smi static` says about one GPU. */
export interface AmdSmiIdentity {
  index: number;
  name: string | null;
  /** The GPU's unique id, `0x…`; zero on cards without one. */
  serial: string | null;
  pciBusId: string | null;
  /** `1002:740f:02`, or without the revision. */
  pciModel: string | null;
  gfxTarget: string | null;
  computeUnits: number | null;
  memoryMib: number | null;
  driverVersion: string | null;
  powerLimitWatts: number | null;
  powerLimitWattsMax: number | null;
}

/** Keys have changed case and place between releases; each is looked up where it has been. */
export function identityOf(record: JsonObject, position: number): AmdSmiIdentity {
  const asic = (name: string) => valueAt(record, `asic/${name}`);
  const device = hexOf(asic('device_id'));
  const revision = hexOf(asic('rev_id'));
  const bdf = bdfOf(record);
  const driver = asObject(record['driver']);
  return {
    index: readMeasure(record['gpu']) ?? position,
    name: nameOf(record),
    serial: readText(asic('asic_serial')),
    pciBusId: bdf === null ? null : normalisePciAddress(bdf),
    pciModel:
      device === null ? null : ['1002', device.padStart(4, '0'), ...listed(revision)].join(':'),
    gfxTarget: gfxOf(asic('target_graphics_version')),
    computeUnits: readMeasure(asic('num_compute_units')),
    memoryMib: firstMeasure(record, ['vram/size', 'vram/vram_size', 'vram/vram_size_mb']),
    driverVersion: readText(
      driver?.['version'] ?? driver?.['driver_version'] ?? driver?.['DRIVER_VERSION'],
    ),
    powerLimitWatts: firstMeasure(record, [
      'limit/socket_power_limit',
      'limit/socket_power',
      'limit/ppt0/socket_power_limit',
    ]),
    powerLimitWattsMax: firstMeasure(record, [
      'limit/max_power_limit',
      'limit/max_power',
      'limit/ppt0/max_power_limit',
    ]),
  };
}

/** A hexadecimal "name" is a PCI id that the tool could not translate. */
function nameOf(record: JsonObject): string | null {
  const names = [valueAt(record, 'asic/market_name'), valueAt(record, 'board/product_name')];
  return names.map(readText).find((name) => name !== null && !/^0x/i.test(name)) ?? null;
}

function gfxOf(value: unknown): string | null {
  return /^gfx[0-9a-f]+$/i.exec(readText(value) ?? '')?.[0].toLowerCase() ?? null;
}

function bdfOf(record: JsonObject): string | null {
  return readText(valueAt(record, 'bus/bdf')) ?? readText(record['bdf']);
}

function hexOf(value: unknown): string | null {
  if (typeof value === 'number') return value.toString(16);
  return /^(?:0x)?([0-9a-f]{1,4})$/i.exec(readText(value) ?? '')?.[1]?.toLowerCase() ?? null;
}

function listed(revision: string | null): string[] {
  return revision === null ? [] : [revision.padStart(2, '0')];
}

function firstMeasure(record: JsonObject, paths: readonly string[]): number | null {
  for (const path of paths) {
    const value = readMeasure(valueAt(record, path));
    if (value !== null) return value;
  }
  return null;
}

/** What `amd-smi metric` says about one GPU; `null` is unavailable. */
export interface AmdSmiMetrics {
  index: number;
  pciBusId: string | null;
  utilizationPercent: number | null;
  memoryActivityPercent: number | null;
  memoryTotalMib: number | null;
  memoryUsedMib: number | null;
  gttTotalMib: number | null;
  temperatureCelsius: number | null;
  memoryTemperatureCelsius: number | null;
  powerWatts: number | null;
  energyJoules: number | null;
  fanPercent: number | null;
  clockMegahertz: number | null;
  memoryClockMegahertz: number | null;
  pcieGeneration: number | null;
  pcieLanes: number | null;
  pcieReplayCount: number | null;
  eccUncorrectedCount: number | null;
}

/**
 * On an APU the plain keys are those of an ASIC that isn't there; the ones with `apu_` are its own.
 * Data-centre cards have no edge sensor: the hot spot is theirs.
 */
export function metricsOfRecord(record: JsonObject, position: number): AmdSmiMetrics {
  const first = (...paths: string[]) => firstMeasure(record, paths);
  const bdf = bdfOf(record);
  return {
    index: readMeasure(record['gpu']) ?? position,
    pciBusId: bdf === null ? null : normalisePciAddress(bdf),
    utilizationPercent: first('usage/apu_average_gfx_activity', 'usage/gfx_activity'),
    memoryActivityPercent: first('usage/umc_activity'),
    memoryTotalMib: first('mem_usage/total_vram', 'fb_usage/fb_total'),
    memoryUsedMib: first('mem_usage/used_vram', 'fb_usage/fb_used'),
    gttTotalMib: first('mem_usage/total_gtt'),
    temperatureCelsius: first(
      'temperature/apu_temperature_gfx',
      'temperature/edge',
      'temperature/hotspot',
      'temperature/junction',
    ),
    memoryTemperatureCelsius: first('temperature/mem'),
    powerWatts: first(
      'power/apu_average_socket_power',
      'power/socket_power',
      'power/current_socket_power',
      'power/average_socket_power',
    ),
    energyJoules: first('energy/total_energy_consumption'),
    fanPercent: first('fan/usage'),
    clockMegahertz: first('clock/gfx_0/clk', 'clock/gfx/clk', 'clock/apu_average_gfxclk_frequency'),
    memoryClockMegahertz: first(
      'clock/mem_0/clk',
      'clock/mem/clk',
      'clock/apu_average_uclk_frequency',
    ),
    pcieGeneration: generationOf(first('pcie/speed', 'pcie/current_speed')),
    pcieLanes: first('pcie/width', 'pcie/current_lanes'),
    pcieReplayCount: first('pcie/replay_count'),
    eccUncorrectedCount: first('ecc/total_uncorrectable_count', 'ecc/total_uncorrectable'),
  };
}

/** Gigatransfers a second, or in ROCm 6.0 a thousand times that. */
function generationOf(rate: number | null): number | null {
  return pcieGenerationOf(rate !== null && rate >= 1_000 ? rate / 1_000 : rate);
}

/** A program that holds memory of a GPU. */
export interface AmdSmiProcess {
  gpu: number;
  pid: number;
  name: string | null;
  memoryBytes: number | null;
}

const bytesPer: Partial<Record<string, number>> = {
  b: 1,
  kb: 1_024,
  kib: 1_024,
  mb: mebibyte,
  mib: mebibyte,
  gb: 1_024 * mebibyte,
  gib: 1_024 * mebibyte,
};

/** @returns the bytes of `{ value: 12, unit: "MB" }`, `"12 MB"` or a bare number, which is one of bytes. */
function readBytes(value: unknown): number | null {
  const amount = readMeasure(value);
  const unit = readText(asObject(value)?.['unit']) ?? /[a-z]+$/i.exec(readText(value) ?? '')?.[0];
  const factor = bytesPer[(unit ?? 'b').toLowerCase()];
  return amount === null || factor === undefined ? null : Math.round(amount * factor);
}

/** Reads `amd-smi process --json`; the list is a sentence where no process runs. */
export function processesOf(record: JsonObject, position: number): AmdSmiProcess[] {
  const list = record['process_list'];
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry) => {
    const info = asObject(valueAt(entry, 'process_info')) ?? asObject(entry);
    const pid = readMeasure(info?.['pid']);
    if (info === null || pid === null) return [];
    const memory = info['vram_mem'] ?? valueAt(info, 'memory_usage/vram_mem');
    const gpu = readMeasure(record['gpu']) ?? position;
    return [{ gpu, pid, name: readText(info['name']), memoryBytes: readBytes(memory) }];
  });
}
