import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { graphql, type VariablesOf } from './index.js';

/** Many changes are one piece of news. */
const TOGETHER_MS = 500;

const BooksChanged = graphql(`
  subscription BooksChanged($types: [NodeType!]) {
    changed(types: $types) {
      pageInfo {
        endCursor
      }
    }
  }
`);

type Types = NonNullable<VariablesOf<typeof BooksChanged>['types']>;

export type News = { news: number };

/** A context for `useQuery` that is another one after something of these types has changed, so that the query asks again. */
export function useNews(types: Types): News {
  const client = useClient();
  const [context, setContext] = useState<News>({ news: 0 });
  const written = types.join(' ');

  useEffect(() => {
    let cursor: string | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const following = client.subscription(BooksChanged, { types: written.split(' ') as Types }).subscribe(({ data }) => {
      const now = data?.changed?.pageInfo.endCursor ?? null;
      // The first one is news too: something may have changed between the query and this. So is another one after a pause.
      if (now === null || now === cursor) return;
      cursor = now;
      timer ??= setTimeout(() => {
        timer = undefined;
        setContext(({ news }) => ({ news: news + 1 }));
      }, TOGETHER_MS);
    });
    return () => {
      following.unsubscribe();
      clearTimeout(timer);
    };
  }, [client, written]);

  return context;
}
