import { ManualClock } from '@node3/shared/testing/manual-clock';
import { createKernelLogReader, type KernelEvent } from '../../health/parse-kernel-log.ts';
import { meaningOfXid } from '../../health/xid-codes.ts';
import { NvidiaDetector } from '../../nvidia/nvidia-detector.ts';
import { sampleOfRow } from '../../nvidia/nvidia-telemetry.ts';
import { parseComputeApps } from '../../nvidia/parse-compute-apps.ts';
import { parseSmiList } from '../../nvidia/parse-smi-list.ts';
import { parseSmiRows, type SmiRow } from '../../nvidia/parse-smi-rows.ts';
import { parseSmiText } from '../../nvidia/parse-smi-text.ts';
import { parseSmiXml } from '../../nvidia/parse-smi-xml.ts';
import { parseTegrastats } from '../../nvidia/parse-tegrastats.ts';
import { explainNotice, explainResult, unsupportedField } from '../../nvidia/smi-failure.ts';
import { readReport } from '../../nvidia/smi-report.ts';
import { type SmiDocument, type SmiSection, sectionAt, textAt } from '../../nvidia/smi-section.ts';
import { readSmiNumber, readSmiText, readSmiValue } from '../../nvidia/smi-value.ts';
import { type Facts, isRun, type Recording, type RecordingReader, resultOf } from './recording.ts';

const isSmi = ({ tool, command }: Recording, pattern: RegExp) =>
  tool === 'nvidia-smi' && pattern.test(command);

const mebibyte = 1_048_576;

/** Recordings of nvidia-smi's failures: detection as a whole must name what is wrong. */
const failures: RecordingReader = {
  name: 'NVIDIA detector, of a failed run',
  reads: (recording) => recording.tool === 'nvidia-smi' && isRun(recording),
  async read(output, recording) {
    const result = resultOf(output);
    const some = await readOthers(result.stdout, recording);
    if (some !== null) return some;
    const detector = new NvidiaDetector({
      runner: { run: async () => result },
      clock: new ManualClock(),
    });
    const found = await detector.detect(AbortSignal.timeout(10_000));
    return {
      gpu_count: found.devices.length,
      status: found.problems[0]?.code ?? found.status,
      message_stream: explainResult({ ...result, stderr: '' }) === null ? 'stderr' : 'stdout',
      bad_field: unsupportedField(result),
    };
  },
};

/** One card may fail while others are listed: then the run is partial, and those count. */
async function readOthers(stdout: string, recording: Recording): Promise<Facts | null> {
  const reader = [...reportReaders, list, rows].find((one) => one.reads(recording));
  const facts = await reader?.read(stdout, recording);
  return facts === undefined || !(Number(facts['gpu_count']) > 0)
    ? null
    : { ...facts, status: 'partial' };
}

const reportReaders: RecordingReader[] = [
  {
    name: 'nvidia-smi -q -x',
    reads: (recording) => isSmi(recording, / -q\b.* -x\b| -x\b.* -q\b| -qx\b/),
    read: (output, recording) => factsOfReport(parseSmiXml(output), recording),
  },
  {
    name: 'nvidia-smi -q',
    reads: (recording) => isSmi(recording, / -q\b/),
    read: (output, recording) => factsOfReport(parseSmiText(output), recording),
  },
  {
    name: 'nvidia-smi --version',
    reads: (recording) => isSmi(recording, /--version/),
    read: (output, recording) => factsOfReport(parseSmiText(output), recording),
  },
];

function factsOfReport(document: SmiDocument | null, recording: Recording): Facts {
  if (document === null) return {};
  const report = readReport(document);
  const sections = document.root.children.filter(({ name }) => name === 'gpu');
  const wanted = (recording.expected['gpus'] ?? []) as Facts[];
  // The index keeps the words for "no version"; we read them as none.
  const wantedCuda = recording.expected['cuda_driver_version'] as string | null | undefined;
  const silent = report.cudaVersion === null && readSmiText(wantedCuda ?? undefined) === null;
  return {
    status: document.complete && document.notices.length === 0 ? 'ok' : 'partial',
    gpu_count: report.gpus.length,
    driver: report.driverVersion,
    cuda_driver_version: silent ? (wantedCuda ?? null) : report.cudaVersion,
    attached_gpus_field: readSmiNumber(textAt(document.root, 'attached_gpus')),
    driver_raw: textAt(document.root, 'driver_version') ?? null,
    cuda_raw: textAt(document.root, 'cuda_version') ?? null,
    gpus: report.gpus.map((gpu, at) => ({
      ...factsOfSection(sections[at], wanted[at]?.['power_source']),
      id: sections[at]?.id ?? null,
      model: gpu.name,
      uuid: gpu.uuid,
      vram_mib: gpu.memoryMib,
      mig_device_blocks: gpu.migDevices.length,
    })),
  };
}

function factsOfSection(section: SmiSection | undefined, powerPath: unknown): Facts {
  if (section === undefined) return {};
  const number = (...paths: string[]) => readSmiNumber(textAt(section, ...paths));
  const text = (...paths: string[]) => readSmiText(textAt(section, ...paths));
  const slices = sectionAt(section, ['mig_devices'])?.children ?? [];
  const processes = sectionAt(section, ['processes'])?.children ?? [];
  return {
    vram_used_mib: number('fb_memory_usage/used'),
    vram_reserved_mib: number('fb_memory_usage/reserved'),
    mig_mode: text('mig_mode/current_mig', 'mig_mode/current'),
    temp_c: number('temperature/gpu_temp'),
    util_gpu_pct: number('utilization/gpu_util', 'utilization/gpu'),
    util_mem_pct: number('utilization/memory_util', 'utilization/memory'),
    fan_pct: number('fan_speed'),
    power_w: typeof powerPath === 'string' ? number(powerPath) : null,
    power_limit_w: number('gpu_power_readings/current_power_limit', 'power_readings/power_limit'),
    architecture: text('product_architecture'),
    pstate: text('performance_state'),
    ecc: text('ecc_mode/current_ecc', 'ecc_mode/current'),
    compute_mode: text('compute_mode'),
    driver_model: text('driver_model/current', 'driver_model/current_dm'),
    minor_number: text('minor_number'),
    process_count: processes.filter(({ name }) => name === 'process_info').length,
    mig_devices: slices.map((slice) => ({
      index: readSmiNumber(textAt(slice, 'index')),
      gi: readSmiNumber(textAt(slice, 'gpu_instance_id')),
      ci: readSmiNumber(textAt(slice, 'compute_instance_id')),
      sm_count: readSmiNumber(textAt(slice, 'device_attributes/shared/multiprocessor_count')),
      total_mib: readSmiNumber(textAt(slice, 'fb_memory_usage/total')),
      used_mib: readSmiNumber(textAt(slice, 'fb_memory_usage/used')),
    })),
  };
}

const list: RecordingReader = {
  name: 'nvidia-smi -L',
  reads: (recording) => isSmi(recording, / -L\b/),
  read(output) {
    const gpus = parseSmiList(output);
    const slices = gpus.flatMap(({ migDevices }) => migDevices);
    const whole = gpus.filter(({ migDevices }) => migDevices.length === 0);
    return {
      gpu_count: gpus.length,
      mig_count: slices.length,
      sellable_slots: slices.length + whole.length,
      mig_devices: slices.map(({ profile, index, uuid }) => ({ profile, device: index, uuid })),
      gpus: gpus.map(({ index, model, uuid, migDevices }) => ({
        index,
        model,
        uuid,
        mig: migDevices.map((slice) => ({ profile: slice.profile, uuid: slice.uuid })),
      })),
    };
  },
};

const rows: RecordingReader = {
  name: 'nvidia-smi --query-gpu',
  reads: (recording) => isSmi(recording, /--query-gpu=/),
  read(output, recording) {
    const fields = /--query-gpu=(\S+)/.exec(recording.command)?.[1]?.split(',') ?? [];
    const parsed = parseSmiRows(output, fields);
    const complaints = parsed.notices.map(explainNotice);
    return {
      gpu_count: parsed.rows.length,
      status: complaints.length === 0 ? 'ok' : 'partial',
      driver: readSmiText(parsed.rows[0]?.['driver_version']),
      gpus: parsed.rows.map(factsOfRow),
    };
  },
};

function factsOfRow(row: SmiRow): Facts {
  const number = (field: string) => readSmiNumber(row[field]);
  const text = (field: string) => readSmiText(row[field]);
  const sample = sampleOfRow(row)?.metrics;
  const used = sample?.memoryUsedBytes.value ?? null;
  return {
    index: number('index'),
    model: text('name') ?? text('gpu_name'),
    uuid: text('uuid') ?? text('gpu_uuid'),
    pci: text('pci.bus_id') ?? text('gpu_bus_id'),
    driver: text('driver_version'),
    vram_mib: number('memory.total'),
    vram_used_mib:
      sample === undefined ? number('memory.used') : used === null ? null : used / mebibyte,
    vram_reserved_mib: number('memory.reserved'),
    vram_free_mib: number('memory.free'),
    util_gpu_pct:
      sample === undefined ? number('utilization.gpu') : sample.utilizationPercent.value,
    util_mem_pct: number('utilization.memory'),
    temp_c: number('temperature.gpu'),
    power_w: sample === undefined ? number('power.draw') : sample.powerWatts.value,
    power_limit_w: number('power.limit'),
    compute_cap: text('compute_cap'),
    mig_mode: text('mig.mode.current'),
    fan_pct: number('fan.speed'),
    pstate: text('pstate'),
    ecc: text('ecc.mode.current'),
    compute_mode: text('compute_mode'),
    unified_memory: readSmiValue(row['memory.total']).unsupported,
  };
}

const apps: RecordingReader = {
  name: 'nvidia-smi --query-compute-apps',
  reads: (recording) => isSmi(recording, /--query-compute-apps=/),
  read(output, recording) {
    const fields = /--query-compute-apps=(\S+)/.exec(recording.command)?.[1]?.split(',') ?? [];
    const found = parseComputeApps(output, fields);
    return {
      process_count: found.length,
      pids: found.map(({ pid }) => pid),
      memory_available: found.some(({ memoryMib }) => memoryMib !== null),
    };
  },
};

const tegra: RecordingReader = {
  name: 'tegrastats',
  reads: ({ tool }) => tool === 'tegrastats',
  read(output) {
    const sample = output
      .split('\n')
      .map(parseTegrastats)
      .find((found) => found !== null);
    return {
      ram_used_mb: sample?.memoryUsedMib,
      ram_total_mb: sample?.memoryTotalMib,
      gpu_util_pct: sample?.utilizationPercent,
      temp_c: sample?.temperatureCelsius,
      unified_memory: sample !== undefined,
    };
  },
};

function eventsOf(text: string): KernelEvent[] {
  const read = createKernelLogReader();
  return text.split('\n').flatMap((line) => read(line) ?? []);
}

function xidOf(text: string): { xid: number | null; pci: string | null } {
  const event = eventsOf(text)[0];
  return event === undefined || !('code' in event)
    ? { xid: null, pci: null }
    : { xid: event.code, pci: event.pci };
}

/** The rows of the vectors are facts themselves; the catalogue has to agree with our policy. */
const kernelLog: RecordingReader = {
  name: 'kernel log',
  reads: ({ tool }) => tool === 'dmesg' || tool === 'kernel log',
  read(output, recording) {
    if (!recording.file.endsWith('.json')) {
      const codes = eventsOf(output).flatMap((event) => ('code' in event ? [event.code] : []));
      return { xids: [...new Set(codes)] };
    }
    const stored = JSON.parse(output) as { line: string }[] | { entries: Facts[] };
    if (Array.isArray(stored)) {
      const wrong = stored.filter(({ line, ...wanted }) => {
        const { xid, pci } = xidOf(line);
        return xid !== (wanted as Facts)['xid'] || pci !== (wanted as Facts)['pci'];
      });
      if (wrong.length > 0) throw new Error(`wrong: ${JSON.stringify(wrong)}`);
      return {};
    }
    const wrong = stored.entries.filter((entry) => {
      const { blame } = meaningOfXid(Number(entry['xid']));
      if (['RESET_GPU', 'RESTART_BM', 'RESTART_VM'].includes(String(entry['immediate']))) {
        return entry['k8s_plugin_treats_as_app_error'] !== (blame === 'application');
      }
      return entry['immediate'] === 'RESTART_APP' ? blame !== 'application' : false;
    });
    if (wrong.length > 0) throw new Error(`wrong: ${JSON.stringify(wrong)}`);
    return {};
  },
};

export const nvidiaReaders: readonly RecordingReader[] = [
  failures,
  ...reportReaders,
  list,
  rows,
  apps,
  tegra,
  kernelLog,
];
