import { basename } from 'node:path';
import type { FlowGraph } from '@node3/shared/flow-graph';
import { limits } from '@node3/shared/limits';
import { createFlow, type FlowSummary, listFlows, putFlow } from '@node3/shared/routes/flows';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import type { Host } from '../host.ts';
import { readText } from '../job/read-workload.ts';
import { printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { ageText } from '../output/words.ts';
import { parseEnvironment } from '../parse/key-values.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface CreateFlowOptions {
  name?: string;
  secret?: string[];
  versionOf?: string;
}

/** `node3 flow create`: saves a graph, as a flow of its own or as a version of one. */
export async function createOwnFlow(
  context: Context,
  { args, options }: Call<CreateFlowOptions>,
): Promise<number> {
  const { host, terminal } = context;
  const { versionOf: flowId, secret } = options;
  const file = args[0] ?? '';
  const graph = await readGraph(host, file);
  const name = options.name ?? basename(file, '.json');
  const secrets = parseEnvironment(secret ?? [], host.env, '--secret');
  const body = { name, graph, ...(secret !== undefined && { secrets }) };
  const client = connect(context, 'requester');
  const saved =
    flowId === undefined
      ? await client.call(createFlow, { body })
      : await client.call(putFlow, { params: { flowId }, body });
  if (terminal.json) await terminal.object(saved);
  else await terminal.data(`${saved.flowId}  ${saved.name}, version ${saved.version}`);
  return 0;
}

export async function listOwnFlows(
  context: Context,
  { options }: Call<{ limit: string }>,
): Promise<number> {
  const { terminal, host } = context;
  const limit = parseWholeNumber('--limit', options.limit, { min: 1, max: limits.listPageMax });
  const page = await connect(context, 'requester').call(listFlows, { query: { limit } });
  const none = `No flows. Save one: ${host.command} flow create FILE`;
  await printRows(context, page, columnsAt(host.clock.nowMs()), none);
  if (page.nextCursor !== null) await terminal.talk(`more than ${limit}; see --limit`);
  return 0;
}

/** What a graph may be is for the marketplace to say. */
export async function readGraph(host: Host, file: string): Promise<FlowGraph> {
  const text = await readText(host, file, 2 * limits.flowGraphBytes);
  try {
    return JSON.parse(text) as FlowGraph;
  } catch {
    const fix = 'Write a graph as {"start": "…", "nodes": […], "edges": […]}.';
    throw usageError(`${file} is not JSON.`, fix);
  }
}

function columnsAt(nowMs: number): Column<FlowSummary>[] {
  return [
    { title: 'FLOW', value: (row) => row.flowId },
    { title: 'NAME', value: (row) => row.name },
    { title: 'VERSION', align: 'right', value: (row) => String(row.version) },
    { title: 'CHANGED', align: 'right', value: (row) => ageText(row.updatedAt, nowMs) },
  ];
}
