import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandRunner } from '@node3/agent/gpu/command-runner';
import type { Check } from './report.ts';

const queryFields = [
  'index,uuid,name,driver_version,pci.bus_id,memory.total,memory.used,memory.free',
  'utilization.gpu,utilization.memory,temperature.gpu,power.draw,power.limit,fan.speed',
  'clocks.sm,clocks.mem,ecc.errors.uncorrected.volatile.total,mig.mode.current,compute_cap',
].join(',');

const recorded: [string, string[]][] = [
  ['nvidia-smi-q-x.xml', ['-q', '-x']],
  ['nvidia-smi-query-gpu.csv', [`--query-gpu=${queryFields}`, '--format=csv']],
  ['nvidia-smi-list.txt', ['-L']],
];

/** Keeps what the tool says, word for word, so that parsers can be tested with it later. */
export async function recordTools(runner: CommandRunner, folder: string): Promise<Check> {
  mkdirSync(folder, { recursive: true });
  const facts: Record<string, unknown> = {};
  for (const [file, args] of recorded) {
    const command = { file: 'nvidia-smi', args, timeoutMs: 15_000, outputBytesMax: 4_000_000 };
    const result = await runner.run(command, AbortSignal.timeout(20_000));
    if (result.kind === 'missing') {
      return { name: 'recording', outcome: 'not run', sentence: 'nvidia-smi is not here.', facts };
    }
    facts[file] = result.kind === 'exited' ? `exit code ${result.exitCode}` : result.kind;
    if (result.kind === 'exited') writeFileSync(join(folder, file), result.stdout);
  }
  const sentence = `What nvidia-smi says lies in ${folder}.`;
  return { name: 'recording', outcome: 'passed', sentence, facts };
}
