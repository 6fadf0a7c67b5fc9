import type { Setting } from './setting.ts';

/** What both services can be told, described once. */
export const logLevelSetting: Setting = {
  name: 'LOG_LEVEL',
  about: '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.',
  fallback: 'info',
};

export const credentialsSetting: Setting = {
  name: 'CREDENTIALS_DIRECTORY',
  about: 'Set by systemd for its credentials: passphrase files in it may belong to root.',
  fallback: null,
};

export const watchingSettings: readonly Setting[] = [
  {
    name: 'LOG_FORMAT',
    about: 'json, pretty, or auto: pretty on a terminal, JSON everywhere else.',
    fallback: 'auto',
  },
  {
    name: 'METRICS_TOKEN',
    about: 'Bearer token of whoever reads /metrics; without it only programs of this machine do.',
    fallback: null,
    example: 'a-long-random-token',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    about: 'Base address of an OTLP/HTTP receiver; without it nothing is traced.',
    fallback: null,
    example: 'http://127.0.0.1:4318',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    about: 'Headers for it, such as authorization=Bearer%20token, separated by commas.',
    fallback: null,
    example: 'authorization=Bearer%20token',
  },
  {
    name: 'OTEL_TRACES_SAMPLER_ARG',
    about: 'Share of the traces begun here that are kept; callers decide about their own.',
    fallback: '1',
  },
  {
    name: 'NODE3_COMMIT',
    about: 'The commit that runs, as node3_build_info shows it.',
    fallback: null,
    example: '1a2b3c4',
  },
];
