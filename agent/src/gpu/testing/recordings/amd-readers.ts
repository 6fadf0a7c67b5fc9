import { explainAmdRun } from '../../amd/amd-failure.ts';
import { sampleFolder } from '../../amd/amd-telemetry.ts';
import { uniqueIdOf } from '../../amd/merge-amd-cards.ts';
import { identityOf, metricsOfRecord, parseAmdSmi, processesOf } from '../../amd/parse-amd-smi.ts';
import { parseAmdgpuIds } from '../../amd/parse-amdgpu-ids.ts';
import { parseAmdgpuTop } from '../../amd/parse-amdgpu-top.ts';
import { parseRocmSmi } from '../../amd/parse-rocm-smi.ts';
import { parseRocminfo } from '../../amd/parse-rocminfo.ts';
import { readKfdNodes } from '../../amd/read-kfd.ts';
import { readText } from '../../json-output.ts';
import { readDrmCards } from '../../read-drm-cards.ts';
import { memoryFiles } from '../memory-files.ts';
import { type Facts, isRun, type RecordingReader, resultOf } from './recording.ts';

const mebibyte = 1_048_576;

function wholeMib(bytes: number | null): number | null {
  return bytes === null ? null : Math.floor(bytes / mebibyte);
}

const failures: RecordingReader = {
  name: "AMD's tools, of a failed run",
  reads: (recording) => recording.vendor === 'amd' && isRun(recording),
  read(output, { tool }) {
    return { gpu_count: 0, status: explainAmdRun(tool, resultOf(output))?.code ?? 'ok' };
  },
};

const amdSmi: RecordingReader = {
  name: 'amd-smi --json',
  reads: ({ tool, command }) => tool === 'amd-smi' && command.includes('--json'),
  read(output, { command }) {
    const records = parseAmdSmi(output) ?? [];
    const read = command.includes(' metric') ? metricFacts : staticFacts;
    return {
      gpu_count: records.length,
      gpus: records.map((record, position) => read(record, position)),
      processes: records.flatMap(processesOf).map(({ gpu, pid, memoryBytes }) => ({
        gpu,
        pid,
        vram_mib: memoryBytes === null ? null : memoryBytes / mebibyte,
      })),
    };
  },
};

function staticFacts(record: Facts, position: number): Facts {
  const card = identityOf(record, position);
  return {
    index: card.index,
    model: card.name,
    gfx: card.gfxTarget,
    cu: card.computeUnits,
    vram_mib: card.memoryMib,
    pci: card.pciBusId,
    driver: card.driverVersion,
    power_limit_w: card.powerLimitWatts,
    power_limit_max_w: card.powerLimitWattsMax,
    unique_id: card.serial,
  };
}

function metricFacts(record: Facts, position: number): Facts {
  const metrics = metricsOfRecord(record, position);
  return {
    index: metrics.index,
    util_gpu_pct: metrics.utilizationPercent,
    util_mem_pct: metrics.memoryActivityPercent,
    vram_mib: metrics.memoryTotalMib,
    vram_used_mib: metrics.memoryUsedMib,
    gtt_mib: metrics.gttTotalMib,
    temp_c: metrics.temperatureCelsius,
    power_w: metrics.powerWatts,
    fan_pct: metrics.fanPercent,
  };
}

const rocmSmi: RecordingReader = {
  name: 'rocm-smi --json and --csv',
  reads: ({ tool, command }) => tool === 'rocm-smi' && /--(?:json|csv)\b/.test(command),
  read(output) {
    const report = parseRocmSmi(output);
    return {
      gpu_count: report?.cards.length,
      driver: report?.driverVersion ?? null,
      gpus: report?.cards.map((card) => {
        const field = (...names: string[]) =>
          names.map((name) => readText(card.fields[name])).find((text) => text !== null) ?? null;
        return {
          index: card.index,
          model: card.name,
          model_raw: field('Card Series', 'Card series'),
          device_id: field('Device ID', 'GPU ID'),
          card_model: field('Card Model', 'Card model'),
          vendor_raw: field('Card Vendor', 'Card vendor'),
          sku: field('Card SKU'),
          pci: card.pciBusId,
          unique_id: card.uniqueId,
          gfx: card.gfxTarget,
          vram_bytes: card.memoryBytes,
          vram_mib: wholeMib(card.memoryBytes),
          vram_used_bytes: card.memoryUsedBytes,
          vram_used_mib: wholeMib(card.memoryUsedBytes),
          util_gpu_pct: card.utilizationPercent,
          util_mem_pct: card.memoryActivityPercent,
          temp_c: card.temperatureEdgeCelsius ?? card.temperatureJunctionCelsius,
          temp_edge_c: card.temperatureEdgeCelsius,
          temp_junction_c: card.temperatureJunctionCelsius,
          power_w: card.powerWatts,
          power_limit_w: card.powerLimitWatts,
          fan_pct: card.fanPercent,
        };
      }),
    };
  },
};

const rocminfo: RecordingReader = {
  name: 'rocminfo',
  reads: ({ tool }) => tool === 'rocminfo',
  read(output) {
    const agents = parseRocminfo(output) ?? [];
    return {
      gpu_count: agents.length,
      gpus: agents.map((agent) => ({
        agent: agent.agent,
        gfx: agent.gfxTarget,
        uuid: agent.uuid,
        model: agent.name,
        cu: agent.computeUnits,
        bdfid: agent.bdfId,
        pci: agent.pciBusId,
        chip_id: agent.chipId,
        vram_mib: wholeMib(agent.memoryBytes),
      })),
    };
  },
};

const amdgpuTop: RecordingReader = {
  name: 'amdgpu_top -d --json and -J',
  reads: ({ tool, command }) => tool === 'amdgpu_top' && / (?:--json|-J)\b/.test(command),
  read(output) {
    const cards = parseAmdgpuTop(output) ?? [];
    return {
      gpu_count: cards.length,
      gpus: cards.map((card) => ({
        model: card.name,
        pci: card.pciBusId,
        gfx: card.asic,
        vram_mib: card.memoryMib,
        vram_used_mib: card.metrics.memoryUsedMib,
        util_gpu_pct: card.metrics.utilizationPercent,
        temp_c: card.metrics.temperatureCelsius,
        power_w: card.metrics.powerWatts,
      })),
    };
  },
};

const kfd: RecordingReader = {
  name: 'KFD topology',
  reads: ({ tool }) => tool === 'sysfs kfd topology',
  async read(output) {
    const nodes = await readKfdNodes(memoryFiles(JSON.parse(output) as Record<string, string>));
    const gpus = nodes.map((node) => ({
      node: node.node,
      device_id: `0x${node.pciModel.split(':')[1]}`,
      gfx: node.gfxTarget,
      unique_id: node.uniqueId,
      location_id: node.locationId,
      render_minor: node.renderMinor,
      mem_bytes: node.memoryBytes,
      num_xcc: node.xccCount,
    }));
    const ids = new Set(nodes.map(({ uniqueId }) => uniqueIdOf(uniqueId, 'decimal')));
    return { gpu_nodes: nodes.length, distinct_unique_ids: ids.size, gpus_first8: gpus, gpus };
  },
};

const drm: RecordingReader = {
  name: '/sys/class/drm of amdgpu',
  reads: ({ tool, format }) => tool.startsWith('sysfs') && (format ?? '').includes('path'),
  async read(output) {
    const files = memoryFiles(JSON.parse(output) as Record<string, string>);
    const gpus: Facts[] = [];
    for (const card of await readDrmCards(files, '1002')) {
      const sample = await sampleFolder(files, {
        folder: card.folder,
        slotFolder: card.folder,
        uuid: 'card',
      });
      const used = sample?.metrics.memoryUsedBytes.value ?? null;
      const free = sample?.metrics.memoryFreeBytes.value ?? null;
      gpus.push({
        index: card.index,
        pci: card.pciBusId,
        device_id: `0x${card.pciModel.split(':')[1]}`,
        util_gpu_pct: sample?.metrics.utilizationPercent.value ?? null,
        temp_c: sample?.metrics.temperatureCelsius.value ?? null,
        power_w: sample?.metrics.powerWatts.value ?? null,
        vram_used_mib: wholeMib(used),
        vram_mib: wholeMib(used === null || free === null ? null : used + free),
      });
    }
    return { gpu_count: gpus.length, gpus };
  },
};

const names: RecordingReader = {
  name: 'amdgpu.ids',
  reads: ({ tool }) => tool === 'libdrm',
  read(output) {
    const found = parseAmdgpuIds(output);
    // One device id, three cards: only the revision tells them apart.
    const series = ['c8', 'cc', 'ce'].map((revision) => found.get(`1002:744c:${revision}`));
    if (new Set(series).size !== 3) throw new Error(`revisions are one: ${series.join(', ')}`);
    return {};
  },
};

export const amdReaders: readonly RecordingReader[] = [
  failures,
  amdSmi,
  rocmSmi,
  rocminfo,
  amdgpuTop,
  kfd,
  drm,
  names,
];
