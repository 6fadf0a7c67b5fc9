import { streamUrl } from '@node3/shared/routes/stream';
import type { Contact } from '../contact.ts';
import type { Session } from '../session.ts';
import { type Socket, StreamClient } from './stream-client.ts';

/** The stream of the page's own origin over a real WebSocket. */
export function browserStream(session: Session, contact: Contact): StreamClient {
  return new StreamClient({
    open: openSocket,
    apiKey: session.apiKey,
    later(run, delayMs) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    onContact: () => contact.answered(),
  });
}

function openSocket(): Socket {
  const url = new URL(streamUrl, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const real = new WebSocket(url);
  const socket: Socket = {
    onopen: null,
    onclose: null,
    onmessage: null,
    send(text) {
      if (real.readyState === WebSocket.OPEN) real.send(text);
    },
    close: () => real.close(),
  };
  real.addEventListener('open', () => socket.onopen?.());
  real.addEventListener('close', () => socket.onclose?.());
  real.addEventListener('message', (event) => socket.onmessage?.({ data: event.data }));
  return socket;
}
