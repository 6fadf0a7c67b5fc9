import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMarketError } from '../error.ts';
import { refusedOptions, takenOptions, warnedOptions } from './docker-options.ts';
import { ShellSyntaxError, splitShellWords } from './docker-words.ts';
import { importDocker } from './import-docker.ts';
import { importDocument } from './import-document.ts';
import { refusalsOf } from './testing/import-cases.ts';

const specOf = (line: string, options = {}) => importDocker(line, options).jobs[0]?.spec;
const refused = (line: string) =>
  refusalsOf(() => importDocker(line)).map(({ pointer }) => pointer);
const warned = (line: string) => importDocker(line).warnings.map(({ pointer }) => pointer);

describe('a docker run', () => {
  it('becomes one job, with all that a job can have of it', () => {
    const line = `sudo docker run --rm -it --gpus '"device=0,1"' -e LR=0.1 --env="NOTE=two words" \\
      -m 2g --cpus 2.5 --shm-size=1gb -w /app --name sweep --platform linux/arm64 --entrypoint python \\
      --network none docker.io/pytorch/pytorch:2.9 train.py --epochs 3 -v "it's"`;
    const { jobs, warnings, format } = importDocument(line, undefined, { timeoutMinutes: 5 });
    expect(format).toBe('docker');
    expect(jobs).toEqual([
      {
        name: 'sweep',
        after: [],
        spec: {
          name: 'sweep',
          workload: {
            kind: 'container',
            image: 'docker.io/pytorch/pytorch:2.9',
            command: ['train.py', '--epochs', '3', '-v', "it's"],
            entrypoint: ['python'],
            workdir: '/app',
            env: { LR: '0.1', NOTE: 'two words' },
          },
          resources: {
            gpus: { count: 2, vendor: 'nvidia' },
            memoryBytes: 2 * 1024 ** 3,
            cpus: 2.5,
            shmBytes: 1024 ** 3,
            arch: 'arm64',
          },
          limits: { runSec: 300 },
        },
      },
    ]);
    expect(warnings.map(({ pointer }) => pointer)).toEqual(['/--interactive', '/--tty', '/--gpus']);
  });

  it('needs no more than an image, and is named after it', () => {
    const { jobs, warnings } = importDocker('docker run ghcr.io:443/you/train@sha256:00');
    expect(jobs).toMatchObject([{ name: 'train', spec: { limits: { runSec: 3_600 } } }]);
    expect(jobs[0]?.spec.resources).toBeUndefined();
    expect(warnings.map(({ pointer }) => pointer)).toEqual(['/--network']);
    expect(specOf('docker run a', { allowHosts: ['pypi.org'] })?.network).toEqual({
      kind: 'egress',
      hosts: ['pypi.org'],
    });
  });

  it.each([
    ['all', 1],
    ['1', 1],
    ['device=GPU-1', 1],
    ['device=0,2,3', 3],
    ['count=2,driver=nvidia', 2],
    ['"\\"device=0,1\\",\\"capabilities=compute,utility\\""', 2],
    ['0', undefined],
  ])('with --gpus %s has %s', (text, count) => {
    expect(specOf(`docker run --gpus ${text} a`)?.resources?.gpus?.count).toBe(count);
  });

  it.each([
    ['-v /data:/data', '/--volume'],
    ['-v/data:/data', '/--volume'],
    ['--mount type=bind,src=/a,dst=/b', '/--mount'],
    ['-p 8080:80', '/--publish'],
    ['-P', '/--publish-all'],
    ['--privileged', '/--privileged'],
    ['--ipc=host', '/--ipc'],
    ['--network host', '/--network'],
    ['--net=host', '/--network'],
    ['-e TOKEN', '/--env'],
    ['-e LD_PRELOAD=x', '/--env/LD_PRELOAD'],
    ['--gpus some', '/--gpus'],
    ['--gpus 999', '/--gpus'],
    ['--memory lots', '/--memory'],
    ['--cpus 500m', '/--cpus'],
    ['-w app', '/--workdir'],
    ['--entrypoint ""', '/--entrypoint'],
    ['--platform windows/amd64', '/--platform'],
  ])('with %s is refused for it', (option, pointer) => {
    expect(refused(`docker run ${option} alpine true`)).toEqual([pointer]);
  });

  it('tells all that is refused at once, and of an option that is not known its name', () => {
    const line = 'docker run -v /a:/b -p 1:1 --blkio-weight=5 --privileged alpine';
    expect(refused(line)).toEqual(['/--volume', '/--publish', '/--blkio-weight', '/--privileged']);
    expect(refused('docker run --magic 5 alpine')).toEqual(['/--magic']);
    expect(refused('docker run -itZ alpine')).toContain('/-Z');
    expect(refused('docker run --rm')).toEqual(['/IMAGE']);
    expect(refused('docker run --memory')).toEqual(['/--memory']);
    expect(refused('docker build .')).toEqual(['']);
    expect(refusalsOf(() => importDocker({ run: 'a' }))).toHaveLength(1);
  });

  it('leaves out what changes nothing, and says so', () => {
    expect(warned('docker run --network none --user 1000 --ulimit nofile=9 --init a')).toEqual([
      '/--user',
      '/--ulimit',
      '/--init',
    ]);
    expect(warned('docker run --network none -d --rm --pull always --cap-drop ALL a')).toEqual([]);
    expect(warned('docker run --network none --tty=false a')).toEqual([]);
  });

  it('has each option in one table', () => {
    const names = [...takenOptions, ...Object.keys(refusedOptions), ...Object.keys(warnedOptions)];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the words of a line', () => {
  it.each([
    ['a  b\tc', ['a', 'b', 'c']],
    ["'a b'c", ['a bc']],
    ['"a \\"b\\" \\n"', ['a "b" \\n']],
    ["'$HOME' '' \"\"", ['$HOME', '', '']],
    ['a\\ b \\$c', ['a b', '$c']],
    ['a \\\n  b', ['a', 'b']],
    ['a \\\r\n  b', ['a', 'b']],
    ['a # b', ['a']],
    ['a#b', ['a#b']],
    ['\n a\n', ['a']],
  ])('of %j are %j', (line, words) => {
    expect(splitShellWords(line)).toEqual(words);
  });

  it.each([
    '$HOME',
    '"$HOME"',
    '$(pwd)',
    '`pwd`',
    'a; b',
    'a | b',
    'a > b',
    'a && b',
    "'a",
    '"a',
    'a\nb',
  ])('can not be told of %j', (line) => {
    expect(() => splitShellWords(line)).toThrow(ShellSyntaxError);
  });

  it('are what was quoted, whatever it is', () => {
    const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
    assert(
      property(
        array(string({ unit: constantFrom(...'\'"\\$` \n\t#;&é={a'.split('')) })),
        (words) => {
          expect(splitShellWords(words.map(quote).join(' '))).toEqual(words);
        },
      ),
    );
  });

  it('make a job or are refused, whatever the line is', () => {
    const part = oneof(
      constantFrom('-e', 'A=1', '--gpus', 'all', '-it', '-v', '--', '=', '\\', '"', "'", 'alpine'),
      constantFrom(...takenOptions, ...Object.keys(refusedOptions), ...Object.keys(warnedOptions)),
      string(),
    );
    let made = 0;
    assert(
      property(array(part), (parts) => {
        try {
          made += importDocker(`docker run ${parts.join(' ')}`).jobs.length;
        } catch (error) {
          if (!isMarketError(error, 'IMPORT_REFUSED')) throw error;
          const told = error.context.errors ?? [];
          expect(told.length).toBeGreaterThan(0);
          expect(told.every(({ detail, fix }) => detail !== '' && fix !== '')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
    expect(made).toBeGreaterThan(0);
  });
});
