import type { Recording } from './recording.ts';

/** A tool whose output is deliberately not read, and why. */
interface UnusedTool {
  name: string;
  reason: string;
  covers(recording: Recording): boolean;
}

const smi = (pattern: RegExp) => (recording: Recording) =>
  recording.tool === 'nvidia-smi' && pattern.test(recording.command);
const tool = (name: string) => (recording: Recording) => recording.tool === name;

/** Every recording that no reader takes has to be covered here. */
export const unusedTools: readonly UnusedTool[] = [
  {
    name: 'nvidia-smi (its table)',
    reason: 'It cuts model names off; detection must find nothing in it.',
    covers: smi(/^nvidia-smi$/),
  },
  {
    name: 'nvidia-smi dmon',
    reason: 'It has no UUID, only a number that changes at boot; --query-gpu --loop-ms has both.',
    covers: smi(/ dmon/),
  },
  {
    name: 'nvidia-smi pmon',
    reason: 'It has no UUID either; --query-compute-apps says which program holds memory.',
    covers: smi(/ pmon/),
  },
  {
    name: 'nvidia-smi topo',
    reason: 'Devices are leased one by one, so how they are connected decides nothing yet.',
    covers: smi(/ topo/),
  },
  {
    name: 'nvidia-smi mig',
    reason: 'Its tables have no UUID; -L names every slice by it.',
    covers: smi(/ mig /),
  },
  {
    name: 'intel_gpu_top -J',
    reason: 'The same numbers as -l, which come line by line and need no end.',
    covers: (recording) => recording.tool === 'intel_gpu_top' && recording.command.includes('-J'),
  },
  {
    name: 'rocm-smi --csv',
    reason: 'The same program gives the same facts as JSON.',
    covers: (recording) => recording.tool === 'rocm-smi' && recording.command.includes('--csv'),
  },
  {
    name: 'rocminfo',
    reason: 'The kernel tells the same of each compute card without ROCm installed (KFD topology).',
    covers: tool('rocminfo'),
  },
  {
    name: 'amdgpu_top',
    reason: 'It reads the files of /sys that are read here directly.',
    covers: tool('amdgpu_top'),
  },
  {
    name: 'xpu-smi, its table',
    reason: 'The same command gives the same facts as JSON.',
    covers: (recording) => recording.tool === 'xpu-smi' && !/-j|--json/.test(recording.command),
  },
  {
    name: 'system_profiler, its text',
    reason: 'The same program gives the same facts as JSON since macOS 10.15.',
    covers: (recording) =>
      recording.tool === 'system_profiler' && !recording.command.includes('-json'),
  },
  {
    name: 'powermetrics',
    reason: 'It needs root, which the agent never has; macmon tells power without it.',
    covers: tool('powermetrics'),
  },
  {
    name: 'applegpuinfo',
    reason: 'A project to build by hand, and it prints a wrong bandwidth.',
    covers: tool('applegpuinfo'),
  },
  {
    name: 'nvtop',
    reason: "It names cards without UUID or address, and reads the vendors' own sources.",
    covers: tool('nvtop'),
  },
  ...['clinfo', 'vulkaninfo', 'npm webgpu (Dawn)'].map((name) => ({
    name,
    reason: 'It lists processors and software renderers as devices; nothing is offered from it.',
    covers: tool(name),
  })),
  {
    name: 'systeminformation graphics()',
    reason: 'It loses zeros, cards and memory; the recordings show how.',
    covers: tool('systeminformation'),
  },
];
