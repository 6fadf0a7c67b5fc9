import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';
import { redactLine } from '@node3/shared/log-redaction';
import type { AgentLog } from '@node3/shared/routes/agent-upkeep';
import { toTimestamp } from '@node3/shared/schema';

type Line = AgentLog['data'][number];

export interface LogQuery {
  /** `logs` in the data folder. */
  folder: string;
  /** The least level. */
  level: 'debug' | 'info' | 'warn' | 'error';
  limit: number;
}

/** As pino numbers them. */
const levelNumbers = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;
const levelNames = new Map<number, Line['level']>(
  Object.entries(levelNumbers).map(([name, number]) => [number, name as Line['level']]),
);

/** How much of the files is looked at: more would make the page wait. */
const bytesMax = 2 * 1024 ** 2;
const fieldsCharsMax = 2_000;

/** The last lines of the agent's own files, of the level and worse. Files are read from their end. */
export async function readAgentLog({ folder, level, limit }: LogQuery): Promise<AgentLog> {
  const names = await listFiles(folder);
  if (names === null) return { folder: null, data: [], isWhole: true };
  const found: Line[] = [];
  let bytesLeft = bytesMax;
  let isWhole = true;
  for (const name of names.toReversed()) {
    if (found.length >= limit || bytesLeft <= 0) {
      isWhole = false;
      break;
    }
    const end = await readEnd(join(folder, name), bytesLeft);
    bytesLeft -= end.bytes;
    isWhole &&= end.isWhole;
    found.unshift(...end.lines.flatMap((line) => parse(line, levelNumbers[level])));
  }
  return { folder, data: found.slice(-limit), isWhole: isWhole && found.length <= limit };
}

/** Oldest first; null where there is no folder. */
async function listFiles(folder: string): Promise<string[] | null> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
  const ours = /^node3_agent_(\d{4}-\d\d-\d\d)(?:\.(\d{1,6}))?\.log$/;
  const files = (names ?? []).flatMap((name) => {
    const [, day, part] = ours.exec(name) ?? [];
    return day === undefined ? [] : [{ name, day, part: Number(part ?? 0) }];
  });
  if (names === null || files.length === 0) return null;
  return files
    .toSorted((a, b) => a.day.localeCompare(b.day) || a.part - b.part)
    .map(({ name }) => name);
}

async function readEnd(path: string, bytesAtMost: number) {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Math.min(size, bytesAtMost);
    const buffer = Buffer.alloc(bytes);
    await file.read(buffer, 0, bytes, size - bytes);
    const lines = buffer.toString('utf8').split('\n');
    // The first one is likely to be a part of a line.
    return { bytes, isWhole: bytes === size, lines: bytes === size ? lines : lines.slice(1) };
  } finally {
    await file.close();
  }
}

function parse(line: string, least: number): Line[] {
  if (line === '') return [];
  try {
    const { level, msg, name: _, pid: _pid, time, ...rest } = JSON.parse(line) as Fields;
    const word = typeof level === 'number' ? levelNames.get(level) : undefined;
    if (word === undefined || Number(level) < least) return [];
    const at = toTimestamp(Date.parse(String(time)));
    const fields = Object.keys(rest).length === 0 ? '' : redactLine(JSON.stringify(rest));
    return [
      {
        at,
        level: word,
        message: typeof msg === 'string' ? msg : '',
        fields: fields.slice(0, fieldsCharsMax),
      },
    ];
  } catch {
    // A line that a crash has cut, or of somebody else.
    return [];
  }
}

type Fields = Record<string, unknown>;
