import type { Clock } from '@node3/shared/clock';
import { encodeCrockford, type IdKind, type Ids, idKinds, uuidV7Bytes } from '@node3/shared/ids';
import type { SeededRandom } from './seeded-random.ts';

/** Ids of the same form and order as in production, and the same in every run of a seed. */
export function createSeededIds(random: SeededRandom, clock: Clock): Ids {
  return {
    next: (kind: IdKind) =>
      `${idKinds[kind]}_${encodeCrockford(uuidV7Bytes(clock.nowMs(), random.bytes(10)))}`,
    secret: (bytes) => Buffer.from(random.bytes(bytes)).toString('base64url'),
  };
}
