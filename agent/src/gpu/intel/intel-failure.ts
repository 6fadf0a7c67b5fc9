import type { CommandResult } from '../command-runner.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import { explainBrokenRun, unreadableOutput } from '../tool-problem.ts';

interface Rule extends DetectionProblem {
  text: RegExp;
}

const rules: readonly Rule[] = [
  {
    code: 'no-devices',
    text: /no (?:discrete\/integrated )?(?:i915 |xe )?devices? (?:were )?found|no device discovered/i,
    sentence: "Intel's tools find no GPU.",
    fix: 'If one is installed, look for its error with "sudo dmesg | grep -iE \'i915|xe \'".',
  },
  {
    code: 'no-permission',
    text: /permission denied|CAP_PERFMON|Failed to initialize PMU|insufficient privilege/i,
    sentence: 'The agent may not read how busy the Intel GPU is.',
    fix: 'Allow it with "sudo setcap cap_perfmon=+ep $(command -v intel_gpu_top)".',
  },
  {
    code: 'driver-not-loaded',
    text: /level.?zero.*(?:init|not found)|Failed to init (?:XPUM|Level)/i,
    sentence: 'The compute driver of Intel is not installed.',
    fix: 'Install the packages intel-opencl-icd and level-zero.',
  },
];

/** Names why a run of an Intel tool gave nothing that can be read. */
export function explainIntelRun(tool: string, result: CommandResult): DetectionProblem | null {
  if (result.kind !== 'exited') return explainBrokenRun(tool, result);
  const text = `${result.stdout}\n${result.stderr}`;
  const rule = rules.find((candidate) => candidate.text.test(text));
  if (rule !== undefined) return { code: rule.code, sentence: rule.sentence, fix: rule.fix };
  if (result.exitCode === 0) return unreadableOutput(tool);
  return {
    code: 'unknown-error',
    sentence: `${tool} failed with exit code ${result.exitCode}.`,
    fix: `Run "${tool}" by hand and look at what it says.`,
  };
}
