import { useCallback } from 'react';
import { useChange } from '../../graphql/useChange.js';
import type { Problem } from '../../graphql/errors.js';
import { text } from '../../text/index.js';
import { useToast } from '../../ui/index.js';
import { DeleteRecord, type ListedRecord, type RecordsFilter, RestoreRecord } from './documents.js';
import type { RecordList } from './RecordList.js';

const words = text.records;

const inWords = (problems: readonly Problem[]) => words.refused(problems.map(({ message }) => message).join(' '));

/** Deletes a record at once, and says so with a way to take it back. */
export function useDelete(list: RecordList, filter: RecordsFilter): (record: ListedRecord) => Promise<void> {
  const { run: remove } = useChange(DeleteRecord);
  const { run: restore } = useChange(RestoreRecord);
  const toast = useToast();

  return useCallback(async (record) => {
    const { id } = record;
    list.change(id, null);
    const { data, problems } = await remove({ id, expectedVersion: record.version });
    const deleted = data?.deleteRecord?.record;
    if (!deleted) {
      list.change(id, record);
      toast({ message: inWords(problems ?? []) });
      return;
    }
    if (filter.deleted === 'INCLUDE') list.change(id, deleted);

    const takeBack = async () => {
      const answer = await restore({ id, expectedVersion: deleted.version }, { filter });
      const restored = answer.data?.restoreRecord;
      if (restored?.recordEdge) list.change(id, restored.record);
      toast({ message: answer.problems ? inWords(answer.problems) : words.restored });
    };
    toast({ message: words.deleted, action: { label: text.common.undo, run: () => void takeBack() } });
  }, [filter, list, remove, restore, toast]);
}
