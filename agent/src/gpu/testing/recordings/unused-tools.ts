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
    reason:
      'It has no UUID, only a number that changes at boot. All of it is in --query-gpu --loop-ms and in the ' +
      'report, with the UUID. To stream PCIe throughput it would have to run beside the stream of rows, where ' +
      'two nvidia-smi at once have hung cards, and takes 0.9 % of a core a card (driver 580, 2026-11-26).',
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
    name: 'applegpuinfo',
    reason:
      'Nobody has it: it is no command of macOS and no package, but an example of a library for Swift to build ' +
      'by hand. system_profiler tells the same on every Mac, and the bandwidth it prints is wrong.',
    covers: tool('applegpuinfo'),
  },
  {
    name: 'systeminformation graphics()',
    reason:
      'It is not asked for graphics: the facts of these recordings are what it gets wrong (4095 MB, a BAR for ' +
      'memory, a card that is not there), so no reader of its answer can find them.',
    covers: tool('systeminformation'),
  },
];
