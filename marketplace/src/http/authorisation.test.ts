import type { RouteContract } from '@node3/shared/contract';
import { errorCodes } from '@node3/shared/error-codes';
import { systemIds } from '@node3/shared/ids';
import { type LooseSchema, validValue } from '@node3/shared/testing/valid-value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthorisationWorld,
  absentParams,
  openAuthorisationWorld,
  type Thing,
} from '../testing/authorisation-world.ts';
import { marketplaceContracts } from '../testing/marketplace-contracts.ts';
import {
  type CallerRole,
  callerRoles,
  type Owned,
  routeAccess,
  routeOf,
  verdictOf,
} from '../testing/route-access.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { credentialHeaders } from '../testing/sign-in.ts';
import { successResult } from '../testing/test-agent.ts';
import {
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let world: AuthorisationWorld;

beforeAll(async () => {
  market = await startTestMarketplace();
  world = await openAuthorisationWorld(market);
});
afterAll(() => market.stop());

const roles = Object.keys(callerRoles) as CallerRole[];
const random = new SeededRandom('authorisation');

interface Sent {
  params: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  headers?: Record<string, string>;
}

interface Answer {
  status: number;
  code: string | null;
  /** Without what differs from one request to the next. */
  text: string;
  headers: string[];
}

async function send(contract: RouteContract, apiKey: string | null, sent: Sent): Promise<Answer> {
  const path = contract.url.replaceAll(/:(\w+)/g, (_, name: string) => sent.params[name] ?? '');
  const query = new URLSearchParams(
    Object.entries(sent.query ?? {}).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
  );
  const isBytes = sent.body instanceof Uint8Array;
  const type = isBytes ? 'application/octet-stream' : 'application/json';
  const response = await fetch(`${market.url}${path}?${query.toString()}`, {
    method: contract.method,
    headers: {
      ...credentialHeaders(apiKey, market.url),
      ...(sent.body === undefined ? {} : { 'content-type': type }),
      ...sent.headers,
    },
    ...(sent.body === undefined
      ? {}
      : { body: isBytes ? (sent.body as Buffer) : JSON.stringify(sent.body) }),
  });
  const text = await response.text();
  const [, code = null] = /"code":"([A-Z_0-9]+)"/.exec(response.ok ? '' : text) ?? [];
  return {
    status: response.status,
    code,
    text: Object.values(sent.params)
      .reduce((rest, value) => rest.replaceAll(value, '<id>'), text)
      .replace(/,"requestId":"[^"]*"/i, ''),
    headers: [...response.headers.keys()],
  };
}

/** What a route wants besides the thing itself, where a value made from its schema won't do. */
const bodies: Record<string, (thing: Thing, role: CallerRole) => unknown> = {
  'POST /api/v1/jobs/:jobId/rating': () => ({ stars: 5 }),
  'POST /api/v1/jobs/:jobId/rerun': () => ({}),
  'PUT /api/v1/keys/:keyId/caps': () => ({
    caps: { SOL: { perJob: '1', perDay: '1' } },
  }),
  'PUT /api/v1/account/caps': () => {
    const caps = { perJob: '1', perDay: '1', open: '1' };
    return { caps: { SOL: caps, USDC: caps } };
  },
  'PUT /api/v1/webhooks/:webhookId': () => ({ description: 'changed' }),
  'POST /api/v1/webhooks/:webhookId/replay': () => ({ after: 1 }),
  'PUT /api/v1/uploads/:artifactId/parts/:offset': () =>
    Buffer.from('canary-only-the-owner-may-see'),
  'POST /api/v1/uploads/:artifactId/complete': () => ({}),
  'POST /api/v1/artifacts/:artifactId/links': () => ({}),
  'POST /api/v1/jobs/:jobId/links': () => ({}),
  'PUT /api/v1/snippets/:snippetId': () => ({
    name: systemIds.next('snippet'),
    language: 'bash',
    code: 'true',
  }),
  'PUT /api/v1/flows/:flowId': () => ({
    name: 'changed',
    graph: { start: 'a', nodes: [{ id: 'a', type: 'input' }], edges: [] },
  }),
  'POST /api/v1/runs/:runId/rerun': () => ({}),
  'PUT /api/v1/admin/switches/:name': () => ({ on: false, reason: 'nothing is held back' }),
  'POST /api/v1/snippets/:snippetId/jobs': () => ({ overrides: { price: testJob().price } }),
  'PUT /api/v1/schedules/:scheduleId': () => daily,
  'PUT /api/v1/templates/:templateId/visibility': () => ({ visibility: 'private' }),
  'POST /api/v1/templates/:templateId/versions': () => ({ spec: testJob() }),
  'POST /api/v1/templates/:templateId/preview': () => ({}),
  'POST /api/v1/templates/:templateId/jobs': () => ({}),
  'POST /api/v1/agents/me/proofs/:proofId/filled': () => ({ deviceIds: [], failures: [] }),
  'POST /api/v1/agents/me/proofs/:proofId/root': ({ devices }) => ({
    deviceId: devices?.walking,
    root: 'ab'.repeat(32),
    adapter: 'by hand',
  }),
  'POST /api/v1/agents/me/proofs/:proofId/openings': ({ devices }) => ({
    deviceId: devices?.rooted,
    openings: [],
  }),
  'POST /api/v1/executions/:executionId/accept': ({ fence }) => fence,
  'POST /api/v1/executions/:executionId/release': ({ fence }) => fence,
  'POST /api/v1/executions/:executionId/progress': ({ fence }) => ({ ...fence, phase: 'running' }),
  'POST /api/v1/executions/:executionId/logs': ({ fence }) => ({
    ...fence,
    seqFirst: 1,
    lines: [{ stream: 'stdout', atMs: 1, text: 'x', partial: false }],
  }),
  'POST /api/v1/executions/:executionId/result': ({ fence }) => ({
    ...fence,
    result: successResult,
  }),
  'POST /api/v1/executions/:executionId/uploads': ({ fence }) => ({
    ...fence,
    name: 'o',
    bytes: 1,
    sha256: 'ab'.repeat(32),
  }),
  'PUT /api/v1/executions/:executionId/uploads/:artifactId/parts/:offset': () =>
    Buffer.from('canary-only-the-owner-may-see'),
  'POST /api/v1/executions/:executionId/uploads/:artifactId/complete': ({ fence }) => fence,
  'POST /api/jobs/:jobId/accept': (_, role) => ({ wallet_address: world.wallets[role] }),
  'POST /api/jobs/:jobId/progress': () => ({ progress: 1 }),
  'POST /api/jobs/:jobId/complete': () => ({}),
  'POST /api/jobs/:jobId/fail': () => ({ error_message: 'x' }),
  'POST /execute': () => ({ code: '1', language: 'python', timeout: 1 }),
  'POST /a2a/message': () => ({
    type: 'run',
    payload: { code: '1', language: 'python', timeout: 1 },
  }),
};

function requestOf(contract: RouteContract, thing: Thing, role: CallerRole): Sent {
  const { schema } = contract;
  const options = { chance: () => random.next(), optionalRatio: 0 };
  const valueOf = (part: unknown) => validValue(part as LooseSchema, options);
  const route = routeOf(contract);
  const made = schema.params === undefined ? {} : (valueOf(schema.params) as Thing['params']);
  const { fence } = thing;
  const body = bodies[route]?.(thing, role) ?? (schema.body && valueOf(schema.body));
  const isPoll = route === 'POST /api/v1/agents/me/poll';
  return {
    params: { ...made, ...thing.params },
    ...(schema.querystring === undefined ? {} : { query: valueOf(schema.querystring) as object }),
    ...(body === undefined ? {} : { body: isPoll ? { ...(body as object), waitSec: 0 } : body }),
    ...(fence !== undefined && {
      headers: { 'lease-attempt': String(fence.attempt), 'lease-token': fence.leaseToken },
    }),
  } as Sent;
}

/** `yes`: neither was the key refused, nor is the thing not there for its owner. */
function verdictIn({ code }: Answer, absent: string | undefined): string {
  const isRefused = code !== null && (code.startsWith('AUTH_') || code === absent);
  return isRefused ? code : 'yes';
}

const enders = ['POST /api/v1/agents/me/unregister', 'DELETE /api/v1/sessions'];

/** What lists things comes after they are made, and what ends its caller last. */
const contracts = marketplaceContracts.toSorted((a, b) => turnOf(a) - turnOf(b));

function turnOf(contract: RouteContract): number {
  if (enders.includes(routeOf(contract))) return 2;
  return routeAccess[routeOf(contract)]?.scope === 'owned' ? 0 : 1;
}

const noThing: Thing = { params: {} };

describe('who may do what', () => {
  it('is said of every endpoint that is served', async () => {
    const routes = marketplaceContracts.map(routeOf);
    expect(Object.keys(routeAccess).toSorted()).toEqual(routes.toSorted());
    const { paths } = (await (await fetch(`${market.url}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== 'head')
        .map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(served.toSorted()).toEqual(routes.toSorted());
  });

  it.each(contracts.map((contract) => [routeOf(contract), contract] as const))(
    '%s',
    async (route, contract) => {
      const owned = routeAccess[route]?.owned;
      const thing = owned === undefined ? noThing : await world.make(owned);
      const said = await Promise.all(others.map((role) => judge(contract, role, thing)));
      // One after the other, since each may end what it is about.
      for (const role of theirs) {
        const isGone = owned !== undefined && contract.method === 'DELETE';
        said.push(await judge(contract, role, isGone ? await world.make(owned) : thing));
      }
      const expected = [...others, ...theirs].map((role) => [role, verdictOf(contract, role)]);
      expect(Object.fromEntries(said)).toEqual(Object.fromEntries(expected));
    },
  );
});

const theirs: CallerRole[] = [
  'capped',
  'reader',
  'provider',
  'session',
  'token',
  'owner',
  'holder',
];
const operators: CallerRole[] = ['operator', 'operatorKey', 'operatorReader'];
const others = roles.filter((role) => !theirs.includes(role));

/** What a caller is told, once it is sure that nobody else is shown what is secret. */
async function judge(
  contract: RouteContract,
  role: CallerRole,
  thing: Thing,
): Promise<[CallerRole, string]> {
  const access = routeAccess[routeOf(contract)];
  const apiKey = role === 'token' ? (thing.jobToken ?? world.keys.otherToken) : world.keys[role];
  const request = requestOf(contract, thing, role);
  const answer = await send(contract, apiKey, request);
  const verdict = verdictIn(answer, access?.absent);
  if (answer.code !== null) expect(errorCodes).toHaveProperty(answer.code);
  const isForOperator = contract.audience === 'operator' || access?.operatorAll === true;
  const isOperators = operators.includes(role) && isForOperator;
  if (!theirs.includes(role) && !isOperators) expect(leaksIn(answer.text), answer.text).toEqual([]);
  if (verdict === access?.absent && access.onBoard !== true) {
    const params = absentParams(request.params);
    expect(answer, role).toEqual(await send(contract, apiKey, { ...request, params }));
  }
  return [role, verdict];
}

function hasCursor({ schema }: RouteContract): boolean {
  const query: LooseSchema = schema.querystring ?? {};
  return query.properties?.['cursor'] !== undefined;
}

const leaksIn = (text: string) => [...world.secrets].filter((secret) => text.includes(secret));

/** Things that a request names elsewhere than in its path. */
const named: [string, Owned, (id: string) => Sent][] = [
  ['POST /api/v1/jobs', 'artifact', (id) => ({ params: { id }, body: withInput(id) })],
  ['POST /api/v1/jobs', 'job', (id) => ({ params: { id }, body: waitingFor(id) })],
  ['POST /api/v1/jobs/batch', 'artifact', (id) => bodyOf(id, { jobs: [withInput(id)] })],
  ['POST /api/v1/jobs/batch', 'job', (id) => bodyOf(id, { jobs: [waitingFor(id)] })],
  ['POST /api/v1/jobs/explain', 'artifact', (id) => bodyOf(id, withInput(id))],
  ['POST /api/v1/jobs/explain', 'job', (id) => bodyOf(id, waitingFor(id))],
  ['POST /api/v1/quotes', 'artifact', (id) => bodyOf(id, withInput(id))],
  ['POST /api/v1/quotes', 'job', (id) => bodyOf(id, waitingFor(id))],
  ['POST /api/v1/jobs/cancel', 'job', (id) => bodyOf(id, { jobIds: [id] })],
  ['POST /api/v1/templates', 'artifact', (id) => bodyOf(id, { name: 'x', spec: withInput(id) })],
  ['POST /api/v1/schedules', 'artifact', (id) => bodyOf(id, { ...daily, jobSpec: withInput(id) })],
  [
    'POST /api/v1/schedules',
    'template',
    (id) => bodyOf(id, { ...daily, template: { templateId: id } }),
  ],
  ['POST /api/v1/runs', 'flow', (id) => bodyOf(id, { flow_id: id })],
  ['GET /api/v1/events', 'job', (id) => ({ params: { id }, query: { jobId: id } })],
];

const daily = { name: 'daily', cron: '30 2 * * *', timezone: 'UTC' };
const bodyOf = (id: string, body: object): Sent => ({ params: { id }, body });
const waitingFor = (jobId: string) => testJob({ after: [{ jobId, condition: 'succeeded' }] });
const withInput = (artifactId: string) =>
  testJob({ inputs: [{ path: 'in', source: { kind: 'artifact', artifactId } }] });

describe('what a request names beside its path', () => {
  it.each(named)('[2.17] [12.13] %s: %s', async (route, thing, requestFor) => {
    const contract = marketplaceContracts.find((one) => routeOf(one) === route);
    if (contract === undefined) throw new Error(`there is no ${route}`);
    const { params } = await world.make(thing);
    const id = Object.values(params).find((value) => value.length > 20) ?? '';
    const [absent = ''] = Object.values(absentParams({ id }));
    const ask = (role: CallerRole, given: string) =>
      send(contract, world.keys[role], requestFor(given));
    const [others, none] = [await ask('stranger', id), await ask('stranger', absent)];
    // What is only stored may name anything: it is looked for when it is used.
    if (others.status === 201) return expect(none.status).toBe(201);
    expect(others).toEqual(none);
    if (others.status >= 400) expect(await ask('owner', id)).not.toEqual(none);
    return undefined;
  });

  it.each(
    marketplaceContracts
      .filter(hasCursor)
      .filter(({ audience, url }) => audience === 'requester' && !url.includes(':'))
      .map((contract) => [routeOf(contract), contract] as const),
  )(
    '%s goes on from the cursor of another account without showing any of it',
    async (_, contract) => {
      for (const cursor of [...world.secrets].filter((one) => one.length < 40)) {
        const answer = await send(contract, world.keys.stranger, {
          params: { cursor },
          query: { cursor },
        });
        expect(leaksIn(answer.text)).toEqual([]);
      }
    },
  );
});
