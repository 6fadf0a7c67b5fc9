import { createClient } from '@node3/shared/client';
import type { RouteContract } from '@node3/shared/contract';
import { errorCodes } from '@node3/shared/error-codes';
import type { IdKind } from '@node3/shared/ids';
import { idKinds, idPattern } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import { verifyAuditLog } from '@node3/shared/routes/audit';
import { verifyLedger } from '@node3/shared/routes/ledger';
import { expect, it } from 'vitest';
import { type AuthorisationWorld, openAuthorisationWorld } from '../testing/authorisation-world.ts';
import {
  type FuzzedAnswer,
  type FuzzedRequest,
  fuzzedRequest,
  sendFuzzed,
} from '../testing/fuzzed-request.ts';
import { marketplaceContracts } from '../testing/marketplace-contracts.ts';
import { type CallerRole, callerRoles, type Owned, routeOf } from '../testing/route-access.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { credentialHeaders } from '../testing/sign-in.ts';
import { startTestMarketplace, type TestMarketplace } from '../testing/test-marketplace.ts';

/** Requests to each endpoint. More of them are other ones: NODE3_FUZZ_RUNS=500 takes some minutes. */
const runs = Number(process.env['NODE3_FUZZ_RUNS'] ?? 5);
const seed = process.env['NODE3_FUZZ_SEED'] ?? 'node3';
const atOnce = 8;
const wrongShown = 20;
const heapBytesMax = 512 * 1024 ** 2;

/** Ends its caller, or holds others back, so that every later request would be refused. */
const fatal = [
  'POST /api/v1/agents/me/unregister',
  'PUT /api/v1/admin/switches/:name',
  'POST /api/v1/admin/accounts/:accountId/suspend',
];
/** Asks a chain, which is not there in this test: what it answers then is tested with one. */
const onChain = [
  'POST /api/v1/deposits',
  'POST /api/v1/admin/wallet/fund',
  'POST /api/marketplace/fund',
];
const roles = Object.keys(callerRoles) as CallerRole[];

/** Who may be shown what is the owner’s or the holder’s. */
const seesAll: CallerRole[] = [
  'owner',
  'capped',
  'session',
  'reader',
  'provider',
  'holder',
  'operator',
  'operatorKey',
  'operatorReader',
];

const timeout = 60_000 + runs * 10_000;

it('answers nonsense with a reason, shows nobody what is not theirs, keeps its books', {
  timeout,
}, async () => {
  const market = await startTestMarketplace({ trustedProxies: ['127.0.0.1'], log: silentLogger });
  try {
    const world = await openAuthorisationWorld(market);
    const all = requests(market.url, world, await idsOf(world));
    const wrong: string[] = [];
    const workers = Array.from({ length: atOnce }, async () => {
      for (const asked of all) {
        const problem = await findProblem(market, world, asked);
        if (problem !== null) wrong.push(`${problem}\n${describeRequest(asked)}`);
      }
    });
    await Promise.all(workers);
    expect(wrong.slice(0, wrongShown).join('\n\n')).toBe('');
    const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    expect(await operator.call(verifyLedger, {})).toMatchObject({ problems: [] });
    expect(await operator.call(verifyAuditLog, {})).toMatchObject({ problems: [] });
    expect(process.memoryUsage().heapUsed).toBeLessThan(heapBytesMax);
  } finally {
    await market.stop();
  }
});

interface Asked {
  contract: RouteContract;
  role: CallerRole;
  fuzzed: FuzzedRequest;
}

/** One after another, so that several workers can share them. */
function* requests(
  url: string,
  world: AuthorisationWorld,
  ids: Map<string, string[]>,
): Generator<Asked> {
  const random = new SeededRandom(seed);
  const chance = () => random.next();
  const contracts = marketplaceContracts.filter((one) => !fatal.includes(routeOf(one)));
  for (let run = 0; run < runs; run += 1) {
    for (const contract of contracts) {
      const role = random.chance(0.6) ? rightful(contract, random) : random.pick(roles);
      const fuzzed = fuzzedRequest(contract, { chance, ids });
      const apiKey = world.keys[role];
      Object.assign(fuzzed.headers, credentialHeaders(apiKey, url));
      // As if each came from another place: so many a minute are let in from one.
      fuzzed.headers['x-forwarded-for'] = `10.0.${run % 256}.${random.integer(0, 255)}`;
      yield { contract, role, fuzzed };
    }
  }
}

function describeRequest({ contract, role, fuzzed }: Asked): string {
  const headers = JSON.stringify({ ...fuzzed.headers, authorization: role, cookie: '' }).slice(
    0,
    400,
  );
  const body = fuzzed.body?.toString().slice(0, 1_500);
  return `  ${routeOf(contract)} ${fuzzed.path}\n  ${headers}\n  ${body}`;
}

/** Somebody whose key is good for it: else most requests would end at the door. */
function rightful({ audience }: RouteContract, random: SeededRandom): CallerRole {
  if (audience === 'operator') return random.pick(['operator', 'operatorKey'] as const);
  if (audience === 'agent') return random.pick(['holder', 'rival'] as const);
  return random.pick(['owner', 'capped', 'session', 'stranger'] as const);
}

const things: Owned[] = [
  'artifact',
  'delivery',
  'execution',
  'flow',
  'flow run',
  'input',
  'intent',
  'job',
  'key',
  'link',
  'output',
  'proof',
  'schedule',
  'snippet',
  'session',
  'template',
  'upload',
  'webhook',
  'withdrawal',
];

/** What exists, by the pattern of its id. */
async function idsOf(world: AuthorisationWorld): Promise<Map<string, string[]>> {
  const made: string[] = [];
  for (const thing of things) made.push(...Object.values((await world.make(thing)).params));
  const kinds = Object.keys(idKinds) as IdKind[];
  const entries = kinds.map((kind): [string, string[]] => [
    idPattern(kind),
    made.filter((id) => id.startsWith(`${idKinds[kind]}_`)),
  ]);
  return new Map(entries.filter(([, ids]) => ids.length > 0));
}

async function findProblem(
  market: TestMarketplace,
  world: AuthorisationWorld,
  { contract, role, fuzzed }: Asked,
): Promise<string | null> {
  let answer: FuzzedAnswer;
  try {
    answer = await sendFuzzed(market.url, fuzzed);
  } catch (error) {
    // Such a head is refused before there is a request, and the connection closed under its sender.
    return fuzzed.headers['x-long'] === undefined ? `no answer: ${String(error)}` : null;
  }
  const { status, text } = answer;
  if (status >= 500 && !isKnownOutage(contract, answer)) return `${status} ${text.slice(0, 500)}`;
  const isTheirs = seesAll.includes(role);
  const sent = `${fuzzed.path}${fuzzed.body?.toString()}`;
  const leaked = [...world.secrets].find((one) => text.includes(one) && !sent.includes(one));
  if (!isTheirs && leaked !== undefined) return `shows ${leaked}`;
  return status >= 400 && fuzzed.method === contract.method ? wrongShape(contract, answer) : null;
}

function isKnownOutage(contract: RouteContract, { status, text }: FuzzedAnswer): boolean {
  return (
    onChain.includes(routeOf(contract)) || (status === 503 && /_UNAVAILABLE"|"status":"/.test(text))
  );
}

/** Seeds have a body of their own for errors, with our code and fix in it. */
const ownForms = ['node3', 'bacalhau', 'hodei'];

/** null when an error says what is wrong, as every error does. */
function wrongShape(contract: RouteContract, { status, type, text }: FuzzedAnswer): string | null {
  // Node refuses such a head itself, before there is a request.
  if (status === 431) return null;
  let problem: Record<string, unknown>;
  try {
    problem = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return `${status} is no JSON: ${text.slice(0, 200)}`;
  }
  const { code, fix, errors } = (problem['Details'] ?? problem) as typeof problem;
  if (contract.tag === 'health' || contract.tag === 'galaksio' || status === 402) return null;
  if (typeof code !== 'string' || !(code in errorCodes) || typeof fix !== 'string') {
    return `${status} is no problem: ${text.slice(0, 300)}`;
  }
  if (ownForms.includes(contract.tag)) return null;
  if (!type.startsWith('application/problem+json')) return `${status} is of type ${type}`;
  if (code !== 'REQUEST_INVALID') return null;
  const isPointed =
    Array.isArray(errors) &&
    errors.length > 0 &&
    errors.every(
      ({ pointer, detail }: Record<string, unknown>) =>
        typeof pointer === 'string' && typeof detail === 'string',
    );
  return isPointed ? null : `${status} points at no field: ${text.slice(0, 300)}`;
}
