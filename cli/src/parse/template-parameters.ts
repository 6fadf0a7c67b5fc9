import type { ParameterValue, ParameterValues, TemplateParameter } from '@node3/shared/template';
import { usageError } from '../command-error.ts';
import type { Host } from '../host.ts';

/**
 * Reads repeated `name=value` as the types that a template declares. A name alone takes its value
 * from this shell, as `docker run -e` does; a secret that is not there is asked for.
 */
export async function readTemplateParameters(
  host: Host,
  declared: readonly TemplateParameter[],
  pairs: readonly string[],
): Promise<ParameterValues> {
  const values: [string, ParameterValue][] = [];
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    const parameter = declared.find((one) => one.name === name);
    if (parameter === undefined) {
      const known = declared.map((one) => one.name).join(', ') || 'none';
      throw usageError(`The template has no parameter "${name}".`, `It has: ${known}.`);
    }
    const text = at < 0 ? await textOf(host, parameter) : pair.slice(at + 1);
    values.push([name, typed(parameter, text)]);
  }
  return Object.fromEntries(values);
}

async function textOf(host: Host, { name, type }: TemplateParameter): Promise<string> {
  const known = host.env[name];
  if (known !== undefined) return known;
  if (type === 'secret') return (await host.readSecret(`${name}: `)).toString('utf8');
  const fix = `Write -p ${name}=value.`;
  throw usageError(`-p ${name} has no value and ${name} is not set here.`, fix);
}

function typed({ name, type }: TemplateParameter, text: string): ParameterValue {
  if (type === 'integer' || type === 'number') {
    if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
    throw usageError(`-p ${name} is "${text}", which is no number.`, `Write -p ${name}=1.`);
  }
  if (type !== 'boolean') return text;
  if (text === 'true' || text === 'false') return text === 'true';
  throw usageError(`-p ${name} is "${text}".`, 'Write true or false.');
}
