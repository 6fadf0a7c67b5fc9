import { MarketError } from '@node3/shared/error';

/** Selectors of labels as Kubernetes writes them, which Bacalhau's CLI sends: see `parseSelectors`. */
export type LabelFilter = (labels: Record<string, string>) => boolean;

const name = '[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?';
const comparison = new RegExp(
  `^(?<key>${name})\\s*(?<operator>==|!=|=|>|<)\\s*(?<value>[^,()=!<>]*)$`,
);
const membership = new RegExp(
  `^(?<key>${name})\\s+(?<operator>in|notin)\\s*\\((?<values>[^()]*)\\)$`,
);
const presence = new RegExp(`^(?<absent>!)?\\s*(?<key>${name})$`);

/**
 * Each text may hold several requirements with commas between them: `a=b`, `a==b`, `a!=b`, `a>1`, `a<1`,
 * `a in (b,c)`, `a notin (b,c)`, `a`, `!a`. All have to fit. Throws REQUEST_INVALID.
 */
export function parseSelectors(given: string | readonly string[] | undefined): LabelFilter {
  const texts = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  const filters = texts.flatMap((text) => splitOutside(text).map(parseRequirement));
  return (labels) => filters.every((fits) => fits(labels));
}

/** At commas that are in no parentheses. */
function splitOutside(text: string): string[] {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

function parseRequirement(text: string): LabelFilter {
  const { key, operator, value = '' } = comparison.exec(text)?.groups ?? {};
  if (key !== undefined) return compare(key, operator ?? '', value.trim());
  const among = membership.exec(text)?.groups;
  if (among?.['key'] !== undefined) {
    const { key: label, values = '', operator: word } = among;
    const list = values.split(',').map((one) => one.trim());
    const isIn: LabelFilter = (labels) => list.includes(labels[label] ?? '') && label in labels;
    return word === 'in' ? isIn : (labels) => !isIn(labels);
  }
  const alone = presence.exec(text)?.groups;
  if (alone?.['key'] === undefined) throw unreadable(text);
  const { key: label, absent } = alone;
  return (labels) => Object.hasOwn(labels, label) === (absent === undefined);
}

function compare(key: string, operator: string, value: string): LabelFilter {
  switch (operator) {
    case '!=':
      return (labels) => labels[key] !== value;
    case '>':
    case '<': {
      const bound = Number(value);
      if (value === '' || !Number.isFinite(bound)) throw unreadable(`${key}${operator}${value}`);
      return (labels) => {
        const number = Number(labels[key] ?? Number.NaN);
        return operator === '>' ? number > bound : number < bound;
      };
    }
    default:
      return (labels) => labels[key] === value;
  }
}

function unreadable(text: string): MarketError {
  const detail = `"${text.slice(0, 100)}" is no selector; write key=value, key in (a,b), key or !key`;
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/labels', detail }] });
}
