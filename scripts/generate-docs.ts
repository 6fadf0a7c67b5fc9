import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agentMetricTable } from '@node3/agent/observability/metric-table';
import { agentSettings } from '@node3/agent/settings';
import { metricTable } from '@node3/marketplace/observability/metric-table';
import { marketplaceSettings } from '@node3/marketplace/settings';
import { agentTransitions } from '@node3/shared/agent-state';
import { errorCodes } from '@node3/shared/error-codes';
import { eventCatalogue } from '@node3/shared/event-catalogue';
import { eventNames } from '@node3/shared/events';
import { executionTransitions } from '@node3/shared/execution-state';
import { flowRunTransitions, flowStepTransitions } from '@node3/shared/flow-state';
import { jobTransitions, reasons } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { MetricTable } from '@node3/shared/metrics';
import { payoutTransitions, settlementTransitions } from '@node3/shared/settlement-state';
import { settlementTable } from '@node3/shared/settlement-table';
import { acceptanceDocument } from './acceptance/acceptance-document.ts';
import { apiRoutes } from './api-routes.ts';
import { authorisationDocument } from './authorisation-document.ts';
import { commandDocument, helpPageModule } from './command-document.ts';
import { buildDashboard } from './dashboards/build-dashboard.ts';
import { marketplaceDashboard } from './dashboards/marketplace-dashboard.ts';
import { paymentsDashboard } from './dashboards/payments-dashboard.ts';
import { providerDashboard } from './dashboards/provider-dashboard.ts';
import { exampleFile, settingsDocument } from './describe-settings.ts';
import { grpcDocument } from './grpc-document.ts';
import { table } from './markdown-table.ts';
import { paymentCases, paymentCasesNotRun } from './payment-cases.ts';
import { findTaggedTests } from './tagged-tests.ts';

/**
 * Writes docs/reference and the example settings from the code, so that it can't say anything else than the code does.
 * With `--check` it writes nothing and fails when a document is out of date.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));

const notice = 'Generated from the code by `node scripts/generate-docs.ts`.';

function errorsDocument(): string {
  const rows = Object.entries(errorCodes).map(([code, { status, title, fix, retry }]) => [
    `\`${code}\``,
    String(status),
    title,
    fix,
    retry,
  ]);
  return `# Errors\n\n${notice}\n\nEvery error answer is \`application/problem+json\` (RFC 9457) with these codes.\n\n${table(['code', 'status', 'title', 'what to do', 'try again'], rows)}\n`;
}

/** The names alone, for programs that use the SDK. */
function errorCodeType(): string {
  const words = Object.keys(errorCodes).map((code) => `\n  | '${code}'`);
  return `/** Every code that an answer may have; docs/reference/errors.md says what to do. ${notice} */\nexport type ErrorCode =${words.join('')};\n`;
}

function statesDocument(): string {
  const machines = {
    Job: jobTransitions,
    Execution: executionTransitions,
    Settlement: settlementTransitions,
    Payout: payoutTransitions,
    Agent: agentTransitions,
    'Run of a flow': flowRunTransitions,
    'Step of a run': flowStepTransitions,
  };
  const sections = Object.entries(machines).map(([name, transitions]) => {
    const rows = Object.entries<readonly string[]>(transitions).map(([state, next]) => [
      `\`${state}\``,
      next.length === 0 ? 'final' : next.map((word) => `\`${word}\``).join(', '),
    ]);
    return `## ${name}\n\n${table(['state', 'may become'], rows)}`;
  });
  const reasonRows = Object.entries(reasons).map(
    ([name, { fault, settles, sentence, action, retry }]) => [
      `\`${name}\``,
      fault,
      `\`${settles}\``,
      retry,
      `${sentence} ${action}`,
    ],
  );
  const moneyRows = Object.entries(settlementTable).map(([row, { when, provider, requester }]) => [
    `\`${row}\``,
    when,
    provider,
    requester,
  ]);
  const money = `## Who pays\n\nOnly run time is ever billed. The fee is rounded down; the provider keeps the remainder.\n\n${table(['row', 'when', 'the provider gets', 'the requester pays'], moneyRows)}`;
  const events = eventNames.map((name) => `- \`${name}\``).join('\n');
  return `# States, reasons and events\n\n${notice}\n\n${sections.join('\n\n')}\n\n## Reasons\n\n${table(['reason', 'fault', 'settled as', 'retried', 'meaning'], reasonRows)}\n\n${money}\n\n## Events\n\n${events}\n`;
}

/** An event as streams and webhooks have it, beside what is true of all of them. */
function eventsDocument(): string {
  const sections = eventNames.map((name) => {
    const { sentence, owner, data } = eventCatalogue[name];
    const whose = owner === 'operator' ? ' Only the operator sees it.' : '';
    const isOfJob = /^(job|execution|settlement)\./.test(name);
    const example = {
      seq: 4711,
      type: name,
      at: '2026-11-26T02:30:00.000Z',
      actor: owner === 'operator' ? 'operator' : 'marketplace',
      accountId: owner === 'operator' ? null : 'acc_01M8BAHE4NEX5860C7BXW3SG3K',
      jobId: isOfJob ? 'job_01M8BAHJSJF3AT6K0V6TT6A8G2' : null,
      executionId: name.startsWith('execution.') ? 'exe_01M8BAHJT6FE5RP2FATTN49814' : null,
      reason: null,
      data,
    };
    const json = JSON.stringify(example, null, 2);
    return `## \`${name}\`\n\n${sentence}${whose}\n\n\`\`\`json\n${json}\n\`\`\``;
  });
  return `# Events\n\n${notice}\n\n\`GET /api/v1/events\` answers events like these; webhooks send them as \`{"type","timestamp","data"}\` with the whole event as \`data\`. Fields of \`data\` may be missing where they don't apply, and new ones may come. How to follow them: [events and webhooks](../guides/webhooks.md).\n\n${sections.join('\n\n')}\n`;
}

function limitsDocument(): string {
  const rows = Object.entries(limits).map(([name, value]) => [`\`${name}\``, String(value)]);
  return `# Limits\n\n${notice}\n\nThe unit is the last word of the name. Reasons stand in \`shared/src/limits.ts\` and the files it names.\n\n${table(['limit', 'value'], rows)}\n`;
}

function apiDocument(): string {
  const rows = apiRoutes.map(({ method, url, audience, summary }) => [
    `\`${method} ${url}\``,
    audience,
    summary,
  ]);
  return `# API\n\n${notice}\n\nFields, limits and answers: \`/openapi.json\` and \`/docs\` of a running marketplace. The agent's own API, at the end of the table, is on its own port, under \`/api/v1/local\` and in the words of the node3 seed; \`provider\` is the token in \`local-token\` of its data folder.\n\n${table(['endpoint', 'key', 'what it does'], rows)}\n`;
}

function metricsDocument(): string {
  const rowsOf = (metrics: MetricTable) =>
    Object.entries(metrics).map(([name, { type, labels, help }]) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]);
  const head = ['metric', 'type', 'labels', 'meaning'];
  const defaults =
    'Besides, both processes show the `process_*` and `nodejs_*` metrics of their runtime.';
  const sections = [
    `## Marketplace, \`/metrics\` on its port\n\n${table(head, rowsOf(metricTable))}`,
    `## Agent, \`/metrics\` on its loopback port\n\n${table(head, rowsOf(agentMetricTable))}`,
  ];
  return `# Metrics\n\n${notice}\n\n${defaults}\n\n${sections.join('\n\n')}\n`;
}

function paymentsDocument(): string {
  const tests = findTaggedTests(root, /P(\d+)/);
  const sections = Object.entries(paymentCases).map(([title, cases]) => {
    const rows = cases.map(([number, text]) => {
      const proofs = (tests.get(String(number)) ?? [])
        .map(({ title, path }) => (title === '' ? `\`${path}\`` : `${title} (\`${path}\`)`))
        .join('<br>');
      const reason = paymentCasesNotRun[number];
      return [String(number), text, reason === undefined ? proofs : `not run: ${reason}`];
    });
    return `## ${title}\n\n${table(['case', 'what happens', 'proved by'], rows)}`;
  });
  const numbers = Object.values(paymentCases).flatMap((cases) => cases.map(([number]) => number));
  const open = numbers.filter((n) => !tests.has(String(n)) && paymentCasesNotRun[n] === undefined);
  if (open.length > 0) throw new Error(`payment cases that no test names: ${open.join(', ')}`);
  return `# What is tested about money\n\n${notice}\n\n${sections.join('\n\n')}\n`;
}

const documents: Record<string, string> = {
  'cli/src/help-page.ts': await helpPageModule(notice),
  'client/src/types/error-code.ts': errorCodeType(),
  'docs/reference/acceptance.md': acceptanceDocument(notice, root),
  'docs/reference/api.md': apiDocument(),
  'docs/reference/authorisation.md': authorisationDocument(notice),
  'docs/reference/cli.md': await commandDocument(notice),
  'docs/reference/errors.md': errorsDocument(),
  'docs/reference/events.md': eventsDocument(),
  'docs/reference/grpc.md': grpcDocument(notice),
  'docs/reference/limits.md': limitsDocument(),
  'docs/reference/metrics.md': metricsDocument(),
  'docs/reference/payments-tests.md': paymentsDocument(),
  'docs/reference/settings.md': settingsDocument(notice, {
    marketplace: marketplaceSettings,
    agent: agentSettings,
  }),
  'docs/reference/states.md': statesDocument(),
  'deploy/grafana/marketplace.json': buildDashboard(marketplaceDashboard),
  'deploy/grafana/payments.json': buildDashboard(paymentsDashboard),
  'deploy/grafana/provider.json': buildDashboard(providerDashboard),
  'deploy/marketplace.env.example': exampleFile('marketplace', marketplaceSettings),
  'deploy/agent.env.example': exampleFile('agent', agentSettings),
};

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

const isCheck = process.argv.includes('--check');
const stale = Object.entries(documents).filter(([path, text]) => read(join(root, path)) !== text);
for (const [path, text] of stale) {
  if (!isCheck) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  process.stdout.write(`${isCheck ? 'out of date' : 'written'}: ${path}\n`);
}
if (isCheck && stale.length > 0) {
  process.stdout.write('Run: node scripts/generate-docs.ts\n');
  process.exitCode = 1;
}
