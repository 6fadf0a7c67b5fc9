import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The repository tests itself: sizes, names, who imports whom, and what may not appear. */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
});
const files = listed.split('\n').filter((file) => file !== '');

interface SourceFile {
  path: string;
  text: string;
  lines: number;
}

const sources: SourceFile[] = files
  .filter((path) => /\.(ts|tsx|mjs)$/.test(path))
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, text, lines: text.trimEnd().split('\n').length };
  });

const isTest = (path: string) =>
  /\.(test|conformance)\.tsx?$/.test(path) || path.includes('/testing/');
const production = sources.filter(({ path }) => !isTest(path) && !path.startsWith('scripts/'));

function offenders(check: (file: SourceFile) => boolean, among = production): string[] {
  return among.filter(check).map(({ path }) => path);
}

describe('sizes', () => {
  it('keeps every source file within 400 lines', () => {
    expect(offenders(({ lines }) => lines > 400, sources)).toEqual([]);
  });

  it('keeps files small: median at most 70 lines, 95 % at most 250', () => {
    const sorted = production.map(({ lines }) => lines).toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    expect(at(0.5)).toBeLessThanOrEqual(70);
    expect(at(0.95)).toBeLessThanOrEqual(250);
  });
});

describe('names', () => {
  it('writes file names in kebab-case', () => {
    const wrong = sources
      .map(({ path }) => path)
      .filter(
        (path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|tsx|mjs)$/.test(basename(path)),
      );
    expect(wrong).toEqual([]);
  });

  it('names nothing after nothing', () => {
    const vague = /(^|[-/])(utils?|helpers?|common|misc|manager|impl|base)([-./]|$)/;
    expect(sources.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([]);
  });

  it('has no barrels', () => {
    const barrels = sources.map(({ path }) => path).filter((path) => /\/index\.tsx?$/.test(path));
    expect(barrels.toSorted()).toEqual([
      'marketplace/src/store/postgres/migrations/index.ts',
      'marketplace/src/store/sqlite/migrations/index.ts',
    ]);
  });

  it('keeps the root free of documents other than the five', () => {
    const documents = files.filter((path) => /^[^/]+\.md$/.test(path)).toSorted();
    const allowed = ['CHANGELOG.md', 'CONTRIBUTING.md', 'README.md', 'SECURITY.md'];
    expect(documents.filter((path) => !allowed.includes(path))).toEqual([]);
  });
});

/** The workspaces each one may import. */
const mayImport: Record<string, string[]> = {
  shared: [],
  marketplace: ['shared'],
  agent: ['shared'],
  localnet: ['shared'],
  dashboard: ['shared'],
  client: [],
  cli: ['shared', 'marketplace', 'agent', 'localnet', 'client'],
  scripts: ['shared', 'marketplace', 'agent', 'localnet', 'cli', 'client'],
};

/** Tests may stand on the embedded chain; those of the client on the real marketplace. */
const mayImportInTests: Record<string, string[]> = {
  marketplace: ['localnet'],
  cli: [],
  client: ['shared', 'marketplace'],
};

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

describe('imports', () => {
  it('go between workspaces only where the architecture says so', () => {
    const wrong = sources.flatMap(({ path, text }) => {
      const [workspace = ''] = path.split('/');
      const allowed = mayImport[workspace];
      if (allowed === undefined) return [];
      const extra = isTest(path) ? (mayImportInTests[workspace] ?? []) : [];
      return importsOf(text)
        .map((name) => /^@node3\/([a-z]+)/.exec(name)?.[1])
        .filter((target) => target !== undefined && target !== workspace)
        .filter((target) => ![...allowed, ...extra].includes(target ?? ''))
        .map((target) => `${path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('never leave a workspace by a relative path', () => {
    const wrong = sources.flatMap(({ path, text }) => {
      const [workspace = ''] = path.split('/');
      if (workspace === 'scripts' || path === 'vitest.config.ts') return [];
      return importsOf(text)
        .filter((name) => name.startsWith('.'))
        .filter((name) => !join(dirname(path), name).startsWith(`${workspace}/`))
        .map((name) => `${path} imports ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  it('keep domain rules away from services, HTTP and clocks', () => {
    const domain = production.filter(({ path }) => path.includes('/domain/'));
    const impure = /Date\.now|new Date\(\)|Math\.random|performance\.|crypto|node:|setTimeout/;
    expect(offenders(({ text }) => impure.test(text), domain)).toEqual([]);
    const outward = /from '\.\.\/(services|http|workers|payments|live)\//;
    expect(offenders(({ text }) => outward.test(text), domain)).toEqual([]);
    const storeValues = /^import (?!type).*from '\.\.\/store\//m;
    expect(offenders(({ text }) => storeValues.test(text), domain)).toEqual([]);
  });

  it('let gRPC take from HTTP only what finds out who asks', () => {
    const shared = [
      'auth',
      'caller',
      'hold-key',
      'http-deps',
      'key-rates',
      'log-followers',
      'note-origin',
      'request-context',
    ];
    const wrong = production.flatMap(({ path, text }) => {
      const isGrpc = path.startsWith('marketplace/src/grpc/');
      const isBelow = path.startsWith('marketplace/src/http/') || path.includes('/services/');
      return importsOf(text)
        .filter((name) => {
          const target = join(dirname(path), name);
          const ofHttp = /^marketplace\/src\/http\/(.*)\.ts$/.exec(target)?.[1];
          if (isGrpc) return ofHttp !== undefined && !shared.includes(ofHttp);
          return isBelow && target.startsWith('marketplace/src/grpc/');
        })
        .map((name) => `${path} imports ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  it('reach implementations only from app.ts', () => {
    const implementation =
      /(?:from |import\()'[^']*\/(store\/(?:sqlite|postgres)|payments\/(solana|x402)|executors\/(docker|native))\//;
    const inside =
      /\/(store\/(?:sqlite|postgres)|payments\/(solana|x402)|executors\/(docker|native))\//;
    const wrong = offenders(
      ({ path, text }) =>
        implementation.test(text) &&
        !inside.test(path) &&
        !['app.ts', 'main.ts', 'create-executors.ts', 'open-store.ts', 'manage-schema.ts'].includes(
          basename(path),
        ),
      production.filter(({ path }) => /^(marketplace|agent)\//.test(path)),
    );
    expect(wrong).toEqual([]);
  });
});

describe('errors', () => {
  it('are all used: a code nobody throws is a promise nobody keeps', () => {
    const tables = ['shared/src/error-codes.ts', 'shared/src/file-error-codes.ts'];
    const text = tables.map((table) => readFileSync(join(root, table), 'utf8')).join('\n');
    const codes = [...text.matchAll(/^  ([A-Z_]+): \{/gm)].map((match) => match[1] ?? '');
    const rest = production.filter(
      ({ path }) => !tables.includes(path) && !/^(cli|client)\//.test(path),
    );
    expect(codes.length).toBeGreaterThan(30);
    expect(codes.filter((code) => !rest.some((file) => file.text.includes(`'${code}'`)))).toEqual(
      [],
    );
  });
});

describe('forbidden', () => {
  it('reads the environment only in main.ts and env.ts', () => {
    // The last one is the text of a job, which runs in a container and not here.
    const allowed = /(^|\/)(main|env|demo-script)\.tsx?$/;
    expect(offenders(({ path, text }) => /process\.env/.test(text) && !allowed.test(path))).toEqual(
      [],
    );
  });

  it('gives no effect the promise of a scroll, which React would call to clean up', () => {
    const scrolls = /use(Layout)?Effect\(\s*\(\)\s*=>\s*[^\s{][^;]*\.scroll\w*\(/;
    expect(offenders(({ text }) => scrolls.test(text))).toEqual([]);
  });

  it('leaves no unfinished work behind', () => {
    const marks = /\b(TO[D]O|FIX[M]E|X{3})\b/;
    expect(offenders(({ text }) => marks.test(text), sources)).toEqual([]);
  });

  it('skips and focuses no test by hand', () => {
    const marks = /\.(ski[p]|onl[y])\(/;
    expect(offenders(({ text }) => marks.test(text), sources)).toEqual([]);
  });

  it('[4.24] [7.04] keeps money away from floating point', () => {
    const money = production.filter(({ path }) => /(money|ledger|settlement|payout)/.test(path));
    expect(offenders(({ text }) => /parseFloat|Math\.round/.test(text), money)).toEqual([]);
  });
});
