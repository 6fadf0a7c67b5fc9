import { limits } from '@node3/shared/limits';
import { WebSocket } from 'ws';
import { agentLimits } from '../agent-limits.ts';
import { isLoopback } from '../config.ts';

/** A marketplace that does not say goodbye is not waited for any longer. */
const closeTimeout = 2_000;

/**
 * With this key the library leaves bytes as they are, on both sides: within this machine. On the way to another
 * one, also behind the end of its TLS, what a job prints must not look like a request to a proxy that takes
 * the socket for plain HTTP: that is what frames are masked for (RFC 6455, 10.3).
 */
function generateMask(mask: Buffer): void {
  mask.fill(0);
}

/** Asks for the agent's socket; the key goes where every other call has it. */
export function openSocket(url: string, apiKey: string): WebSocket {
  const options = {
    headers: { authorization: `Bearer ${apiKey}` },
    handshakeTimeout: agentLimits.channelOpenMs,
    maxPayload: limits.agentFrameBytes,
    perMessageDeflate: false,
    closeTimeout,
  };
  return new WebSocket(url, isLoopback(url) ? { ...options, generateMask } : options);
}
