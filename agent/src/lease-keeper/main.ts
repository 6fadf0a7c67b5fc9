import { request } from 'node:http';
import { uptime } from 'node:os';
import type { WorkloadHandle } from '../executors/executor.ts';
import { readKeptLeases } from './kept-leases.ts';

const lookMs = 1_000;
const answerMs = 10_000;
/** Jobs come one after the other; the next one is waited for so long. */
const idleLooksMax = 60;

const [file = '', keeperId = ''] = process.argv.slice(2);
/** Of these nothing runs any more. */
const ended = new Set<string>();
let idleLooks = 0;

/** Each time anew: an agent that came back has renewed what is its own. */
async function look(): Promise<void> {
  const kept = readKeptLeases(file);
  if (kept?.keeperId !== keeperId) process.exit(0);
  const nowBootMs = uptime() * 1_000;
  const open = kept.leases.filter(({ handle }) => !ended.has(handle.name));
  idleLooks = open.length === 0 ? idleLooks + 1 : 0;
  if (idleLooks > idleLooksMax) process.exit(0);
  const over = open.filter(({ untilBootMs }) => untilBootMs <= nowBootMs);
  await Promise.all(
    over.map(async ({ handle }) => {
      if (await isKilled(handle)) ended.add(handle.name);
    }),
  );
}

/** @returns false where the engine did not answer, and has to be asked again. */
function isKilled({ engine, name }: WorkloadHandle): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const where =
    engine.kind === 'socket'
      ? { socketPath: engine.path }
      : { host: engine.host, port: engine.port };
  const path = `/containers/${encodeURIComponent(name)}/kill?signal=SIGKILL`;
  const asked = request({ ...where, method: 'POST', path, timeout: answerMs }, (answer) => {
    answer.resume();
    // It is not there, or does not run: that is as good.
    resolve([204, 404, 409].includes(answer.statusCode ?? 0));
  });
  asked.on('timeout', () => asked.destroy());
  asked.on('error', () => resolve(false));
  asked.on('close', () => resolve(false));
  asked.end();
  return promise;
}

async function keepLooking(): Promise<void> {
  await look();
  setTimeout(() => void keepLooking(), lookMs);
}

void keepLooking();
