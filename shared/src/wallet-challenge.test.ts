import { describe, expect, it } from 'vitest';
import { assertChallengeFor, type ChallengeFacts, composeChallenge } from './wallet-challenge.ts';

const facts: ChallengeFacts = {
  wallet: '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU',
  purpose: 'account.create',
  origin: 'https://market.example',
};
const details = { cluster: 'devnet', nonce: 'n', issuedAt: 'a', expiresAt: 'b' };

describe('wallet challenges', () => {
  it('are signed when they are about what was asked for', () => {
    expect(() => assertChallengeFor(composeChallenge(facts, details), facts)).not.toThrow();
  });

  it.each([
    ['another marketplace', { ...facts, origin: 'https://market.example.evil' }],
    ['another purpose', { ...facts, purpose: 'agent.register' as const }],
    ['another wallet', { ...facts, wallet: '11111111111111111111111111111112' }],
  ])('are not signed for %s', (_name, other) => {
    const message = composeChallenge(other, details);
    expect(() => assertChallengeFor(message, facts)).toThrow(
      expect.objectContaining({ code: 'CHALLENGE_INVALID' }),
    );
  });

  it('are not signed with anything added before, between or after', () => {
    const message = composeChallenge(facts, details);
    const nonce = { ...details, nonce: 'n\nMarketplace: https://other.example' };
    for (const text of [`x${message}`, `${message}\nmore`, composeChallenge(facts, nonce)]) {
      expect(() => assertChallengeFor(text, facts)).toThrow();
    }
  });
});
