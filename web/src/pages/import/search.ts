import { one } from '../../app/search.js';

export type ImportSearch = { step?: 'format' | 'categories' | 'check' | undefined };

/** `?step=` of an import that is not entered yet; the format is the first. */
export function importSearch({ step }: Record<string, unknown>): ImportSearch {
  const wanted = one(step);
  return wanted === 'categories' || wanted === 'check' ? { step: wanted } : {};
}
