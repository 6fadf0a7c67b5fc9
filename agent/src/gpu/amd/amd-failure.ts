import { type GpuProblem, sayGpuProblem } from '@node3/shared/gpu-problems';
import type { CommandResult } from '../command-runner.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import { explainBrokenRun, unknownFailure, unreadableOutput } from '../tool-problem.ts';

interface Rule {
  problem: GpuProblem;
  text: RegExp;
}

/** amd-smi complains on standard error, rocm-smi on either, rocminfo in colours. */
const rules: readonly Rule[] = [
  {
    problem: 'amd.driver-not-loaded',
    text: /driver not initialized|amdgpu not found in modules|module is NOT loaded|DRIVER_NOT_LOADED/i,
  },
  {
    problem: 'amd.no-permission',
    text: /permission denied|NO_PERM|not a member of the (?:render|video) group|insufficient permission/i,
  },
  {
    problem: 'amd.tool-incomplete',
    text: /librocm_smi|libamd_smi|ModuleNotFoundError|No module named|cannot open shared object/i,
  },
  {
    problem: 'amd.no-devices',
    text: /No (?:AMD )?GPUs? (?:devices? )?(?:found|detected)|Unable to detect any GPU devices/i,
  },
];

/**
 * Names why a run of an AMD tool gave nothing that can be read. The exit code says little:
 * rocm-smi ends with 0 and an empty output where the driver is missing.
 */
export function explainAmdRun(tool: string, result: CommandResult): DetectionProblem | null {
  if (result.kind !== 'exited') return explainBrokenRun(tool, result);
  const text = `${result.stdout}\n${result.stderr}`;
  const rule = rules.find((candidate) => candidate.text.test(text));
  if (rule !== undefined) return sayGpuProblem(rule.problem);
  if (result.exitCode === 0) return unreadableOutput(tool);
  return unknownFailure(tool, result.exitCode);
}
