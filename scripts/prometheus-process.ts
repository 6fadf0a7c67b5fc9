import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './marketplace-process.ts';

/** The folder with the configuration that we ship. */
export const prometheusFolder = join(
  dirname(dirname(fileURLToPath(import.meta.url))),
  'deploy',
  'prometheus',
);

/** One sample of an answer, with the labels that tell it from the others. */
export interface PrometheusSample {
  metric: Record<string, string>;
  value: [number, string];
}

/** A Prometheus server that scrapes two of our processes every second. */
export interface PrometheusProcess {
  /** Evaluates an expression now. Rejects with the server's own words when it is not valid. */
  query(expr: string): Promise<PrometheusSample[]>;
  stop(): Promise<void>;
}

/** @returns null where both programs are installed, else what is missing. */
export function missingPrometheus(): string | null {
  for (const program of ['prometheus', 'promtool']) {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
    } catch {
      return `${program} is not installed (apt-get install prometheus)`;
    }
  }
  return null;
}

/** Starts the server with our configuration, the addresses in it replaced and nothing else. */
export async function startPrometheus(
  folder: string,
  targets: { marketplaceUrl: string; agentUrl: string },
): Promise<PrometheusProcess> {
  await mkdir(folder, { recursive: true });
  const shipped = await readFile(join(prometheusFolder, 'prometheus.yml'), 'utf8');
  const config = shipped
    .replace('127.0.0.1:8000', new URL(targets.marketplaceUrl).host)
    .replace('127.0.0.1:8080', new URL(targets.agentUrl).host)
    .replace('scrape_interval: 15s', 'scrape_interval: 1s');
  await writeFile(join(folder, 'prometheus.yml'), config);
  await copyFile(join(prometheusFolder, 'alerts.yml'), join(folder, 'alerts.yml'));
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = once(child, 'exit');
  await untilReady(child.stderr);
  return {
    async query(expr) {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expr)}`;
      const body = (await (await fetch(url)).json()) as Reply;
      if (body.status !== 'success') throw new Error(`${body.error}: ${expr}`);
      return body.data.result;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

type Reply =
  | { status: 'success'; data: { result: PrometheusSample[] } }
  | { status: 'error'; error: string };

async function untilReady(stderr: NodeJS.ReadableStream): Promise<void> {
  const seen: string[] = [];
  for await (const line of createInterface({ input: stderr })) {
    seen.push(line);
    if (!line.includes('Server is ready')) continue;
    stderr.resume();
    return;
  }
  throw new Error(`prometheus ended:\n${seen.slice(-20).join('\n')}`);
}
