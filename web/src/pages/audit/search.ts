import type { Search } from '../../app/search.js';

export function auditSearch(search: Record<string, unknown>): Search {
  return search as Search;
}
