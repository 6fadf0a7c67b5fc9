const engineLog = 'Mira el registro del motor: journalctl -u docker -n 50';
const toolkit =
  'sudo apt-get install -y nvidia-container-toolkit && sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker';
const kept = 'Quedan {{free}} GiB libres, y la política guarda {{floor}} GiB del disco.';
const clock = 'Este reloj difiere {{seconds}} s del del mercado.';

/** What the doctor finds. Commands are the same in every language. */
export const esFindings = {
  'said.node.ok': 'Node.js {{version}}.',
  'said.node.old': 'Node.js {{version}} es demasiado antiguo; hace falta 22.18.',
  'said.node.old.fix': 'Instala Node.js 22.18 o más reciente: https://nodejs.org',
  'said.folder.ok': 'En {{folder}} se puede escribir.',
  'said.folder.file': '{{folder}} no es una carpeta.',
  'said.folder.file.fix': 'AGENT_DATA_DIR=/ruta/a/una/carpeta',
  'said.folder.closed': 'Este usuario no puede escribir en {{folder}}.',
  'said.folder.closed.fix': 'sudo mkdir -p {{wanted}} && sudo chown "$USER" {{wanted}}',
  'said.policy.ok': 'Reglas tuyas: {{count}}.',
  'said.policy.wrong': '{{file}} no se puede usar. {{why}}',
  'said.policy.wrong.fix': 'node3 agent policy edit',
  'said.disk.ok': 'Quedan {{free}} GiB libres, y {{floor}} GiB siguen siendo tuyos.',
  'said.disk.unknown': 'No se sabe cuánto disco queda libre.',
  'said.disk.unknown.fix': 'df {{folder}}',
  'said.disk.full': kept,
  'said.disk.full.fix':
    'docker image prune, o una carpeta en un disco mayor: AGENT_DATA_DIR=/ruta/a/una/carpeta',
  'said.disk.kept': kept,
  'said.disk.kept.fix': 'docker image prune, o: node3 agent policy set diskFloorBytes 1g',
  'said.wallet.ok': '{{file}} está ahí.',
  'said.wallet.none': 'Todavía no hay cartera en {{file}}.',
  'said.wallet.none.fix':
    'El primer arranque crea una; para usar la tuya: WALLET_PATH=/ruta/a/keypair.json',
  'said.wallet.open': 'Otros pueden leer {{file}}.',
  'said.wallet.open.fix': 'chmod 600 {{file}}',
  'said.token.ok': 'Su token está en {{file}}.',
  'said.token.wrong': 'El token de {{file}} no se puede usar: {{why}}.',
  'said.token.wrong.fix':
    'Pregunta como el usuario del agente. En su próximo arranque crea uno nuevo.',
  'said.marketplace.ok': '{{url}} responde en {{ms}} ms.',
  'said.marketplace.url': 'La dirección del mercado no se puede usar: {{why}}',
  'said.marketplace.url.fix': 'MARKETPLACE_URL=https://…',
  'said.marketplace.status': '{{url}} responde con HTTP {{status}}.',
  'said.marketplace.status.fix': 'curl -i {{url}}/livez',
  'said.marketplace.other': '{{url}} responde, pero no como un mercado.',
  'said.marketplace.other.fix': 'MARKETPLACE_URL=https://…',
  'said.marketplace.usual': 'No se nombra ningún mercado, y {{url}} no responde: {{why}}.',
  'said.marketplace.usual.fix': 'MARKETPLACE_URL=https://…',
  'said.marketplace.silent': '{{url}} no responde: {{why}}.',
  'said.marketplace.silent.fix': 'curl -i {{url}}/livez',
  'said.clock.untold': 'El mercado no dice la hora.',
  'said.clock.ok': clock,
  'said.clock.wrong': clock,
  'said.clock.wrong.fix': 'sudo timedatectl set-ntp true   (macOS: sudo sntp -sS time.apple.com)',
  'said.kernel.ok': 'De él se leen los fallos de las GPU.',
  'said.gpus.ok': '{{models}}.',
  'said.gpus.none': 'No se encontró ninguna GPU.',
  'said.engine.ok': '{{engine}} responde.',
  'said.container.skipped': 'No se arrancó ningún contenedor, porque el motor no funciona.',
  'said.native.ok':
    'Los jobs que permiten la ejecución nativa pueden ejecutarse aquí sin contenedor.',
  'said.container.ok': 'Un contenedor de {{image}} se ejecutó y se quitó después.',
  'said.container.noImage': 'No hay ninguna imagen que probar: {{why}}',
  'said.container.noImage.fix':
    'Nombra una imagen con una shell: node3 agent doctor --image busybox',
  'said.container.ended': 'El contenedor terminó con {{code}}: {{why}}',
  'said.container.ended.fix': engineLog,
  'said.container.failed': 'No se pudo ejecutar ningún contenedor: {{why}}',
  'said.container.failed.fix': engineLog,
  'said.container.gpuFailed': 'No se pudo ejecutar ningún contenedor: {{why}}',
  'said.container.gpuFailed.fix': toolkit,
  'said.container.noGpu': 'El motor no puede dar {{model}} a los contenedores.',
  'said.container.noGpu.fix': toolkit,
  'said.warm.ok': 'Un contenedor esperó a un job.',
  'said.warm.none': 'Aquí ningún contenedor puede esperar a jobs: {{why}}',
  'said.warm.none.fix':
    'Deja que cada job arranque el suyo: node3 agent policy set warmContainers 0',
} as const;
