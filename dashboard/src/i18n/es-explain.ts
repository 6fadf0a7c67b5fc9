import type { enExplain } from './en-explain.ts';

export const esExplain: Record<keyof typeof enExplain, string> = {
  'explain.title': 'Por qué espera',
  'explain.fit.online': '{{fitting}} de {{agents}} agentes conectados pueden ejecutarlo',
  'explain.fit.registered':
    '{{fitting}} de {{agents}} agentes registrados pueden ejecutarlo; ninguno está conectado',
  'explain.ahead': 'Otros jobs abiertos de su prioridad o superior: {{jobs}}',
  'explain.eta':
    'Jobs así empezaron tras {{half}}, nueve de cada diez en {{most}} ({{samples}} inicios)',
  'explain.requirements': 'Lo que se pide y cuántos agentes lo cumplen',
  'explain.requirement': 'Requisito',
  'explain.pass': 'Cumplen',
  'explain.fail': 'No cumplen',
  'explain.only': 'Solo fallan en esto',
  'explain.changes': 'Cambios más cercanos',
  'explain.without': 'quitado',
  'explain.more_one': '{{count}} agente más',
  'explain.more_other': '{{count}} agentes más',
  'explain.from': 'desde {{price}} por hora de GPU',
  'explain.wait.nobody_registered':
    'Aún no se ha registrado ningún agente; el primero que encaje recibe el job.',
  'explain.wait.nobody_fits': 'Ningún agente registrado podría ejecutar este job.',
  'explain.wait.nobody_online':
    'Hay agentes registrados que podrían ejecutarlo, pero ninguno está conectado.',
  'explain.wait.all_busy': 'Todos los agentes que podrían ejecutarlo están ocupados.',
  'explain.wait.reserved': 'Todos los agentes que podrían ejecutarlo están reservados para otros.',
  'explain.wait.not_before': 'Espera antes de su próximo intento.',
  'explain.wait.dependencies': 'Espera a los jobs de los que depende.',
  'explain.wait.turn':
    'Un agente que podría ejecutarlo está libre y lo recibe cuando llegue su turno.',
};
