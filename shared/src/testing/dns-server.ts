import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** What a name has; a name that is not in the table is answered with NXDOMAIN. */
export type DnsAnswer = { a?: string[]; aaaa?: string[] | 'silence' } | 'silence';

export interface DnsServer {
  /** `address:port`. */
  address: string;
  /** Every question so far, such as `A example.test`. */
  asked: string[];
  close(): Promise<void>;
}

const recordTypes = { 1: 'A', 28: 'AAAA' } as const;

/** Answers DNS over UDP on a free loopback port from a table; tells nothing about names in `silence`. */
export async function startDnsServer(table: Record<string, DnsAnswer>): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (question, from) => {
    const { name, type, end } = readQuestion(question);
    const kind = recordTypes[type as keyof typeof recordTypes] ?? `TYPE${type}`;
    asked.push(`${kind} ${name}`);
    const answer = table[name];
    if (answer === 'silence') return;
    const found = (kind === 'A' ? answer?.a : kind === 'AAAA' ? answer?.aaaa : null) ?? [];
    if (found === 'silence') return;
    const records = found.map((address) => recordOf(type, address));
    const status = answer === undefined ? 3 : 0;
    const head = Buffer.from(question.subarray(0, 12));
    head.writeUInt16BE(0x81_80 | status, 2);
    head.writeUInt16BE(records.length, 6);
    head.writeUInt32BE(0, 8);
    const reply = Buffer.concat([head, question.subarray(12, end), ...records]);
    socket.send(reply, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function readQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  // c-ares varies the case of letters, and compares them with those of the answer.
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

/** One record for the name of the question, kept a minute. */
function recordOf(type: number, address: string): Buffer {
  const data = type === 1 ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc0_0c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function ipv6Bytes(address: string): Buffer {
  const [front = '', back] = address.split('::');
  const words = (text: string) => text.split(':').filter((word) => word !== '');
  const [first, last] = [words(front), words(back ?? '')];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const all = [...first, ...zeros, ...last].map((word) => Number.parseInt(word, 16));
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 255]));
}
