import { isMarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import { getAgentEarnings, registerAgent } from '@node3/shared/routes/agents';
import { createChallenge } from '@node3/shared/routes/auth';
import { id, strictObject, WalletAddress } from '@node3/shared/schema';
import { assertChallengeFor } from '@node3/shared/wallet-challenge';
import type { WalletKey } from '@node3/shared/wallet-key';
import bs58 from 'bs58';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import { isLoopback } from '../config.ts';
import { readPrivateFile, writePrivateFile } from '../secrets.ts';
import type { MarketplaceLink } from './marketplace-link.ts';

/** Who this agent is at one marketplace. The key is the only proof, so the file is private. */
const AgentIdentity = strictObject({
  agentId: id('agent'),
  apiKey: Type.String({ minLength: 1, maxLength: 512 }),
  wallet: WalletAddress,
  marketplaceUrl: Type.String(),
});
export type AgentIdentity = Static<typeof AgentIdentity>;

/** The stored identity does not fit the configuration; a person has to decide. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
}

export interface RegistrationDeps {
  link: MarketplaceLink;
  wallet: WalletKey;
  log: Logger;
  /** File that holds the identity, mode 0600. */
  path: string;
  name: string;
  version: string;
  /** A key from the environment, for an agent that is registered already. */
  apiKey: string | null;
  /** One-time token of the operator, where the marketplace wants one. */
  registrationToken: string | null;
}

/**
 * Finds out who this agent is: from disk, from a preset key, or by registering once. An identity
 * that the marketplace refuses is never replaced by a new one, because earnings, reputation and
 * running executions belong to it.
 * @throws IdentityError when the stored identity is another one's; MarketError of the calls.
 */
export async function ensureIdentity(
  deps: RegistrationDeps,
  signal: AbortSignal,
): Promise<AgentIdentity> {
  const stored = await readIdentity(deps.path);
  if (stored !== null) {
    const identity = await checkIdentity(stored, deps, signal);
    deps.link.useKey(identity.apiKey);
    return identity;
  }
  const identity =
    deps.apiKey === null
      ? await register(deps, signal)
      : await recogniseKey(deps, deps.apiKey, signal);
  await writePrivateFile(deps.path, `${JSON.stringify(identity, null, 2)}\n`);
  deps.link.useKey(identity.apiKey);
  deps.log.info({ agentId: identity.agentId, wallet: identity.wallet }, 'agent is registered');
  return identity;
}

async function readIdentity(path: string): Promise<AgentIdentity | null> {
  const text = await readPrivateFile(path);
  if (text === null) return null;
  let identity: unknown = null;
  try {
    identity = JSON.parse(text);
  } catch {
    // Not JSON at all: the same answer as wrong fields.
  }
  if (Check(AgentIdentity, identity)) return identity;
  const fix = 'Restore it from a backup, or delete it to register this machine as a new agent.';
  throw new IdentityError(`${path} is damaged. ${fix}`);
}

async function checkIdentity(
  stored: AgentIdentity,
  deps: RegistrationDeps,
  signal: AbortSignal,
): Promise<AgentIdentity> {
  const { apiKey, link, path, wallet } = deps;
  const identity = { ...stored, apiKey: apiKey ?? stored.apiKey };
  const fix = 'Set AGENT_DATA_DIR to another folder to register there as a new agent.';
  if (stored.wallet !== wallet.address) {
    const problem = `This agent is registered with the wallet ${stored.wallet}, but WALLET_PATH holds ${wallet.address}.`;
    throw new IdentityError(`${problem} Point WALLET_PATH to the first one. ${fix}`);
  }
  if (stored.marketplaceUrl === link.url) return identity;
  if (await isKnownThere(identity, deps, signal)) {
    const moved = { ...stored, marketplaceUrl: link.url };
    await writePrivateFile(path, `${JSON.stringify(moved, null, 2)}\n`);
    return { ...identity, marketplaceUrl: link.url };
  }
  const problem = `This agent is registered at ${stored.marketplaceUrl}, not at ${link.url}.`;
  throw new IdentityError(`${problem} ${fix}`);
}

/**
 * Whether the same marketplace answers at another port of this machine, as after `node3 up --port`.
 * Only loopback is asked, because asking shows the key.
 */
async function isKnownThere(
  identity: AgentIdentity,
  { link }: RegistrationDeps,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isLoopback(identity.marketplaceUrl) || !isLoopback(link.url)) return false;
  link.useKey(identity.apiKey);
  try {
    const { agentId } = await link.call(getAgentEarnings, {}, { signal });
    return agentId === identity.agentId;
  } catch (error) {
    if (isMarketError(error, 'AUTH_INVALID')) return false;
    throw error;
  }
}

async function register(deps: RegistrationDeps, signal: AbortSignal): Promise<AgentIdentity> {
  const wallet = deps.wallet.address;
  const body = { wallet, purpose: 'agent.register' as const };
  const challenge = await deps.link.call(createChallenge, { body }, { signal });
  assertChallengeFor(challenge.message, { ...body, origin: new URL(deps.link.url).origin });
  const signature = await deps.wallet.sign(new TextEncoder().encode(challenge.message));
  const proof = { challengeId: challenge.challengeId, signature: bs58.encode(signature) };
  const { name, version, registrationToken } = deps;
  const registered = await deps.link.call(
    registerAgent,
    { body: { ...proof, name, version, ...(registrationToken && { registrationToken }) } },
    { signal },
  );
  return { ...registered, wallet, marketplaceUrl: deps.link.url };
}

async function recogniseKey(
  deps: RegistrationDeps,
  apiKey: string,
  signal: AbortSignal,
): Promise<AgentIdentity> {
  deps.link.useKey(apiKey);
  const { agentId, wallet } = await deps.link.call(getAgentEarnings, {}, { signal });
  if (wallet !== deps.wallet.address) {
    const detail = `API_KEY belongs to an agent with the wallet ${wallet}, not ${deps.wallet.address}.`;
    throw new IdentityError(detail);
  }
  return { agentId, apiKey, wallet, marketplaceUrl: deps.link.url };
}
