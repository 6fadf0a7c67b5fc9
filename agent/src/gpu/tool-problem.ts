import type { CommandResult } from './command-runner.ts';
import type { DetectionProblem } from './gpu-detector.ts';

/**
 * Why a run gave nothing, for every tool alike: it hangs, floods or dies.
 * @returns `null` for a tool that ended by itself or that isn't installed.
 */
export function explainBrokenRun(tool: string, result: CommandResult): DetectionProblem | null {
  switch (result.kind) {
    case 'timed-out':
      return {
        code: 'tool-timeout',
        sentence: `${tool} did not answer within ${result.timeoutMs} ms.`,
        fix: `Run "${tool}" by hand; if it hangs there too, restart the machine.`,
      };
    case 'stuck':
      return {
        code: 'tool-stuck',
        sentence: `A run of ${tool} hangs in the kernel.`,
        fix: 'Restart the machine; a GPU has stopped answering its driver.',
      };
    case 'overflowed':
      return {
        code: 'output-too-large',
        sentence: `${tool} printed more than ${result.outputBytesMax} bytes.`,
        fix: `Run "${tool}" by hand and look at what it prints.`,
      };
    case 'killed':
      return {
        code: 'tool-killed',
        sentence: `${tool} was ended by ${result.signalName}.`,
        fix: 'Look for a crash or for missing memory in the system log.',
      };
    case 'exited':
    case 'missing':
      return null;
    default:
      return result satisfies never;
  }
}

export function unreadableOutput(tool: string): DetectionProblem {
  return {
    code: 'output-unreadable',
    sentence: `${tool} printed something that can't be read.`,
    fix: `Run "${tool}" by hand; a wrapper script may stand before the real program.`,
  };
}
