import { boxContext, type JobSecrets } from '@node3/shared/job-secrets';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import { createBoxKey, openBox } from '@node3/shared/sealed-box';
import type { DataKeys, Keyring } from '../services/secret-keyring.ts';

/** For tests, simulations and benches: of nobody who keeps secrets. */
export const testKeyring: Keyring = {
  currentId: 'test',
  keys: new Map([['test', Buffer.from('0123456789abcdefghijklmnopqrstuv')]]),
};

export const testDataKeys: DataKeys = [
  { keyId: 'd-test', key: Buffer.from('vutsrqponmlkjihgfedcba9876543210') },
];

/** Of every agent of a test. */
const boxKey = createBoxKey();
export const testSecretKey = { keyId: 'key-of-tests', publicKey: boxKey.publicKey };

/** What an agent of a test finds in the box of an offer; null where there is none. */
export function openTestSecrets({ executionId, secrets }: ExecutionOffer): JobSecrets | null {
  if (secrets === undefined) return null;
  return JSON.parse(openBox(boxKey, boxContext(executionId), secrets.box)) as JobSecrets;
}
