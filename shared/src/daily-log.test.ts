import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DailyLog } from './daily-log.ts';
import { createLogger } from './logger.ts';

let folder: string;
let nowMs: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node3-daily-log-'));
  nowMs = Date.parse('2026-11-26T12:00:00Z');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (limits = {}) =>
  new DailyLog({
    folder,
    name: 'node3_agent',
    clock: { nowMs: () => nowMs },
    fileBytesMax: 100,
    filesBytesMax: 350,
    daysMax: 3,
    ...limits,
  });
const names = () => readdirSync(folder).toSorted();

describe('a daily log', () => {
  it('[5.22] begins a file each day and goes on in the one of this day', () => {
    open().write('one\n');
    open().write('two\n');
    nowMs += 86_400_000;
    open().write('three\n');
    expect(names()).toEqual(['node3_agent_2026-11-26.log', 'node3_agent_2026-11-27.log']);
    expect(readFileSync(join(folder, 'node3_agent_2026-11-26.log'), 'utf8')).toBe('one\ntwo\n');
    expect(statSync(join(folder, 'node3_agent_2026-11-26.log')).mode & 0o777).toBe(0o600);
  });

  it('[5.22] keeps so many days and no stranger’s file', () => {
    writeFileSync(join(folder, 'node3_agent_2026-01-01.log'), 'old');
    writeFileSync(join(folder, 'another_2026-01-01.log'), 'not ours');
    const log = open();
    for (let day = 0; day < 5; day += 1) {
      log.write('line\n');
      nowMs += 86_400_000;
    }
    expect(names()).toEqual([
      'another_2026-01-01.log',
      'node3_agent_2026-11-28.log',
      'node3_agent_2026-11-29.log',
      'node3_agent_2026-11-30.log',
    ]);
  });

  it('never holds more bytes than it may, however much is said', () => {
    const log = open();
    for (let line = 0; line < 200; line += 1) {
      log.write(`${'x'.repeat(29)}\n`);
      const bytes = names().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
      expect(bytes).toBeLessThanOrEqual(350);
    }
    expect(names().at(-1)).toBe('node3_agent_2026-11-26.66.log');
    // A new process does not begin at the first part again.
    open().write('after a restart\n');
    const last = readFileSync(join(folder, 'node3_agent_2026-11-26.66.log'), 'utf8');
    expect(last).toContain('after a restart');
  });

  it('ends nothing where it can not be written', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => open({ folder: join(folder, 'file', 'logs') }).write('lost\n')).not.toThrow();
  });

  it('gets the lines of a logger as JSON, without secrets', () => {
    const seen: string[] = [];
    const destination = { write: (line: string) => void seen.push(line) };
    const log = createLogger({
      name: 'agent',
      level: 'info',
      format: 'pretty',
      destination,
      file: open({ fileBytesMax: 10_000, filesBytesMax: 20_000 }),
    });
    log.info({ apiKey: 'n3_live_secret' }, 'hello');
    const text = readFileSync(join(folder, 'node3_agent_2026-11-26.log'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ msg: 'hello', apiKey: '[redacted]' });
    expect(seen.join('')).toContain('hello');
    expect(() => JSON.parse(seen.join(''))).toThrow();
  });
});
