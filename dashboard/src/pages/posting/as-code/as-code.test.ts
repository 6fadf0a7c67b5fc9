import type { JobSpecInput } from '@node3/shared/job-spec';
import { describe, expect, it } from 'vitest';
import { newStart } from '../draft/job-start.ts';
import { cliText } from './cli-text.ts';
import { codeForms, codeText } from './code-forms.ts';
import { pythonLiteral } from './python-text.ts';
import { yamlText } from './yaml-text.ts';

const spec: JobSpecInput = {
  workload: { kind: 'script', language: 'python', code: 'print("hi")\n' },
  resources: { gpus: { count: 2, models: ['a100'] } },
  limits: { runSec: 60 },
  price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
};

describe('the job as code', () => {
  it('is a line of node3 run where its options say all', () => {
    expect(cliText(spec)).toBe(
      'cat > job.py <<\'END\'\nprint("hi")\nEND\n' +
        'node3 run job.py --gpu a100:2 --timeout 60s --reward 0.001 --asset SOL',
    );
    expect(cliText({ ...spec, retry: { attemptsMax: 1 } })).toBeNull();
  });

  it('holds no secret in any form', () => {
    const secret = {
      ...spec,
      secrets: { TOKEN: { value: 'hunter2-hunter2', as: 'env' as const } },
    };
    for (const form of codeForms) {
      const text = codeText(form, newStart, secret, 'https://node3.example');
      expect(text, form).not.toContain('hunter2');
      expect(text, form).toContain('TOKEN');
    }
  });

  it('ends a here document with a word that its text does not have', () => {
    const code = 'cat <<END\nx\nEND\n';
    const text = cliText({ ...spec, workload: { kind: 'script', language: 'bash', code } });
    expect(text).toContain("<<'END_'");
  });
});

describe('yamlText', () => {
  it('writes blocks, and quotes what could be read as something else', () => {
    const value = { a: 'yes', b: ['x', { c: 1, d: 'two words' }], e: [], f: 'l1\n  l2\n', g: null };
    expect(yamlText(value)).toBe(
      'a: "yes"\nb:\n  - x\n  - c: 1\n    d: "two words"\ne: []\nf: |\n  l1\n    l2\ng: null\n',
    );
  });
});

describe('pythonLiteral', () => {
  it('speaks Python', () => {
    expect(pythonLiteral({ a: true, b: null, c: [1] })).toBe(
      '{\n    "a": True,\n    "b": None,\n    "c": [\n        1,\n    ],\n}',
    );
  });
});
