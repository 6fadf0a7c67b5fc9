import { type AdapterInfo, isSoftwareAdapter } from '../../../gpu-proof/prover/software-adapter.ts';
import { parseIoreg } from '../../apple/parse-ioreg.ts';
import { parseMacmon } from '../../apple/parse-macmon.ts';
import { parsePowermetrics } from '../../apple/parse-powermetrics.ts';
import { parseProfiler } from '../../apple/parse-profiler.ts';
import { countPlatforms, parseClinfo } from '../../generic/parse-clinfo.ts';
import { parseLspci } from '../../generic/parse-lspci.ts';
import { parseNvtop } from '../../generic/parse-nvtop.ts';
import { parseVulkaninfo } from '../../generic/parse-vulkaninfo.ts';
import { parseRegistryMemory, parseWindowsAdapters } from '../../generic/parse-windows-adapters.ts';
import { explainIntelRun } from '../../intel/intel-failure.ts';
import { createGpuTopJsonReader, createGpuTopReader } from '../../intel/parse-gpu-top.ts';
import { parseXpuDiscovery, parseXpuStats } from '../../intel/parse-xpu-smi.ts';
import { identityFields } from '../../nvidia/nvidia-cards.ts';
import { telemetryFields } from '../../nvidia/nvidia-telemetry.ts';
import { isRun, type RecordingReader, resultOf } from './recording.ts';

const mebibyte = 1_048_576;

const apple: RecordingReader[] = [
  {
    name: 'system_profiler, as JSON and as text',
    reads: ({ tool }) => tool === 'system_profiler',
    read(output) {
      const gpus = parseProfiler(output) ?? [];
      return {
        gpu_count: gpus.length,
        gpus: gpus.map((gpu) => ({
          model: gpu.model,
          gpu_cores: gpu.cores,
          metal: gpu.metal,
          unified_memory: gpu.isApple,
          vram_mib: gpu.memoryMib,
          shared: gpu.memoryShared,
          device_id: gpu.deviceId,
          paravirtual: gpu.paravirtual,
        })),
      };
    },
  },
  {
    name: 'ioreg -c IOAccelerator',
    reads: ({ tool }) => tool === 'ioreg',
    read(output) {
      const states = parseIoreg(output);
      return {
        gpu_count: states.length,
        gpus: states.map((state) => ({
          model: state.model,
          gpu_cores: state.cores,
          util_gpu_pct: state.utilizationPercent,
          renderer_pct: state.rendererPercent,
          mem_in_use_bytes: state.memoryUsedBytes,
          vram_used_bytes: state.memoryUsedBytes,
          mem_alloc_bytes: state.memoryAllocatedBytes,
        })),
      };
    },
  },
  {
    name: 'powermetrics',
    reads: ({ tool }) => tool === 'powermetrics',
    read(output) {
      const sample = parsePowermetrics(output);
      const watts = sample?.powerWatts ?? null;
      return {
        machine: sample?.machine,
        util_active_pct: sample?.utilizationPercent,
        freq_mhz: sample?.clockMegahertz,
        power_mw: watts === null ? null : Math.round(watts * 1_000),
        thermal_pressure: sample?.thermalPressure,
      };
    },
  },
  {
    name: 'macmon pipe',
    reads: ({ tool }) => tool === 'macmon',
    read(output) {
      const sample = parseMacmon(output);
      // The index has what was printed, cut to a few digits.
      const cut = (value: number | null | undefined, digits: number) =>
        value == null ? null : Number(value.toFixed(digits));
      return {
        gpu_util_pct: cut(sample?.utilizationPercent, 4),
        gpu_freq_mhz: sample?.clockMegahertz,
        gpu_power_w: cut(sample?.powerWatts, 6),
        gpu_temp_c: cut(sample?.temperatureCelsius, 3),
        ram_total_bytes: sample?.memoryTotalBytes,
      };
    },
  },
];

const intel: RecordingReader[] = [
  {
    name: "Intel's tools, of a failed run",
    reads: (recording) => recording.vendor === 'intel' && isRun(recording),
    read(output, { tool, expected }) {
      const code = explainIntelRun(tool, resultOf(output))?.code ?? 'ok';
      // The index spells one and the same finding in two ways.
      const alias = code === 'no-devices' && expected['status'] === 'no-device';
      return { gpu_count: 0, status: alias ? 'no-device' : code };
    },
  },
  {
    name: 'xpu-smi discovery, as JSON and as a table',
    reads: ({ tool, command }) => tool === 'xpu-smi' && / discovery\b/.test(command),
    read(output) {
      const devices = parseXpuDiscovery(output) ?? [];
      return {
        gpu_count: devices.length,
        gpus: devices.map((device) => ({
          index: device.index,
          model: device.name,
          uuid: device.uuid,
          pci: device.pciBusId,
          device_id: device.pciModel === null ? null : `0x${device.pciModel.split(':')[1]}`,
          vram_mib: device.memoryBytes === null ? null : device.memoryBytes / mebibyte,
        })),
      };
    },
  },
  {
    name: 'xpu-smi stats -j',
    reads: ({ tool, command }) => tool === 'xpu-smi' && /stats.*(?:-j|--json)/.test(command),
    read(output) {
      const stats = parseXpuStats(output);
      const facts = {
        util_gpu_pct: stats?.utilizationPercent,
        temp_c: stats?.temperatureCelsius,
        power_w: stats?.powerWatts,
        vram_used_bytes: stats?.memoryUsedBytes,
      };
      return { ...facts, gpu_count: stats === null ? 0 : 1, gpus: [facts] };
    },
  },
  {
    name: 'intel_gpu_top -l and -J',
    reads: ({ tool, command }) => tool === 'intel_gpu_top' && / -[lJ]\b/.test(command),
    read(output, { command }) {
      const read = command.includes('-J') ? createGpuTopJsonReader() : createGpuTopReader();
      const samples = output.split('\n').flatMap((line) => read(line) ?? []);
      const last = samples.at(-1);
      return {
        samples: samples.length,
        util_gpu_pct: last?.utilizationPercent,
        freq_mhz: last?.clockMegahertz,
        power_w: last?.powerWatts,
      };
    },
  },
];

const generic: RecordingReader[] = [
  {
    name: 'lspci -nn',
    reads: ({ tool }) => tool === 'lspci',
    read(output) {
      const entries = parseLspci(output);
      return {
        gpu_count: entries.length,
        display_or_accel_entries: entries.length,
        entries: entries.map((entry) => ({
          bdf: entry.address,
          class: entry.className,
          text: entry.text,
          vendor_device: entry.pciModel,
        })),
      };
    },
  },
  {
    name: 'Win32_VideoController',
    reads: ({ tool }) => tool === 'Get-CimInstance',
    read(output) {
      const adapters = parseWindowsAdapters(output);
      return {
        gpu_count: adapters.length,
        gpus: adapters.map((adapter) => ({
          model: adapter.name,
          integrated: adapter.integrated,
          driver_nvidia: adapter.driverVersion,
          // Its number of 32 bits is never taken; the registry has the memory.
          vram_mib: null,
        })),
      };
    },
  },
  {
    name: 'registry',
    reads: ({ tool }) => tool === 'registry',
    read: (output) => ({ vram_bytes: Object.fromEntries(parseRegistryMemory(output)) }),
  },
];

const adapters: RecordingReader[] = [
  {
    name: 'nvtop -s',
    reads: ({ tool }) => tool === 'nvtop',
    read(output, recording) {
      const stdout = isRun(recording) ? resultOf(output).stdout : output;
      const cards = parseNvtop(stdout) ?? [];
      return {
        gpu_count: cards.length,
        gpus: cards.map((card) => ({
          model: card.name,
          vram_mib: card.memoryTotalBytes === null ? null : card.memoryTotalBytes / mebibyte,
          temp_c: card.temperatureCelsius,
          power_w: card.powerWatts,
          util_gpu_pct: card.utilizationPercent,
          fan: card.fanPercent ?? (card.fanWords === null ? null : `text "${card.fanWords}"`),
        })),
      };
    },
  },
  {
    name: 'vulkaninfo and clinfo',
    reads: ({ tool }) => tool === 'vulkaninfo' || tool === 'clinfo',
    read(output, recording) {
      const stdout = isRun(recording) ? resultOf(output).stdout : output;
      const parse = recording.tool === 'clinfo' ? parseClinfo : parseVulkaninfo;
      const gpus = parse(stdout).filter(({ kind }) => kind === 'gpu');
      return { gpu_count: gpus.length, platforms: countPlatforms(stdout), gpus };
    },
  },
  {
    name: 'WebGPU adapter',
    reads: ({ tool, command }) => tool.includes('webgpu') && command === 'adapter.info',
    read(output) {
      const info = JSON.parse(output) as AdapterInfo;
      return { gpu_count: isSoftwareAdapter(info) ? 0 : 1 };
    },
  },
];

/** The list of fields that a driver knows: those asked for at each start have to be in it. */
const fields: RecordingReader = {
  name: 'nvidia-smi --help-query-gpu',
  reads: ({ command }) => command.includes('--help-query-gpu'),
  read(output) {
    const known = output.split('\n').filter((line) => line.trim() !== '');
    const optional = 'clocks_throttle_reasons.active';
    const asked = [...identityFields, ...telemetryFields].filter((name) => name !== optional);
    const missing = asked.filter((name) => !known.includes(name));
    if (missing.length > 0) throw new Error(`not in the list: ${missing.join(', ')}`);
    return { field_count: known.length };
  },
};

export const otherReaders: readonly RecordingReader[] = [
  ...apple,
  ...intel,
  ...generic,
  ...adapters,
  fields,
];
