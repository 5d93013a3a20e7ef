// A change of many records: in batches as large as the API takes, one after the other, until it is done, stopped or refused.

import type { Problem } from '../../graphql/errors.js';
import type { RecordsFilter } from './documents.js';
import type { Selection } from './selection.js';

/** As many as the API changes at once. */
export const MOST_AT_ONCE = 500;

export type BulkKind = 'recategorise' | 'delete' | 'restore';

export type Answer<Value> = { value: Value } | { problems: readonly Problem[] };

export type Outcome = { done: number; problems: readonly Problem[]; isStopped: boolean };

type Steps<Item> = {
  /** The next ones; none where there are no more. */
  read: () => Promise<Answer<readonly Item[]>>;
  /** Answers how many it changed. */
  change: (batch: readonly Item[]) => Promise<Answer<number>>;
  /** Asked before each batch. */
  isStopped: () => boolean;
  tell: (done: number) => void;
};

export async function inBatches<Item>({ read, change, isStopped, tell }: Steps<Item>): Promise<Outcome> {
  let done = 0;
  for (;;) {
    const batch = await read();
    if ('problems' in batch) return { done, problems: batch.problems, isStopped: false };
    if (batch.value.length === 0) return { done, problems: [], isStopped: false };
    if (isStopped()) return { done, problems: [], isStopped: true };
    const answer = await change(batch.value);
    if ('problems' in answer) return { done, problems: answer.problems, isStopped: false };
    done += answer.value;
    tell(done);
  }
}

export function chunks<Item>(items: readonly Item[], size = MOST_AT_ONCE): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

/** The filters that mean the ticked records: deleted ones to restore, others for anything else. */
export function targetsOf(kind: BulkKind, selection: Selection, filter: RecordsFilter): RecordsFilter[] {
  const deleted = kind === 'restore' ? 'ONLY' : 'EXCLUDE';
  return selection.isAll ? [{ ...filter, deleted }] : chunks([...selection.ids]).map((ids) => ({ ids, deleted }));
}

/** What puts records back into the categories that they were in, in as few requests as the API allows. */
export function waysBack(former: ReadonlyMap<string, string>): { category: string; ids: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const [id, category] of former) groups.set(category, [...(groups.get(category) ?? []), id]);
  return [...groups].flatMap(([category, ids]) => chunks(ids).map((some) => ({ category, ids: some })));
}
