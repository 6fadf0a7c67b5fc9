import { faultMsMax, faultSlotsMax } from '../limits.ts';
import { type RpcConfig, readConfig, readInteger, readText } from '../rpc/params.ts';
import { invalidParams } from '../rpc/rpc-error.ts';
import type { BlindFault, CallFault, FaultAction, FaultRule } from './fault-rule.ts';

const callsMax = 1_000_000;

/** Reads a fault that came over JSON-RPC. Throws RpcError −32602. */
export function parseFaultRule(value: unknown): FaultRule {
  const rule = readConfig(value);
  if (rule['action'] === 'blind') return parseBlind(rule);
  return { ...parseCall(rule), ...parseAction(rule) };
}

function parseBlind(rule: RpcConfig): BlindFault {
  const scope = rule['scope'] ?? 'history';
  if (scope !== 'statuses' && scope !== 'history') {
    throw invalidParams('Invalid params: scope must be statuses or history.');
  }
  const slots = rule['slots'] ?? null;
  const range = { min: 1, max: faultSlotsMax };
  return {
    action: 'blind',
    scope,
    slots: slots === null ? null : readInteger(slots, 'slots', range),
  };
}

function parseCall(rule: RpcConfig): CallFault {
  const call: CallFault = { method: readText(rule['method'], 'method') };
  const { times, after } = rule as { times?: unknown; after?: unknown };
  if (times === null) call.times = null;
  else if (times !== undefined) call.times = readInteger(times, 'times', { min: 1, max: callsMax });
  if (after !== undefined) call.after = readInteger(after, 'after', { min: 0, max: callsMax });
  return call;
}

function parseAction(rule: RpcConfig): FaultAction {
  const action = readText(rule['action'], 'action');
  switch (action) {
    case 'drop':
    case 'refuse':
    case 'null-statuses':
      return { action };
    case 'delay':
      return { action, slots: readInteger(rule['slots'], 'slots', { min: 1, max: faultSlotsMax }) };
    case 'lose-answer':
      return { action, answer: rule['answer'] === 'error' ? 'error' : 'cut' };
    case 'hang': {
      if (rule['ms'] === undefined) return { action };
      return { action, ms: readInteger(rule['ms'], 'ms', { min: 1, max: faultMsMax }) };
    }
    case 'error':
      return parseErrorAction(rule);
    default:
      throw invalidParams(`Invalid params: unknown fault action ${action.slice(0, 40)}.`);
  }
}

function parseErrorAction(rule: RpcConfig): FaultAction {
  const fault: Extract<FaultAction, { action: 'error' }> = { action: 'error' };
  const { code, message, httpStatus } = rule as Record<string, unknown>;
  if (code !== undefined) fault.code = readInteger(code, 'code', { min: -40_000, max: 0 });
  if (message !== undefined) fault.message = readText(message, 'message').slice(0, 500);
  if (httpStatus !== undefined) {
    fault.httpStatus = readInteger(httpStatus, 'httpStatus', { min: 200, max: 599 });
  }
  return fault;
}
