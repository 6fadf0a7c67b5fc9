import { sayGpuProblem } from '@node3/shared/gpu-problems';
import type { CommandResult } from './command-runner.ts';
import type { DetectionProblem } from './gpu-detector.ts';

type Unfinished = Exclude<CommandResult, { kind: 'exited' | 'missing' }>;

/**
 * Why a run gave nothing, for every tool alike: it hangs, floods or dies.
 * @returns `null` for a tool that ended by itself or that isn't installed.
 */
export function explainBrokenRun(tool: string, result: CommandResult): DetectionProblem | null {
  const { kind } = result;
  return kind === 'exited' || kind === 'missing' ? null : explainUnfinishedRun(tool, result);
}

export function explainUnfinishedRun(tool: string, result: Unfinished): DetectionProblem {
  switch (result.kind) {
    case 'timed-out':
      return sayGpuProblem('tool.tool-timeout', { tool, ms: result.timeoutMs });
    case 'stuck':
      return sayGpuProblem('tool.tool-stuck', { tool });
    case 'overflowed':
      return sayGpuProblem('tool.output-too-large', { tool, bytes: result.outputBytesMax });
    case 'killed':
      return sayGpuProblem('tool.tool-killed', { tool, signal: result.signalName });
    default:
      return result satisfies never;
  }
}

export function unreadableOutput(tool: string): DetectionProblem {
  return sayGpuProblem('tool.output-unreadable', { tool });
}

/** The tool says of itself that something failed, in words that nobody knows. */
export function unknownFailure(tool: string, exitCode: number): DetectionProblem {
  return sayGpuProblem('tool.unknown-error', { tool, exitCode });
}
