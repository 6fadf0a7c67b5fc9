import { assertNever } from '@node3/shared/assert';
import { canonicalJson } from '@node3/shared/canonical-json';
import type { FieldProblem } from '@node3/shared/error';
import { type ConditionOp, conditionOps, type FlowCondition } from '@node3/shared/flow-graph';
import { limits } from '@node3/shared/limits';
import { textOf } from './flow-values.ts';

/** What is wrong with a condition. Its values are templates, and are checked where those are. */
export function conditionProblems(condition: unknown, pointer: string, depth = 1): FieldProblem[] {
  const say = (detail: string) => [{ pointer, detail }];
  if (depth > limits.flowConditionDepth) {
    return say(`must not be nested deeper than ${limits.flowConditionDepth} levels`);
  }
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) {
    return say('must be an object with op, all, any or not');
  }
  const fields = condition as Record<string, unknown>;
  const keys = Object.keys(fields);
  if ('op' in fields) {
    const unknown = keys.find((key) => !['left', 'op', 'right'].includes(key));
    if (unknown !== undefined) return say(`has the unknown field ${unknown}`);
    if (!conditionOps.includes(fields['op'] as ConditionOp)) {
      return [{ pointer: `${pointer}/op`, detail: `must be one of ${conditionOps.join(', ')}` }];
    }
    return 'left' in fields ? [] : say('must have left, the value that is compared');
  }
  const [key = ''] = keys;
  if (keys.length !== 1 || !['all', 'any', 'not'].includes(key)) {
    return say('must have op, or exactly one of all, any and not');
  }
  const inner = fields[key];
  if (key === 'not') return conditionProblems(inner, `${pointer}/not`, depth + 1);
  if (!Array.isArray(inner) || inner.length === 0 || inner.length > limits.flowNodes) {
    const detail = `must be a list of 1 to ${limits.flowNodes} conditions`;
    return [{ pointer: `${pointer}/${key}`, detail }];
  }
  return inner.flatMap((part, i) => conditionProblems(part, `${pointer}/${key}/${i}`, depth + 1));
}

/** Whether a filled condition holds. Numbers are compared as numbers, texts by their characters. */
export function holds(condition: FlowCondition): boolean {
  if ('all' in condition) return condition.all.every(holds);
  if ('any' in condition) return condition.any.some(holds);
  if ('not' in condition) return !holds(condition.not);
  const { left, op, right = null } = condition;
  switch (op) {
    case 'exists':
      return left !== null;
    case 'eq':
      return isSame(left, right);
    case 'ne':
      return !isSame(left, right);
    case 'contains':
      return contains(left, right);
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return isOrdered(left, op, right);
    default:
      return assertNever(op);
  }
}

function isOrdered(left: unknown, op: 'lt' | 'lte' | 'gt' | 'gte', right: unknown): boolean {
  const areNumbers = typeof left === 'number' && typeof right === 'number';
  const areTexts = typeof left === 'string' && typeof right === 'string';
  if (!areNumbers && !areTexts) return false;
  if (op === 'lt') return left < right;
  if (op === 'lte') return left <= right;
  return op === 'gt' ? left > right : left >= right;
}

function contains(whole: unknown, part: unknown): boolean {
  if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
  if (Array.isArray(whole)) return isAmong(whole, part);
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.hasOwn(whole, textOf(part));
}

/** Each is written once: to compare a large object with many others field by field takes too long. */
function isAmong(elements: readonly unknown[], part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return elements.includes(part);
  const text = canonicalJson(part);
  return elements.some(
    (element) => typeof element === 'object' && element !== null && canonicalJson(element) === text,
  );
}

function isSame(left: unknown, right: unknown): boolean {
  return isAmong([left], right);
}
