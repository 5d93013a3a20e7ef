import type { Search } from '../../app/search.js';

export function dashboardSearch(search: Record<string, unknown>): Search {
  return search as Search;
}
