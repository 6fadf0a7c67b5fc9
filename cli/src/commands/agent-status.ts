import { createClient } from '@node3/shared/client';
import type { Device } from '@node3/shared/device';
import { type AgentStatus, getAgentStatus } from '@node3/shared/routes/agent-local';
import type { Context } from '../context.ts';
import { formatFacts } from '../output/table.ts';
import { ageText } from '../output/words.ts';
import type { Call } from '../program/attach-action.ts';

export interface AgentStatusOptions {
  agentUrl: string;
}

/** What the agent on this machine says of itself, and how the last proof of each device ended. */
export async function showAgentStatus(
  { host, terminal }: Context,
  { options }: Call<AgentStatusOptions>,
): Promise<number> {
  const status = await createClient({ baseUrl: options.agentUrl }).call(getAgentStatus, {});
  if (terminal.json) {
    await terminal.object(status);
    return 0;
  }
  const nowMs = host.clock.nowMs();
  const facts = formatFacts([
    ['agent', status.agentId],
    ['name', status.name],
    ['state', `${status.state}: ${status.stateSentence}`],
    ['marketplace', status.marketplaceUrl],
    ['jobs now', String(status.active.length)],
  ]);
  const devices = status.devices.map((device) => deviceLine(status, device, nowMs));
  for (const line of [...facts, ...devices]) await terminal.data(line);
  return 0;
}

function deviceLine({ proofs = [] }: AgentStatus, device: Device, nowMs: number): string {
  const proof = proofs.find(({ deviceId }) => deviceId === device.id);
  const ended =
    proof === undefined
      ? 'not asked for a proof since the start'
      : `last proof ${proof.state} (${proof.finding}), ${ageText(proof.at, nowMs)} ago`;
  return `${device.model} (${device.id}): ${ended}`;
}
