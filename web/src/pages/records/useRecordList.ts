import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { type RecordsFilter, type RecordsOrder, RecordsQuery } from './documents.js';
import { type ListState, RecordList } from './RecordList.js';

/** The list of a filter; another filter or order is another list. Both have to stay the same object as long as they mean the same. */
export function useRecordList(filter: RecordsFilter, orderBy: RecordsOrder): { list: RecordList; state: ListState } {
  const client = useClient();
  const list = useMemo(() => new RecordList(async (after) => {
    const { data, error } = await client
      .query(RecordsQuery, { filter, orderBy, after }, { requestPolicy: 'network-only' })
      .toPromise();
    if (error ?? !data?.records) return { error };
    const { nodes, pageInfo } = data.records;
    return { page: { records: nodes, endCursor: pageInfo.endCursor, hasNextPage: pageInfo.hasNextPage } };
  }, orderBy), [client, filter, orderBy]);

  useEffect(() => {
    void list.loadMore();
  }, [list]);

  return { list, state: useSyncExternalStore(list.subscribe, list.state) };
}
