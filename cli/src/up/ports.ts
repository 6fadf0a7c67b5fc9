import { createServer } from 'node:net';
import { CommandError } from '../command-error.ts';

export interface PortWish {
  /** Who wants the port, for the message. */
  what: string;
  /** 0 takes any free port and can't be taken. */
  port: number;
  /** The option that chooses another one. */
  option: string;
}

/** Looks before anything is started, so that a taken port leaves nothing half-started behind. */
export async function assertPortsFree(wishes: readonly PortWish[]): Promise<void> {
  for (const [index, wish] of wishes.entries()) {
    if (wish.port !== 0) {
      refuseTwice(wish, wishes.slice(0, index));
      await tryPort(wish.port).catch((error: unknown) => {
        throw explainPort(error, wish);
      });
    }
  }
}

function refuseTwice({ port, what }: PortWish, earlier: readonly PortWish[]): void {
  const other = earlier.find((one) => one.port === port);
  if (other === undefined) return;
  throw new CommandError(
    'usage',
    `Port ${port} is to be that of ${other.what} and of ${what}.`,
    `Choose another one: ${other.option} ${port + 10}`,
  );
}

function tryPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      server.close(() => resolve()),
    );
  });
}

/** Turns a taken or forbidden port into words and a command; anything else stays as it is. */
export function explainPort(error: unknown, wish: PortWish): unknown {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (syscall !== 'listen' || (code !== 'EADDRINUSE' && code !== 'EACCES')) return error;
  const why = code === 'EADDRINUSE' ? 'is in use by another program' : 'may not be used';
  return new CommandError(
    'failure',
    `Port ${wish.port} for ${wish.what} ${why}.`,
    `Stop that program, or choose another port: ${wish.option} ${wish.port + 10}`,
  );
}
