/** One of a closed list of words in the address; nothing where it is another. */
export function readOneOf<const Name extends string, const Value extends string>(
  search: Record<string, unknown>,
  name: Name,
  values: readonly Value[],
): { [Key in Name]?: Value } {
  const found = values.find((value) => value === search[name]);
  return (found === undefined ? {} : { [name]: found }) as { [Key in Name]?: Value };
}

/** Where a page of a list begins. A cursor of digits alone is read as a number by the router. */
export function readCursor(search: Record<string, unknown>): { cursor?: string } {
  const { cursor } = search;
  const text = typeof cursor === 'number' ? String(cursor) : cursor;
  return typeof text === 'string' && text !== '' && text.length <= 64 ? { cursor: text } : {};
}

/** An id of the API in the address, such as `int_…`; nothing where it can't be one. */
export function readId<const Name extends string>(
  search: Record<string, unknown>,
  name: Name,
): { [Key in Name]?: string } {
  const { [name]: value } = search;
  const isId = typeof value === 'string' && /^[a-z]{2,8}_[0-9A-Z]{26}$/.test(value);
  return (isId ? { [name]: value } : {}) as { [Key in Name]?: string };
}
