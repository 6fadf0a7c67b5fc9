import { describe, expect, it } from 'vitest';
import type { JsonObject } from './foreign-object.ts';
import {
  args,
  definition,
  jobWith,
  nosanaCases,
  opOf,
  variables,
} from './testing/nosana-definitions.ts';

const manyOnes = JSON.stringify('1'.repeat(20_001).split(''));
const hub = { type: 'HF', repo: 'a/b', target: '/input', files: ['x'] };

describe('a Nosana job definition', () => {
  it.each<[string, JsonObject, string[]]>([
    ['another version', { ...jobWith(), version: '1.0' }, ['/version']],
    ['another type', { ...jobWith(), type: 'wasm' }, ['/type']],
    [
      'a confidential one',
      definition({ logistics: { send: {}, receive: {} }, ops: [] }),
      ['/logistics'],
    ],
    ['no operation', definition({ ops: [] }), ['/ops']],
    [
      'no image',
      definition({ ops: [{ type: 'container/run', id: 'x', args: {} }] }),
      [args('image')],
    ],
    ['an id with spaces', jobWith({}, { id: 'a b' }), ['/ops/0/id']],
    ['twins', definition({ ops: [opOf('a'), opOf('a')] }), ['/ops/1/id']],
    ['another operation', jobWith({}, { type: 'container/stop' }), ['/ops/0/type']],
    ['ports', jobWith({ expose: 8080 }), [args('expose')]],
    ['a range of ports', jobWith({ expose: '8000-8010' }), [args('expose')]],
    [
      'health checks',
      jobWith({ expose: [{ port: 80, health_checks: [{ type: 'http' }] }], private: true }),
      [args('expose'), args('expose/0/health_checks')],
    ],
    ['restarts', jobWith({ restart_policy: 'always' }), [args('restart_policy')]],
    [
      'restarts unless stopped',
      jobWith({ restart_policy: 'unless-stopped' }),
      [args('restart_policy')],
    ],
    ['a private registry', jobWith({ authentication: { docker: {} } }), [args('authentication')]],
    ['an output elsewhere', jobWith({ output: '/elsewhere/out' }), [args('output')]],
    [
      'a volume elsewhere',
      jobWith({ volumes: [{ name: 'v', dest: '/data' }] }),
      [args('volumes/0')],
    ],
    [
      'a shared volume',
      definition({
        ops: [
          { type: 'container/create-volume', id: 'v', args: { name: 'v' } },
          opOf('a', {}, { volumes: [{ name: 'v', dest: '/tmp/v' }] }),
          opOf('b', {}, { volumes: [{ name: 'v', dest: '/tmp/v' }] }),
        ],
      }),
      ['/ops/0/args/name', '/ops/1/args/volumes/0', '/ops/2/args/volumes/0'],
    ],
    [
      'a model of Ollama',
      jobWith({ resources: [{ type: 'Ollama', model: 'm' }] }),
      [args('resources/0')],
    ],
    [
      'a whole repository',
      jobWith({ resources: [{ type: 'HF', repo: 'o/m', target: '/input' }] }),
      [args('resources/0/files')],
    ],
    [
      'a token',
      jobWith({
        resources: [{ type: 'HF', repo: 'o/m', files: ['a'], target: '/input', accessToken: 't' }],
      }),
      [args('resources/0/accessToken')],
    ],
    [
      'a target elsewhere',
      jobWith({ resources: [{ type: 'HF', repo: 'o/m', files: ['a'], target: '/models' }] }),
      [args('resources/0/files/0')],
    ],
    [
      'a whole bucket',
      jobWith({ resources: [{ type: 'S3', bucket: 'b', url: 'u', target: '/input' }] }),
      [args('resources/0/bucket')],
    ],
    [
      'a bucket with keys',
      jobWith({
        resources: [
          {
            type: 'S3',
            url: 'https://a.org/b',
            files: ['f'],
            target: '/input',
            IAM: {},
            allowWrite: true,
          },
        ],
      }),
      [args('resources/0/IAM'), args('resources/0/allowWrite')],
    ],
    ['results of another operation', jobWith({ cmd: '%%ops.a.results.b%%' }), [args('cmd')]],
    ['a host of another operation', jobWith({ env: { A: '%%ops.a.host%%' } }), [args('env/A')]],
    [
      'what only a node knows',
      jobWith({ cmd: ['%%global.host%%', '%%globals.frps_address%%'] }),
      [args('cmd/0'), args('cmd/1')],
    ],
    ['a variable that is not there', jobWith({ cmd: '%%global.variables.X%%' }), [args('cmd')]],
    [
      'a spread of more than a document may have',
      jobWith({ cmd: [{ __spread__: '%%global.variables.X%%' }] }, {}, variables({ X: manyOnes })),
      [args('cmd/0')],
    ],
    [
      'a spread of files, of which a job has few',
      jobWith(
        {
          resources: [{ ...hub, files: [{ __spread__: '%%global.variables.X%%' }] }],
        },
        {},
        variables({ X: JSON.stringify(Array.from({ length: 19_000 }, (_, at) => `f${at}`)) }),
      ),
      [args('resources/0/files')],
    ],
    [
      'more files than a job has',
      jobWith({ resources: Array.from({ length: 65 }, () => hub) }),
      [args('resources')],
    ],
    [
      'a spread of no list',
      jobWith({ cmd: [{ __spread__: '%%global.variables.X%%' }] }, {}, variables({ X: '{}' })),
      [args('cmd/0')],
    ],
    [
      'pairs that are none',
      jobWith({ env: { __pairs__: '%%global.variables.X%%' } }, {}, variables({ X: 'x' })),
      [args('env/__pairs__')],
    ],
    [
      'side-cars',
      definition({
        ops: [
          opOf('a', { execution: { group: 'g' } }),
          opOf('b', {
            execution: { group: 'g', depends_on: ['a'], stop_if_dependent_stops: true },
          }),
        ],
      }),
      ['/ops/1/execution/stop_if_dependent_stops'],
    ],
    [
      'names in a group',
      definition({
        ops: [
          opOf('a', { execution: { group: 'g' } }, { aliases: ['db'] }),
          opOf('b', { execution: { group: 'g' } }),
        ],
      }),
      ['/ops/0/args/aliases'],
    ],
    [
      'a dependency on a later group',
      definition({ ops: [opOf('a', { execution: { depends_on: ['b'] } }), opOf('b')] }),
      ['/ops/0/execution/depends_on/0'],
    ],
    [
      'a circle',
      definition({
        ops: [
          opOf('a', { execution: { group: 'g', depends_on: ['b'] } }),
          opOf('b', { execution: { group: 'g', depends_on: ['a'] } }),
        ],
      }),
      ['/ops/0/execution/depends_on'],
    ],
  ])('refuses %s', (_what, document, pointers) => {
    expect(nosanaCases.refusedAt(document)).toEqual(pointers);
  });
});
