import type { SettingGroup } from '@node3/shared/setting';

/** Every environment variable of the agent: the reference and the example file come from here. */
export const agentSettings: readonly SettingGroup[] = [
  {
    title: 'Who it is and whom it works for',
    settings: [
      {
        name: 'MARKETPLACE_URL',
        about: 'The marketplace to work for.',
        fallback: 'http://localhost:8000',
        example: 'https://market.example',
      },
      {
        name: 'MARKETPLACE_INSECURE',
        about: 'Allows plain http to a marketplace on another machine, on a network you trust.',
        fallback: 'false',
      },
      {
        name: 'AGENT_TRANSPORT',
        about: '`auto` holds one socket; `http` only ever asks, as behind some proxies.',
        fallback: 'auto',
      },
      {
        name: 'AGENT_NAME',
        about: 'Shown to requesters. Without it the host name.',
        fallback: null,
        example: 'attic-4090',
      },
      {
        name: 'AGENT_DATA_DIR',
        about: 'Folder of its identity and its journal.',
        fallback: './.node3/agent',
        example: '/var/lib/node3-agent',
      },
      {
        name: 'AGENT_SECRETS_ON_DISK',
        about:
          'Whether secrets of jobs may lie on disk where the machine has no /dev/shm; otherwise it takes no such jobs there.',
        fallback: 'false',
      },
      {
        name: 'REGISTRATION_TOKEN',
        about: "The operator's one-time token, where one is needed to register.",
        fallback: null,
      },
      {
        name: 'API_KEY',
        about: 'Key of an agent that is registered already.',
        fallback: null,
      },
      {
        name: 'LOG_LEVEL',
        about: '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.',
        fallback: 'info',
      },
    ],
  },
  {
    title: 'Where it is paid',
    settings: [
      {
        name: 'WALLET_PATH',
        about:
          'Keypair file; made on first use. Without it `wallet.json` in the data folder. Its address is what gets paid.',
        fallback: null,
      },
      {
        name: 'WALLET_PASSPHRASE_FILE',
        about: 'File (mode 0600) with the passphrase of that wallet.',
        fallback: null,
      },
      {
        name: 'CREDENTIALS_DIRECTORY',
        about: 'Set by systemd for its credentials: passphrase files in it may belong to root.',
        fallback: null,
      },
      {
        name: 'SOLANA_RPC_URL',
        about: 'Solana endpoint to show balances; without it none are shown.',
        fallback: null,
        example: 'https://rpc.example',
      },
    ],
  },
  {
    title: 'What it offers',
    settings: [
      {
        name: 'MAX_CONCURRENT_JOBS',
        about: 'Jobs at once.',
        fallback: '2',
      },
      {
        name: 'CPU_LIMIT',
        about: 'Most cores for all jobs together, such as 4 or 0.5; without it all.',
        fallback: null,
        example: '4',
      },
      {
        name: 'MEMORY_LIMIT',
        about: 'Most memory for all jobs together, such as 8g; without it what the machine has.',
        fallback: null,
        example: '8g',
      },
      {
        name: 'AGENT_ASK_USDC_PER_GPU_HOUR',
        about: 'The least to take for an hour on one GPU, in USDC; without it any price.',
        fallback: null,
        example: '0.35',
      },
      {
        name: 'AGENT_ASK_SOL_PER_GPU_HOUR',
        about: 'The same in SOL.',
        fallback: null,
        example: '0.002',
      },
      {
        name: 'AGENT_REGION',
        about: 'Where the machine stands, from the widest part on.',
        fallback: null,
        example: 'eu-west',
      },
      {
        name: 'AGENT_LABELS',
        about: 'What jobs may ask for by name, separated by commas.',
        fallback: null,
        example: 'disk=nvme,net=10g',
      },
      {
        name: 'AGENT_BLOCKED_REQUESTERS',
        about: 'Accounts whose jobs are not wanted, separated by commas.',
        fallback: null,
      },
      {
        name: 'AGENT_ALLOW_PREEMPTION',
        about: 'Whether interruptible jobs may be stopped here, unpaid, for others that pay more.',
        fallback: 'false',
      },
      {
        name: 'AGENT_ALLOW_NATIVE',
        about: "The provider's half of the agreement to jobs without a container.",
        fallback: 'false',
      },
      {
        name: 'SKIP_GPU_CHECK',
        about: 'Offers a simulated device, labelled so, instead of looking for real ones.',
        fallback: 'false',
      },
    ],
  },
  {
    title: 'Its own page and its end',
    settings: [
      {
        name: 'AGENT_PORT',
        about: 'Port of its page on 127.0.0.1; 0 takes any.',
        fallback: '8080',
      },
      { name: 'DASHBOARD_PORT', about: 'The same by its older name.', fallback: null },
      {
        name: 'DRAIN_SEC',
        about: 'Seconds that running jobs have to finish after SIGTERM.',
        fallback: '60',
      },
    ],
  },
  {
    title: 'Watching it',
    settings: [
      {
        name: 'LOG_FORMAT',
        about: 'json, pretty, or auto: pretty on a terminal, JSON everywhere else.',
        fallback: 'auto',
      },
      {
        name: 'METRICS_TOKEN',
        about:
          'Bearer token of whoever reads /metrics; without it only programs of this machine do.',
        fallback: null,
        example: 'a-long-random-token',
      },
      {
        name: 'METRICS_DCGM_NAMES',
        about:
          'Whether /metrics also has the names of NVIDIA’s exporter; --metrics-dcgm-names is the same.',
        fallback: 'false',
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
    ],
  },
];
