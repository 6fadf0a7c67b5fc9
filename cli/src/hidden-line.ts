import { CommandError, usageError } from './command-error.ts';

/** The terminal as far as a question needs it. */
export interface QuestionTerminal {
  stdin: Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'resume' | 'pause' | 'on' | 'off'> & {
    unshift(chunk: Buffer): void;
  };
  stderr: { write(text: string): unknown };
}

const lineBytesMax = 1024;
const keys = { interrupt: 3, endOfFile: 4, backspace: 8, newline: 10, enter: 13, delete: 127 };

/** Reads one line from the terminal without showing it. The caller erases the answer after use. */
export async function readHiddenLine(
  { stdin, stderr }: QuestionTerminal,
  prompt: string,
): Promise<Buffer> {
  if (!stdin.isTTY) {
    const fix =
      'Put the passphrase into a file with mode 0600 and name it in WALLET_PASSPHRASE_FILE.';
    throw usageError('There is no terminal to ask for the passphrase.', fix);
  }
  // Before the question: what is typed as soon as it appears is not shown either.
  stdin.setRawMode(true);
  stderr.write(prompt);
  try {
    return await readLine(stdin);
  } finally {
    stdin.setRawMode(false);
    stderr.write('\n');
  }
}

function readLine(stdin: QuestionTerminal['stdin']): Promise<Buffer> {
  const line = Buffer.alloc(lineBytesMax);
  let length = 0;
  return new Promise((resolve, reject) => {
    const finish = (end: () => void) => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      stdin.pause();
      end();
      line.fill(0);
    };
    const answer = () => finish(() => resolve(Buffer.from(line.subarray(0, length))));
    const onEnd = () => answer();
    const onData = (chunk: Buffer) => {
      for (const [index, byte] of chunk.entries()) {
        if (byte === keys.interrupt) {
          return finish(() => reject(new CommandError('failure', 'Stopped.', 'Nothing was done.')));
        }
        if (byte === keys.enter || byte === keys.newline || byte === keys.endOfFile) {
          // What was pasted beyond this line answers the next question.
          const rest = chunk.subarray(index + 1);
          answer();
          if (rest.length > 0) stdin.unshift(Buffer.from(rest));
          chunk.fill(0);
          return undefined;
        }
        if (byte === keys.backspace || byte === keys.delete) length = withoutLast(line, length);
        else if (byte >= 0x20 && length < lineBytesMax) {
          line[length] = byte;
          length += 1;
        }
      }
      chunk.fill(0);
      return undefined;
    };
    stdin.on('data', onData);
    stdin.on('end', onEnd);
    stdin.resume();
  });
}

/** Takes back one character, which in UTF-8 may be several bytes. */
function withoutLast(line: Buffer, length: number): number {
  let end = length;
  do end = Math.max(0, end - 1);
  while (end > 0 && ((line[end] ?? 0) & 0xc0) === 0x80);
  return end;
}
