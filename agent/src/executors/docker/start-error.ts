import { ExecutionError } from '../execution-error.ts';
import { engineMessage, engineStatus } from './engine-error.ts';

const gpuMessage =
  /could not select device driver|nvidia|unresolvable CDI|no such device|\/dev\/(?:kfd|dri)/i;
const commandMessage =
  /executable file not found|no such file or directory|permission denied|not a directory|exec format error|no command specified/i;
/** What only the job's own words can cause, such as a folder that is a file in its image. */
const requestMessage =
  /cannot mkdir|container init: (?:mkdir|chdir)|file name too long|argument list too long|: invalid argument|duplicate mount point|invalid mount|workdir "/i;

/** Says whose mistake it is that a container could not be created or started. */
export function toStartError(error: unknown): ExecutionError {
  if (error instanceof ExecutionError) return error;
  const message = engineMessage(error).slice(0, 500);
  const options = { cause: error };
  const status = engineStatus(error);
  if (gpuMessage.test(message)) return new ExecutionError('gpu_error', message, options);
  if (status === 404 && /no such image/i.test(message)) {
    return new ExecutionError('image_not_found', message, options);
  }
  if (status !== null && requestMessage.test(message)) {
    // The engine's own words name paths of the provider's machine.
    const detail =
      'The container engine refused the job: its folder, command or volumes are unusable.';
    return new ExecutionError('request_invalid', detail, options);
  }
  if (status !== null && status < 500 && commandMessage.test(message)) {
    return new ExecutionError('command_not_found', message, options);
  }
  // Old engines answer 500 for a missing working directory or command inside the image.
  if (/OCI runtime create failed.*exec:/.test(message) && commandMessage.test(message)) {
    return new ExecutionError('command_not_found', message, options);
  }
  return new ExecutionError('engine_error', message, options);
}
