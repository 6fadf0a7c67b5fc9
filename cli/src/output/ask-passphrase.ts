import { type AskPassphrase, passphraseFrom, readPassphraseSource } from '@node3/shared/passphrase';
import { usageError } from '../command-error.ts';
import type { Host } from '../host.ts';

const variable = 'WALLET_PASSPHRASE_FILE';
/** Short ones are guessed in hours whatever the key derivation costs. */
const passphraseBytesMin = 10;

/** From the file that the environment names, otherwise from the person at the terminal. */
export function askPassphrase(host: Host): AskPassphrase {
  const source = readPassphraseSource(host.env, variable);
  if (source.path !== null) return passphraseFrom(source);
  return (walletPath) => host.readSecret(`Passphrase of ${walletPath}: `);
}

/** A passphrase for a file that is being encrypted; a person types it twice. */
export async function chooseNewPassphrase(host: Host, walletPath: string): Promise<Buffer> {
  const source = readPassphraseSource(host.env, variable);
  const passphrase =
    source.path !== null
      ? await passphraseFrom(source)(walletPath)
      : await askTwice(host, walletPath);
  if (passphrase.length >= passphraseBytesMin) return passphrase;
  passphrase.fill(0);
  throw usageError(
    `The passphrase is shorter than ${passphraseBytesMin} characters.`,
    'Take five words at random; whoever copies the file can guess without end.',
  );
}

async function askTwice(host: Host, walletPath: string): Promise<Buffer> {
  const first = await host.readSecret(`New passphrase for ${walletPath}: `);
  const second = await host.readSecret('The same again: ');
  const equal = first.equals(second);
  second.fill(0);
  if (equal) return first;
  first.fill(0);
  throw usageError('The two passphrases differ.', 'Nothing was changed; run the command again.');
}
