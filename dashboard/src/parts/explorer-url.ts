import type { Cluster } from '@node3/shared/cluster';

/** Where an address is shown; null on a chain that no explorer knows. */
export function addressUrl(cluster: Cluster | null, address: string): string | null {
  if (cluster === null || cluster === 'localnet') return null;
  const query = cluster === 'mainnet-beta' ? '' : `?cluster=${cluster}`;
  return `https://explorer.solana.com/address/${encodeURIComponent(address)}${query}`;
}

/** Links of the API lead to the web only, whatever an operator has configured. */
export function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url);
}
