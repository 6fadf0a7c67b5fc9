import { expect, it } from 'vitest';
import { shareNode } from './native-jail.ts';

it('threat 6: shows of a Node that the system did not bring its program and no folder', () => {
  const program = '/home/owner/bin/node';
  expect(shareNode(program)).toEqual(['--ro-bind', program, program]);
  expect(shareNode('/usr/local/bin/node')).toEqual([]);
});
