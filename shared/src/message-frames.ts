import { limits } from './limits.ts';

/** A frame is closed once it has this much: a reader can handle its beginning while the rest travels. */
const frameChars = limits.agentFrameBytes / 4;

/**
 * Joins JSON messages to as few frames as their size allows: one message stays as it is, several
 * become an array.
 */
export function toFrames(messages: readonly string[]): string[] {
  const frames: string[] = [];
  let open: string[] = [];
  let chars = 0;
  for (const message of messages) {
    const isFull = open.length === limits.agentMessagesPerFrame;
    if (open.length > 0 && (isFull || chars + message.length > frameChars)) {
      frames.push(toFrame(open));
      open = [];
      chars = 0;
    }
    open.push(message);
    chars += message.length;
  }
  if (open.length > 0) frames.push(toFrame(open));
  return frames;
}

function toFrame(messages: readonly string[]): string {
  const [first = ''] = messages;
  return messages.length === 1 ? first : `[${messages.join(',')}]`;
}
