import type { ReplyOf } from '@node3/shared/contract';
import { limits } from '@node3/shared/limits';
import { listAgents } from '@node3/shared/routes/fleet';
import { type Context, connect } from '../context.ts';
import { fitFor, printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { ageText, moneyText } from '../output/words.ts';

type AdminAgent = ReplyOf<typeof listAgents>['data'][number];

export async function showAgents(context: Context): Promise<number> {
  const { terminal, host } = context;
  const reply = { data: await readAll(context) };
  const columns = agentColumns(host.clock.nowMs(), fitFor(terminal));
  await printRows(context, reply, columns, 'No agent has registered yet.');
  return 0;
}

async function readAll(context: Context): Promise<AdminAgent[]> {
  const client = connect(context, 'operator');
  const agents: AdminAgent[] = [];
  let page: ReplyOf<typeof listAgents> | null = null;
  do {
    const cursor: object = page?.nextCursor == null ? {} : { cursor: page.nextCursor };
    page = await client.call(listAgents, { query: { limit: limits.listPageMax, ...cursor } });
    agents.push(...page.data);
  } while (page.nextCursor !== null);
  return agents;
}

export function agentColumns(nowMs: number, fit: (text: string) => string): Column<AdminAgent>[] {
  return [
    { title: 'AGENT', value: (agent) => fit(agent.agentId) },
    { title: 'NAME', value: (agent) => agent.name },
    { title: 'STATUS', value: (agent) => agent.status },
    {
      title: 'JOBS',
      align: 'right',
      value: (agent) => `${agent.jobsSucceeded}/${agent.jobsFailed}`,
    },
    {
      title: 'SEEN',
      align: 'right',
      value: (agent) => (agent.lastSeenAt === null ? '-' : ageText(agent.lastSeenAt, nowMs)),
    },
    { title: 'WALLET', value: (agent) => fit(agent.wallet) },
    { title: 'GPUS', value: gpusText },
  ];
}

function gpusText(agent: AdminAgent): string {
  if (agent.devices.length === 0) return 'none';
  return agent.devices
    .map((device) => {
      const asks = agent.deviceAsks.find(({ deviceId }) => deviceId === device.id);
      const price = [asks?.USDC, asks?.SOL].flatMap((ask) => (ask ? [`${moneyText(ask)}/h`] : []));
      const notes = [...(device.simulated ? ['simulated'] : []), ...price];
      return notes.length === 0 ? device.model : `${device.model} (${notes.join(', ')})`;
    })
    .join(', ');
}
