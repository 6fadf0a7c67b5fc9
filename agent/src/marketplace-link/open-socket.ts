import { limits } from '@node3/shared/limits';
import { WebSocket } from 'ws';
import { agentLimits } from '../agent-limits.ts';

/** Asks for the agent's socket; the key goes where every other call has it. */
export function openSocket(url: string, apiKey: string): WebSocket {
  return new WebSocket(url, {
    headers: { authorization: `Bearer ${apiKey}` },
    handshakeTimeout: agentLimits.channelOpenMs,
    maxPayload: limits.agentFrameBytes,
    perMessageDeflate: false,
  });
}
