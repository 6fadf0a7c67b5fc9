/**
 * A process of its own beside each native workload. It outlives the agent: it keeps the log,
 * enforces the limits and records the exit, so a restarted agent finds everything in files.
 * Started by the native executor as `node native-supervisor.ts <workspace root> <execution id>`;
 * SIGTERM to it means cancel.
 */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '@node3/shared/assert';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { startLoop } from '@node3/shared/loop';
import { stopGraceMs, timeoutGraceMs, usageIntervalMs } from '../executor-limits.ts';
import { measureDirectory } from '../output-size.ts';
import { LogFrameWriter } from './log-frame-writer.ts';
import { executionMarker, processIdentity, signalWorkload } from './native-process.ts';
import {
  type NativeExit,
  type NativePaths,
  type NativeSpec,
  nativePaths,
  readRecord,
  writeRecord,
} from './native-workspace.ts';

/** How long output may still come after the workload's last process was killed. */
const drainMs = 1_000;

type Cause = NonNullable<NativeExit['cause']>;

async function supervise(paths: NativePaths, spec: NativeSpec): Promise<void> {
  const stdin = spec.hasStdin ? await open(paths.stdin, 'r') : null;
  const [program = '', ...args] = spec.command;
  const child = spawn(program, args, {
    cwd: spec.workdir,
    env: spec.env,
    detached: true,
    stdio: [stdin === null ? 'ignore' : stdin.fd, 'pipe', 'pipe'],
    ...(spec.user === null ? {} : spec.user),
  });
  const exited = new Promise<Pick<NativeExit, 'exitCode' | 'error'>>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ exitCode: error.code === 'EACCES' ? 126 : 127, error: error.message });
    });
    child.once('exit', (code, signal) => {
      const signalCode = signal === null ? null : 128 + constants.signals[signal];
      resolve({ exitCode: code ?? signalCode, error: null });
    });
  });
  const { stdout, stderr } = child;
  assert(stdout !== null && stderr !== null, 'both outputs are pipes');
  const log = new LogFrameWriter(
    createWriteStream(paths.log, { flags: 'a', mode: 0o600 }),
    systemClock,
    spec.logBytesMax,
  );
  const drained = Promise.all([log.pump(stdout, 1), log.pump(stderr, 2)]);
  const startedAtMs = systemClock.nowMs();
  const guard = guardWorkload(paths, spec, child.pid ?? null, exited);
  if (child.pid !== undefined) {
    await writeRecord(paths.state, {
      supervisorPid: process.pid,
      supervisorIdentity: await processIdentity(process.pid),
      workloadPid: child.pid,
      startedAtMs,
    });
  }
  process.send?.({ started: child.pid !== undefined });
  const end = await exited;
  await stdin?.close();
  const cause = await guard.finish();
  const finishedAtMs = systemClock.nowMs();
  if (child.pid !== undefined) {
    await signalWorkload(child.pid, executionMarker(spec.executionId), 'SIGKILL');
  }
  await Promise.race([drained, sleep(drainMs, undefined, { ref: false })]);
  await log.end();
  await writeRecord(paths.exit, { ...end, cause, finishedAtMs } satisfies NativeExit);
}

/** Arms everything that may end the workload early. `finish` disarms it and tells what did. */
function guardWorkload(
  paths: NativePaths,
  spec: NativeSpec,
  groupId: number | null,
  exited: Promise<unknown>,
): { finish(): Promise<Cause | null> } {
  const marker = executionMarker(spec.executionId);
  let cause: Cause | null = null;
  const stop = async (why: Cause, graceMs: number) => {
    if (cause !== null || groupId === null) return;
    cause = why;
    if (graceMs > 0) {
      await signalWorkload(groupId, marker, 'SIGTERM');
      await Promise.race([exited, sleep(graceMs)]);
    }
    await signalWorkload(groupId, marker, 'SIGKILL');
  };
  const deadline = setTimeout(() => void stop('run_timeout', timeoutGraceMs), spec.runMs);
  process.on('SIGTERM', () => void stop('cancelled', stopGraceMs));
  const measuring = startLoop({
    name: 'native-output-size',
    intervalMs: usageIntervalMs,
    log: silentLogger,
    run: async () => {
      const bytes = await measureDirectory(paths.output, spec.diskBytes);
      if (bytes > spec.diskBytes) await stop('out_of_disk', 0);
    },
  });
  return {
    async finish() {
      clearTimeout(deadline);
      await measuring.stop();
      return cause;
    },
  };
}

const [workspaceRoot, executionId] = process.argv.slice(2);
if (workspaceRoot === undefined || executionId === undefined) {
  throw new Error('usage: native-supervisor.ts <workspace root> <execution id>');
}
const paths = nativePaths(workspaceRoot, executionId);
const spec = await readRecord<NativeSpec>(paths.spec);
if (spec === null) throw new Error('the execution has no specification');
await supervise(paths, spec);
process.exit(0);
