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
import { cgroupOf } from './native-cgroup.ts';
import { filterStdio, giveFilter } from './native-jail.ts';
import {
  executionMarker,
  listMarked,
  processIdentity,
  send,
  signalWorkload,
} from './native-process.ts';
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
  const cgroup = cgroupOf(spec);
  if (spec.cgroup !== null) await cgroup?.create(spec.cgroup);
  const log = new LogFrameWriter(
    createWriteStream(paths.log, { flags: 'a', mode: 0o600 }),
    systemClock,
    spec.logBytesMax,
  );
  const start = () => startWorkload(spec, stdin === null ? 'ignore' : stdin.fd, log);
  const { child, exited, drained } = cgroup === null ? start() : await cgroup.enter(start);
  const startedAtMs = systemClock.nowMs();
  const end = (signal: 'SIGTERM' | 'SIGKILL') => endWorkload(spec, child.pid ?? null, signal);
  const guard = guardWorkload(paths, spec, end, exited);
  if (child.pid !== undefined) {
    await writeRecord(paths.state, {
      supervisorPid: process.pid,
      supervisorIdentity: await processIdentity(process.pid),
      workloadPid: child.pid,
      workloadIdentity: await processIdentity(child.pid),
      startedAtMs,
    });
  }
  process.send?.({ started: child.pid !== undefined });
  const exit = await exited;
  await stdin?.close();
  const cause = await guard.finish();
  const finishedAtMs = systemClock.nowMs();
  const oomKilled = exit.exitCode !== 0 && ((await cgroup?.readOomKills()) ?? 0) > 0;
  await end('SIGKILL');
  await Promise.race([drained, sleep(drainMs, undefined, { ref: false })]);
  await log.end();
  const record: NativeExit = { ...exit, cause, oomKilled, finishedAtMs };
  await writeRecord(paths.exit, record);
  await cgroup?.remove();
}

/**
 * Listens and reads from the first moment on: a short job ends while its supervisor still leaves the
 * group, and what nobody reads by then is thrown away.
 */
function startWorkload(spec: NativeSpec, stdin: number | 'ignore', log: LogFrameWriter) {
  const [program = '', ...args] = [...spec.jail, ...spec.command];
  const child = spawn(program, args, {
    cwd: spec.jail.length > 0 ? '/' : spec.workdir,
    env: spec.env,
    detached: true,
    stdio: [stdin, 'pipe', 'pipe', ...filterStdio(spec.calls)],
    ...spec.user,
  });
  giveFilter(child);
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
  const drained = Promise.all([log.pump(stdout, 1), log.pump(stderr, 2)]);
  return { child, exited, drained };
}

/**
 * The control group finds every process; else the process group and the marker do. The jail's own
 * process is spared the SIGTERM: it would end at once, and the job with it.
 */
async function endWorkload(
  spec: NativeSpec,
  workloadPid: number | null,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  if (workloadPid === null) return;
  const marker = executionMarker(spec.executionId);
  const cgroup = cgroupOf(spec);
  if (signal === 'SIGKILL') {
    await signalWorkload(workloadPid, marker, signal);
    await cgroup?.kill();
    return;
  }
  if (spec.jail.length === 0) {
    await signalWorkload(workloadPid, marker, signal);
    return;
  }
  const ids = (await cgroup?.listProcessIds()) ?? (await listMarked(marker));
  for (const id of ids) if (id !== workloadPid) send(id, signal);
}

/** Arms everything that may end the workload early. `finish` disarms it and tells what did. */
function guardWorkload(
  paths: NativePaths,
  spec: NativeSpec,
  end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>,
  exited: Promise<unknown>,
): { finish(): Promise<Cause | null> } {
  let cause: Cause | null = null;
  const stop = async (why: Cause, graceMs: number) => {
    if (cause !== null) return;
    cause = why;
    if (graceMs > 0) {
      await end('SIGTERM');
      await Promise.race([exited, sleep(graceMs)]);
    }
    await end('SIGKILL');
  };
  const deadline = setTimeout(() => void stop('run_timeout', timeoutGraceMs), spec.runMs);
  process.on('SIGTERM', () => void stop('cancelled', stopGraceMs));
  const measuring = startLoop({
    name: 'native-output-size',
    intervalMs: usageIntervalMs,
    log: silentLogger,
    run: async () => {
      const output = await measureDirectory(paths.output, spec.diskBytes);
      // It may write beside its output, too: its home is where TMPDIR leads.
      const home = await measureDirectory(paths.home, spec.diskBytes);
      if (output + home > spec.diskBytes) await stop('out_of_disk', 0);
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
