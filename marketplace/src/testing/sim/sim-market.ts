import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MarketError } from '@node3/shared/error';
import type { Ids } from '@node3/shared/ids';
import { createLogger, type Logger } from '@node3/shared/logger';
import { type Core, openCore } from '../../core.ts';
import type { EventBus } from '../../live/event-bus.ts';
import { payoutSettingsDefault } from '../../payments/payout-context.ts';
import { createPayoutEngine } from '../../payments/payout-engine.ts';
import { DiskRoom } from '../../services/disk-room.ts';
import { createSqlStore } from '../../store/sql/sql-store.ts';
import { SqliteDatabase } from '../../store/sqlite/sqlite-database.ts';
import type { Store } from '../../store/store.ts';
import { type Counts, count } from '../counter.ts';
import { writeEmptyDatabase } from '../empty-database.ts';
import type { RunTrace } from '../run-trace.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { SharedDatabase } from '../shared-database.ts';
import { testKeyring } from '../test-keyring.ts';
import type { SwarmFaults } from './faults.ts';
import { MarketLife } from './market-life.ts';
import { type AnswerOf, type AskOf, type OperationName, operations } from './operations.ts';
import type { Owner } from './owner.ts';
import type { PlantedBug } from './planted-bugs.ts';
import { SimChannel } from './sim-channel.ts';
import { type CrashDice, SimCrash } from './sim-crash.ts';
import type { SimNetwork } from './sim-network.ts';
import type { SimChain } from './sim-rail.ts';
import { remoteBus, remoteStore } from './sim-server.ts';
import { type SimSocket, SimWire } from './sim-socket.ts';
import { guardSimStore } from './sim-store.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { SimWitness } from './witness.ts';

export interface SimMarketDeps {
  time: VirtualTime;
  random: SeededRandom;
  ids: Ids;
  trace: RunTrace;
  dice: CrashDice;
  faults: SwarmFaults;
  counts: Counts;
  network: SimNetwork;
  chain: SimChain;
  folder: string;
  /** Processes at a time. More than one share a database that outlives them, as a server does. */
  replicas: number;
  plant: PlantedBug | null;
  /** What should never have happened, as far as the marketplace itself noticed. */
  findings: Set<string>;
}

interface Running {
  life: MarketLife;
  sqlite: SqliteDatabase;
  rawStore: Store;
  core: Core;
  channel: SimChannel;
}

/** As a socket ends that never was one. */
const refusedCode = 1006;
const handshakeMs = 10_000;

type Reply<Answer> = { answer: Answer } | { code: MarketError['code'] };

/** The marketplace over all its processes, on one database that outlives them. */
export class SimMarket {
  witness: SimWitness | null = null;
  readonly #deps: SimMarketDeps;
  #running: Running | null = null;
  /** The file of the newest process, whether it ever served or not. */
  #opened: SqliteDatabase | null = null;
  #generation = 0;
  #calm = false;
  /** Where there are several processes: those that serve, each in its place. */
  readonly #replicas = new Map<number, Running>();
  #shared: SharedDatabase | null = null;

  constructor(deps: SimMarketDeps) {
    this.#deps = deps;
    writeEmptyDatabase(deps.folder, this.#path());
  }

  /** Some process that serves; null while none does. */
  get running(): Running | null {
    const [some] = this.#replicas.values();
    return some ?? this.#running;
  }

  /** Whether several processes share the database. */
  get isShared(): boolean {
    return this.#deps.replicas > 1;
  }

  /** All that serve. */
  get serving(): Running[] {
    return this.#running === null ? [...this.#replicas.values()] : [this.#running];
  }

  /** Whoever a balancer would choose. */
  #chosen(): Running | null {
    const serving = this.serving;
    return serving.length > 1 ? this.#deps.random.pick(serving) : (serving[0] ?? null);
  }

  calm(): void {
    this.#calm = true;
  }

  /** Kills the process between two of its events. */
  kill(): void {
    this.#chosen()?.life.die();
  }

  /** Asks over the network. Rejects with the refusal, or MARKETPLACE_UNREACHABLE after `timeoutMs`. */
  call<Name extends OperationName>(
    client: Owner,
    name: Name,
    ask: AskOf<Name>,
    timeoutMs: number,
  ): Promise<AnswerOf<Name>> {
    const { time, network } = this.#deps;
    // What is known of an agent's process is its machine: links are cut by that name.
    const link = client.name.split('/')[0] ?? '';
    return new Promise((resolve, reject) => {
      const limit = time.after(
        timeoutMs,
        () => settle({ code: 'MARKETPLACE_UNREACHABLE' }),
        client,
      );
      function settle(reply: Reply<AnswerOf<Name>>) {
        limit.cancelled = true;
        if ('answer' in reply) resolve(reply.answer);
        else reject(new MarketError(reply.code));
      }
      network.carry(link, 'to-market', time.world, () => {
        void this.#receive(name, overWire(ask), (reply) => {
          network.carry(link, 'from-market', client, () => settle(overWire(reply)));
        });
      });
    });
  }

  /** Opens a socket, as an agent does. It fails when nobody listens, or nothing comes through. */
  connect(client: Owner, agentId: string): SimSocket {
    const { time, network } = this.#deps;
    const wire = new SimWire(network, client.name.split('/')[0] ?? '', client);
    wire.carry('to-market', time.world, () => {
      const running = this.#chosen();
      if (running === null) {
        wire.carry('from-market', client, () => wire.client.lose(refusedCode));
        return;
      }
      time.become(running.life);
      wire.server.owner = running.life;
      wire.server.opened();
      void running.channel.open(wire.server, agentId);
      wire.carry('from-market', client, () => wire.client.opened());
    });
    time.after(
      handshakeMs,
      () => {
        if (wire.client.readyState === 0) wire.client.lose(refusedCode);
      },
      client,
    );
    return wire.client;
  }

  async #receive<Name extends OperationName>(
    name: Name,
    ask: AskOf<Name>,
    respond: (reply: Reply<AnswerOf<Name>>) => void,
  ): Promise<void> {
    const { time, trace } = this.#deps;
    const running = this.#chosen();
    if (running === null) {
      // Nobody listens at the port: that is known at once.
      respond({ code: 'MARKETPLACE_UNREACHABLE' });
      return;
    }
    const { life, core } = running;
    time.become(life);
    const subject = subjectOf(ask);
    const askedAtMs = time.nowMs();
    try {
      const answer = await operations[name](core, ask);
      if (life.dead) return;
      trace.add(`${time.monotonicMs()} ${name} ${subject}: ${JSON.stringify(summary(answer))}`);
      this.witness?.answered(name, ask, answer, askedAtMs);
      respond({ answer });
    } catch (error) {
      if (life.dead || error instanceof SimCrash) return;
      const code = this.#codeOf(name, error);
      trace.add(`${time.monotonicMs()} ${name} ${subject}: ${code}`);
      respond({ code });
    } finally {
      if (life.dead) this.witness?.leftUnanswered(name, ask);
    }
  }

  #codeOf(name: string, error: unknown): MarketError['code'] {
    if (error instanceof MarketError && error.code !== 'INTERNAL') return error.code;
    const text = error instanceof Error ? error.message : String(error);
    this.#deps.findings.add(`${name} failed: ${text}`);
    return 'INTERNAL';
  }

  /** Starts the next process, which goes on with what is on the disk. */
  async open(): Promise<void> {
    if (this.#deps.replicas > 1) return this.#openReplicas();
    return this.#openAlone();
  }

  /** The database is a server of its own: processes die beside it, and not between its statements. */
  async #openReplicas(): Promise<void> {
    const { findings, replicas } = this.#deps;
    const sqlite = new SqliteDatabase({
      path: this.#path(),
      log: createLogger({ name: 'database', level: 'silent' }),
      onFatal: (error) => findings.add(`the database failed: ${String(error)}`),
    });
    this.#opened = sqlite;
    this.#shared = new SharedDatabase(sqlite);
    for (let place = 0; place < replicas; place += 1) await this.#openReplica(place, sqlite);
  }

  async #openReplica(place: number, sqlite: SqliteDatabase): Promise<void> {
    const { time, trace, dice, plant } = this.#deps;
    const end = this.#shared?.join();
    if (end === undefined) return;
    const life: MarketLife = new MarketLife(`market ${place}.${this.#generation}`, dice, () => {
      void end.bus.close();
      void end.store.close();
      this.#buryReplica(place, life, sqlite);
    });
    this.#generation += 1;
    time.become(life);
    try {
      const random = this.#deps.random.stream(life.name);
      const parts = { time, owner: life, latencyMs: () => random.integer(1, 4) };
      const guarded = guardSimStore(remoteStore(end.store, parts), life);
      const store = plant?.store?.(guarded, { sqlite, time }) ?? guarded;
      const core = await this.#openCore(life, store, remoteBus(end.bus, parts));
      if (life.dead) return;
      const channel = new SimChannel({ core, life, time, trace, witness: () => this.witness });
      this.#replicas.set(place, { life, sqlite, rawStore: createSqlStore(sqlite), core, channel });
      trace.add(`${time.monotonicMs()} ${life.name} serves`);
    } catch (error) {
      if (!life.dead) throw error;
    }
  }

  #buryReplica(place: number, life: MarketLife, sqlite: SqliteDatabase): void {
    const { time, random, faults, trace, counts, findings } = this.#deps;
    this.#replicas.get(place)?.channel.hangUp();
    this.#replicas.delete(place);
    count(counts, 'processes killed');
    trace.add(`${time.monotonicMs()} ${life.name} is dead`);
    const awayMs = this.#calm ? 500 : random.integer(200, faults.downMsMax);
    const open = () =>
      this.#openReplica(place, sqlite).catch((error: unknown) =>
        findings.add(`the marketplace does not start again: ${String(error)}`),
      );
    time.after(awayMs, () => void open(), time.world);
  }

  async #openAlone(): Promise<void> {
    const { time, trace, dice, plant, findings } = this.#deps;
    const path = this.#path();
    const life = new MarketLife(`market ${this.#generation}`, dice, () => this.#bury(life));
    time.become(life);
    const sqlite = new SqliteDatabase({
      path,
      log: this.#logOf(life),
      onFatal: (error) => {
        if (!life.dead) findings.add(`the database failed: ${String(error)}`);
      },
      onStatement: (sql) => life.beforeStatement(sql),
    });
    this.#opened = sqlite;
    try {
      sqlite.forgetLeases();
      const rawStore = createSqlStore(sqlite);
      const guarded = guardSimStore(rawStore, life);
      const store = plant?.store?.(guarded, { sqlite, time }) ?? guarded;
      const core = await this.#openCore(life, store, null);
      if (life.dead) return;
      const channel = new SimChannel({ core, life, time, trace, witness: () => this.witness });
      this.#running = { life, sqlite, rawStore, core, channel };
      trace.add(`${time.monotonicMs()} process ${this.#generation} serves`);
      await this.witness?.restarted(core);
    } catch (error) {
      if (!life.dead) throw error;
    }
  }

  async #openCore(life: MarketLife, store: Store, bus: EventBus | null): Promise<Core> {
    const { time, ids, chain, plant } = this.#deps;
    const log = this.#logOf(life);
    const engine = createPayoutEngine({
      store,
      rail: chain.railOf(life),
      clock: time,
      ids,
      log,
      gates: [],
      settings: { ...payoutSettingsDefault, busyIntervalMs: 3_000, idleIntervalMs: 10_000 },
      fp: (point) => life.reach(`at ${point}`),
    });
    const core = await openCore({
      store,
      clock: time,
      ids,
      log,
      simulated: 'allowed',
      ownWallets: new Set([chain.rail.treasury]),
      leaseSecret: 'lease-secret-of-the-simulation',
      keyring: testKeyring,
      room: new DiskRoom({ disks: [], reserveBytes: 0, log }),
      feeBasisPoints: 500,
      holdbackMs: 0,
      bus,
      wakePayouts: () => engine.wake(),
      wakeSchedules: () => undefined,
    });
    plant?.core?.(core);
    core.startWorkers();
    engine.start();
    return core;
  }

  /** kill -9: what is in the files at this moment is all that is left. */
  #bury(life: MarketLife): void {
    const { time, random, faults, trace, counts } = this.#deps;
    const from = this.#path();
    this.#generation += 1;
    const to = this.#path();
    copyFileSync(from, to);
    if (existsSync(`${from}-wal`)) copyFileSync(`${from}-wal`, `${to}-wal`);
    const sqlite = this.#opened;
    this.#running?.channel.hangUp();
    this.#running = null;
    count(counts, 'processes killed');
    trace.add(`${time.monotonicMs()} ${life.name} is dead`);
    const awayMs = this.#calm ? 500 : random.integer(200, faults.downMsMax);
    time.after(awayMs, () => void this.#replace(from, sqlite), time.world);
  }

  async #replace(from: string, sqlite: SqliteDatabase | null): Promise<void> {
    await sqlite?.close();
    for (const end of ['', '-wal', '-shm']) rmSync(`${from}${end}`, { force: true });
    try {
      await this.open();
    } catch (error) {
      this.#deps.findings.add(`the marketplace does not start again: ${String(error)}`);
    }
  }

  /** What background loops complain about is a finding, unless they complain about being dead. */
  #logOf(life: MarketLife): Logger {
    const destination = {
      write: (line: string) => {
        if (life.dead) return;
        const { msg, err } = JSON.parse(line) as { msg: string; err?: { message: string } };
        this.#deps.findings.add(`log: ${msg}: ${err?.message ?? ''}`);
      },
    };
    return createLogger({ name: 'market', level: 'warn', destination });
  }

  /** Ends without a successor. Whatever still waits for an answer gets none. */
  async close(): Promise<void> {
    for (const { life } of this.serving) life.dead = true;
    await this.#opened?.close();
  }

  #path(): string {
    return join(this.#deps.folder, `market-${this.#generation}.db`);
  }
}

/** What arrives is what can be written down, and nobody else's object. */
function overWire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function subjectOf(ask: object): string {
  const { executionId, agentId, jobId, key } = ask as Record<string, string | undefined>;
  return [agentId, executionId, jobId, key].filter((part) => part !== undefined).join(' ');
}

/** Enough of an answer to tell two runs apart. */
function summary(answer: object): unknown {
  if (!('messages' in answer)) return answer;
  const messages = answer.messages as { type: string; executionId?: string }[];
  return messages.map(({ type, executionId }) => [type, executionId]);
}
