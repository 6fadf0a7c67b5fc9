const bare = '{{card}} está montada sin controlador, así que nada puede usarla.';
const held = '{{card}} está montada con el controlador {{driver}}, así que nada puede usarla.';
const nvidiaDriver =
  'Instala el controlador de NVIDIA (Ubuntu: "sudo ubuntu-drivers install"; Debian: "sudo apt install nvidia-driver") y reinicia.';
const amdDriver =
  'Carga el controlador con "sudo modprobe amdgpu"; si falla, instala el paquete amdgpu-dkms y reinicia.';
const intelDriver =
  'Instala un núcleo que conozca la tarjeta (6.8 o posterior) y su firmware, y reinicia.';
const otherMac =
  'Ofrece solo el procesador o ejecuta el agente en un Mac con uno de los chips de Apple.';
const restart = 'Reinicia la máquina';

/** What is wrong with GPUs, their drivers and tools. */
export const esGpuProblems = {
  'said.detector-failed': 'La búsqueda de dispositivos {{vendor}} falló en el propio agente.',
  'said.detector-failed.fix':
    'Busca "GPU detector failed" en el registro del agente e informa de ello.',
  'said.gpu-index-missing':
    'GPU_INDEX nombra {{missing}}, y las GPU encontradas son {{count}}, contadas desde 0.',
  'said.gpu-index-missing.fix': 'Corrígelo con la lista de: node3 agent detect',
  'said.kernel-log-unreadable':
    'El agente no puede leer el registro del núcleo, que es el primero en informar de los fallos de las GPU.',
  'said.kernel-log-unreadable.fix':
    'Añade el usuario del agente al grupo: "sudo usermod -aG systemd-journal <usuario>", y reinícialo.',
  'said.gpu-not-answering':
    '{{card}} tiene su controlador, pero la herramienta de {{maker}} no la lista.',
  'said.gpu-not-answering.fix': `Busca su error con "sudo dmesg | grep -iE 'nvrm|xid'" y reinicia la máquina.`,
  'said.nvidia-bare.gpu-without-driver': bare,
  'said.nvidia-bare.gpu-without-driver.fix': nvidiaDriver,
  'said.nvidia-held.gpu-without-driver': held,
  'said.nvidia-held.gpu-without-driver.fix': nvidiaDriver,
  'said.amd-bare.gpu-without-driver': bare,
  'said.amd-bare.gpu-without-driver.fix': amdDriver,
  'said.amd-held.gpu-without-driver': held,
  'said.amd-held.gpu-without-driver.fix': amdDriver,
  'said.intel-bare.gpu-without-driver': bare,
  'said.intel-bare.gpu-without-driver.fix': intelDriver,
  'said.intel-held.gpu-without-driver': held,
  'said.intel-held.gpu-without-driver.fix': intelDriver,
  'said.apple-virtual.gpu-not-supported':
    '{{model}} es el dispositivo gráfico de una máquina virtual, donde el trabajo de GPU puede colgarse.',
  'said.apple-virtual.gpu-not-supported.fix': otherMac,
  'said.apple-intel.gpu-not-supported':
    '{{model}} es una tarjeta gráfica de un Mac con Intel, que los jobs no pueden usar.',
  'said.apple-intel.gpu-not-supported.fix': otherMac,
  'said.windows.gpu-not-supported':
    '{{model}} no se puede ofrecer desde Windows, donde los jobs solo llegan a tarjetas NVIDIA.',
  'said.windows.gpu-not-supported.fix': 'Ejecuta el agente en Linux para ofrecer esta tarjeta.',
  'said.tool.tool-timeout': '{{tool}} no respondió en {{ms}} ms.',
  'said.tool.tool-timeout.fix':
    'Ejecuta "{{tool}}" a mano; si también ahí se cuelga, reinicia la máquina.',
  'said.tool.tool-stuck': 'Una ejecución de {{tool}} está colgada en el núcleo.',
  'said.tool.tool-stuck.fix': `${restart}; una GPU ha dejado de responder a su controlador.`,
  'said.tool.tool-killed': '{{signal}} acabó con {{tool}}.',
  'said.tool.tool-killed.fix': 'Busca un fallo o falta de memoria en el registro del sistema.',
  'said.tool.output-too-large': '{{tool}} escribió más de {{bytes}} bytes.',
  'said.tool.output-too-large.fix': 'Ejecuta "{{tool}}" a mano y mira lo que escribe.',
  'said.tool.output-unreadable': '{{tool}} escribió algo que no se puede leer.',
  'said.tool.output-unreadable.fix':
    'Ejecuta "{{tool}}" a mano; puede que un script esté delante del programa real.',
  'said.tool.unknown-error': '{{tool}} falló con el código de salida {{exitCode}}.',
  'said.tool.unknown-error.fix': 'Ejecuta "{{tool}}" a mano y mira lo que dice.',
  'said.nvidia.tool-missing': 'En esta máquina no hay nvidia-smi.',
  'said.nvidia.tool-missing.fix':
    'Si la máquina tiene una GPU NVIDIA, instala el controlador de NVIDIA.',
  'said.nvidia.tool-timeout': 'nvidia-smi no respondió en {{ms}} ms.',
  'said.nvidia.tool-timeout.fix':
    'Activa el modo persistente con "sudo nvidia-smi -pm 1"; si sigue así, reinicia.',
  'said.nvidia.tool-ended': 'nvidia-smi acabó aunque debía seguir midiendo.',
  'said.nvidia.tool-ended.fix':
    'Vuelve a arrancar por sí solo; si esto sigue, ejecuta "nvidia-smi --loop-ms=1000" a mano.',
  'said.nvidia.output-truncated': 'El informe de nvidia-smi acabó a la mitad.',
  'said.nvidia.output-truncated.fix':
    'Ejecuta "nvidia-smi -q" a mano; puede que una GPU haya dejado de responder.',
  'said.nvidia.unknown-error': 'nvidia-smi falló con el código de salida {{exitCode}}.',
  'said.nvidia.unknown-error.fix':
    'En un contenedor, reinicia el contenedor; si no, ejecuta "nvidia-smi" a mano.',
  'said.nvidia.gpu-unconfirmed':
    'GPU de las que nvidia-smi informa pero que no lista una a una: {{count}}. De ellas no se ofrece nada.',
  'said.nvidia.gpu-unconfirmed.fix':
    'Compara "nvidia-smi -q" con "nvidia-smi -L"; reinicia la máquina si ahí falta una tarjeta.',
  'said.nvidia.gpu-unidentified': 'GPU que nvidia-smi lista sin UUID: {{count}}.',
  'said.nvidia.gpu-unidentified.fix': `${restart}; una GPU sin UUID suele haber dejado de responder al controlador.`,
  'said.nvidia.gpu-unlicensed':
    '{{model}} ({{id}}) es una GPU virtual sin licencia, así que su anfitrión la frena.',
  'said.nvidia.gpu-unlicensed.fix':
    'Nombra el servidor de licencias en /etc/nvidia/gridd.conf y reinicia nvidia-gridd.',
  'said.nvidia.mig-without-devices':
    'MIG está activado en {{model}} ({{id}}), pero no tiene dispositivos MIG que alquilar.',
  'said.nvidia.mig-without-devices.fix':
    'Crea algunos con "sudo nvidia-smi mig -cgi … -C" o desactiva MIG.',
  'said.nvidia.memory-mismatch':
    '{{model}} ({{id}}) tiene una cantidad de memoria con la que este modelo no se vende.',
  'said.nvidia.memory-mismatch.fix':
    'Se ofrece sin nombre de modelo. Si la tarjeta es auténtica, informa de su nombre y su memoria.',
  'said.nvidia.field-not-supported':
    'Este controlador de NVIDIA no conoce un campo por el que se preguntó.',
  'said.nvidia.field-not-supported.fix': 'Actualiza el controlador de NVIDIA.',
  'said.nvidia.driver-library-missing':
    'nvidia-smi está instalado, pero la biblioteca del controlador de NVIDIA no.',
  'said.nvidia.driver-library-missing.fix':
    'Instala el paquete del controlador de NVIDIA que corresponde a este nvidia-smi.',
  'said.nvidia.driver-not-loaded': 'El controlador de NVIDIA no está cargado.',
  'said.nvidia.driver-not-loaded.fix':
    'Cárgalo con "sudo modprobe nvidia" o instala el controlador para el núcleo en uso.',
  'said.nvidia.driver-library-mismatch':
    'El controlador de NVIDIA cargado y su biblioteca tienen versiones distintas.',
  'said.nvidia.driver-library-mismatch.fix': `${restart}, para que se cargue el controlador actualizado.`,
  'said.nvidia.binary-mismatch':
    'nvidia-smi y la biblioteca del controlador de NVIDIA son de versiones distintas.',
  'said.nvidia.binary-mismatch.fix':
    'Quita el nvidia-smi sobrante, para que se encuentre primero el del controlador.',
  'said.nvidia.os-blocked': 'El sistema operativo bloquea el acceso a la GPU.',
  'said.nvidia.os-blocked.fix':
    'En WSL, actualiza el controlador de Windows y ejecuta "wsl --update" y después "wsl --shutdown".',
  'said.nvidia.gpu-lost': 'Una GPU ya no responde en el bus.',
  'said.nvidia.gpu-lost.fix': `${restart}; si se repite, revisa la fuente de alimentación y la ranura.`,
  'said.nvidia.needs-reset': 'El controlador pide reiniciar una GPU.',
  'said.nvidia.needs-reset.fix':
    'Reiníciala con "sudo nvidia-smi --gpu-reset -i <número>" o reinicia la máquina.',
  'said.nvidia.inforom-corrupted':
    'La memoria en la que una GPU guarda sus propios ajustes está dañada.',
  'said.nvidia.inforom-corrupted.fix': `${restart}; si sigue así, hay que reparar la tarjeta.`,
  'said.nvidia.insufficient-resources':
    'Al controlador de NVIDIA no le quedan recursos para una GPU.',
  'said.nvidia.insufficient-resources.fix': `${restart}; en las grandes, busca errores de BAR con "sudo dmesg | grep -i nvrm".`,
  'said.nvidia.gpu-handle-error': 'Una GPU no responde al controlador de NVIDIA.',
  'said.nvidia.gpu-handle-error.fix': `${restart}; "sudo dmesg | grep -i xid" muestra lo que vio el controlador.`,
  'said.nvidia.no-permission': 'El agente no puede acceder a la GPU.',
  'said.nvidia.no-permission.fix':
    'Da al usuario del agente acceso a /dev/nvidia*, normalmente con el grupo "video".',
  'said.nvidia.insufficient-power': 'Una GPU no tiene alimentación externa.',
  'said.nvidia.insufficient-power.fix': 'Conecta los cables de alimentación de la GPU.',
  'said.nvidia.no-devices': 'El controlador de NVIDIA está cargado y no encuentra ninguna GPU.',
  'said.nvidia.no-devices.fix':
    'Si hay una GPU instalada, busca su error con "sudo dmesg | grep -i nvrm".',
  'said.amd.driver-not-loaded': 'El controlador amdgpu de AMD no está cargado.',
  'said.amd.driver-not-loaded.fix':
    'Cárgalo con "sudo modprobe amdgpu"; las tarjetas de AMD para centros de datos necesitan el paquete amdgpu-dkms.',
  'said.amd.no-permission': 'El agente no puede abrir la GPU de AMD.',
  'said.amd.no-permission.fix':
    'Añade el usuario del agente a sus grupos: "sudo usermod -aG render,video <usuario>", y vuelve a iniciar sesión.',
  'said.amd.tool-incomplete': 'Una herramienta de ROCm está instalada sin su biblioteca.',
  'said.amd.tool-incomplete.fix': 'Reinstala el paquete rocm-smi-lib o amd-smi-lib.',
  'said.amd.no-devices': 'Las herramientas de AMD no encuentran ninguna GPU.',
  'said.amd.no-devices.fix':
    'Si hay una instalada, busca su error con "sudo dmesg | grep -i amdgpu".',
  'said.amd.compute-driver-missing':
    '{{model}} ({{place}}) muestra imágenes, pero el controlador de cálculo de AMD no la ofrece.',
  'said.amd.compute-driver-missing.fix':
    'Comprueba que existe /dev/kfd; "sudo dmesg | grep -i kfd" dice por qué se dejó fuera una tarjeta.',
  'said.intel.no-devices': 'Las herramientas de Intel no encuentran ninguna GPU.',
  'said.intel.no-devices.fix': `Si hay una instalada, busca su error con "sudo dmesg | grep -iE 'i915|xe '".`,
  'said.intel.no-permission': 'El agente no puede leer lo ocupada que está la GPU de Intel.',
  'said.intel.no-permission.fix':
    'Permítelo con "sudo setcap cap_perfmon=+ep $(command -v intel_gpu_top)".',
  'said.intel.driver-not-loaded': 'El controlador de cálculo de Intel no está instalado.',
  'said.intel.driver-not-loaded.fix': 'Instala los paquetes intel-opencl-icd y level-zero.',
} as const;
