import { useCallback, useEffect, useState } from 'react';
import { useClient } from 'urql';
import type { ResultOf } from '../../graphql/index.js';
import type { News } from '../../graphql/useNews.js';
import { AllCategories } from './documents.js';

export type MergedCategory = { id: string; name: string; into: { id: string; name: string } };

/** The categories that are merged into another, by name. `categories` leaves them out, so all are walked through. */
export function useMerged(isWanted: boolean, context: News): { merged: readonly MergedCategory[] | null; reload: () => void } {
  const client = useClient();
  const [merged, setMerged] = useState<readonly MergedCategory[] | null>(null);
  const [round, setRound] = useState(0);

  useEffect(() => {
    if (!isWanted) return undefined;
    let isOver = false;
    const walk = async () => {
      const found = new Map<string, MergedCategory>();
      let after: string | null = null;
      for (;;) {
        const { data } = await client.query(AllCategories, { after }, { requestPolicy: 'network-only' }).toPromise();
        const page: ResultOf<typeof AllCategories>['changes'] | undefined = data?.changes;
        if (isOver || !page) return;
        for (const { changedId, node } of page.nodes ?? []) {
          found.delete(changedId);
          if (node?.__typename !== 'Category' || !node.mergedInto) continue;
          found.set(node.id, { id: node.id, name: node.name, into: node.mergedInto });
        }
        if (!page.pageInfo.hasNextPage) break;
        after = page.pageInfo.endCursor;
      }
      setMerged([...found.values()].sort((one, other) => one.name.localeCompare(other.name)));
    };
    void walk();
    return () => {
      isOver = true;
    };
  }, [client, context, isWanted, round]);

  const reload = useCallback(() => { setRound((before) => before + 1); }, []);
  return { merged, reload };
}
