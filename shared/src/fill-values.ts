/** A template such as `must be >= {{limit}}` with its values in it. */
export function fillValues(template: string, values: Record<string, string | number>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
}
