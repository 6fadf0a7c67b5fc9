import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Check, ok } from '../doctor/check.ts';
import { readAgentConfig } from '../env.ts';
import { ManualHostClock } from '../testing/manual-host-clock.ts';
import { DoctorDesk } from './doctor-desk.ts';
import { listSettings } from './list-settings.ts';
import { readAgentLog } from './read-agent-log.ts';

describe('the log of the agent', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'node3-log-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const line = (level: number, msg: string, more = {}) =>
    `${JSON.stringify({ level, time: '2026-11-26T10:00:00.000Z', name: 'agent', msg, ...more })}\n`;

  it('is told from the newest file back, of a level and worse, without secrets', async () => {
    await writeFile(join(folder, 'node3_agent_2026-11-25.log'), line(40, 'old') + line(30, 'one'));
    const secret = 'https://user:hunter2@host/?token=abc';
    const last = line(20, 'quiet') + line(50, 'bad', { url: secret }) + '{"cut';
    await writeFile(join(folder, 'node3_agent_2026-11-26.log'), last);
    await writeFile(join(folder, 'node3_agent_other.log'), 'no');
    const read = (level: 'debug' | 'info' | 'warn', limit: number) =>
      readAgentLog({ folder, level, limit });
    const texts = async (...query: Parameters<typeof read>) =>
      (await read(...query)).data.map(({ message }) => message);
    expect(await texts('debug', 9)).toEqual(['old', 'one', 'quiet', 'bad']);
    expect(await texts('warn', 9)).toEqual(['old', 'bad']);
    const short = await read('info', 2);
    expect(short).toMatchObject({ isWhole: false, data: [{ message: 'one' }, { level: 'error' }] });
    expect(JSON.stringify(short)).not.toMatch(/hunter2|abc/);
    expect(await readAgentLog({ folder: join(folder, 'x'), level: 'info', limit: 9 })).toEqual({
      folder: null,
      data: [],
      isWhole: true,
    });
  });
});

it('tells where each setting comes from, and no secret', () => {
  const environment = {
    AGENT_NAME: 'attic',
    API_KEY: 'n3_key_x',
    REGISTRATION_TOKEN: 't0ps3cret',
    SOLANA_RPC_URL: 'https://user:pw@rpc.example/v2/k3y?api-key=1',
    METRICS_TOKEN: 'scr4pe-token-with-many-characters',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic c0llect0r',
    AGENT_SECRETS_ON_DISK: 'true',
  };
  const config = readAgentConfig(environment, { hostname: 'h', dashboardDir: null });
  const settings = listSettings(config).groups.flatMap((group) => group.settings);
  const find = (name: string) => settings.find((one) => one.name === name);
  expect(find('AGENT_NAME')).toMatchObject({ value: 'attic', source: 'environment' });
  expect(find('AGENT_PORT')).toMatchObject({ value: '8080', source: 'default' });
  expect(find('AGENT_REGION')).toMatchObject({ value: null, source: 'unset' });
  expect(find('API_KEY')).toMatchObject({ value: null, source: 'environment', isSecret: true });
  expect(find('AGENT_SECRETS_ON_DISK')).toMatchObject({ value: 'true', isSecret: false });
  expect(JSON.stringify(settings)).not.toMatch(/n3_key_x|t0ps3cret|:pw|k3y|scr4pe|c0llect0r/);
});

describe('the doctor', () => {
  it('looks once at a time, and keeps what it found last', async () => {
    const looks: PromiseWithResolvers<Check[]>[] = [];
    const examine = () => {
      looks.push(Promise.withResolvers<Check[]>());
      return looks.at(-1)?.promise ?? Promise.reject(new Error('none'));
    };
    const desk = new DoctorDesk({ clock: new ManualHostClock(), log: silentLogger, examine });
    expect(desk.report()).toEqual({
      runningSince: null,
      finishedAt: null,
      checks: null,
      error: null,
    });
    desk.start();
    expect(desk.start().runningSince).not.toBeNull();
    expect(looks).toHaveLength(1);
    looks[0]?.resolve([ok('node', 'node.ok', { version: '24.0.0' })]);
    await vi.waitFor(() => expect(desk.report().runningSince).toBeNull());
    desk.start();
    looks[1]?.reject(new Error('broken'));
    await vi.waitFor(() => expect(desk.report().error).toBe('broken'));
    expect(desk.report().checks).toMatchObject([{ name: 'node', state: 'ok' }]);
  });
});
