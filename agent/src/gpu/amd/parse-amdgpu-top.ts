import {
  asObject,
  type JsonObject,
  parseJsonOutput,
  readMeasure,
  readText,
  valueAt,
} from '../json-output.ts';
import { normalisePciAddress } from '../pci-address.ts';
import type { AmdSmiMetrics } from './parse-amd-smi.ts';

/** One card of `amdgpu_top`, with what it measures. */
export interface AmdgpuTopCard {
  name: string | null;
  pciBusId: string | null;
  /** `1002:7590:c0` */
  pciModel: string | null;
  /** The chip's name, such as `GFX1200`. */
  asic: string | null;
  gfxTarget: string | null;
  integrated: boolean;
  memoryMib: number | null;
  metrics: AmdSmiMetrics;
}

/**
 * Reads `amdgpu_top -d --json`, a list of cards, and the samples of `-J`, which have the same under
 * `devices`. It leaves out cards that are powered down. @returns `null` where there is neither.
 */
export function parseAmdgpuTop(output: string): AmdgpuTopCard[] | null {
  const parsed = parseJsonOutput(output);
  const list = Array.isArray(parsed) ? parsed : asObject(parsed)?.['devices'];
  if (!Array.isArray(list)) return null;
  return list
    .map(asObject)
    .filter((card) => card !== null)
    .map(cardOf);
}

function cardOf(card: JsonObject, index: number): AmdgpuTopCard {
  const info = asObject(card['Info']) ?? card;
  const bus = readText(info['PCI']) ?? readText(valueAt(info, 'DevicePath/pci'));
  const pciBusId = bus === null ? null : normalisePciAddress(bus);
  const target = readText(info['gfx_target_version']);
  return {
    name: readText(info['DeviceName']),
    pciBusId,
    pciModel: pciModelOf(info),
    asic: readText(info['ASIC Name']),
    gfxTarget: target !== null && /^gfx[0-9a-f]+$/.test(target) ? target : null,
    integrated: readText(info['GPU Type']) === 'APU',
    memoryMib: readMeasure(valueAt(card, 'VRAM/Total VRAM')),
    metrics: metricsOf(card, { index, pciBusId }),
  };
}

function pciModelOf(info: JsonObject): string | null {
  const hex = (name: string, digits: number) => {
    const value = readMeasure(info[name]) ?? readMeasure(valueAt(info, `DevicePath/${name}`));
    return value === null ? null : value.toString(16).padStart(digits, '0');
  };
  const device = hex('DeviceID', 4);
  const revision = hex('RevisionID', 2);
  return device === null
    ? null
    : ['1002', device, ...(revision === null ? [] : [revision])].join(':');
}

function metricsOf(
  card: JsonObject,
  at: { index: number; pciBusId: string | null },
): AmdSmiMetrics {
  const first = (...paths: string[]) => {
    const values = paths.map((path) => readMeasure(valueAt(card, path)));
    return values.find((value) => value !== null) ?? null;
  };
  return {
    ...at,
    utilizationPercent: first('gpu_activity/GFX'),
    memoryActivityPercent: first('gpu_activity/Memory'),
    memoryTotalMib: first('VRAM/Total VRAM'),
    memoryUsedMib: first('VRAM/Total VRAM Usage'),
    gttTotalMib: first('VRAM/Total GTT'),
    temperatureCelsius: first('Sensors/Edge Temperature', 'Sensors/Junction Temperature'),
    memoryTemperatureCelsius: first('Sensors/Memory Temperature'),
    powerWatts: first('Sensors/Average Power', 'Sensors/Input Power', 'Sensors/GFX Power'),
    energyJoules: null,
    // Turns a minute, of which the share is not known.
    fanPercent: null,
    clockMegahertz: first('Sensors/GFX_SCLK'),
    memoryClockMegahertz: first('Sensors/GFX_MCLK'),
    pcieGeneration: first('Sensors/PCIe Link Speed/gen'),
    pcieLanes: first('Sensors/PCIe Link Speed/width'),
    pcieReplayCount: null,
    eccUncorrectedCount: null,
  };
}
