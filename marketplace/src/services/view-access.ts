import { idKinds } from '@node3/shared/ids';
import type { CallerAccess } from '@node3/shared/routes/accounts';
import { areasOf, isReadOnly } from '../domain/key-scopes.ts';
import type { KeyCaller } from './key-caller.ts';

/** What a caller may do, spelled out. Only keys of the operator's own account operate. */
export function viewAccess(caller: KeyCaller, operatorAccountId: string): CallerAccess {
  const { accountId, keyId, scopes } = caller;
  const areas = areasOf(scopes).filter(
    (area) => area !== 'operator' || accountId === operatorAccountId,
  );
  return {
    by: keyId?.startsWith(`${idKinds.session}_`) === true ? 'session' : 'key',
    scopes: isReadOnly(scopes) ? [...areas, 'read-only'] : areas,
  };
}
