import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import type { Node3 } from '@node3/client';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { describeRefusal } from './describe-refusal.ts';

/** What tools work with. */
export interface ToolDeps {
  server: McpServer;
  /** With the budget that was given at the start. */
  node3: Node3;
  context: Context;
  /** Aborts when the server ends: nobody waits for an answer any more. */
  left: AbortSignal;
}

/** One tool: what it is called, what it takes, and what it does. */
export interface Tool<Shape extends z.ZodRawShape> {
  name: string;
  title: string;
  description: string;
  input: Shape;
  /** What a host asks its user before: `spends` and `ends` need a yes, `reads` and `saves` don't. */
  effect: 'reads' | 'saves' | 'spends' | 'ends';
  run(args: z.output<z.ZodObject<Shape>>, signal: AbortSignal): Promise<object>;
}

const annotations = {
  reads: { readOnlyHint: true, openWorldHint: true },
  saves: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  spends: {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: true,
  },
  ends: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
} as const satisfies Record<string, ToolAnnotations>;

/** Offers a tool. What it throws becomes an answer with a code and a way out, never a dead server. */
export function addTool<Shape extends z.ZodRawShape>(deps: ToolDeps, tool: Tool<Shape>): void {
  const { name, title, description, input, effect } = tool;
  const schema = z.strictObject(input);
  deps.server.registerTool(
    name,
    { title, description, inputSchema: schema, annotations: { title, ...annotations[effect] } },
    async (args: unknown, { signal }: { signal: AbortSignal }) => {
      try {
        const either = AbortSignal.any([signal, deps.left]);
        const found = await tool.run(args as z.output<z.ZodObject<Shape>>, either);
        return toResult(found, false);
      } catch (error) {
        return toResult(describeRefusal(error, deps.context.host.command), true);
      }
    },
  );
}

function toResult(value: object, isError: boolean): CallToolResult {
  const text = JSON.stringify(value);
  const structuredContent = JSON.parse(text) as Record<string, unknown>;
  return { content: [{ type: 'text', text }], structuredContent, isError };
}
