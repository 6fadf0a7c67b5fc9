import { chainTreasury, operatorCapital } from '@node3/marketplace/domain/ledger-accounts';
import type { Store } from '@node3/marketplace/store/store';
import { World } from '@node3/marketplace/store/testing/world';
import { type Counts, count } from '@node3/marketplace/testing/counter';
import type { RunTrace } from '@node3/marketplace/testing/run-trace';
import { createSeededIds } from '@node3/marketplace/testing/seeded-ids';
import type { SeededRandom } from '@node3/marketplace/testing/seeded-random';
import {
  drawFaults,
  type FaultKind,
  type SwarmFaults,
} from '@node3/marketplace/testing/sim/faults';
import { Invariants } from '@node3/marketplace/testing/sim/invariants';
import type { PlantedBug } from '@node3/marketplace/testing/sim/planted-bugs';
import { CrashDice } from '@node3/marketplace/testing/sim/sim-crash';
import { SimMarket } from '@node3/marketplace/testing/sim/sim-market';
import { SimNetwork } from '@node3/marketplace/testing/sim/sim-network';
import { SimChain } from '@node3/marketplace/testing/sim/sim-rail';
import { VirtualTime } from '@node3/marketplace/testing/sim/virtual-time';
import { SimWitness } from '@node3/marketplace/testing/sim/witness';
import { baseUnits } from '@node3/shared/money';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import { AgentMachine } from './agent-machine.ts';
import { AgentProcess } from './agent-process.ts';
import { Liar } from './liar.ts';
import { Operator } from './operator.ts';
import { Requester } from './requester.ts';

export interface SimWorldOptions {
  time: VirtualTime;
  random: SeededRandom;
  trace: RunTrace;
  folder: string;
  replicas: number;
  plant: PlantedBug | null;
  without: ReadonlySet<FaultKind>;
}

/** The marketplace with everybody who uses it. */
export class SimWorld {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly faults: SwarmFaults;
  readonly counts: Counts = {};
  readonly findings = new Set<string>();
  readonly dice: CrashDice;
  readonly network: SimNetwork;
  readonly chain: SimChain;
  readonly market: SimMarket;
  readonly witness: SimWitness;
  readonly machines: AgentMachine[] = [];
  readonly requesters: Requester[] = [];
  readonly liar: Liar;
  readonly operator: Operator;
  readonly #options: SimWorldOptions;
  readonly #offers: { machine: AgentMachine; offer: ExecutionOffer }[] = [];
  #processes = 0;
  isCalm = false;

  constructor(options: SimWorldOptions) {
    const { time, random, trace, folder, plant, replicas } = options;
    this.#options = options;
    this.time = time;
    this.random = random;
    this.faults = drawFaults(random.stream('faults'), options.without);
    trace.add(JSON.stringify(this.faults));
    const { faults, counts, findings } = this;
    this.dice = new CrashDice(random.stream('crashes'), faults, trace);
    this.network = new SimNetwork({ time, faults, counts, random: random.stream('network') });
    this.chain = new SimChain(time, { faults, counts, random: random.stream('chain') });
    this.market = new SimMarket({
      time,
      trace,
      faults,
      counts,
      findings,
      folder,
      replicas,
      plant,
      random: random.stream('market'),
      ids: createSeededIds(random.stream('ids'), time),
      dice: this.dice,
      network: this.network,
      chain: this.chain,
    });
    this.witness = new SimWitness(time, this.market, findings);
    const { market, machines } = this;
    this.operator = new Operator({ time, market, machines, counts });
    this.liar = new Liar({
      market: this.market,
      random: random.stream('lies'),
      machines: this.machines,
      offers: this.#offers,
      counts,
    });
  }

  /** Opens accounts and registers agents, before anything goes wrong. */
  async settleIn(): Promise<Invariants> {
    const { market, random, witness } = this;
    await market.open();
    market.witness = witness;
    const store = market.running?.rawStore;
    if (store === undefined) throw new Error('the marketplace starts');
    const world = new World(store);
    await addCapital(store, world.nowMs);
    const accountIds = [await world.openAccount(10n ** 12n), await world.openAccount(10n ** 12n)];
    const sizes = random.stream('sizes');
    const agents = sizes.pick([1, 2, 3, 4]);
    const devices = sizes.pick([0, 1, 2, 4]);
    for (let index = 0; index < agents; index += 1) {
      const wallet = `wallet-${index}`;
      this.chain.rail.openWallet(wallet);
      const agentId = await world.registerAgent(wallet);
      this.#addMachine(agentId, sizes, devices);
    }
    for (const [index, accountId] of accountIds.entries())
      this.#addRequester(accountId, index, devices);
    const jobs = sizes.pick([3, 8, 16]);
    for (let job = 0; job < jobs; job += 1) {
      sizes.pick(this.requesters).plan(`key-${job}`, sizes.integer(0, 90_000));
    }
    const { time, chain, machines, findings } = this;
    return new Invariants({ time, market, chain, witness, machines, accountIds, findings });
  }

  startAgent(machine: AgentMachine): void {
    const { market, random, faults } = this;
    this.#processes += 1;
    const name = `${machine.name}/${this.#processes}`;
    const own = random.stream(`agent ${name}`);
    const process: AgentProcess = new AgentProcess(
      {
        machine,
        market,
        random: own,
        instanceId: `instance-${String(this.#processes).padStart(16, '0')}`,
        engineFailure: this.isCalm ? 0 : faults.engineFailure,
        transport: machine.transport,
        countsFrom: this.#options.plant?.agent === 'lease-from-reply' ? 'reply' : 'request',
        newClaimId: () => Buffer.from(own.bytes(18)).toString('base64url'),
        onOffer: (offer) => this.#offers.push({ machine, offer }),
        onSuperseded: () => this.restartAgent(machine, 5_000),
      },
      name,
    );
    machine.runProcess(process);
  }

  /** Ends the agent's process without a word; another one starts later. */
  restartAgent(
    machine: AgentMachine,
    afterMs: number,
    how: 'killed' | 'powerless' = 'killed',
  ): void {
    const { process } = machine;
    if (process === null || process.owner.dead) return;
    process.end(how);
    count(this.counts, 'agents restarted');
    this.#options.trace.add(`${this.time.monotonicMs()} ${process.owner.name} is dead`);
    this.time.after(afterMs, () => this.startAgent(machine), this.time.world);
  }

  /** From here on nothing goes wrong any more. */
  calm(): void {
    this.isCalm = true;
    this.dice.calm();
    this.network.calm();
    this.chain.calm();
    this.market.calm();
    this.time.after(0, () => void this.operator.relent(), this.time.world);
  }

  /** What is not finished yet, in words; empty when everything is. */
  async unfinished(): Promise<string[]> {
    const running = this.market.running;
    if (running === null) return ['the marketplace is away'];
    const counts = await running.rawStore.countJobs();
    const jobs = (['awaiting_funds', 'queued', 'assigned', 'running'] as const)
      .filter((state) => (counts[state] ?? 0) > 0)
      .map((state) => `${counts[state]} jobs are ${state}`);
    const payouts = await running.rawStore.listPayouts({
      agentId: null,
      beforePayoutId: null,
      limit: 1_000,
    });
    const unpaid = payouts.filter(({ state }) => state !== 'finalized');
    const asking = this.requesters.filter(({ open }) => open > 0);
    const busy = this.machines.filter(
      (machine) => machine.list().length > 0 || machine.journal.listOpen().length > 0,
    );
    return [
      ...jobs,
      ...unpaid.map(({ payoutId, state }) => `payout ${payoutId} is ${state}`),
      ...asking.map(() => 'a requester has no answer'),
      ...busy.map(({ name, journal }) => {
        const [first] = journal.listOpen();
        return `${name} is busy: ${first?.executionId ?? 'a workload'} ${first?.phase ?? ''} ${first?.pending ?? ''}`;
      }),
    ];
  }

  #addMachine(agentId: string, sizes: SeededRandom, devices: number): void {
    const index = this.machines.length;
    const rate = 1 + (sizes.next() - 0.5) * 2 * this.faults.drift;
    const slots = sizes.pick([1, 2, 3]);
    // The first one has all devices, so that every job that is asked for can run somewhere.
    const deviceCount = index === 0 ? devices : sizes.integer(0, devices);
    const name = `machine-${index}`;
    const machine = new AgentMachine(this.time, {
      name,
      agentId,
      rate,
      slots,
      deviceCount,
      transport: sizes.pick(['socket', 'socket', 'poll'] as const),
    });
    this.machines.push(machine);
    this.startAgent(machine);
  }

  #addRequester(accountId: string, index: number, devices: number): void {
    const { time, market, findings, faults, random } = this;
    const name = `requester-${index}`;
    const deps = { time, market, findings, accountId, gpusMax: devices };
    this.requesters.push(
      new Requester(
        { ...deps, random: random.stream(name), cancelShare: faults.cancelShare },
        name,
      ),
    );
  }
}

/** The operator's own money, for fees and rent. */
async function addCapital(store: Store, nowMs: number): Promise<void> {
  const transfer = {
    transferId: 'capital:sim',
    debit: chainTreasury,
    credit: operatorCapital,
    asset: 'SOL',
    amount: baseUnits(10n ** 12n),
    kind: 'deposit',
    ref: 'capital:sim',
  } as const;
  await store.postTransfers([transfer], [], nowMs);
}
