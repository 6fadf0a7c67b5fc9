import type { SaidTexts } from './en-said.ts';
import { esFaults } from './es-faults.ts';
import { esFindings } from './es-findings.ts';
import { esGpuProblems } from './es-gpu-problems.ts';

const keyRefused = {
  sentence: 'El mercado no acepta la clave de este agente.',
  fix: 'Pon la clave correcta en API_KEY o pide una nueva al operador. Para registrar esta máquina como agente nuevo, pon en AGENT_DATA_DIR una carpeta vacía.',
};
const moreDisk = 'Libera espacio o pon en AGENT_DATA_DIR un disco más grande.';

export const esSaid: SaidTexts = {
  ...esFindings,
  ...esFaults,
  ...esGpuProblems,
  'said.ready': 'Listo y a la espera de un job que encaje con esta máquina.',
  'said.starting': 'Examina la máquina e inicia sesión.',
  'said.paused': 'En pausa porque tú lo has dicho: no se aceptan jobs nuevos.',
  'said.noneForNow': 'El mercado no da jobs nuevos por ahora.',
  'said.jobRuns': 'Hay un job en marcha.',
  'said.jobsRun': 'Hay {{count}} jobs en marcha.',
  'said.jobStillRuns': 'Todavía hay un job en marcha.',
  'said.jobsStillRun': 'Todavía hay {{count}} jobs en marcha.',
  'said.jobWillFinish': 'Todavía hay un job en marcha, que terminará.',
  'said.jobsWillFinish': 'Todavía hay {{count}} jobs en marcha, que terminarán.',
  'said.noNewJobs': 'No se aceptan jobs nuevos.',
  'said.jobEnds': 'Termina un job y después el agente acaba.',
  'said.jobsEnd': 'Terminan {{count}} jobs y después el agente acaba.',
  'said.resultsOwed': 'Los últimos resultados están en camino.',
  'said.allDone': 'Todo el trabajo está hecho. El agente acaba ahora.',
  'said.engineWorked': 'Funcionó hasta {{time}} UTC y se le pregunta una y otra vez.',
  'said.jobWaits': 'Un job lo espera.',
  'said.jobsWait': '{{count}} jobs lo esperan.',
  'said.outage': 'El mercado en {{url}} no responde desde {{time}} UTC; se sigue intentando.',
  'said.noJobHere': 'Aquí no se puede ejecutar ningún job:',
  'said.policyNoObject':
    'La política no es un objeto con campos. Escribe {} para dejar todo como viene.',
  'said.policyNoField': 'La política no tiene el campo {{field}}. Hay: {{fields}}.',
  'said.policyWrong':
    'La política está mal en {{pointer}}. {{field}} debe ser, en palabras inglesas: {{form}}.',
  'said.policyTooLong': 'La política tiene {{bytes}} bytes. Como mucho puede tener {{most}}.',
  'said.policyNoJson': 'La política no es JSON. {{cause}}',
  'said.policyUnread': 'La política no se puede leer. {{cause}}',
  'said.policyMaintenance':
    'Tu política no acepta jobs nuevos desde {{from}} hasta {{to}}; aquí es {{now}}.',
  'said.policyMaintenanceIn':
    'Tu política no acepta jobs nuevos desde {{from}} hasta {{to}}; en {{zone}} es {{now}}.',
  'said.policyHours': 'Tu política acepta jobs nuevos en {{hours}}; aquí son {{now}}.',
  'said.policyHoursIn': 'Tu política acepta jobs nuevos en {{hours}}; en {{zone}} son {{now}}.',
  'said.policyBattery':
    'La máquina funciona con la batería, y tu política no acepta jobs nuevos entonces.',
  'said.policyUseUnknown':
    'Tu política vende la máquina solo cuando nadie la usa, y no se sabe cuánto se usa {{model}}.',
  'said.policyInUse':
    'Tu política espera a que otros usen {{model}} menos del {{percent}} % durante {{minutes}} minutos.',
  'said.policyHeatUnknown':
    'No se sabe la temperatura de {{model}}, y tu política permite {{most}} °C.',
  'said.policyHot': '{{model}} está a {{now}} °C, y tu política permite {{most}} °C.',
  'said.policyPowerUnknown':
    'No se sabe cuánto consume o puede consumir {{model}}, y tu política permite {{most}} W.',
  'said.policyPower':
    'Con {{model}} al límite las GPU pueden consumir {{need}} W; tu política permite {{most}} W.',
  'said.auth-invalid': keyRefused.sentence,
  'said.auth-invalid.fix': keyRefused.fix,
  'said.auth-required': keyRefused.sentence,
  'said.auth-required.fix': keyRefused.fix,
  'said.asks-merged':
    'Este mercado conoce un solo precio para todas las GPU de una máquina: vale el más alto de los tuyos.',
  'said.asks-merged.fix':
    'Pide a su operador que lo actualice o pide lo mismo por todas las GPU: node3 agent policy edit',
  'said.marketplace-unreachable': 'El mercado en {{url}} no responde desde {{since}}.',
  'said.marketplace-unreachable.fix': 'Comprueba la red y MARKETPLACE_URL: curl {{url}}/health',
  'said.sign-in-failed': 'No se puede iniciar sesión y se sigue intentando: {{why}}',
  'said.sign-in-failed.fix':
    'Busca "signing in failed" en el registro del agente y avisa al operador.',
  'said.disk-unknown':
    'No se sabe cuánto disco queda libre, así que no se acepta ningún job que necesite disco.',
  'said.disk-unknown.fix': moreDisk,
  'said.disk-full':
    'Solo quedan {{mebibytes}} MiB de disco libres, así que no se acepta ningún job.',
  'said.disk-full.fix': moreDisk,
  'said.policy-unusable':
    'Sigue valiendo la política de antes, porque su archivo no se puede usar: {{why}}',
  'said.policy-unusable.fix': 'Corrígelo con: node3 agent policy edit',
  'said.seed-api-open':
    'Cualquier programa de esta máquina puede arrancar y parar este agente sin su token.',
  'said.seed-api-open.fix':
    'Si ningún cliente de la semilla de node³ lo necesita, arráncalo sin AGENT_SEED_API_OPEN.',
  'said.device-sick': '{{model}} ({{id}}) no acepta jobs: {{why}}',
  'said.device-sick.fix': 'Repara o reinicia el dispositivo; vuelve a la oferta por sí solo.',
  'said.engine_not_linux': 'El motor de contenedores ejecuta contenedores de Windows.',
  'said.engine_not_linux.fix': 'Cambia Docker Desktop a contenedores de Linux.',
  'said.seccomp_missing': 'El motor de contenedores no puede filtrar llamadas al sistema.',
  'said.seccomp_missing.fix': 'Usa un kernel y un motor con seccomp; sin él no se ejecutan jobs.',
  'said.limits_missing': 'El motor de contenedores no puede limitar: {{missing}}.',
  'said.limits_missing.fix':
    'Usa cgroup v2 con los controladores memory, pids y cpu delegados al motor.',
  'said.runtime_missing': 'El motor de contenedores no tiene ningún runtime llamado {{runtime}}.',
  'said.runtime_missing.fix': 'Instálalo y añádelo al motor, o elige otro runtime.',
  'said.engine_permission': 'Este usuario no puede hablar con el motor de contenedores.',
  'said.engine_permission.fix':
    'Ejecuta "sudo usermod -aG docker $USER" y vuelve a entrar, o usa un motor sin root.',
  'said.engine_missing': 'Ningún motor de contenedores responde en {{address}}.',
  'said.engine_missing.fix':
    'Instala y arranca Docker ("sudo systemctl start docker") o Podman, o pon en DOCKER_HOST dónde escucha.',
  'said.engine_not_answering': 'El motor de contenedores no responde: {{why}}',
  'said.engine_not_answering.fix': 'Reinicia el motor y mira su registro.',
  'doctor.of.node': 'Node.js',
  'doctor.of.data folder': 'Carpeta de datos',
  'doctor.of.policy': 'Política',
  'doctor.of.disk': 'Disco',
  'doctor.of.wallet': 'Cartera',
  'doctor.of.local API': 'API local',
  'doctor.of.marketplace': 'Mercado',
  'doctor.of.clock': 'Reloj',
  'doctor.of.kernel log': 'Registro del kernel',
  'doctor.of.GPUs': 'GPU',
  'doctor.of.GPU': 'GPU',
  'doctor.of.engine': 'Motor de contenedores',
  'doctor.of.container': 'Un contenedor',
  'doctor.of.native jobs': 'Jobs nativos',
  'doctor.of.warm containers': 'Contenedores en espera',
};
