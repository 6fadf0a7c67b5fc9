import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Agent } from '@node3/agent/agent';
import { startAgent } from '@node3/agent/app';
import { readAgentConfig } from '@node3/agent/env';
import { addressToPrint } from '@node3/agent/local-token';
import { openAgentLog } from '@node3/agent/open-agent-log';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { readEnvironmentFile } from '../init/agent-environment.ts';
import type { Call } from '../program/attach-action.ts';
import { findDashboard } from '../up/find-dashboard.ts';
import { explainPort } from '../up/ports.ts';

export interface StartOptions {
  environmentFile?: string;
}

/** Runs the agent until it ends. The first Ctrl-C drains it, the second stops it at once. */
export async function runAgent(
  context: Context,
  { options: { environmentFile } }: Call<StartOptions>,
): Promise<number> {
  const { host, terminal } = context;
  const filed =
    environmentFile === undefined
      ? {}
      : await readEnvironmentFile(resolve(host.cwd, environmentFile));
  const config = readAgentConfig(
    { ...filed, ...host.env },
    { hostname: hostname(), dashboardDir: findDashboard() },
  );
  const agent = await startAgent(config, { log: openAgentLog(config) }).catch((error: unknown) => {
    throw explainPort(error, { what: 'agent', port: config.port, option: 'AGENT_PORT' });
  });
  if (terminal.json) await terminal.jsonLine({ url: agent.url, wallet: agent.wallet });
  else await terminal.data(`node3 agent: ${addressToPrint(agent, host.stdout)}`);
  const letGo = leaveOnInterrupt(host, agent, config.drainMs);
  try {
    await agent.ended;
  } finally {
    letGo();
  }
  return exitCodes.ok.code;
}

function leaveOnInterrupt(host: Host, agent: Agent, drainMs: number): () => void {
  let interrupts = 0;
  return host.onInterrupt(() => {
    interrupts += 1;
    const leaving = interrupts === 1 ? agent.drain({ deadlineMs: drainMs }) : agent.stop();
    // Whoever waits for the end of the agent is told why.
    leaving.catch(() => undefined);
  });
}
