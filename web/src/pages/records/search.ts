// What the list shows, as its address says it: parameters are called like the fields of `RecordFilter`, so that
// `?kind=EXPENSE&category=Rent&from=2026-01-01` can be written by hand.

import { all, one } from '../../app/search.js';
import type { RecordsFilter, RecordsOrder } from './documents.js';

export const SORTS = ['date', 'amount', 'created', 'updated'] as const;
export type SortName = (typeof SORTS)[number];
/** With a minus, what is greatest comes first. */
export type Sort = SortName | `-${SortName}`;

export type RecordsSearch = {
  search?: string | undefined;
  kind?: 'INCOME' | 'EXPENSE' | undefined;
  category?: string | string[] | undefined;
  categoryId?: string | string[] | undefined;
  from?: string | undefined;
  to?: string | undefined;
  minAmount?: string | undefined;
  maxAmount?: string | undefined;
  currency?: string | string[] | undefined;
  counterparty?: string | undefined;
  createdBy?: string | string[] | undefined;
  importId?: string | undefined;
  createdFrom?: string | undefined;
  createdTo?: string | undefined;
  updatedFrom?: string | undefined;
  updatedTo?: string | undefined;
  deleted?: 'ONLY' | 'INCLUDE' | undefined;
  id?: string | string[] | undefined;
  sort?: Sort | undefined;
  /** The record that is open beside the list, or that one is being entered. */
  record?: string | undefined;
  new?: string | undefined;
};

export const DEFAULT_SORT: Sort = '-date';

function known<Name extends string>(names: readonly Name[], value: unknown): Name | undefined {
  const written = one(value);
  return names.find((name) => name === written);
}

function text(value: unknown): string | undefined {
  return one(value)?.trim() || undefined;
}

function several(value: unknown): string[] | undefined {
  const values = [...new Set(all(value).filter((each) => each.trim() !== ''))];
  return values.length === 0 ? undefined : values;
}

/** A moment; of a day alone, its beginning in UTC. */
function moment(value: unknown): string | undefined {
  const written = text(value);
  return written && /^\d{4}-\d{2}-\d{2}$/.test(written) ? `${written}T00:00:00Z` : written;
}

export function recordsSearch(search: Record<string, unknown>): RecordsSearch {
  return {
    search: one(search['search']) || undefined,
    kind: known(['INCOME', 'EXPENSE'], search['kind']),
    category: several(search['category']),
    categoryId: several(search['categoryId']),
    from: text(search['from']),
    to: text(search['to']),
    minAmount: text(search['minAmount']),
    maxAmount: text(search['maxAmount']),
    currency: several(search['currency']),
    counterparty: text(search['counterparty']),
    createdBy: several(search['createdBy']),
    importId: text(search['importId']),
    createdFrom: moment(search['createdFrom']),
    createdTo: moment(search['createdTo']),
    updatedFrom: moment(search['updatedFrom']),
    updatedTo: moment(search['updatedTo']),
    deleted: known(['ONLY', 'INCLUDE'], search['deleted']),
    id: several(search['id']),
    sort: known(SORTS.flatMap((name): Sort[] => [name, `-${name}`]), search['sort']),
    record: text(search['record']),
    new: one(search['new']),
  };
}

function range(from: string | undefined, to: string | undefined) {
  return from || to ? { from: from ?? null, to: to ?? null } : undefined;
}

/** The filter of the API. Fields without a condition are left out, so that equal lists are asked for in equal words. */
export function filterOf(search: RecordsSearch): RecordsFilter {
  const conditions: { [Field in keyof RecordsFilter]: RecordsFilter[Field] | undefined } = {
    search: search.search?.trim() || undefined,
    kind: search.kind,
    categories: several(search.category),
    categoryIds: several(search.categoryId),
    from: search.from,
    to: search.to,
    minAmount: search.minAmount,
    maxAmount: search.maxAmount,
    currencies: several(search.currency),
    counterparty: search.counterparty,
    createdByIds: several(search.createdBy),
    importId: search.importId,
    createdAt: range(search.createdFrom, search.createdTo),
    updatedAt: range(search.updatedFrom, search.updatedTo),
    deleted: search.deleted,
    ids: several(search.id),
  };
  return Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined));
}

const FIELDS = { date: 'DATE', amount: 'AMOUNT', created: 'CREATED_AT', updated: 'UPDATED_AT' } as const;

export function orderOf(sort: Sort = DEFAULT_SORT): RecordsOrder {
  const isDescending = sort.startsWith('-');
  return { field: FIELDS[sortName(sort)], direction: isDescending ? 'DESC' : 'ASC' };
}

export function sortName(sort: Sort): SortName {
  return sort.replace('-', '') as SortName;
}

/** The order after a click on the header of a column: its greatest first, then its least. */
export function nextSort(sort: Sort = DEFAULT_SORT, name: SortName): Sort {
  return sort === `-${name}` ? name : `-${name}`;
}

/** No condition at all: what stays is the order and what is open. */
export const NO_FILTER = {
  search: undefined,
  kind: undefined,
  category: undefined,
  categoryId: undefined,
  from: undefined,
  to: undefined,
  minAmount: undefined,
  maxAmount: undefined,
  currency: undefined,
  counterparty: undefined,
  createdBy: undefined,
  importId: undefined,
  createdFrom: undefined,
  createdTo: undefined,
  updatedFrom: undefined,
  updatedTo: undefined,
  deleted: undefined,
  id: undefined,
} satisfies RecordsSearch;
