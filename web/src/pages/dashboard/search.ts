// What the dashboard shows, as its address says it. What is not said is as usual.

import { one } from '../../app/search.js';

export const RANGES = ['month', 'quarter', 'year', 'last-12-months', 'all', 'own'] as const;
export const COMPARISONS = ['year', 'period'] as const;
export const INTERVALS = ['day', 'week', 'month', 'quarter', 'year'] as const;

export type RangeName = (typeof RANGES)[number];
export type ComparisonName = (typeof COMPARISONS)[number];
export type IntervalName = (typeof INTERVALS)[number];

export type DashboardSearch = {
  range?: RangeName | undefined;
  /** The first and the last day, where the range is one's own. */
  from?: string | undefined;
  to?: string | undefined;
  compare?: ComparisonName | undefined;
  interval?: IntervalName | undefined;
  currency?: string | undefined;
  /** Whether the categories are those of income. */
  kind?: 'INCOME' | undefined;
  categories?: 'all' | undefined;
  view?: 'table' | undefined;
};

function known<Name extends string>(names: readonly Name[], value: unknown): Name | undefined {
  const written = one(value);
  return names.find((name) => name === written);
}

export function dashboardSearch(search: Record<string, unknown>): DashboardSearch {
  return {
    range: known(RANGES, search['range']),
    from: one(search['from']),
    to: one(search['to']),
    compare: known(COMPARISONS, search['compare']),
    interval: known(INTERVALS, search['interval']),
    currency: one(search['currency']),
    kind: known(['INCOME'], search['kind']),
    categories: known(['all'], search['categories']),
    view: known(['table'], search['view']),
  };
}
