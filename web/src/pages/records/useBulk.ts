import { useCallback, useEffect, useRef, useState } from 'react';
import { type Client, useClient } from 'urql';
import { type Problem, problemsOf } from '../../graphql/errors.js';
import { useChange } from '../../graphql/useChange.js';
import { formatCount } from '../../format/index.js';
import { text } from '../../text/index.js';
import { useToast } from '../../ui/index.js';
import { type Answer, type BulkKind, inBatches, MOST_AT_ONCE, type Outcome, targetsOf, waysBack } from './bulk.js';
import { DeleteRecords, RecordsToChange, type RecordsFilter, RestoreRecords, UpdateRecords } from './documents.js';
import type { Selection } from './selection.js';

const words = text.records.bulk;

type Listed = { id: string; category: { name: string } };
type Wanted = { selection: Selection; filter: RecordsFilter; count: number; category: string };

/** Changes the ticked records, however many they are. What it has changed can be taken back, also after it was stopped. */
export function useBulk(kind: BulkKind, onDone: () => void) {
  const client = useClient();
  const update = useChange(UpdateRecords);
  const remove = useChange(DeleteRecords);
  const restore = useChange(RestoreRecords);
  const toast = useToast();
  const [done, setDone] = useState<number | null>(null);
  const isStopped = useRef(false);
  const stop = useCallback(() => { isStopped.current = true; }, []);
  useEffect(() => stop, [stop]);
  /** The records that it came to, with the category that each was in. */
  const former = useRef(new Map<string, string>());

  const run = async ({ selection, filter, count, category }: Wanted): Promise<Outcome> => {
    isStopped.current = false;
    setDone(0);
    const outcome = await inBatches<Listed>({
      read: reader(client, targetsOf(kind, selection, filter), count, selection.isAll),
      change: async (batch) => {
        // Before it is sent: an answer may get lost.
        for (const { id, category: { name } } of batch) {
          if (name !== category && !former.current.has(id)) former.current.set(id, name);
        }
        const records = { filter: { ids: batch.map(({ id }) => id) } };
        if (kind === 'recategorise') {
          const { data, problems } = await update.run({ records, set: { category } });
          return problems ? { problems } : { value: data.updateRecords?.recordCount ?? 0 };
        }
        if (kind === 'delete') {
          const { data, problems } = await remove.run({ records });
          return problems ? { problems } : { value: data.deleteRecords?.recordCount ?? 0 };
        }
        const { data, problems } = await restore.run({ records });
        return problems ? { problems } : { value: data.restoreRecords?.recordCount ?? 0 };
      },
      isStopped: () => isStopped.current,
      tell: setDone,
    });
    setDone(null);
    return outcome;
  };

  /** Only what nobody has changed since: records that are in that category still, or deleted still. */
  const takeBack = async (category: string) => {
    const ways = waysBack(former.current);
    if (ways.length > 1) toast({ message: words.takingBack });
    let count = 0;
    let refused: readonly Problem[] = [];
    for (const { category: before, ids } of ways) {
      const { data, problems } = kind === 'delete'
        ? await restore.run({ records: { filter: { ids } } })
        : await update.run({ records: { filter: { ids, categories: [category] } }, set: { category: before } });
      if (problems) {
        refused = problems;
        break;
      }
      const payload = 'restoreRecords' in data ? data.restoreRecords : data.updateRecords;
      count += payload?.recordCount ?? 0;
    }
    const left = former.current.size - count;
    const sentences = [
      (kind === 'delete' ? words.restored : words.putBack)(count, formatCount(count)),
      refused.length > 0 ? text.records.refused(refused.map(({ message }) => message).join(' '))
        : left > 0 && words.changedSince(left, formatCount(left)),
    ];
    toast({ message: sentences.filter(Boolean).join(' ') });
    onDone();
  };

  return { run, stop, done, takeBack };
}

/** Reads the selected records batch by batch, at most `count`; refuses when the number of all of them has changed. */
function reader(client: Client, targets: readonly RecordsFilter[], count: number, isCounted: boolean): () => Promise<Answer<Listed[]>> {
  const left = [...targets];
  let after: string | null = null;
  let read = 0;
  return async () => {
    const batch: Listed[] = [];
    for (;;) {
      const [filter] = left;
      if (!filter || batch.length >= MOST_AT_ONCE || read >= count) return { value: batch };
      const { data, error } = await client.query(RecordsToChange, { filter, after }, { requestPolicy: 'network-only' }).toPromise();
      const page = data?.records;
      if (error ?? !page) return { problems: problemsOf(error) };
      if (isCounted && read === 0 && page.totalCount !== count) return { problems: [otherCount(page.totalCount)] };
      const nodes = page.nodes.slice(0, count - read);
      batch.push(...nodes);
      read += nodes.length;
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      if (after === null) left.shift();
    }
  };
}

function otherCount(count: number): Problem {
  return { message: words.countIsNow(count, formatCount(count)), code: 'CONFLICT', field: null, requestId: null, extensions: { count } };
}
