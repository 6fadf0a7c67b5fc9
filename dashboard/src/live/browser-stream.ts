import { streamUrl } from '@node3/shared/routes/stream';
import type { Contact } from '../contact.ts';
import type { Session } from '../session.ts';
import { type Socket, type SocketEvents, StreamClient } from './stream-client.ts';

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

function openSocket(events: SocketEvents): Socket {
  const url = new URL(streamUrl, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url);
  socket.addEventListener('open', () => events.opened());
  socket.addEventListener('close', () => events.closed());
  socket.addEventListener('message', (event) => events.received(event.data));
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
  };
}
