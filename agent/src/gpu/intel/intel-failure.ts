import { type GpuProblem, sayGpuProblem } from '@node3/shared/gpu-problems';
import type { CommandResult } from '../command-runner.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import { explainBrokenRun, unknownFailure, unreadableOutput } from '../tool-problem.ts';

interface Rule {
  problem: GpuProblem;
  text: RegExp;
}

const rules: readonly Rule[] = [
  {
    problem: 'intel.no-devices',
    text: /no (?:discrete\/integrated )?(?:i915 |xe )?devices? (?:were )?found|no device discovered/i,
  },
  {
    problem: 'intel.no-permission',
    text: /permission denied|CAP_PERFMON|Failed to initialize PMU|insufficient privilege/i,
  },
  {
    problem: 'intel.driver-not-loaded',
    text: /level.?zero.*(?:init|not found)|Failed to init (?:XPUM|Level)/i,
  },
];

/** Names why a run of an Intel tool gave nothing that can be read. */
export function explainIntelRun(tool: string, result: CommandResult): DetectionProblem | null {
  if (result.kind !== 'exited') return explainBrokenRun(tool, result);
  const text = `${result.stdout}\n${result.stderr}`;
  const rule = rules.find((candidate) => candidate.text.test(text));
  if (rule !== undefined) return sayGpuProblem(rule.problem);
  if (result.exitCode === 0) return unreadableOutput(tool);
  return unknownFailure(tool, result.exitCode);
}
