import { limits } from '@node3/shared/limits';
import { WebSocket } from 'ws';
import { agentLimits } from '../agent-limits.ts';

/** A marketplace that does not say goodbye is not waited for any longer. */
const closeTimeout = 2_000;

/** Asks for the agent's socket; the key goes where every other call has it. */
export function openSocket(url: string, apiKey: string): WebSocket {
  const options = {
    headers: { authorization: `Bearer ${apiKey}` },
    handshakeTimeout: agentLimits.channelOpenMs,
    maxPayload: limits.agentFrameBytes,
    perMessageDeflate: false,
    closeTimeout,
  };
  return new WebSocket(url, options);
}
