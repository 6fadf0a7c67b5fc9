import { AgentMessage } from '@node3/shared/routes/agents';
import { Compile } from 'typebox/compile';
import { isTooDeep } from '../json-depth.ts';

const validator = Compile(AgentMessage);
/** A message for every execution this agent could have, and then some. */
const messagesMax = 256;

export interface ReadMessages {
  messages: AgentMessage[];
  /** How many were left out. */
  refused: number;
}

/**
 * Checks what a poll brought. The marketplace is not trusted with this machine: ids become names of
 * files and containers here, and a value that can't be written down again would end the process.
 */
export function readMessages(reply: unknown): ReadMessages {
  const found: unknown = Object(reply).messages;
  if (!Array.isArray(found)) return { messages: [], refused: 1 };
  const messages = found
    .slice(0, messagesMax)
    .filter((message): message is AgentMessage => !isTooDeep(message) && validator.Check(message));
  return { messages, refused: found.length - messages.length };
}
