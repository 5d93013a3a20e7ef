// Apollo Client for one signed-in user: a normalised cache, and documents sent by their hash.

import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ApolloClient, type ApolloCache, ApolloLink, HttpLink, InMemoryCache, isReference, type Reference } from '@apollo/client/core';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { relayStylePagination } from '@apollo/client/utilities';
import type { RecordFilter, RecordOrder, RecordPageQuery } from './generated/graphql.js';
import generated from './generated/possible-types.js';

export type Settings = {
  url: string;
  token: string;
  /** Whether hashes of queries are sent by GET, which caches on the way may answer. */
  get: boolean;
  fetch: typeof fetch;
};

export function clientOf({ url, token, get, fetch }: Settings): ApolloClient {
  return new ApolloClient({
    cache: new InMemoryCache({
      possibleTypes: generated.possibleTypes,
      typePolicies: {
        Query: { fields: { records: relayStylePagination(['filter', 'orderBy']) } },
        Currency: { keyFields: ['code'] },
        SavedImportFormat: { keyFields: ['name'] },
        // A part of the organization, which different queries read different fields of.
        Limits: { merge: true },
      },
    }),
    link: ApolloLink.from([
      new PersistedQueryLink({
        sha256: (text) => createHash('sha256').update(text).digest('hex'),
        useGETForHashedQueries: get,
      }),
      new HttpLink({ uri: url, fetch, headers: token === '' ? {} : { authorization: `Bearer ${token}` } }),
    ]),
  });
}

type Edge = NonNullable<RecordPageQuery['records']>['edges'][number];
type CachedEdge = { __typename: 'RecordEdge'; cursor: string; node: Reference };
type CachedList = { edges: readonly CachedEdge[]; totalCount: number };

/** Puts an edge that the server made for the list with this filter and order at the head of what is cached of it. */
export function prependEdge(cache: ApolloCache, { cursor, node }: Edge, list: { filter: RecordFilter; orderBy: RecordOrder }): void {
  cache.modify<{ records: CachedList }>({
    fields: {
      records(cached, { storeFieldName, toReference }) {
        const reference = toReference(node);
        if (isReference(cached) || !reference) return cached;
        if (!isDeepStrictEqual(JSON.parse(storeFieldName.replace(/^records:/, '')), list)) return cached;
        const edge: CachedEdge = { __typename: 'RecordEdge', cursor, node: reference };
        return { ...cached, totalCount: cached.totalCount + 1, edges: [edge, ...cached.edges] };
      },
    },
  });
}

/** Lists leave out edges whose record is gone. */
export function forgetRecord(cache: ApolloCache, id: string): void {
  const gone = cache.identify({ __typename: 'FinancialRecord', id });
  if (gone !== undefined) cache.evict({ id: gone });
  cache.gc();
}
