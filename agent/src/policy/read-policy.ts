import { say } from '@node3/shared/agent-sentences';
import { isEgressHost } from '@node3/shared/egress-hosts';
import { isMarketError } from '@node3/shared/error';
import { isMaintenance } from '@node3/shared/maintenance';
import { assets, fromMoney } from '@node3/shared/money';
import { describeKey, PolicyFile, type PolicyKey, policyKeys } from '@node3/shared/provider-policy';
import { Compile } from 'typebox/compile';
import { PolicyError } from './policy-error.ts';
import { isTimeZone } from './wall-clock.ts';

const check = Compile(PolicyFile);

/**
 * Reads what a policy file says. Nothing of it is used when one field is wrong.
 * @throws PolicyError that names the field, what is wrong and how it is written.
 */
export function readPolicy(value: unknown): PolicyFile {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PolicyError(say('policyNoObject'));
  }
  const unknown = Object.keys(value).find((key) => !isPolicyKey(key));
  if (unknown !== undefined) {
    const fields = policyKeys.join(', ');
    throw new PolicyError(say('policyNoField', { field: unknown.slice(0, 64), fields }));
  }
  if (!check.Check(value)) throw wrong(check.Errors(value)[0]?.instancePath ?? '');
  const pointer = findNonsense(value);
  if (pointer !== null) throw wrong(pointer);
  return value;
}

export function isPolicyKey(name: string): name is PolicyKey {
  return policyKeys.some((key) => key === name);
}

/** What a schema can't say. @returns the pointer to it, or null. */
function findNonsense(file: PolicyFile): string | null {
  const { asks = {}, egressHosts = [], maintenance = [], timeZone = null } = file;
  if (timeZone !== null && !isTimeZone(timeZone)) return '/timeZone';
  const time = maintenance.findIndex((entry) => !isMaintenance(entry));
  if (time >= 0) return `/maintenance/${time}`;
  const host = egressHosts.findIndex((entry) => entry !== '*' && !isEgressHost(entry));
  if (host >= 0) return `/egressHosts/${host}`;
  for (const [name, ask] of Object.entries(asks)) {
    for (const asset of assets) {
      const money = ask[asset];
      if (money !== null && (money.asset !== asset || !isSum(money)))
        return `/asks/${name}/${asset}`;
    }
  }
  return null;
}

function isSum(money: Parameters<typeof fromMoney>[0]): boolean {
  try {
    return fromMoney(money) > 0n;
  } catch (error) {
    if (isMarketError(error, 'AMOUNT_INVALID')) return false;
    throw error;
  }
}

function wrong(pointer: string): PolicyError {
  const [key = ''] = pointer.slice(1).split('/');
  const form = isPolicyKey(key) ? describeKey(key) : '';
  return new PolicyError(say('policyWrong', { pointer, field: key, form }), pointer);
}
