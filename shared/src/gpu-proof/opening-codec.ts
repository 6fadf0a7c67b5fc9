import type { Opening } from './lane-tree.ts';
import type { WireOpening } from './wire-opening.ts';

export function readOpening({ chunk, lane, path }: WireOpening): Opening {
  const hashes = path.map((beside) => Buffer.from(beside, 'hex'));
  return { lane, chunk: Buffer.from(chunk, 'base64'), path: hashes };
}

export function writeOpening({ chunk, lane, path }: Opening): WireOpening {
  return {
    lane,
    chunk: chunk.toString('base64'),
    path: path.map((beside) => beside.toString('hex')),
  };
}
