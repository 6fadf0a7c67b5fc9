import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { MarketError } from '@node3/shared/error';

/**
 * Encrypts what requesters trust the marketplace with. The key never lies beside the data: it is
 * derived from the secret file of the data folder, so a copy of the database alone opens nothing.
 */
export interface SecretSealer {
  /** AES-256-GCM, readable only with the same context, such as `job:<id>:<name>`. */
  seal(context: string, text: string): string;
  /** Throws SERVICE_MISCONFIGURED when the secret file is not the one it was sealed with. */
  open(context: string, sealed: string): string;
  /** A keyed hash: compares secrets without telling them to whoever can guess. Hex. */
  digest(text: string): string;
}

const cipher = 'aes-256-gcm';
const version = 's1.';
const nonceBytes = 12;
const tagBytes = 16;

export function createSecretSealer(secret: string): SecretSealer {
  // The secret also makes lease and job tokens; the labels keep the kinds apart. One key for each
  // context, so that random nonces can never meet under the same key.
  const derive = (label: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `node3 sealed values v1 ${label}`, 32));
  const digestKey = derive('digest');
  return {
    seal(context, text) {
      const nonce = randomBytes(nonceBytes);
      const box = createCipheriv(cipher, derive(`key:${context}`), nonce);
      const body = Buffer.concat([box.update(text, 'utf8'), box.final()]);
      return version + Buffer.concat([nonce, body, box.getAuthTag()]).toString('base64url');
    },
    open(context, sealed) {
      try {
        return decrypt(derive(`key:${context}`), sealed);
      } catch (cause) {
        const detail = 'A sealed value can not be read: the file lease-secret is another one now.';
        throw new MarketError('SERVICE_MISCONFIGURED', { detail }, { cause });
      }
    },
    digest: (text) => createHmac('sha256', digestKey).update(text).digest('hex'),
  };
}

function decrypt(key: Buffer, sealed: string): string {
  if (!sealed.startsWith(version)) throw new Error('unknown version of a sealed value');
  const bytes = Buffer.from(sealed.slice(version.length), 'base64url');
  const box = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes));
  box.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  const body = bytes.subarray(nonceBytes, bytes.length - tagBytes);
  return Buffer.concat([box.update(body), box.final()]).toString('utf8');
}
