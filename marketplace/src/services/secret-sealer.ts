import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { MarketError } from '@node3/shared/error';
import type { DataKeys } from './secret-keyring.ts';

/**
 * Encrypts what requesters trust the marketplace with. The keys never lie beside the data in plain:
 * a copy of the database alone opens nothing.
 */
export interface SecretSealer {
  /** AES-256-GCM, readable only with the same context, such as `job:<id>:<name>`. */
  seal(context: string, text: string): string;
  /** Throws SERVICE_MISCONFIGURED when the keys are not those it was sealed with. */
  open(context: string, sealed: string): string;
  /** A keyed hash: compares secrets without telling them to whoever can guess. Hex. */
  digest(text: string): string;
}

const cipher = 'aes-256-gcm';
/** Sealed with a key of the store, whose id comes next; `s1.` are older values, of the secret file. */
const version = 's2.';
const olderVersion = 's1.';
const nonceBytes = 12;
const tagBytes = 16;

/** @param secret makes lease and job tokens, too; the labels keep the kinds apart. */
export function createSecretSealer(secret: string, dataKeys: DataKeys): SecretSealer {
  const digestKey = derive(secret, 'digest');
  const [current] = dataKeys;
  // One key for each context, so that random nonces can never meet under the same key.
  const keyFor = (key: Buffer | string, context: string) => derive(key, `key:${context}`);
  return {
    seal(context, text) {
      const nonce = randomBytes(nonceBytes);
      const box = createCipheriv(cipher, keyFor(current.key, context), nonce);
      const body = Buffer.concat([box.update(text, 'utf8'), box.final()]);
      const sealed = Buffer.concat([nonce, body, box.getAuthTag()]).toString('base64url');
      return `${version}${current.keyId}.${sealed}`;
    },
    open(context, sealed) {
      try {
        const [kind, keyId, body] = sealed.split('.');
        if (`${kind}.` === olderVersion) return decrypt(keyFor(secret, context), keyId ?? '');
        const known = dataKeys.find((dataKey) => dataKey.keyId === keyId);
        if (`${kind}.` !== version || known === undefined) throw new Error('unknown key');
        return decrypt(keyFor(known.key, context), body ?? '');
      } catch (cause) {
        const detail =
          'A sealed value can not be read: the keys of this marketplace are others now.';
        throw new MarketError('SERVICE_MISCONFIGURED', { detail }, { cause });
      }
    },
    digest: (text) => createHmac('sha256', digestKey).update(text).digest('hex'),
  };
}

function derive(secret: Buffer | string, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `node3 sealed values v1 ${label}`, 32));
}

function decrypt(key: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const box = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes));
  box.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  const body = bytes.subarray(nonceBytes, bytes.length - tagBytes);
  return Buffer.concat([box.update(body), box.final()]).toString('utf8');
}
