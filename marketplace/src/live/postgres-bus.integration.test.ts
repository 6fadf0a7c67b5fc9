import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { postgresProbe, startTestPostgres, type TestPostgres } from '../testing/test-postgres.ts';
import { describeEventBus } from './event-bus.conformance.ts';
import type { Hint } from './event-bus.ts';
import { PostgresBus } from './postgres-bus.ts';

const patience = { timeout: 20_000 };

describe.skipIf(mustSkip(postgresProbe))('LISTEN and NOTIFY', () => {
  let server: TestPostgres;
  let url = '';

  beforeAll(async () => {
    server = await startTestPostgres();
    url = await server.createDatabase();
  });
  afterAll(() => server.stop());

  const join = () => PostgresBus.open({ url, log: silentLogger });

  describeEventBus('PostgreSQL', async () => ({
    join,
    jobsMax: limits.busJobsPerMessage,
    async end() {},
  }));

  it('tells the time of the database', async () => {
    const bus = await join();
    const [row] = await server.sql(
      'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms',
      url,
    );
    expect(Math.abs(bus.clock.nowMs() - Number(row?.['ms']))).toBeLessThan(1_000);
    await bus.close();
  });

  it('says after a restart of the database that hints may be missing, and goes on', async () => {
    const [first, second] = [await join(), await join()];
    const heard: Hint[] = [];
    second.listen((hint) => heard.push(hint));
    await server.halt('immediate');
    first.tell({ kind: 'events', seq: 7 });
    await server.start();
    await vi.waitFor(() => expect(heard).toContainEqual({ kind: 'gap' }), patience);
    await vi.waitFor(() => {
      first.tell({ kind: 'events', seq: 8 });
      expect(heard).toContainEqual({ kind: 'events', seq: 8 });
    }, patience);
    await Promise.all([first.close(), second.close()]);
  });

  it('names as many jobs as a message holds', async () => {
    const [first, second] = [await join(), await join()];
    const heard: Hint[] = [];
    second.listen((hint) => heard.push(hint));
    const jobIds = Array.from(
      { length: limits.busJobsPerMessage },
      (_, index) => `job_${String(index).padStart(26, '0')}`,
    );
    first.tell({ kind: 'logs', jobIds });
    await vi.waitFor(() => expect(heard).toEqual([{ kind: 'logs', jobIds }]), patience);
    await Promise.all([first.close(), second.close()]);
  });
});
