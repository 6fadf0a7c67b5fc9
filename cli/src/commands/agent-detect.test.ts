import { memoryFiles } from '@node3/agent/gpu/testing/memory-files';
import { smiRow } from '@node3/agent/gpu/testing/smi-row';
import { createStubTools, type StubTools } from '@node3/agent/gpu/testing/stub-tool';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createContext } from '../context.ts';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';
import { detectGpus } from './agent-detect.ts';

let tools: StubTools;
beforeEach(() => {
  tools = createStubTools();
});
afterEach(() => tools.remove());

/** On a Linux machine with the stub tools and nothing else, whatever this one has. */
async function detect(options: { json?: boolean } = {}) {
  const host = new TestHost({ argv: [], env: tools.environment });
  const context = await createContext(host, options);
  const machine = { files: memoryFiles({}), platform: 'linux' } as const;
  return { code: await detectGpus(context, { options: {}, args: [] }, machine), out: host.out };
}

const uuid = 'GPU-aaaaaaaa-1111-2222-3333-444444444444';

const row = smiRow({
  uuid,
  'utilization.gpu': 0,
  'memory.used': 1,
  'memory.free': 22_500,
  'temperature.gpu': 41,
  'power.draw': 16.5,
  'power.limit': 72,
});

function installCard(): void {
  tools.add(
    'nvidia-smi',
    `case "$*" in
       "-q -x") echo '<?xml version="1.0"?><nvidia_smi_log><cuda_version>12.8</cuda_version><gpu id="00000000:01:00.0"><product_name>NVIDIA L4</product_name><uuid>${uuid}</uuid><fb_memory_usage><total>23034 MiB</total></fb_memory_usage></gpu></nvidia_smi_log>' ;;
       *temperature*) echo "${row}" ;;
       --query-gpu*) echo "0, ${uuid}, NVIDIA L4, 00000000:01:00.0, 0x27B810DE, 570.1, 23034, 8.9, [N/A]" ;;
     esac`,
  );
}

describe('node3 agent detect', () => {
  it('[10.12] says for a card what was found by what, and what is measured', async () => {
    installCard();
    const { code, out } = await detect();
    expect(code).toBe(0);
    expect(out).toMatch(/^NVIDIA L4$/m);
    expect(out).toMatch(/catalogue +l4$/m);
    expect(out).toMatch(/found by +nvidia-smi$/m);
    expect(out).toMatch(/utilizationPercent +0 \(measured, \d+ ms ago\)/);
    expect(out).toMatch(/unavailable .*\bfanPercent\b/);
  });

  it('says the same to programs', async () => {
    installCard();
    const found = JSON.parse((await detect({ json: true })).out) as Record<string, unknown>;
    expect(found).toMatchObject({
      devices: [
        {
          id: uuid,
          modelId: 'l4',
          foundBy: 'nvidia-smi',
          metrics: {
            powerWatts: { value: 16.5, source: 'measured' },
            fanPercent: { value: null, source: 'unavailable' },
          },
        },
      ],
    });
  });

  it('says in one sentence that there is none, and what was tried', async () => {
    const { code, out } = await detect();
    expect(code).toBe(0);
    expect(out).toMatch(/^No GPU was found; tried nvidia-smi \(not installed\).*\.\n/);
  });

  it('is a command', async () => {
    const host = new TestHost({ argv: ['agent', 'detect', '--help'] });
    expect(await runCli(host)).toBe(0);
    expect(host.out).toContain('Needs no marketplace');
  });

  it('names what is broken and what repairs it', async () => {
    tools.add(
      'nvidia-smi',
      'echo "Failed to initialize NVML: Driver/library version mismatch"; exit 18',
    );
    const { code, out } = await detect();
    expect(code).toBe(1);
    expect(out).toMatch(/^No GPU here can be used; tried nvidia-smi \(driver library mismatch\)/);
    expect(out).toContain('! The loaded NVIDIA driver and its library have different versions.');
    expect(out).toContain('  Restart the machine');
  });
});
