import type { Cluster } from '@node3/shared/cluster';
import { ensureKeypairFile, readKeypairAddress } from '@node3/shared/keypair-file';
import { KeypairFileError } from '@node3/shared/keypair-file-error';
import type { Logger } from '@node3/shared/logger';
import { type PassphraseSource, passphraseFrom } from '@node3/shared/passphrase';
import type { WalletKey } from '@node3/shared/wallet-key';

export interface WalletFile {
  path: string;
  passphrase: PassphraseSource;
}

/** The keys of the marketplace itself. */
export interface MarketplaceWallets {
  /** Pays people; its address takes the deposits. */
  treasury: WalletKey;
  /** Pays the network's fee of x402 payments. The treasury unless the operator named another file. */
  feePayer: WalletKey;
}

export async function loadWallets(
  treasury: WalletFile,
  feePayer: WalletFile | null,
): Promise<MarketplaceWallets> {
  const key = await loadWallet(treasury);
  return { treasury: key, feePayer: feePayer === null ? key : await loadWallet(feePayer) };
}

function loadWallet({ path, passphrase }: WalletFile): Promise<WalletKey> {
  return ensureKeypairFile(path, passphraseFrom(passphrase));
}

export interface ProtectionRule {
  cluster: Cluster;
  /** Whether the operator protects the file in another way, such as an encrypted disk, and said so. */
  unencrypted: 'refused' | 'allowed';
  log: Logger;
}

/**
 * Real money does not lie in a file that any copy of the disk gives away. Throws KeypairFileError
 * for a plain treasury file on mainnet, unless the operator allows it; then every start warns.
 */
export async function assertProtected(path: string, rule: ProtectionRule): Promise<void> {
  if (rule.cluster !== 'mainnet-beta') return;
  const { protection } = await readKeypairAddress(path);
  if (protection === 'encrypted') return;
  if (rule.unencrypted === 'refused') {
    throw new KeypairFileError(
      `${path} is not encrypted, and on mainnet-beta it holds real money. Run: node3 wallet encrypt ${path}\n` +
        'then name the file with its passphrase in MARKETPLACE_WALLET_PASSPHRASE_FILE. ' +
        'If the disk is protected in another way, set ALLOW_UNENCRYPTED_WALLET=true.',
    );
  }
  rule.log.warn({ path }, 'the treasury wallet is not encrypted; whoever copies it has the money');
}
