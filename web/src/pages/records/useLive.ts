import { useEffect, useRef } from 'react';
import { useClient } from 'urql';
import { type ListedRecord, RecordsChanged, type RecordsFilter } from './documents.js';
import type { RecordList } from './RecordList.js';

const TOGETHER_MS = 400;

/** Keeps the list as the books are. `onChange` is called soon after something changed, once for many changes. */
export function useLive(
  list: RecordList,
  filter: RecordsFilter,
  onRecord: (id: string, record: ListedRecord | null) => void,
  onChange: () => void,
): void {
  const client = useClient();
  const callbacks = useRef({ onRecord, onChange });
  useEffect(() => {
    callbacks.current = { onRecord, onChange };
  });

  useEffect(() => {
    let cursor: string | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      clearTimeout(timer);
      timer = setTimeout(() => { callbacks.current.onChange(); }, TOGETHER_MS);
    };
    const following = client.subscription(RecordsChanged, { filter }).subscribe(({ data }) => {
      if (!data?.changed) return;
      const { nodes, pageInfo } = data.changed;
      const changes = nodes ?? [];
      // A connection that begins anew starts with the place where it is now: what happened before that went by unseen.
      if (changes.length === 0 && cursor !== null && cursor !== pageInfo.endCursor) {
        void list.reload();
        tell();
      }
      cursor = pageInfo.endCursor;
      for (const { id, node } of changes) {
        if (node?.__typename === 'Category') list.changeCategory(node);
        else if (id.startsWith('record_')) {
          const record = node?.__typename === 'FinancialRecord' ? node : null;
          list.change(id, record);
          callbacks.current.onRecord(id, record);
        }
      }
      if (changes.length > 0) tell();
    });
    return () => {
      following.unsubscribe();
      clearTimeout(timer);
    };
  }, [client, list, filter]);
}
