/**
 * What the doctor of a machine finds, by code, and what mends it; `{{…}}` are values that go with it.
 * What an engine or a tool of GPUs says comes with a code of its own, or as it is.
 */
export const doctorFindings = {
  'node.ok': { sentence: 'Node.js {{version}}.' },
  'node.old': {
    sentence: 'Node.js {{version}} is too old; 22.18 is needed.',
    fix: 'Install Node.js 22.18 or newer: https://nodejs.org',
  },
  'folder.ok': { sentence: '{{folder}} can be written.' },
  'folder.file': { sentence: '{{folder}} is no folder.', fix: 'AGENT_DATA_DIR=/path/to/a/folder' },
  'folder.closed': {
    sentence: '{{folder}} can not be written by this user.',
    fix: 'sudo mkdir -p {{wanted}} && sudo chown "$USER" {{wanted}}',
  },
  'policy.ok': { sentence: 'Rules of yours: {{count}}.' },
  'policy.wrong': { sentence: '{{file}} can not be used. {{why}}', fix: 'node3 agent policy edit' },
  'disk.ok': { sentence: '{{free}} GiB are free, and {{floor}} GiB of them stay yours.' },
  'disk.unknown': { sentence: 'The free disk space is unknown.', fix: 'df {{folder}}' },
  'disk.full': {
    sentence: '{{free}} GiB are free, and the policy keeps {{floor}} GiB of the disk.',
    fix: 'docker image prune, or a folder on a larger disk: AGENT_DATA_DIR=/path/to/a/folder',
  },
  'disk.kept': {
    sentence: '{{free}} GiB are free, and the policy keeps {{floor}} GiB of the disk.',
    fix: 'docker image prune, or: node3 agent policy set diskFloorBytes 1g',
  },
  'wallet.ok': { sentence: '{{file}} is there.' },
  'wallet.none': {
    sentence: 'There is no wallet at {{file}} yet.',
    fix: 'The first start makes one; to use yours: WALLET_PATH=/path/to/keypair.json',
  },
  'wallet.open': { sentence: '{{file}} can be read by others.', fix: 'chmod 600 {{file}}' },
  'token.ok': { sentence: 'Its token is in {{file}}.' },
  'token.wrong': {
    sentence: 'The token in {{file}} {{why}}.',
    fix: 'Ask as the user of the agent. At its next start it makes a new one.',
  },
  'marketplace.ok': { sentence: '{{url}} answers within {{ms}} ms.' },
  'marketplace.url': { sentence: '{{why}}', fix: 'MARKETPLACE_URL=https://…' },
  'marketplace.status': {
    sentence: '{{url}} answers with HTTP {{status}}.',
    fix: 'curl -i {{url}}/livez',
  },
  'marketplace.other': {
    sentence: '{{url}} answers, but not as a marketplace does.',
    fix: 'MARKETPLACE_URL=https://…',
  },
  'marketplace.usual': {
    sentence: 'No marketplace is named, and {{url}} does not answer: {{why}}.',
    fix: 'MARKETPLACE_URL=https://…',
  },
  'marketplace.silent': {
    sentence: '{{url}} does not answer: {{why}}.',
    fix: 'curl -i {{url}}/livez',
  },
  'clock.untold': { sentence: 'The marketplace tells no time.' },
  'clock.ok': { sentence: 'This clock differs from the marketplace’s by {{seconds}} s.' },
  'clock.wrong': {
    sentence: 'This clock differs from the marketplace’s by {{seconds}} s.',
    fix: 'sudo timedatectl set-ntp true   (macOS: sudo sntp -sS time.apple.com)',
  },
  'kernel.ok': { sentence: 'Faults of GPUs are read from it.' },
  'gpus.ok': { sentence: '{{models}}.' },
  'gpus.none': { sentence: 'No GPU was found.' },
  'engine.ok': { sentence: '{{engine}} answers.' },
  'container.skipped': {
    sentence: 'No container was started, as the engine does not work.',
  },
  'native.ok': { sentence: 'Jobs that allow native execution can run here without a container.' },
  'container.ok': { sentence: 'A container of {{image}} ran and was removed again.' },
  'container.noImage': {
    sentence: 'There is no image to try: {{why}}',
    fix: 'Name an image with a shell: node3 agent doctor --image busybox',
  },
  'container.ended': {
    sentence: 'The container ended with {{code}}: {{why}}',
    fix: 'Look at the log of the engine: journalctl -u docker -n 50',
  },
  'container.failed': {
    sentence: 'No container could be run: {{why}}',
    fix: 'Look at the log of the engine: journalctl -u docker -n 50',
  },
  'container.gpuFailed': {
    sentence: 'No container could be run: {{why}}',
    fix: 'sudo apt-get install -y nvidia-container-toolkit && sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker',
  },
  'container.noGpu': {
    sentence: 'The engine can not give {{model}} to containers.',
    fix: 'sudo apt-get install -y nvidia-container-toolkit && sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker',
  },
  'warm.ok': { sentence: 'A container waited for a job.' },
  'warm.none': {
    sentence: 'No container can wait for jobs here: {{why}}',
    fix: 'Let each job start its own: node3 agent policy set warmContainers 0',
  },
} as const satisfies Record<string, { sentence: string; fix?: string }>;

export type DoctorFinding = keyof typeof doctorFindings;

/** Names of what is looked at; a GPU has its number after it. */
export const doctorSubjects = [
  'node',
  'data folder',
  'policy',
  'disk',
  'wallet',
  'local API',
  'marketplace',
  'clock',
  'kernel log',
  'GPUs',
  'GPU',
  'engine',
  'container',
  'native jobs',
  'warm containers',
] as const;
export type DoctorSubject = (typeof doctorSubjects)[number];
