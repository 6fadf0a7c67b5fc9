import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ConfigError } from '@node3/shared/env';
import { KeypairFileError } from '@node3/shared/keypair-file-error';
import { openTracer, readTracing } from '@node3/shared/tracing';
import type { Agent } from './agent.ts';
import { startAgent } from './app.ts';
import { readAgentConfig } from './env.ts';
import { JournalLockedError } from './journal/sqlite/open-database.ts';
import { addressToPrint } from './local-token.ts';
import { openAgentLog } from './open-agent-log.ts';
import { trimMemoryAfterStart } from './trim-memory.ts';
import { agentVersion } from './version.ts';

/** Errors whose message is all that a person needs; a stack would hide it. */
const plainErrors = [ConfigError, KeypairFileError, JournalLockedError];

async function main(): Promise<void> {
  const dashboardDir = fileURLToPath(new URL('../../dashboard/dist', import.meta.url));
  const options = { 'metrics-dcgm-names': { type: 'boolean' } } as const;
  const { values } = parseArgs({ options });
  const read = readAgentConfig(process.env, { hostname: hostname(), dashboardDir });
  const config =
    values['metrics-dcgm-names'] === true ? { ...read, dcgmNames: 'on' as const } : read;
  const log = openAgentLog(config);
  const service = { name: 'node3-agent', version: agentVersion };
  const tracer = await openTracer(service, readTracing(process.env));
  const starting = startAgent(config, { log, tracer });
  stopOnSignals(starting, config.drainMs);
  const agent = await starting;
  process.stdout.write(`node3 agent: ${addressToPrint(agent, { isTty: process.stdout.isTTY })}\n`);
  trimMemoryAfterStart();
  try {
    await agent.ended;
  } finally {
    await tracer?.stop();
  }
}

/**
 * The first signal drains, the second stops at once and leaves running jobs to the next start,
 * the third does not even wait for that. One that comes before the agent is up counts once it is.
 */
function stopOnSignals(starting: Promise<Agent>, drainMs: number): void {
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    if (signals > 2) process.exit(130);
    const isFirst = signals === 1;
    starting
      .then((agent) => (isFirst ? agent.drain({ deadlineMs: drainMs }) : agent.stop()))
      .catch(fail);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

function fail(error: unknown): void {
  const plain = plainErrors.some((kind) => error instanceof kind);
  const text = error instanceof Error ? (plain ? error.message : error.stack) : String(error);
  process.stderr.write(`${text ?? 'the agent failed'}\n`);
  process.exit(1);
}

main().catch(fail);
