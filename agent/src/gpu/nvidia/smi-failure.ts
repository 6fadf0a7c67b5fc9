import { type GpuProblem, sayGpuProblem } from '@node3/shared/gpu-problems';
import type { CommandResult } from '../command-runner.ts';
import type { DetectionProblem, DetectionStatus } from '../gpu-detector.ts';
import { explainUnfinishedRun } from '../tool-problem.ts';

export interface SmiFailure {
  /** What the failure means for the whole vendor: nothing here, or something broken. */
  status: Extract<DetectionStatus, 'unavailable' | 'error'>;
  problem: DetectionProblem;
}

interface FailureRule {
  problem: GpuProblem;
  status: SmiFailure['status'];
  /** Matched against the output, since most failures share exit code 255. */
  text: RegExp;
  /** NVML's own code, which nvidia-smi passes on as its exit code where it fits. */
  exitCode?: number;
}

/** nvidia-smi prints these on standard output and leaves standard error empty (driver 550). */
const rules: readonly FailureRule[] = [
  {
    problem: 'nvidia.field-not-supported',
    status: 'error',
    text: /is not a valid field to query/,
  },
  {
    problem: 'nvidia.driver-library-missing',
    status: 'unavailable',
    text: /couldn't find libnvidia-ml/,
    exitCode: 12,
  },
  {
    problem: 'nvidia.driver-not-loaded',
    status: 'unavailable',
    text: /couldn't communicate with the NVIDIA driver|Driver Not Loaded/,
    exitCode: 9,
  },
  {
    problem: 'nvidia.driver-library-mismatch',
    status: 'error',
    text: /Driver\/library version mismatch/,
    exitCode: 18,
  },
  {
    problem: 'nvidia.binary-mismatch',
    status: 'error',
    text: /Mismatch in versions between nvidia-smi and NVML/,
  },
  {
    problem: 'nvidia.os-blocked',
    status: 'error',
    text: /blocked by the operating system/,
    exitCode: 17,
  },
  {
    problem: 'nvidia.gpu-lost',
    status: 'error',
    text: /GPU is lost/,
    exitCode: 15,
  },
  {
    problem: 'nvidia.needs-reset',
    status: 'error',
    text: /GPU requires reset|reset required/i,
  },
  {
    problem: 'nvidia.inforom-corrupted',
    status: 'error',
    text: /infoROM is corrupted/i,
  },
  {
    problem: 'nvidia.insufficient-resources',
    status: 'error',
    text: /Insufficient (?:Memory|Resources)/i,
    exitCode: 23,
  },
  {
    problem: 'nvidia.gpu-handle-error',
    status: 'error',
    text: /Unable to determine the device handle/,
  },
  {
    problem: 'nvidia.no-permission',
    status: 'error',
    text: /Insufficient Permissions/,
    exitCode: 4,
  },
  {
    problem: 'nvidia.insufficient-power',
    status: 'error',
    text: /Insufficient External Power/,
    exitCode: 8,
  },
  {
    problem: 'nvidia.no-devices',
    status: 'unavailable',
    text: /No devices were found/,
    exitCode: 6,
  },
];

/** Names what a line of output complains about; `null` for a line that is no known complaint. */
export function explainNotice(line: string): DetectionProblem | null {
  const rule = rules.find((candidate) => candidate.text.test(line));
  return rule === undefined ? null : sayGpuProblem(rule.problem);
}

/** @returns why a run gave nothing usable, or `null` when the tool ended well. */
export function explainResult(result: CommandResult): SmiFailure | null {
  if (result.kind === 'exited') {
    return result.exitCode === 0 ? null : explainExit(result.exitCode, result);
  }
  return explainUnfinished(result);
}

function explainUnfinished(result: Exclude<CommandResult, { kind: 'exited' }>): SmiFailure {
  if (result.kind === 'missing') {
    return { status: 'unavailable', problem: sayGpuProblem('nvidia.tool-missing') };
  }
  if (result.kind === 'timed-out') {
    const problem = sayGpuProblem('nvidia.tool-timeout', { ms: result.timeoutMs });
    return { status: 'error', problem };
  }
  return { status: 'error', problem: explainUnfinishedRun('nvidia-smi', result) };
}

function explainExit(exitCode: number, output: { stdout: string; stderr: string }): SmiFailure {
  const text = `${output.stdout}\n${output.stderr}`;
  const rule =
    rules.find((candidate) => candidate.text.test(text)) ??
    rules.find((candidate) => candidate.exitCode === exitCode);
  if (rule !== undefined) return { status: rule.status, problem: sayGpuProblem(rule.problem) };
  return { status: 'error', problem: sayGpuProblem('nvidia.unknown-error', { exitCode }) };
}

/** @returns the field named in the complaint that makes a whole query fail, or `null`. */
export function unsupportedField(result: CommandResult): string | null {
  if (result.kind !== 'exited' || result.exitCode === 0) return null;
  return /Field "([^"]+)" is not a valid field to query/.exec(result.stdout)?.[1] ?? null;
}
