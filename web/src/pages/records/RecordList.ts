import type { CombinedError } from '@urql/core';
import type { ListedRecord, RecordsOrder } from './documents.js';
import { comparing } from './order.js';

export type RecordPage = { records: readonly ListedRecord[]; endCursor: string | null; hasNextPage: boolean };
export type PageAnswer = { page: RecordPage } | { error: CombinedError | undefined };

export type ListState = {
  records: readonly ListedRecord[];
  /** Whether more follow those that are here. */
  hasMore: boolean;
  isLoading: boolean;
  error: CombinedError | undefined;
};

export type CategoryNow = { id: string; name: string; mergedInto: { id: string; name: string } | null };

/** How many pages are asked for anew at once; what is further down comes when it is scrolled to. */
const RELOADED_PAGES = 5;

/**
 * The records of one filter in one order, as far as somebody has scrolled. A change puts its record to its place without
 * asking for pages again, so that nothing jumps.
 */
export class RecordList {
  #state: ListState = { records: [], hasMore: true, isLoading: false, error: undefined };
  #endCursor: string | null = null;
  /** What an earlier reload still waits for does not count any more. */
  #generation = 0;
  readonly #listeners = new Set<() => void>();
  readonly #ask: (after: string | null) => Promise<PageAnswer>;
  readonly #compare: (one: ListedRecord, other: ListedRecord) => number;

  constructor(ask: (after: string | null) => Promise<PageAnswer>, order: RecordsOrder) {
    this.#ask = ask;
    this.#compare = comparing(order);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): ListState => this.#state;

  readonly loadMore = async (): Promise<void> => {
    if (this.#state.isLoading || !this.#state.hasMore) return;
    const generation = this.#generation;
    this.#set({ isLoading: true, error: undefined });
    const answer = await this.#ask(this.#endCursor);
    if (generation !== this.#generation) return;
    if ('error' in answer) {
      this.#set({ isLoading: false, error: answer.error });
      return;
    }
    this.#endCursor = answer.page.endCursor ?? this.#endCursor;
    this.#set({
      records: withoutRepetition([...this.#state.records, ...answer.page.records]),
      hasMore: answer.page.hasNextPage,
      isLoading: false,
    });
  };

  /** Asks again for what is here; until it has come, the old records stay. */
  readonly reload = async (): Promise<void> => {
    this.#generation += 1;
    const generation = this.#generation;
    const wanted = Math.min(this.#state.records.length, RELOADED_PAGES * 100);
    this.#set({ isLoading: true, error: undefined });
    let records: readonly ListedRecord[] = [];
    let after: string | null = null;
    let hasMore = true;
    do {
      const answer: PageAnswer = await this.#ask(after);
      if (generation !== this.#generation) return;
      if ('error' in answer) {
        this.#set({ isLoading: false, error: answer.error });
        return;
      }
      records = [...records, ...answer.page.records];
      after = answer.page.endCursor ?? after;
      hasMore = answer.page.hasNextPage;
    } while (hasMore && records.length < wanted);
    this.#endCursor = after;
    this.#set({ records: withoutRepetition(records), hasMore, isLoading: false });
  };

  /** A record as it is now; null where it does not belong here any more. */
  readonly change = (id: string, record: ListedRecord | null): void => {
    const others = this.#state.records.filter((each) => each.id !== id);
    const before = this.#state.records.find((each) => each.id === id);
    if (!record) {
      if (before) this.#set({ records: others });
      return;
    }
    // An answer that comes late does not undo a newer one.
    if (before && before.version > record.version) return;
    const place = placeOf(record, others, this.#compare);
    // Beyond the last page that is here, it comes with its own.
    if (place === others.length && this.#state.hasMore) this.#set({ records: others });
    else this.#set({ records: others.toSpliced(place, 0, record) });
  };

  /** A category that was renamed, merged or unmerged: no record of it has changed by that. */
  readonly changeCategory = (category: CategoryNow): void => {
    const shown = category.mergedInto ?? { id: category.id, name: category.name };
    this.#set({
      records: this.#state.records.map((record) => {
        const isMeant = record.ownCategoryId === category.id || record.category.id === category.id;
        const isSame = record.category.id === shown.id && record.category.name === shown.name;
        return isMeant && !isSame ? { ...record, category: { ...record.category, ...shown } } : record;
      }),
    });
  };

  #set(changes: Partial<ListState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const listener of this.#listeners) listener();
  }
}

/** A record that moved down while pages were asked for comes twice. */
function withoutRepetition(records: readonly ListedRecord[]): ListedRecord[] {
  return [...new Map(records.map((record) => [record.id, record])).values()];
}

function placeOf(
  record: ListedRecord,
  records: readonly ListedRecord[],
  compare: (one: ListedRecord, other: ListedRecord) => number,
): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = records[middle];
    if (there && compare(there, record) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
