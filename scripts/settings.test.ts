import { readAgentConfig, readLogFormat } from '@node3/agent/env';
import { agentSettings } from '@node3/agent/settings';
import { readConfig } from '@node3/marketplace/env';
import { marketplaceSettings } from '@node3/marketplace/settings';
import type { Env } from '@node3/shared/env';
import { readLogLevel } from '@node3/shared/read-log-level';
import { namesRead, type SettingGroup } from '@node3/shared/setting';
import { readTracing } from '@node3/shared/tracing';
import { describe, expect, it } from 'vitest';

const services: {
  service: string;
  groups: readonly SettingGroup[];
  read: (env: Env) => unknown;
  needed: Record<string, string>;
}[] = [
  {
    service: 'marketplace',
    groups: marketplaceSettings,
    read: readConfig,
    // Some are read only beside another one.
    needed: {
      ADMIN_API_KEY: 'for-this-test-only-0123456789',
      SECRET_KEYS_FILE: 'secret-keys',
      X402_FEE_PAYER_WALLET_PATH: 'fees.json',
      ARTIFACT_S3_BUCKET: 'artifacts',
      ARTIFACT_S3_ACCESS_KEY_ID: 'key',
      ARTIFACT_S3_SECRET_ACCESS_KEY: 'secret',
    },
  },
  {
    service: 'agent',
    groups: agentSettings,
    read: (env) => [
      { ...readAgentConfig(env, { hostname: 'host', dashboardDir: null }), environment: null },
      readLogLevel(env, 'info'),
      readLogFormat(env),
      readTracing(env),
    ],
    needed: {},
  },
];

describe.each(services)('the settings of the $service', ({ groups, read, needed }) => {
  const settings = groups.flatMap((group) => group.settings);
  const names = settings.map(({ name }) => name);

  it('[12.04] are all that it reads, and no others', () => {
    const refused = new Set(names.map((name) => name.replace(/_FILE$/, '')));
    const found = namesRead(read, needed).filter(
      (name) => names.includes(name) || !refused.has(name),
    );
    expect(names.toSorted()).toEqual(found);
  });

  it.each(settings.filter(({ fallback }) => fallback !== null))(
    '$name does what it says when it is not set',
    ({ name, fallback }) => {
      expect(read({ ...needed, [name]: fallback ?? undefined })).toEqual(read(needed));
    },
  );

  it.each(settings.filter(({ example }) => example !== undefined))(
    '$name can be set to its example',
    ({ name, example }) => {
      expect(() => read({ ...needed, [name]: example })).not.toThrow();
    },
  );
});
