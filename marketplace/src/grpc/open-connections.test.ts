import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { OpenConnections } from './open-connections.ts';

function from(remoteAddress: string): Socket {
  return Object.assign(new EventEmitter(), { remoteAddress }) as unknown as Socket;
}

it('leaves half of the connections to other addresses, and all to this machine', () => {
  const open = new OpenConnections(4);
  const [one, two] = [from('203.0.113.7'), from('203.0.113.7')];
  expect([one, two, from('203.0.113.7')].map((each) => open.admit(each))).toEqual([
    true,
    true,
    false,
  ]);
  expect(open.admit(from('203.0.113.8'))).toBe(true);
  one.emit('close');
  expect(open.admit(from('203.0.113.7'))).toBe(true);
  expect(open.admit(from('203.0.113.7'))).toBe(false);
  const own = new OpenConnections(2);
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    expect(own.admit(from(address))).toBe(address !== '::ffff:127.0.0.1');
  }
});
