import { hostname } from 'node:os';
import type { Check } from '@node3/agent/doctor/check';
import { runDoctor } from '@node3/agent/doctor/run-doctor';
import { readAgentConfig } from '@node3/agent/env';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../output/terminal.ts';
import type { Call } from '../program/attach-action.ts';

export interface DoctorOptions {
  image?: string;
}

const marks: Record<Check['state'], string> = {
  ok: 'ok     ',
  warning: 'warning',
  failed: 'FAILED ',
  skipped: 'skipped',
};

/** Exit code 1 when anything has failed; warnings alone are 0. */
export async function examine(context: Context, { options }: Call<DoctorOptions>): Promise<number> {
  const { host, terminal } = context;
  const config = readAgentConfig(host.env, { hostname: hostname(), dashboardDir: null });
  const checks = await runDoctor(config, options.image ?? null);
  const failures = checks.filter(({ state }) => state === 'failed').length;
  if (terminal.json) await terminal.object({ healthy: failures === 0, checks });
  else await printChecks(terminal, checks);
  return failures === 0 ? exitCodes.ok.code : exitCodes.failure.code;
}

export async function printChecks(terminal: Terminal, checks: readonly Check[]): Promise<void> {
  for (const { fix, name, sentence, state } of checks) {
    await terminal.data(`${marks[state]}  ${name}: ${sentence}`);
    if (fix !== null) await terminal.data(`         fix: ${fix}`);
  }
}
