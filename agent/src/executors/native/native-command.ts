import { existsSync } from 'node:fs';
import path from 'node:path';
import { nativeImage } from '@node3/shared/job-spec';
import { ExecutionError } from '../execution-error.ts';
import type { ExecutionRequest } from '../executor.ts';
import { scriptCommand } from '../job-files.ts';

/** Above the disk limit, so that the measuring notices and names the reason. */
const fileBytesSpare = 1024 * 1024;

/**
 * The argument list of a workload on this machine.
 * @throws ExecutionError `image_not_found` for workloads that need an image.
 */
export function nativeCommand(request: ExecutionRequest, codeDirectory: string): string[] {
  const { workload } = request;
  if (workload.image !== nativeImage && workload.image !== '') {
    const detail = `Native execution has no images; "${workload.image}" needs a container engine.`;
    throw new ExecutionError('image_not_found', detail);
  }
  const command =
    workload.kind === 'script'
      ? scriptCommand(workload, codeDirectory)
      : [...(workload.entrypoint ?? []), ...(workload.command ?? [])];
  if (command.length === 0) {
    throw new ExecutionError('command_not_found', 'A native job needs a command.');
  }
  return [...limitPrefix(request), ...command];
}

/**
 * Limits the kernel keeps per process. Address space is not among them: CUDA and Node reserve far
 * more than they use: memory as a whole is limited by control groups where there are some.
 */
function limitPrefix(request: ExecutionRequest): string[] {
  const prlimit = '/usr/bin/prlimit';
  if (!existsSync(prlimit)) return [];
  const fileBytes = request.limits.diskBytes + fileBytesSpare;
  return [prlimit, '--core=0', '--nofile=1024:4096', `--fsize=${fileBytes}`, '--'];
}

/** The programs of the system and those that came with this Node, nothing of the agent's PATH. */
export function nativeSearchPath(): string {
  const directories = [path.dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'];
  return [...new Set(directories)].join(':');
}
