import { agentVariable, deviceVariable } from '@node3/shared/job-variables';
import { ExecutionError } from './execution-error.ts';
import type { ExecutionDevice, ExecutionRequest } from './executor.ts';

const validName = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface JobDirectories {
  input: string;
  output: string;
  home: string;
  /** Where the secrets are, if there are any. */
  secrets: string;
}

/** @returns the names of a job's variables that the executors refuse, sorted. */
export function listRefusedVariables(env: Readonly<Record<string, string>>): string[] {
  return Object.keys(env)
    .filter((name) => !isAllowed(name) || hasNul(env[name]))
    .sort();
}

/** A job that steers its devices or the dynamic loader is refused. */
function isAllowed(name: string): boolean {
  return validName.test(name) && !deviceVariable.test(name) && !agentVariable.test(name);
}

function hasNul(value: string | undefined): boolean {
  return value === undefined || value.includes('\0');
}

/**
 * The whole environment of a workload. It starts empty: nothing of the agent's own environment
 * is inherited, so no key of the provider can leak into a job.
 * @throws ExecutionError `request_invalid` when the job sets a refused name.
 */
export function buildJobEnvironment(
  request: ExecutionRequest,
  directories: JobDirectories,
): Record<string, string> {
  const { env } = request.workload;
  const refused = listRefusedVariables(env);
  if (refused.length > 0) {
    const detail = `The job sets environment variables that the executor controls: ${refused.join(', ')}.`;
    throw new ExecutionError('request_invalid', detail);
  }
  return {
    HOME: directories.home,
    LANG: 'C.UTF-8',
    ...env,
    JOB_ID: request.jobId,
    INPUT_DIR: directories.input,
    OUTPUT_DIR: directories.output,
    ...(request.secretFiles === undefined ? {} : { SECRETS_DIR: directories.secrets }),
    ...deviceVariables(request.devices),
  };
}

/**
 * CUDA images carry `NVIDIA_VISIBLE_DEVICES=all`, which hands every device to a CPU job where
 * the NVIDIA runtime is the default one; so the variable is always set, to the lease or to void.
 */
function deviceVariables(devices: readonly ExecutionDevice[]): Record<string, string> {
  const nvidia = devices.filter((device) => device.vendor === 'nvidia');
  if (nvidia.length === 0) return { NVIDIA_VISIBLE_DEVICES: 'void' };
  return {
    NVIDIA_VISIBLE_DEVICES: nvidia.map((device) => device.uuid).join(','),
    NVIDIA_DRIVER_CAPABILITIES: 'compute,utility',
  };
}
