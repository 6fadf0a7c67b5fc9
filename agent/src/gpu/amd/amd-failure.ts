import type { CommandResult } from '../command-runner.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import { explainBrokenRun, unreadableOutput } from '../tool-problem.ts';

interface Rule extends DetectionProblem {
  text: RegExp;
}

/** amd-smi complains on standard error, rocm-smi on either, rocminfo in colours. */
const rules: readonly Rule[] = [
  {
    code: 'driver-not-loaded',
    text: /driver not initialized|amdgpu not found in modules|module is NOT loaded|DRIVER_NOT_LOADED/i,
    sentence: 'The AMD driver amdgpu is not loaded.',
    fix: 'Load it with "sudo modprobe amdgpu"; AMD data-centre cards need the package amdgpu-dkms.',
  },
  {
    code: 'no-permission',
    text: /permission denied|NO_PERM|not a member of the (?:render|video) group|insufficient permission/i,
    sentence: 'The agent may not open the AMD GPU.',
    fix: 'Add the user of the agent to its groups: "sudo usermod -aG render,video <user>", then log in anew.',
  },
  {
    code: 'tool-incomplete',
    text: /librocm_smi|libamd_smi|ModuleNotFoundError|No module named|cannot open shared object/i,
    sentence: 'A tool of ROCm is installed without its library.',
    fix: 'Reinstall the package rocm-smi-lib or amd-smi-lib.',
  },
  {
    code: 'no-devices',
    text: /No (?:AMD )?GPUs? (?:devices? )?(?:found|detected)|Unable to detect any GPU devices/i,
    sentence: "AMD's tools find no GPU.",
    fix: 'If one is installed, look for its error with "sudo dmesg | grep -i amdgpu".',
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
  if (rule !== undefined) return { code: rule.code, sentence: rule.sentence, fix: rule.fix };
  if (result.exitCode === 0) return unreadableOutput(tool);
  return {
    code: 'unknown-error',
    sentence: `${tool} failed with exit code ${result.exitCode}.`,
    fix: `Run "${tool}" by hand and look at what it says.`,
  };
}
