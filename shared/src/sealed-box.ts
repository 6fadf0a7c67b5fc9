import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/**
 * A text that only one key opens: an ephemeral X25519 key agrees on a secret with the receiver's,
 * HKDF-SHA256 makes a key of it and of both public keys, AES-256-GCM encrypts with it. The context is
 * authenticated with the text and not in the box: a box opens only where it belongs.
 */

const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** What stands before the 32 bytes of a key in its DER form (RFC 8410). */
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');
const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');

export interface BoxKey {
  /** 32 bytes, base64url. */
  publicKey: string;
  privateKey: string;
}

export function createBoxKey(): BoxKey {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return { publicKey: rawPublic(publicKey), privateKey: rawPrivate(privateKey) };
}

/** @returns the box, base64url. Throws an Error when the public key is none. */
export function sealBox(publicKey: string, context: string, text: string): string {
  const ephemeral = generateKeyPairSync('x25519');
  const own = rawPublic(ephemeral.publicKey);
  const secret = diffieHellman({
    privateKey: ephemeral.privateKey,
    publicKey: readKey(publicKey, 'public'),
  });
  const nonce = randomBytes(nonceBytes);
  const box = createCipheriv(cipher, boxKey(secret, own, publicKey), nonce);
  box.setAAD(Buffer.from(context));
  const body = Buffer.concat([box.update(text, 'utf8'), box.final()]);
  const parts = [Buffer.from(own, 'base64url'), nonce, body, box.getAuthTag()];
  return Buffer.concat(parts).toString('base64url');
}

/** Throws an Error when the box is damaged, for another key, or from another context. */
export function openBox(
  { publicKey, privateKey }: BoxKey,
  context: string,
  sealed: string,
): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const other = bytes.subarray(0, keyBytes).toString('base64url');
  const secret = diffieHellman({
    privateKey: readKey(privateKey, 'private'),
    publicKey: readKey(other, 'public'),
  });
  const nonce = bytes.subarray(keyBytes, keyBytes + nonceBytes);
  const box = createDecipheriv(cipher, boxKey(secret, other, publicKey), nonce);
  box.setAAD(Buffer.from(context));
  box.setAuthTag(bytes.subarray(-tagBytes));
  const body = bytes.subarray(keyBytes + nonceBytes, -tagBytes);
  return Buffer.concat([box.update(body), box.final()]).toString('utf8');
}

function boxKey(secret: Buffer, ephemeral: string, receiver: string): Buffer {
  const info = `node3 sealed box v1 ${ephemeral} ${receiver}`;
  return Buffer.from(hkdfSync('sha256', secret, '', info, keyBytes));
}

function readKey(raw: string, kind: 'public' | 'private'): KeyObject {
  const bytes = Buffer.from(raw, 'base64url');
  if (bytes.length !== keyBytes) throw new Error(`a ${kind} key has ${keyBytes} bytes`);
  const prefix = kind === 'public' ? publicPrefix : privatePrefix;
  const key = Buffer.concat([prefix, bytes]);
  return kind === 'public'
    ? createPublicKey({ key, format: 'der', type: 'spki' })
    : createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

function rawPublic(key: KeyObject): string {
  const der = key.export({ format: 'der', type: 'spki' });
  return der.subarray(-keyBytes).toString('base64url');
}

function rawPrivate(key: KeyObject): string {
  const der = key.export({ format: 'der', type: 'pkcs8' });
  return der.subarray(-keyBytes).toString('base64url');
}
