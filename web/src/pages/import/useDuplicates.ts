import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import type { ResultOf } from '../../graphql/index.js';
import { RowVerdicts } from './documents.js';

type Row = NonNullable<NonNullable<ResultOf<typeof RowVerdicts>['import']>['preview']>[number];

/** The most rows that are looked at here: the API does not count these. */
const MOST_ROWS = 1000;

export type Duplicates = { count: number; rows: number };

/** How many of the first rows of a file look like records that are there already; null until that is known. */
export function useDuplicates(id: string, counts: unknown): Duplicates | null {
  const client = useClient();
  const [known, setKnown] = useState<Duplicates | null>(null);
  const key = JSON.stringify(counts);

  useEffect(() => {
    let isOver = false;
    const walk = async () => {
      const rows: Row[] = [];
      while (rows.length < MOST_ROWS) {
        const { data } = await client.query(
          RowVerdicts,
          { id, afterLine: rows.at(-1)?.line ?? null },
          { requestPolicy: 'network-only' },
        ).toPromise();
        const page = data?.import?.preview ?? [];
        if (isOver || (rows.length === 0 && page.length === 0)) return;
        rows.push(...page);
        if (page.length < 100) break;
      }
      setKnown({ count: rows.filter(({ verdict }) => verdict === 'POSSIBLE_DUPLICATE').length, rows: rows.length });
    };
    void walk();
    return () => {
      isOver = true;
    };
  }, [client, id, key]);

  return known;
}
