import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchMarket, enterMarket, startBenchMarket } from './bench-market.ts';
import type { Contender } from './contender.ts';
import {
  judge,
  loneTargets,
  openLoopTargets,
  saturatedTargets,
  type Target,
} from './core-targets.ts';
import { measureLone, measureOpenLoop, measureSaturated } from './measure-queue.ts';
import {
  enterBareFastify,
  enterMarketRoutes,
  type RouteContender,
  type RouteSample,
} from './measure-routes.ts';
import { pairedRounds } from './paired-rounds.ts';
import { enterPeer, peers, whyNot } from './peers.ts';
import { enterReference } from './reference-contender.ts';
import type { Measurement } from './report.ts';

export interface BenchOptions {
  rounds: number;
  /** Seconds of each measurement. */
  secs: number;
  /** The folder of NODE3_BENCH_PEERS. */
  peersFolder: string | undefined;
  say: (text: string) => void;
}

const openLoopRate = 100;
const loneJobs = 10;

/** The whole life of jobs through the real service, against bare references and other queues. */
export async function benchCore(options: BenchOptions): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'node3-bench-'));
  const market = await startBenchMarket();
  try {
    const queues = await benchQueues(market, folder, options);
    return [...queues, ...(await benchRoutes(market, folder, options))];
  } finally {
    await market.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchQueues(
  market: BenchMarket,
  folder: string,
  options: BenchOptions,
): Promise<Measurement[]> {
  const { rounds, secs, say } = options;
  const absent = new Map<string, string>();
  const contenders: Contender[] = [];
  try {
    contenders.push(
      ...(await enterMarket(market, { 'node3 http': 'single', 'node3 batch': 'batch' })),
    );
    contenders.push(await enterReference(folder, 'http'), await enterReference(folder, 'socket'));
    contenders.push(...(await enterPeers(options, absent)));
    const measured = { folder: market.network.folder, secs };
    say(`64 producers, ${rounds} rounds …`);
    const saturated = await pairedRounds(
      contenders,
      rounds,
      (contender) => measureSaturated(contender, measured),
      say,
    );
    say(`${openLoopRate} jobs a second, ${rounds} rounds …`);
    const openLoop = await pairedRounds(
      contenders,
      rounds,
      (contender) => measureOpenLoop(contender, measured, openLoopRate),
      say,
    );
    say(`${loneJobs} lone jobs …`);
    const ours = contenders.filter(({ name }) => name.startsWith('node3'));
    const lone = await pairedRounds(
      ours,
      rounds,
      (contender) => measureLone(contender, measured, loneJobs),
      say,
    );
    return [
      ...judge(saturatedTargets, saturated, absent),
      ...judge(openLoopTargets, openLoop, absent),
      ...judge(loneTargets, lone, absent),
    ];
  } finally {
    await Promise.all(contenders.map((contender) => contender.leave()));
  }
}

async function enterPeers(
  { peersFolder, say }: BenchOptions,
  absent: Map<string, string>,
): Promise<Contender[]> {
  const entered: Contender[] = [];
  for (const peer of peers) {
    const why = whyNot(peersFolder, peer);
    if (why === null) entered.push(await enterPeer(peersFolder ?? '', peer));
    else absent.set(peer.name, why);
  }
  for (const [name, why] of absent) say(`${name} does not run: ${why}`);
  return entered;
}

const routeTargets: readonly Target<RouteSample>[] = [
  {
    what: 'durable POST',
    pick: ({ post }) => post,
    ours: 'node3',
    theirs: 'bare Fastify',
    atLeast: 0.8,
  },
  { what: 'GET', pick: ({ get }) => get, ours: 'node3', theirs: 'bare Fastify', atLeast: 0.9 },
];

async function benchRoutes(
  market: BenchMarket,
  folder: string,
  { rounds, secs, say }: BenchOptions,
): Promise<Measurement[]> {
  const contenders: RouteContender[] = [
    enterMarketRoutes(market, market.requesterKey),
    await enterBareFastify(folder),
  ];
  try {
    say(`POST and GET, ${rounds} rounds …`);
    const found = await pairedRounds(
      contenders,
      rounds,
      (contender) => contender.measure(secs),
      say,
    );
    return judge(routeTargets, found, new Map());
  } finally {
    await Promise.all(contenders.map((contender) => contender.leave()));
  }
}
