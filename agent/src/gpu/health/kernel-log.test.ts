import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommandRunner } from '../command-runner.ts';
import { memoryFiles } from '../testing/memory-files.ts';
import { createStubTools, type StubTools } from '../testing/stub-tool.ts';
import { SystemKernelLog } from './kernel-log.ts';
import type { KernelEvent } from './parse-kernel-log.ts';

let tools: StubTools;
beforeEach(() => {
  tools = createStubTools();
});
afterEach(() => tools.remove());

function kernelLog(contents: Record<string, string> = {}): SystemKernelLog {
  const runner = createCommandRunner({ environment: tools.environment });
  return new SystemKernelLog({ runner, files: memoryFiles(contents) });
}

describe('following the kernel log', () => {
  it('hears what was said before and goes on, until it is stopped', async () => {
    tools.add('journalctl', 'echo "NVRM: Xid (PCI:0000:05:00): 79, lost."; exec sleep 1000');
    const events: KernelEvent[] = [];
    const log = kernelLog();
    log.start((event) => events.push(event));
    await expect.poll(() => events).toMatchObject([{ code: 79 }]);
    expect(log.problem()).toBeNull();
    await log.stop();
  });

  it('says so when nothing lets it read the log', async () => {
    tools.add('journalctl', 'echo "No journal files were opened" >&2; exit 1');
    tools.add('dmesg', 'echo "dmesg: Operation not permitted" >&2; exit 1');
    const log = kernelLog();
    log.start(() => undefined);
    await expect.poll(() => log.problem()).toMatchObject({ code: 'kernel-log-unreadable' });
    await log.stop();
  });

  it('leaves the log of WSL alone, whose kernel does not drive the card', async () => {
    const log = kernelLog({ '/proc/sys/kernel/osrelease': '5.15.153.1-microsoft-standard-WSL2' });
    log.start(() => undefined);
    await log.stop();
    expect(log.problem()).toBeNull();
  });
});
