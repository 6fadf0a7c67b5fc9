import type { ExecutionRequest } from '../executor.ts';
import { buildJobEnvironment } from '../job-environment.ts';
import { nativeCommand, nativeSearchPath } from './native-command.ts';
import { jailPrefix, type NativeTools } from './native-jail.ts';
import { executionMarker } from './native-process.ts';
import type { NativePaths, NativeSpec, NativeUser } from './native-workspace.ts';

/** Everything the supervisor needs, out of a request. Pure but for looking up programs. */
export function buildNativeSpec(
  request: ExecutionRequest,
  paths: NativePaths,
  user: NativeUser | null,
  { tools, secrets }: { tools: NativeTools; secrets: string | null },
): NativeSpec {
  const { executionId, jobId, attempt, agentId, workload, limits } = request;
  const [markerName = '', markerValue = ''] = executionMarker(executionId).split('=');
  const jobEnv = buildJobEnvironment(request, {
    input: paths.input,
    output: paths.output,
    home: paths.home,
    secrets: secrets ?? '',
  });
  const workdir = workload.kind === 'container' && workload.workdir ? workload.workdir : paths.home;
  const { devices } = request;
  const calls = tools.seccomp ? 'filtered' : 'open';
  return {
    executionId,
    jobId,
    attempt,
    agentId,
    command: nativeCommand(request, paths.code),
    env: { PATH: nativeSearchPath(), TMPDIR: paths.home, ...jobEnv, [markerName]: markerValue },
    workdir,
    user,
    hasStdin: workload.kind === 'container' && workload.stdin !== null,
    runMs: limits.runMs,
    diskBytes: limits.diskBytes,
    logBytesMax: limits.logBytesMax,
    jail: tools.bubblewrap === null ? [] : jailPrefix({ paths, secrets, devices, workdir, calls }),
    calls,
    cgroup:
      tools.cgroup === null
        ? null
        : {
            version: tools.cgroup,
            memoryBytes: limits.memoryBytes,
            pidsMax: limits.pidsMax,
            cpus: limits.cpus,
          },
  };
}
