// A client of urql for one signed-in user: a cache that knows the schema, and documents sent by their hash.

import { isDeepStrictEqual } from 'node:util';
import { Client, fetchExchange } from '@urql/core';
import { type Cache, cacheExchange, type Logger } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { persistedExchange } from '@urql/exchange-persisted';
import type { CreateRecordMutation, DeleteRecordMutation, RecordPageQuery } from './generated/graphql.js';
import introspection from './generated/introspection.js';
import { keys } from './keys.js';
import { RecordPage } from './operations.js';

export type Settings = {
  url: string;
  token: string;
  /** Whether hashes are sent by GET, which caches on the way may answer. Mutations are always sent by POST. */
  get: boolean;
  fetch: typeof fetch;
  logger: Logger;
};

type Edges = NonNullable<RecordPageQuery['records']>['edges'];

export function clientOf({ url, token, get, fetch, logger }: Settings): Client {
  return new Client({
    url,
    fetch,
    preferGetMethod: false,
    fetchOptions: { headers: token === '' ? {} : { authorization: `Bearer ${token}` } },
    exchanges: [
      cacheExchange({
        schema: introspection,
        keys,
        logger,
        resolvers: { Query: { records: relayPagination() } },
        updates: {
          Mutation: {
            // The server says how the record stands in the list that is shown, or that it is not in it.
            createRecord: ({ createRecord }: CreateRecordMutation, _, cache, { variables: { filter, orderBy } }) => {
              const edge = createRecord?.recordEdge;
              if (edge) changeLists(cache, { filter, orderBy }, (edges) => [edge, ...edges]);
            },
            deleteRecord: ({ deleteRecord }: DeleteRecordMutation, _, cache) => {
              changeLists(cache, {}, (edges) => edges.filter(({ node }) => node.id !== deleteRecord?.deletedRecordId));
            },
          },
        },
      }),
      // Behind the cache, so that it never sees an answer that the hash is not known.
      persistedExchange({ preferGetForPersistedQueries: get }),
      fetchExchange,
    ],
  });
}

/** Changes what is cached of each list of records that was asked for with these arguments, among others. */
function changeLists(cache: Cache, wanted: Record<string, unknown>, change: (edges: Edges) => Edges): void {
  for (const { fieldName, arguments: args } of cache.inspectFields('Query')) {
    // The first page has what was loaded since, too: see `relayPagination`.
    if (fieldName !== 'records' || args?.['after'] || typeof args?.['first'] !== 'number') continue;
    if (!Object.entries(wanted).every(([name, value]) => isDeepStrictEqual(args?.[name], value))) continue;
    cache.updateQuery({ query: RecordPage, variables: { ...args, first: args['first'] } }, (data) => (
      data?.records ? { ...data, records: { ...data.records, edges: change(data.records.edges) } } : data
    ));
  }
}
