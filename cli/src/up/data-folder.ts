import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';
import type { Ids } from '@node3/shared/ids';

/** Where `node3 up` keeps everything. Removing the folder starts afresh. */
export interface DataFolder {
  root: string;
  localnet: string;
  marketplace: string;
  databasePath: string;
  agent: string;
  treasuryWallet: string;
  agentWallet: string;
  requesterWallet: string;
  requesterKey: string;
  adminKey: string;
}

export async function openDataFolder(root: string): Promise<DataFolder> {
  const folder = {
    root,
    localnet: join(root, 'localnet'),
    marketplace: join(root, 'marketplace'),
    databasePath: join(root, 'marketplace', 'marketplace.db'),
    agent: join(root, 'agent'),
    treasuryWallet: join(root, 'wallets', 'marketplace.json'),
    agentWallet: join(root, 'wallets', 'agent.json'),
    requesterWallet: join(root, 'wallets', 'requester.json'),
    requesterKey: join(root, 'requester.key'),
    adminKey: join(root, 'admin.key'),
  };
  for (const path of [root, folder.localnet, folder.marketplace, folder.agent]) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  }
  return folder;
}

/** The operator's key: made once, kept beside the database it belongs to. */
export async function ensureAdminKey(path: string, ids: Ids): Promise<string> {
  const kept = await readSecret(path);
  if (kept !== null) return kept;
  const key = ids.secret(32);
  await writeSecret(path, key);
  return key;
}

export async function readSecret(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return text === '' ? null : text;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

export async function writeSecret(path: string, secret: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(`${secret}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
