import { MarketError } from '@node3/shared/error';
import { createMessageValidator } from '@node3/shared/http/request-validator';
import { limits } from '@node3/shared/limits';
import { readLogsFrame } from '@node3/shared/logs-frame';
import { AgentRequest } from '@node3/shared/routes/agent-channel';
import { scan } from 'secure-json-parse';

/** Compiled once for all sockets. */
const validate = createMessageValidator(AgentRequest);

export type ReadMessage =
  | { request: AgentRequest; problem: null }
  | { request: null; id: number | null; problem: MarketError };

/**
 * Reads one frame: a message or an array of them, or lines of log as bytes. What is wrong with one message
 * is that message's own problem, and the others count.
 */
export function readFrame(data: Buffer, kind: 'text' | 'binary'): ReadMessage[] {
  let frame: unknown;
  try {
    frame = kind === 'binary' ? readLogsFrame(data) : JSON.parse(data.toString());
  } catch (error) {
    return [unreadable(error instanceof Error ? error.message : 'The frame is not JSON.')];
  }
  if (kind === 'binary' && !isLogs(frame)) return [unreadable('Frames of bytes are lines of log.')];
  if (!Array.isArray(frame)) return [readMessage(frame)];
  if (frame.length <= limits.agentMessagesPerFrame) return frame.map(readMessage);
  const detail = `A frame has at most ${limits.agentMessagesPerFrame} messages.`;
  return [{ request: null, id: null, problem: new MarketError('REQUEST_TOO_LARGE', { detail }) }];
}

/** Names that would change prototypes are in no schema; what a program has put out may have any. */
function readMessage(message: unknown): ReadMessage {
  try {
    if (!isLogs(message)) scan(Object(message));
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : 'The message is not safe.');
  }
  const errors = validate(message);
  if (errors.length === 0) return { request: message as AgentRequest, problem: null };
  const detail = errors.map(({ pointer, detail: text }) => `${pointer || '/'} ${text}`).join('; ');
  const problem = new MarketError('REQUEST_INVALID', { detail, errors });
  return { request: null, id: idOf(message), problem };
}

/** Of these every field has its schema, and their texts are too long to be looked through. */
function isLogs(message: unknown): boolean {
  return (Object(message) as { type?: unknown }).type === 'logs';
}

/** So that even a wrong request is answered to whoever waits for it. */
function idOf(message: unknown): number | null {
  const { id } = Object(message) as { id?: unknown };
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}

function unreadable(detail: string): ReadMessage {
  return { request: null, id: null, problem: new MarketError('REQUEST_MALFORMED', { detail }) };
}
