import type { CommandResult } from '../command-runner.ts';
import type { DetectionProblem, DetectionStatus } from '../gpu-detector.ts';

export interface SmiFailure {
  /** What the failure means for the whole vendor: nothing here, or something broken. */
  status: Extract<DetectionStatus, 'unavailable' | 'error'>;
  problem: DetectionProblem;
}

interface FailureRule {
  code: string;
  status: SmiFailure['status'];
  /** Matched against the output, since most failures share exit code 255. */
  text: RegExp;
  /** NVML's own code, which nvidia-smi passes on as its exit code where it fits. */
  exitCode?: number;
  sentence: string;
  fix: string;
}

/** nvidia-smi prints these on standard output and leaves standard error empty (driver 550). */
const rules: readonly FailureRule[] = [
  {
    code: 'field-not-supported',
    status: 'error',
    text: /is not a valid field to query/,
    sentence: 'This NVIDIA driver does not know a field that was asked for.',
    fix: 'Update the NVIDIA driver.',
  },
  {
    code: 'driver-library-missing',
    status: 'unavailable',
    text: /couldn't find libnvidia-ml/,
    exitCode: 12,
    sentence: 'nvidia-smi is installed, but the NVIDIA driver library is not.',
    fix: 'Install the NVIDIA driver package that belongs to this nvidia-smi.',
  },
  {
    code: 'driver-not-loaded',
    status: 'unavailable',
    text: /couldn't communicate with the NVIDIA driver|Driver Not Loaded/,
    exitCode: 9,
    sentence: 'The NVIDIA driver is not loaded.',
    fix: 'Load it with "sudo modprobe nvidia", or install the driver for the running kernel.',
  },
  {
    code: 'driver-library-mismatch',
    status: 'error',
    text: /Driver\/library version mismatch/,
    exitCode: 18,
    sentence: 'The loaded NVIDIA driver and its library have different versions.',
    fix: 'Restart the machine, so that the updated driver is loaded.',
  },
  {
    code: 'binary-mismatch',
    status: 'error',
    text: /Mismatch in versions between nvidia-smi and NVML/,
    sentence: 'nvidia-smi and the NVIDIA driver library come from different versions.',
    fix: 'Remove the extra nvidia-smi, so that the one of the driver is found first.',
  },
  {
    code: 'os-blocked',
    status: 'error',
    text: /blocked by the operating system/,
    exitCode: 17,
    sentence: 'The operating system blocks access to the GPU.',
    fix: 'On WSL, update the Windows driver and run "wsl --update", then "wsl --shutdown".',
  },
  {
    code: 'gpu-lost',
    status: 'error',
    text: /GPU is lost/,
    exitCode: 15,
    sentence: 'A GPU has fallen off the bus.',
    fix: 'Restart the machine; if it happens again, check the power supply and the slot.',
  },
  {
    code: 'needs-reset',
    status: 'error',
    text: /GPU requires reset|reset required/i,
    sentence: 'The driver asks for a reset of a GPU.',
    fix: 'Reset it with "sudo nvidia-smi --gpu-reset -i <number>", or restart the machine.',
  },
  {
    code: 'inforom-corrupted',
    status: 'error',
    text: /infoROM is corrupted/i,
    sentence: 'The memory in which a GPU keeps its own settings is damaged.',
    fix: 'Restart the machine; if this stays, the card has to be repaired.',
  },
  {
    code: 'insufficient-resources',
    status: 'error',
    text: /Insufficient (?:Memory|Resources)/i,
    exitCode: 23,
    sentence: 'The NVIDIA driver has no resources left for a GPU.',
    fix: 'Restart the machine; on large ones look for BAR errors with "sudo dmesg | grep -i nvrm".',
  },
  {
    code: 'gpu-handle-error',
    status: 'error',
    text: /Unable to determine the device handle/,
    sentence: 'A GPU does not answer the NVIDIA driver.',
    fix: 'Restart the machine; "sudo dmesg | grep -i xid" shows what the driver saw.',
  },
  {
    code: 'no-permission',
    status: 'error',
    text: /Insufficient Permissions/,
    exitCode: 4,
    sentence: 'The agent may not access the GPU.',
    fix: 'Give the user of the agent access to /dev/nvidia*, usually by the group "video".',
  },
  {
    code: 'insufficient-power',
    status: 'error',
    text: /Insufficient External Power/,
    exitCode: 8,
    sentence: 'A GPU has no external power.',
    fix: 'Connect the power cables of the GPU.',
  },
  {
    code: 'no-devices',
    status: 'unavailable',
    text: /No devices were found/,
    exitCode: 6,
    sentence: 'The NVIDIA driver is loaded and finds no GPU.',
    fix: 'If a GPU is installed, look for its error with "sudo dmesg | grep -i nvrm".',
  },
];

function problemOf(rule: FailureRule): DetectionProblem {
  return { code: rule.code, sentence: rule.sentence, fix: rule.fix };
}

/** Names what a line of output complains about; `null` for a line that is no known complaint. */
export function explainNotice(line: string): DetectionProblem | null {
  const rule = rules.find((candidate) => candidate.text.test(line));
  return rule === undefined ? null : problemOf(rule);
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
    return failure('unavailable', 'tool-missing', 'There is no nvidia-smi on this machine.', {
      fix: 'If the machine has an NVIDIA GPU, install the NVIDIA driver.',
    });
  }
  if (result.kind === 'timed-out') {
    const sentence = `nvidia-smi did not answer within ${result.timeoutMs} ms.`;
    return failure('error', 'tool-timeout', sentence, {
      fix: 'Turn persistence mode on with "sudo nvidia-smi -pm 1"; restart if it stays so.',
    });
  }
  if (result.kind === 'stuck') {
    return failure('error', 'tool-stuck', 'An nvidia-smi hangs in the kernel.', {
      fix: 'Restart the machine; a GPU has stopped answering the driver.',
    });
  }
  if (result.kind === 'overflowed') {
    return failure('error', 'output-too-large', 'nvidia-smi printed more than a report can be.', {
      fix: 'Run "nvidia-smi -q -x" by hand and look at what it prints.',
    });
  }
  return failure('error', 'tool-killed', `nvidia-smi was ended by ${result.signalName}.`, {
    fix: 'Look for a crash or for missing memory in the system log.',
  });
}

function explainExit(exitCode: number, output: { stdout: string; stderr: string }): SmiFailure {
  const text = `${output.stdout}\n${output.stderr}`;
  const rule =
    rules.find((candidate) => candidate.text.test(text)) ??
    rules.find((candidate) => candidate.exitCode === exitCode);
  if (rule !== undefined) return { status: rule.status, problem: problemOf(rule) };
  return failure('error', 'unknown-error', `nvidia-smi failed with exit code ${exitCode}.`, {
    fix: 'In a container, restart the container; otherwise run "nvidia-smi" by hand.',
  });
}

function failure(
  status: SmiFailure['status'],
  code: string,
  sentence: string,
  { fix }: { fix: string },
): SmiFailure {
  return { status, problem: { code, sentence, fix } };
}

/** @returns the field named in the complaint that makes a whole query fail, or `null`. */
export function unsupportedField(result: CommandResult): string | null {
  if (result.kind !== 'exited' || result.exitCode === 0) return null;
  return /Field "([^"]+)" is not a valid field to query/.exec(result.stdout)?.[1] ?? null;
}
