/**
 * The demonstration job: says where it runs and what it can see, then computes something visible.
 * It uses the processor only, and claims no more than that.
 */
export const demoScript = `
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const { NVIDIA_VISIBLE_DEVICES: leased = 'not set' } = process.env;
const visible = ['', 'void', 'none', 'not set'].includes(leased) ? 'none' : leased;
console.log('job ' + process.env.JOB_ID + ' on ' + process.platform + '/' + process.arch);
console.log('node ' + process.version + ', GPU devices visible to the job: ' + visible +
  ' (NVIDIA_VISIBLE_DEVICES is ' + leased + ')');
const smi = spawnSync('nvidia-smi', ['-L'], { encoding: 'utf8' });
if (smi.status === 0) console.log(smi.stdout.trim());

const width = 64, height = 15, shades = ' .:-=+*#%@';
let iterations = 0;
for (let row = 0; row < height; row += 1) {
  let line = '';
  for (let column = 0; column < width; column += 1) {
    const re = -2.2 + (column / width) * 3.2, im = -1.2 + (row / (height - 1)) * 2.4;
    let x = 0, y = 0, n = 0;
    while (x * x + y * y <= 4 && n < 5000) {
      [x, y] = [x * x - y * y + re, 2 * x * y + im];
      n += 1;
    }
    iterations += n;
    line += n === 5000 ? '@' : shades[Math.min(8, Math.floor(Math.log2(n + 1)))];
  }
  console.log(line);
}
console.log(iterations + ' iterations');
const result = JSON.stringify({ iterations, width, height });
writeFileSync((process.env.OUTPUT_DIR ?? '.') + '/output.json', result);
`;
