import type { Cluster } from './cluster.ts';

/** What a wallet is asked to sign to sign in: the input of the Wallet Standard's `solana:signIn`. */
export interface SignInFacts {
  /** Host of the page, with a port where it has one. */
  domain: string;
  statement: string;
  uri: string;
  version: string;
  chainId: string;
  /** Letters and digits. */
  nonce: string;
  issuedAt: string;
  expirationTime: string;
}

export const signInStatement =
  'Sign in to this node3 marketplace. This moves no money and costs nothing.';

/** The name of a cluster in sign-in messages. */
export function chainIdOf(cluster: Cluster): string {
  return cluster === 'mainnet-beta' ? 'mainnet' : cluster;
}

/**
 * The text of Sign-In With Solana (github.com/phantom/sign-in-with-solana), as wallets write it. There is
 * one such text for the same facts, so whatever differs from it was not signed for us.
 */
export function composeSignIn(facts: SignInFacts, address: string): string {
  return [
    `${facts.domain} wants you to sign in with your Solana account:`,
    address,
    '',
    facts.statement,
    '',
    `URI: ${facts.uri}`,
    `Version: ${facts.version}`,
    `Chain ID: ${facts.chainId}`,
    `Nonce: ${facts.nonce}`,
    `Issued At: ${facts.issuedAt}`,
    `Expiration Time: ${facts.expirationTime}`,
  ].join('\n');
}

/** Who signs and with which nonce; null where it is no such text. Nothing of it is proven by this. */
export function readSignIn(message: string): { address: string; nonce: string } | null {
  const [, address, nonce] =
    /^[^\n]+\n([1-9A-HJ-NP-Za-km-z]{32,44})\n[\s\S]*\nNonce: ([A-Za-z0-9]{8,128})\n/.exec(
      message,
    ) ?? [];
  return address === undefined || nonce === undefined ? null : { address, nonce };
}
