import {
  credentialsSetting,
  logLevelSetting,
  watchingSettings,
} from '@node3/shared/service-settings';
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
      logLevelSetting,
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
      credentialsSetting,
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
        name: 'AGENT_CONTAINER_RUNTIME',
        about:
          'What runs containers: `usual` leaves it to the engine, `runsc` is gVisor, `kata` and `kata-runtime` are virtual machines; the engine must know it. It sets the isolation level of the offer.',
        fallback: 'usual',
      },
      {
        name: 'AGENT_IMAGE_REGISTRIES',
        about:
          'Registries that images may come from, separated by commas, `docker.io` being the usual one; without it every public one. One that is named here may be on a private network.',
        fallback: null,
        example: 'docker.io,ghcr.io',
      },
      {
        name: 'AGENT_IMAGE_SIZE_MAX',
        about: 'Most bytes of one image as it travels, such as 32g, which it is without this.',
        fallback: null,
        example: '32g',
      },
      {
        name: 'AGENT_IMAGE_CACHE',
        about:
          'Most bytes of all images that jobs brought here, such as 96g, which it is without this; those of the provider are neither counted nor removed.',
        fallback: null,
        example: '96g',
      },
      {
        name: 'AGENT_DISK_SPEED',
        about:
          'How many bytes a second one job may read, and write, on the disk of the containers and on its output, such as 256m, which it is without this; `off` for no limit. Needs root and an engine on this machine.',
        fallback: '256m',
      },
      {
        name: 'AGENT_EGRESS_HOSTS',
        about:
          'Hosts that jobs may reach if they ask for them, separated by commas: a name, `*.` and a domain, or `*` for all public ones. Without it none; needs root and a firewall tool.',
        fallback: null,
        example: 'huggingface.co,*.pythonhosted.org',
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
        name: 'GPU_INDEX',
        about:
          'Which GPUs are offered, by their place in the list of `node3 agent detect`, separated by commas; without it all. What stood there at the start is kept to by its id.',
        fallback: null,
        example: '0',
      },
      {
        name: 'DOCKER_NETWORK',
        about:
          'Nothing but `none`: jobs never get the network of the machine. AGENT_EGRESS_HOSTS lets them reach hosts.',
        fallback: 'none',
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
        name: 'AGENT_SEED_API_OPEN',
        about:
          'Whether any program of this machine may start and stop it by `/api/start` and `/api/stop`, as clients of the node³ seed do; otherwise they need its token.',
        fallback: 'false',
      },
      {
        name: 'AGENT_CRASHES_MAX',
        about:
          'Deaths within ten minutes after which the next start takes no work until it is resumed, or for 15 minutes; 0 never waits.',
        fallback: '5',
      },
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
      ...watchingSettings,
      {
        name: 'METRICS_DCGM_NAMES',
        about:
          'Whether /metrics also has the names of NVIDIA’s exporter; --metrics-dcgm-names is the same.',
        fallback: 'false',
      },
    ],
  },
];
