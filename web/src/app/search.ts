// What stands behind the `?` of an address: plain text, `?kind=EXPENSE&category=Rent&category=Travel`, as people and other
// programs write it.

export type Search = Record<string, string | string[] | undefined>;

export function parseSearch(written: string): Search {
  const search: Search = {};
  for (const [name, value] of new URLSearchParams(written)) {
    const before = search[name];
    search[name] = before === undefined ? value : [before, value].flat();
  }
  return search;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const written: string[] = [];
  for (const [name, value] of Object.entries(search)) {
    for (const each of [value].flat()) {
      if (typeof each !== 'string') continue;
      const key = encodeURIComponent(name);
      written.push(each === '' ? key : `${key}=${encodeURIComponent(each)}`);
    }
  }
  return written.length === 0 ? '' : `?${written.join('&')}`;
}

/** The one value of a parameter. */
export function one(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}

/** All values of a parameter. */
export function all(value: unknown): string[] {
  return [value].flat().filter((each): each is string => typeof each === 'string');
}
