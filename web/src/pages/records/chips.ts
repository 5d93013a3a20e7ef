import { formatAmount, formatDay, formatDays, formatMoment } from '../../format/index.js';
import { all } from '../../app/search.js';
import { text } from '../../text/index.js';
import type { RecordsSearch } from './search.js';

const words = text.records.filter;

export type FilterChip = { key: string; label: string; without: Partial<RecordsSearch> };

/** What an id means, where that is known yet. */
export type NameOf = (id: string) => string | undefined;

/** The amount in the reader's writing; what is none stands as it is, and the server says what is wrong with it. */
function amountIn(amount: string, currency: string): string {
  return /^-?\d+(\.\d+)?$/.test(amount) ? `${formatAmount(amount)} ${currency}` : amount;
}

function dayOf(day: string): string {
  return Number.isNaN(Date.parse(day)) ? day : formatDay(day);
}

function momentOf(moment: string): string {
  return Number.isNaN(Date.parse(moment)) ? moment : formatMoment(moment);
}

function days(from: string | undefined, to: string | undefined): string | undefined {
  if (from && to) return Number.isNaN(Date.parse(from) + Date.parse(to)) ? `${from} – ${to}` : formatDays(from, to);
  if (from) return words.since(dayOf(from));
  return to && words.until(dayOf(to));
}

/** Each condition of the list, and the address without it. */
export function chipsOf(search: RecordsSearch, nameOf: NameOf, baseCurrency: string): FilterChip[] {
  const chips: FilterChip[] = [];
  const add = (key: string, label: string | undefined, without: Partial<RecordsSearch>) => {
    if (label) chips.push({ key, label, without });
  };
  const addEach = (field: 'category' | 'categoryId' | 'currency' | 'createdBy', label: (value: string) => string) => {
    const values = all(search[field]);
    for (const value of values) {
      const others = values.filter((other) => other !== value);
      add(`${field}:${value}`, label(value), { [field]: others.length > 0 ? others : undefined });
    }
  };

  add('kind', search.kind && (search.kind === 'INCOME' ? words.income : words.expenses), { kind: undefined });
  add('days', days(search.from, search.to), { from: undefined, to: undefined });
  addEach('category', (name) => name);
  addEach('categoryId', (id) => nameOf(id) ?? words.someCategory);
  addEach('currency', (code) => code);
  const [only, ...more] = all(search.currency);
  const currency = only && more.length === 0 ? only : baseCurrency;
  add('minAmount', search.minAmount && words.atLeast(amountIn(search.minAmount, currency)), { minAmount: undefined });
  add('maxAmount', search.maxAmount && words.atMost(amountIn(search.maxAmount, currency)), { maxAmount: undefined });
  add('counterparty', search.counterparty, { counterparty: undefined });
  addEach('createdBy', (id) => words.enteredBy(nameOf(id) ?? words.somebody));
  add('importId', search.importId && words.fromImport(nameOf(search.importId) ?? words.someFile), { importId: undefined });
  add('createdFrom', search.createdFrom && words.enteredFrom(momentOf(search.createdFrom)), { createdFrom: undefined });
  add('createdTo', search.createdTo && words.enteredBefore(momentOf(search.createdTo)), { createdTo: undefined });
  add('updatedFrom', search.updatedFrom && words.changedFrom(momentOf(search.updatedFrom)), { updatedFrom: undefined });
  add('updatedTo', search.updatedTo && words.changedBefore(momentOf(search.updatedTo)), { updatedTo: undefined });
  add('deleted', search.deleted && (search.deleted === 'ONLY' ? words.onlyDeleted : words.withDeleted), { deleted: undefined });
  const ids = all(search.id);
  add('id', ids.length > 0 ? words.chosen(ids.length) : undefined, { id: undefined });
  return chips;
}
