import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { RowAmounts } from './documents.js';
import { type AmountRow, type Sum, sumsOf } from './sums.js';

/** The most rows that are added up here: the API has no sums of an import before it is entered. */
const MOST_ROWS = 1000;

export type Sums = { sums: readonly Sum[]; possibleDuplicates: number; rows: number };

/** The sums of what the first rows of a file become; null until they are known. */
export function useSums(id: string, counts: unknown): Sums | null {
  const client = useClient();
  const [known, setKnown] = useState<Sums | null>(null);
  const key = JSON.stringify(counts);

  useEffect(() => {
    let isOver = false;
    const walk = async () => {
      const rows: AmountRow[] = [];
      while (rows.length < MOST_ROWS) {
        const { data } = await client.query(
          RowAmounts,
          { id, afterLine: rows.at(-1)?.line ?? null },
          { requestPolicy: 'network-only' },
        ).toPromise();
        const page = data?.import?.preview ?? [];
        if (isOver || (rows.length === 0 && page.length === 0)) return;
        rows.push(...page);
        if (page.length < 100) break;
      }
      setKnown({
        sums: sumsOf(rows),
        possibleDuplicates: rows.filter(({ verdict }) => verdict === 'POSSIBLE_DUPLICATE').length,
        rows: rows.length,
      });
    };
    void walk();
    return () => {
      isOver = true;
    };
  }, [client, id, key]);

  return known;
}
