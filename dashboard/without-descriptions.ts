import type { Plugin } from 'vite';

/** Fields of a contract that only the documentation reads. */
const documented = new Set(['description', 'summary', 'examples']);

interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

/**
 * Takes what only documents a contract out of the built app: two thirds of a contract are sentences for
 * whoever reads the API's reference. Nothing that is shown comes from there.
 */
export function withoutDescriptions(): Plugin {
  return {
    name: 'without-descriptions',
    apply: 'build',
    transform: {
      filter: { id: /\/shared\/src\/.*\.ts$/ },
      handler(code) {
        const cuts = descriptionsIn(this.parse(code) as unknown as Node, code);
        if (cuts.length === 0) return null;
        let rest = '';
        let from = 0;
        for (const { start, end } of cuts) {
          rest += code.slice(from, start);
          from = end;
        }
        return { code: rest + code.slice(from), map: null };
      },
    },
  };
}

/** Where they stand, in order, each with the comma behind it. */
function descriptionsIn(node: Node, code: string): { start: number; end: number }[] {
  if (node.type === 'Property' && isDescription(node)) {
    const comma = /^\s*,/.exec(code.slice(node.end));
    return [{ start: node.start, end: node.end + (comma?.[0].length ?? 0) }];
  }
  return Object.values(node)
    .flat()
    .filter(isNode)
    .flatMap((part) => descriptionsIn(part, code));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Only sentences that stand there: what is computed may be something else of that name. */
function isDescription({ key, value, computed }: Node): boolean {
  if (computed === true || !isNode(key) || !isNode(value)) return false;
  return documented.has(String(key['name'])) && value.type === 'Literal';
}
