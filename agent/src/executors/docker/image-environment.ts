import type { ExecutionDevice } from '../executor.ts';

/**
 * What of an image's own variables is taken out or replaced, in the engine's words: a bare name
 * removes a variable. `NVIDIA_…` decides which devices a container sees, so an image sets none of it.
 * Where there is an NVIDIA device, the vendor's hooks run as root on this machine with the
 * container's variables and its files as their folder, and an image that named a library to load had
 * them load it (CVE-2025-23266): no loader variable of the image's stays but search paths that no
 * image can put a file into on this machine.
 */
export function overrideImage(
  imageEnv: readonly string[],
  env: Readonly<Record<string, string>>,
  devices: readonly ExecutionDevice[],
): string[] {
  const hooked = devices.some(({ vendor }) => vendor === 'nvidia');
  const names = imageEnv.map((entry) => entry.split('=', 1)[0] ?? '');
  const removed = names.filter(
    (name) => isDeviceVariable(name) || (hooked && name.startsWith('LD_') && name !== libraryPath),
  );
  // These are taken out whatever the image says, as it may be read wrongly.
  const always = hooked ? ['LD_PRELOAD', 'LD_AUDIT'] : [];
  const unset = [...new Set([...always, ...removed])].filter((name) => !(name in env));
  return [...unset, ...(hooked ? safeLibraryPath(imageEnv) : [])];
}

const libraryPath = 'LD_LIBRARY_PATH';

function isDeviceVariable(name: string): boolean {
  return /^(?:NVIDIA_.*|CUDA_VISIBLE_DEVICES|ROCR_VISIBLE_DEVICES|HIP_VISIBLE_DEVICES)$/.test(name);
}

/** Such as `/usr/local/nvidia/lib`; `lib` or `/proc/self/cwd` would be the image's own files. */
const hostPath = /^\/(?:usr|opt|lib|lib64)(?:\/(?!\.)[\w.+-]+)*\/?$/;

function safeLibraryPath(imageEnv: readonly string[]): string[] {
  const entry = imageEnv.findLast((each) => each.startsWith(`${libraryPath}=`));
  if (entry === undefined) return [];
  const parts = entry.slice(libraryPath.length + 1).split(':');
  const safe = parts.filter((part) => hostPath.test(part));
  if (safe.length === parts.length) return [];
  return [safe.length === 0 ? libraryPath : `${libraryPath}=${safe.join(':')}`];
}
