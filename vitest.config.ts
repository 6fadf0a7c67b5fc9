import { defineConfig } from 'vitest/config';
import { postgresProbe } from './marketplace/src/testing/test-postgres.ts';
import { mustSkip } from './shared/src/testing/resources.ts';

const onBothEngines = [
  'job-lifecycle',
  'job-lists',
  'job-logs',
  'dependencies',
  'ledger',
  'preemption',
  'quotes',
  'ratings',
  'receipts',
  'reservations',
  'retries',
  'schedules',
  'settlement',
  'spending-caps',
  'withdrawals',
].map((name) => `marketplace/src/http/${name}.test.ts`);

/** Long seeded histories: they need time, but no engine, browser or port. */
const simulations = [
  'scripts/chaos.integration.test.ts',
  'scripts/sim.integration.test.ts',
  'marketplace/src/payments/payout-crash-points.integration.test.ts',
  'marketplace/src/services/deposit-backlog.integration.test.ts',
  'marketplace/src/store/postgres/*.integration.test.ts',
];

/** What they put in the place of a module, or count of their process, would be seen by others. */
const apart = [
  'agent/src/gpu-proof/device-prover.test.ts',
  'marketplace/src/http/agent-channel/agent-session.test.ts',
  'marketplace/src/http/fuzz.test.ts',
];

const services = '{shared,marketplace,agent,cli,client,localnet,dashboard}/src';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [`${services}/**/*.test.{ts,tsx}`],
          exclude: ['**/*.integration.test.ts', ...apart],
          // What is loaded serves all files of a worker: most take longer to load than to run.
          isolate: false,
          restoreMocks: true,
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'unit-apart',
          include: apart,
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: [`${services}/**/*.integration.test.ts`, 'scripts/**/*.integration.test.ts'],
          exclude: simulations,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          // The web app in a real browser, against real services.
          name: 'browser',
          include: ['scripts/browser/*.browser.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Each has a browser and a network; more than one at a time would starve on two cores.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'simulation',
          include: simulations,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          // The life of jobs and money over HTTP once more, on the other engine.
          name: 'postgres',
          include: mustSkip(postgresProbe) ? [] : onBothEngines,
          globalSetup: 'marketplace/src/testing/postgres-project.ts',
          isolate: false,
          // What the setup sets reaches the tests of all projects.
          env: { NODE3_TEST_ENGINE: 'postgres' },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'tidy',
          include: ['scripts/*.test.ts'],
          exclude: ['**/*.integration.test.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
