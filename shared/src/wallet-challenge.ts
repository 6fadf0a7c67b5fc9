import { MarketError } from './error.ts';
import type { ChallengePurpose } from './routes/auth.ts';

/** What a challenge is about. A signature under it proves this and nothing else. */
export interface ChallengeFacts {
  wallet: string;
  purpose: ChallengePurpose;
  /** The marketplace's own address, such as `https://market.example`; what the signer talks to. */
  origin: string;
}

export interface ChallengeDetails {
  cluster: string;
  nonce: string;
  issuedAt: string;
  expiresAt: string;
}

const statements: Record<ChallengePurpose, string> = {
  'account.create': 'Open a requester account with this wallet.',
  'account.caps': 'Change what may be spent from the account of this wallet.',
  'agent.register': 'Register an agent that is paid to this wallet.',
};

function factLines({ wallet, purpose, origin }: ChallengeFacts): string[] {
  return [
    'node3 asks you to prove that you own this wallet:',
    wallet,
    '',
    statements[purpose],
    '',
    `Purpose: ${purpose}`,
    `Marketplace: ${origin}`,
  ];
}

/** The text a wallet signs. */
export function composeChallenge(facts: ChallengeFacts, details: ChallengeDetails): string {
  return [
    ...factLines(facts),
    `Cluster: ${details.cluster}`,
    `Nonce: ${details.nonce}`,
    `Issued at: ${details.issuedAt}`,
    `Expires at: ${details.expiresAt}`,
  ].join('\n');
}

/**
 * For the signer: throws CHALLENGE_INVALID unless the text is about exactly this. A marketplace
 * that passes on another one's challenge, to open an account there in your name, fails here.
 */
export function assertChallengeFor(message: string, facts: ChallengeFacts): void {
  const expected = `${factLines(facts).join('\n')}\n`;
  const rest = message.slice(expected.length);
  const details = /^Cluster: [^\n]*\nNonce: [^\n]*\nIssued at: [^\n]*\nExpires at: [^\n]*$/;
  if (message.startsWith(expected) && details.test(rest)) return;
  const detail = `The marketplace sent a challenge that is not its own, ${facts.origin}. Nothing was signed.`;
  throw new MarketError('CHALLENGE_INVALID', { detail });
}
