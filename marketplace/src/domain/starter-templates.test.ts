import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { checkTemplate } from '../services/check-template.ts';
import { fillTemplate } from '../services/fill-template.ts';
import { starterTemplates } from './starter-templates.ts';

const programs: Record<string, string> = { python: 'python3', bash: 'bash' };

function run(name: string, parameters: Record<string, string | number> = {}): string {
  const starter = starterTemplates.find((one) => one.name === name);
  if (starter === undefined) throw new Error(`there is no ${name}`);
  const { spec } = fillTemplate({ ...starter, version: 1, createdAtMs: 0 }, { parameters });
  const { workload } = spec;
  if (workload.kind !== 'script') throw new Error('not a script');
  const program = programs[workload.language] ?? '';
  return execFileSync(program, ['-'], { input: workload.code, encoding: 'utf8' });
}

describe('a built-in template', () => {
  it.each(starterTemplates)('is one that could be created: $name', (starter) => {
    expect(() => checkTemplate(starter)).not.toThrow();
    expect(starter.description).toMatch(/^Built-in example: /);
  });

  it('is in the order of lists, each with an id of its own', () => {
    const ids = starterTemplates.map(({ templateId }) => templateId);
    expect(ids).toEqual([...new Set(ids)].toSorted().toReversed());
  });

  it('runs', () => {
    expect(run('Hello', { who: 'Ada' })).toBe('Hello, Ada!\n');
    expect(run('Machine report')).toMatch(/cores \d+\nMemTotal/);
    const { pi, points } = JSON.parse(run('Monte Carlo pi', { points: 20_000 }));
    expect(points).toBe(20_000);
    expect(Math.abs(pi - Math.PI)).toBeLessThan(0.1);
  });
});
