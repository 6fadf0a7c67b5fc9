import type { TemplateParameter } from '@node3/shared/template';

/** An example that comes with every marketplace. It belongs to nobody, and is no use of anybody's. */
export interface StarterTemplate {
  templateId: string;
  name: string;
  description: string;
  tags: string[];
  spec: Record<string, unknown>;
  parameters: TemplateParameter[];
}

const price = { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } };

/** Newest id first, as in lists. They name no image: the defaults of the operator run them. */
export const starterTemplates: readonly StarterTemplate[] = [
  {
    templateId: 'tpl_00000000000000000000000003',
    name: 'Monte Carlo pi',
    description: 'Built-in example: estimates pi by throwing points, and answers with JSON.',
    tags: ['example', 'python'],
    spec: {
      name: 'pi of {{points}} points',
      workload: {
        kind: 'script',
        language: 'python',
        code: `import json, random

random.seed({{seed}})
points = {{points}}
inside = sum(random.random() ** 2 + random.random() ** 2 <= 1 for _ in range(points))
print(json.dumps({"points": points, "pi": 4 * inside / points}))
`,
      },
      limits: { runSec: 120 },
      price,
    },
    parameters: [
      { name: 'points', type: 'integer', min: 1, max: 10_000_000, default: 100_000 },
      { name: 'seed', type: 'integer', default: 1 },
    ],
  },
  {
    templateId: 'tpl_00000000000000000000000002',
    name: 'Machine report',
    description: 'Built-in example: what the machine of a provider says of itself.',
    tags: ['example', 'bash'],
    spec: {
      name: 'machine report',
      workload: {
        kind: 'script',
        language: 'bash',
        code: `uname -sm
echo "cores $(nproc)"
grep MemTotal /proc/meminfo
if command -v nvidia-smi > /dev/null; then nvidia-smi -L; else echo "no nvidia-smi"; fi
`,
      },
      limits: { runSec: 60 },
      price,
    },
    parameters: [],
  },
  {
    templateId: 'tpl_00000000000000000000000001',
    name: 'Hello',
    description: 'Built-in example: the least that a job can do.',
    tags: ['example', 'python'],
    spec: {
      name: 'hello {{who}}',
      workload: { kind: 'script', language: 'python', code: 'print("Hello, {{who}}!")\n' },
      limits: { runSec: 60 },
      price,
    },
    parameters: [
      { name: 'who', type: 'string', charset: 'alphanumeric', lengthMax: 64, default: 'world' },
    ],
  },
];
