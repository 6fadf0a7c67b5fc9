import { LaneTree, type Opening } from '@node3/shared/gpu-proof/lane-tree';
import { readOpening, writeOpening } from '@node3/shared/gpu-proof/opening-codec';
import { fillKeyOf, walkKeyOf } from '@node3/shared/gpu-proof/proof-keys';
import type { ProofPlan } from '@node3/shared/gpu-proof/proof-plan';
import { walkLane } from '@node3/shared/gpu-proof/walk-lane';
import { describe, expect, it } from 'vitest';
import { type Promised, verifyOpenings } from './verify-openings.ts';

const plan: ProofPlan = {
  regions: 2,
  regionLines: 256,
  rounds: 8,
  passes: 2,
  reads: 2,
  lanes: 256,
};
const subject = { agentId: 'agt_1', deviceId: 'GPU-1', epoch: 1_700_000_000_000 };
const fillKey = fillKeyOf('aa', subject);
const walkKey = walkKeyOf('bb', subject);
const lanes = [0, 63, 64, 255];

/** What a device without a fault computes. */
function walkAll(keys = { fillKey, walkKey }): LaneTree {
  const ends = Array.from({ length: plan.lanes }, (_, lane) => {
    const words = walkLane(plan, keys.fillKey, keys.walkKey, lane);
    return Buffer.from(words.buffer);
  });
  return new LaneTree(Buffer.concat(ends));
}

const honest = walkAll();

function verify(
  changes: Partial<Promised> = {},
  change: (openings: Opening[]) => void = () => undefined,
) {
  const openings = lanes.map((lane) => readOpening(writeOpening(honest.open(lane))));
  change(openings);
  return verifyOpenings({ plan, fillKey, walkKey, root: honest.root, lanes, ...changes }, openings);
}

describe('the openings of a proof', () => {
  it('are right to the bit', () => {
    expect(verify()).toBe('right');
  });

  it('are bound to device, agent, epoch and both seeds', () => {
    for (const other of [
      { agentId: 'agt_2' },
      { deviceId: 'GPU-2' },
      { epoch: subject.epoch + 1 },
    ]) {
      const another = { ...subject, ...other };
      expect(verify({ fillKey: fillKeyOf('aa', another) })).toBe('wrong-result');
      expect(verify({ walkKey: walkKeyOf('bb', another) })).toBe('wrong-result');
    }
    expect(verify({ fillKey: fillKeyOf('ab', subject) })).toBe('wrong-result');
    expect(verify({ walkKey: walkKeyOf('ba', subject) })).toBe('wrong-result');
  });

  it('are found out when one line of memory was not as it should be', () => {
    const wrong = walkAll({ fillKey: fillKeyOf('forgot', subject), walkKey });
    const openings = lanes.map((lane) => wrong.open(lane));
    const promised = { plan, fillKey, walkKey, root: wrong.root, lanes };
    expect(verifyOpenings(promised, openings)).toBe('wrong-result');
  });

  it('belong to the root that was said before the lanes were picked', () => {
    expect(verify({ root: Buffer.alloc(32) })).toBe('not-in-the-root');
    const flip = (openings: Opening[]) => openings[2]?.chunk.writeUInt8(1, 5);
    expect(verify({}, flip)).toBe('not-in-the-root');
  });

  it('are the lanes that were asked for, whole and in their order', () => {
    const asked = 'not-what-was-asked';
    expect(verify({}, (openings) => openings.pop())).toBe(asked);
    expect(verify({}, (openings) => openings.push(openings.shift() as Opening))).toBe(asked);
    expect(verify({ lanes: [0, 63, 64, 254] })).toBe(asked);
    expect(verify({}, ([first]) => first?.path.pop())).toBe(asked);
    expect(
      verify({}, (openings) => {
        const [first] = openings;
        if (first !== undefined) first.chunk = first.chunk.subarray(16);
      }),
    ).toBe(asked);
  });
});
