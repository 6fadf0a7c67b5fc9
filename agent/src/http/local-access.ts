import type { IncomingHttpHeaders } from 'node:http';
import { MarketError } from '@node3/shared/error';
import { readBearer } from '@node3/shared/http/bearer';
import { isSameSecret } from '@node3/shared/same-secret';
import { deriveFromToken, proofOfToken } from '../local-token.ts';

/**
 * The rule of the local API: a route wants the token of the agent unless it stands here. What stands
 * here changes nothing and shows nothing that a job's owner has not made public, nor the policy. Of
 * money it shows what is on chain under the wallet's address, and the prices of the jobs that run.
 */
export const openRoutes: ReadonlySet<string> = new Set([
  // The files of the web app, which hold no data.
  'GET /*',
  'GET /config.json',
  // Takes the token, so it can't ask for it.
  'POST /api/v1/local/session',
  // Asked by who has the token and is about to send it.
  'GET /api/v1/local/proof',
  // Names and images of jobs are left out for callers without the token.
  'GET /api/v1/local/status',
  // Names no job, and has a token of its own for who wants one: METRICS_TOKEN.
  'GET /metrics',
  // What clients of the node3 seed read: devices, types and rewards of jobs, sums that are on chain.
  'GET /api/status',
  'GET /api/jobs',
  'GET /api/earnings',
  'GET /api/marketplace/jobs',
  'GET /api/marketplace/agents',
  'GET /ws',
  // The public board, as the marketplace tells it to anybody.
  'GET /api/v1/marketplace/overview',
  'GET /api/v1/marketplace/jobs',
  'GET /api/v1/marketplace/agents',
  'GET /api/v1/marketplace/agents/:agentId',
]);

/** What AGENT_SEED_API_OPEN opens besides. */
export const seedControls: ReadonlySet<string> = new Set(['POST /api/start', 'POST /api/stop']);

/** `provider`: showed the token, or is the page that did. */
export type LocalCaller = 'provider' | 'anybody';

export interface LocalAccessOptions {
  token: string;
  /** Whether clients of the node3 seed, which know no token, may start and stop the agent. */
  seedControls: 'open' | 'closed';
}

/** A browser keeps its way in for so long. */
const cookieSecMax = 30 * 86_400;

/**
 * Who may do what on the agent's port. A web page has two halves of a key, both made from the token:
 * a cookie, which its scripts can't read, and a key that it sends itself. The cookie alone is worth
 * nothing, since browsers send it to servers on other ports of this machine as well.
 */
export class LocalAccess {
  readonly #options: LocalAccessOptions;

  constructor(options: LocalAccessOptions) {
    this.#options = options;
  }

  /** @throws MarketError AGENT_TOKEN_REQUIRED. `url` is the route's pattern; undefined where there is none. */
  check(method: string, url: string | undefined, headers: IncomingHttpHeaders): void {
    const route = `${method === 'HEAD' ? 'GET' : method} ${url ?? ''}`;
    if (url === undefined || openRoutes.has(route)) return;
    if (this.#options.seedControls === 'open' && seedControls.has(route)) return;
    if (this.callerOf(headers) === 'provider') return;
    const detail =
      readBearer(headers) === null
        ? 'Programs of this machine need the token of the agent for that.'
        : 'That is not the token of this agent.';
    throw new MarketError('AGENT_TOKEN_REQUIRED', { detail });
  }

  callerOf(headers: IncomingHttpHeaders): LocalCaller {
    const { token } = this.#options;
    const given = readBearer(headers) ?? readProtocolKey(headers);
    if (given === null) return 'anybody';
    if (isSameSecret(given, token)) return 'provider';
    const cookie = readCookie(headers, cookieName(headers));
    const isPage = isSameSecret(given, this.#derive('page'));
    return isPage && isSameSecret(cookie, this.#derive('cookie')) ? 'provider' : 'anybody';
  }

  /**
   * What the web app gets for the token.
   * @throws MarketError AGENT_TOKEN_REQUIRED; AGENT_ORIGIN_REFUSED under a name.
   */
  openSession(token: string, headers: IncomingHttpHeaders): { pageKey: string; cookie: string } {
    assertOwnAddress(headers);
    if (!isSameSecret(token, this.#options.token)) {
      const detail = 'The link is of another agent, or its token has been replaced.';
      throw new MarketError('AGENT_TOKEN_REQUIRED', { detail });
    }
    const attributes = `Path=/; Max-Age=${cookieSecMax}; HttpOnly; SameSite=Strict`;
    const cookie = `${cookieName(headers)}=${this.#derive('cookie')}; ${attributes}`;
    return { pageKey: this.#derive('page'), cookie };
  }

  /** @throws MarketError AGENT_ORIGIN_REFUSED. */
  prove(nonce: string, headers: IncomingHttpHeaders): { proof: string } {
    assertOwnAddress(headers);
    return { proof: proofOfToken(this.#options.token, headers.host ?? '', nonce) };
  }

  #derive(use: 'page' | 'cookie'): string {
    return deriveFromToken(this.#options.token, use);
  }
}

/**
 * A name may lead to another address too, `localhost` to ::1, where another program can listen and
 * pass on what it is asked. Nothing secret is exchanged under a name.
 */
function assertOwnAddress({ host = '' }: IncomingHttpHeaders): void {
  if (/^127\.0\.0\.1(?::\d+)?$/.test(host)) return;
  const detail = 'The agent tells what is secret at 127.0.0.1 only, not under a name.';
  throw new MarketError('AGENT_ORIGIN_REFUSED', { detail });
}

/** Agents on several ports of one machine share its cookies; the guard has checked the host. */
function cookieName({ host = '' }: IncomingHttpHeaders): string {
  return `node3_agent_${/:(\d+)$/.exec(host)?.[1] ?? '80'}`;
}

function readCookie({ cookie = '' }: IncomingHttpHeaders, name: string): string {
  const found = cookie.split(';').find((part) => part.trimStart().startsWith(`${name}=`));
  return found?.trim().slice(name.length + 1) ?? '';
}

/** Pages can set no header on a WebSocket but its protocols. */
function readProtocolKey(headers: IncomingHttpHeaders): string | null {
  const protocols = headers['sec-websocket-protocol'] ?? '';
  return /(?:^|,)\s*node3\.([\w-]+)\s*(?:,|$)/.exec(protocols)?.[1] ?? null;
}
