const memory = 'su memoria tuvo un error que no se pudo corregir';
const link = 'falló una conexión NVLink';
const stopped = 'dejó de procesar';

/** What is wrong with a GPU, and what the driver says of it by the number of its Xid. */
export const esFaults = {
  'said.sickXid': 'El controlador informó del Xid {{xid}}: {{what}}.',
  'said.sickReset': 'El controlador no pudo reiniciar esta GPU; reinicia la máquina.',
  'said.sickRecovery': 'El controlador pide esta recuperación de la GPU: {{action}}.',
  'said.sickPower': 'Lleva un minuto frenada porque la fuente de alimentación está sobrecargada.',
  'said.sickHeat': 'Lleva un minuto frenada para protegerse del calor.',
  'said.sickError': 'Su memoria tuvo 1 error que no se pudo corregir; reiníciala.',
  'said.sickErrors': 'Su memoria tuvo {{count}} errores que no se pudieron corregir; reiníciala.',
  'said.sickMemory':
    '{{gibibytes}} GiB de su memoria no se liberaron tras su último job; algo los retiene todavía.',
  'said.sickMemoryBy':
    '{{gibibytes}} GiB de su memoria no se liberaron tras su último job; los retiene el proceso {{processes}}.',
  'xid.46': stopped,
  'xid.48': memory,
  'xid.54': 'su cable de alimentación no está conectado',
  'xid.62': 'se paró su propio controlador',
  'xid.64': 'no se pudo sustituir memoria defectuosa',
  'xid.74': link,
  'xid.79': 'ya no responde en el bus',
  'xid.95': 'su memoria tuvo un error que no se pudo contener',
  'xid.110': 'se informó de un fallo de seguridad',
  'xid.119': 'su procesador de sistema no responde',
  'xid.120': 'falló su procesador de sistema',
  'xid.136': 'no se pudo establecer un enlace',
  'xid.140': memory,
  'xid.142': 'informó de un fallo que solo su fabricante puede explicar',
  'xid.143': 'no se pudo arrancar',
  'xid.151': 'su controlador pide reiniciar la máquina',
  'xid.155': link,
  'xid.156': 'se retiró un recurso',
  'xid.158': stopped,
  'xid.application': 'un programa cometió un error',
  'xid.notice': 'el controlador dejó un aviso',
};
