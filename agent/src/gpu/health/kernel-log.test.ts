import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommandRunner } from '../command-runner.ts';
import { memoryFiles } from '../testing/memory-files.ts';
import { createStubTools, type StubTools } from '../testing/stub-tool.ts';
import { findKernelLogProblem, SystemKernelLog } from './kernel-log.ts';
import type { KernelEvent } from './parse-kernel-log.ts';

/** A busy machine takes its time to start a program. */
const wide = { timeout: 20_000 };

let tools: StubTools;
beforeEach(() => {
  tools = createStubTools();
});
afterEach(() => tools.remove());

function kernelLog(contents: Record<string, string> = {}): SystemKernelLog {
  const runner = createCommandRunner({ environment: tools.environment });
  return new SystemKernelLog({ runner, files: memoryFiles(contents) });
}

function findProblem() {
  const runner = createCommandRunner({ environment: tools.environment });
  return findKernelLogProblem({ runner, files: memoryFiles({}) }, new AbortController().signal);
}

describe('following the kernel log', () => {
  it('hears what was said before and goes on, until it is stopped', async () => {
    tools.add(
      'journalctl',
      'echo "1700000000.250000 host kernel: NVRM: Xid (PCI:0000:05:00): 79, lost."; exec sleep 1000',
    );
    const heard: [KernelEvent, number | null][] = [];
    const log = kernelLog();
    expect(log.isHeard()).toBe(false);
    log.start((event, atMs) => heard.push([event, atMs]));
    await expect
      .poll(() => heard, wide)
      .toEqual([
        [{ kind: 'log-begins' }, null],
        [{ kind: 'xid', code: 79, pci: 'PCI:0000:05:00' }, 1_700_000_000_250],
      ]);
    expect(log.problem()).toBeNull();
    expect(log.isHeard()).toBe(true);
    await log.stop();
  });

  it('begins anew with the next reader, whose times count from the start of the machine', async () => {
    const line = 'NVRM: Xid (PCI:0000:05:00): 48, pid=1';
    tools.add('journalctl', `echo "1700000000.5 host kernel: ${line}"; exit 1`);
    tools.add('dmesg', `echo "[   12.500000] ${line}"; exec sleep 1000`);
    const heard: [string, number | null][] = [];
    const log = kernelLog({ '/proc/stat': 'cpu 1 2\nbtime 1700000000\n' });
    log.start(({ kind }, atMs) => heard.push([kind, atMs]));
    await expect
      .poll(() => heard, wide)
      .toEqual([
        ['log-begins', null],
        ['xid', 1_700_000_000_500],
        ['log-begins', null],
        ['xid', 1_700_000_012_500],
      ]);
    await log.stop();
  });

  it('says so when nothing lets it read the log', async () => {
    tools.add('journalctl', 'echo "No journal files were opened" >&2; exit 1');
    tools.add('dmesg', 'echo "dmesg: Operation not permitted" >&2; exit 1');
    const log = kernelLog();
    log.start(() => undefined);
    await expect.poll(() => log.problem(), wide).toMatchObject({ code: 'kernel-log-unreadable' });
    expect(await findProblem()).toMatchObject({ code: 'kernel-log-unreadable' });
    tools.add('dmesg', 'echo "[    0.000000] Linux version 6.8"; exec sleep 1000');
    expect(await findProblem()).toBeNull();
    expect(log.isHeard()).toBe(false);
    await log.stop();
  });

  it('leaves the log of WSL alone, whose kernel does not drive the card', async () => {
    const log = kernelLog({ '/proc/sys/kernel/osrelease': '5.15.153.1-microsoft-standard-WSL2' });
    log.start(() => undefined);
    await log.stop();
    expect(log.problem()).toBeNull();
  });
});
