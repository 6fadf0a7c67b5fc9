import { type Clock, systemClock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import type { DatabaseAddress } from '../store/database-address.ts';
import type { EventBus } from './event-bus.ts';

/** How this process hears of others on the same database, and the time that all of them share. */
export interface Company {
  /** null where nobody else can be. */
  bus: EventBus | null;
  clock: Clock;
}

/** A SQLite file belongs to one process; a PostgreSQL database to any number. */
export async function openBus(address: DatabaseAddress, log: Logger): Promise<Company> {
  if (address.engine === 'sqlite') return { bus: null, clock: systemClock };
  const { PostgresBus } = await import('./postgres-bus.ts');
  const bus = await PostgresBus.open({ url: address.url, log });
  return { bus, clock: bus.clock };
}
