// Objects by their ids, kept as the server has them.

import type { FragmentOf } from 'gql.tada';
import { print } from 'graphql';
import type { Client } from 'graphql-ws';
import { dataOf, type Failure, Refused, type Session } from './http.js';
import { Changed, Changes, type Page } from './operations.js';

type Changes = FragmentOf<typeof Page>;
type Node = NonNullable<NonNullable<Changes['nodes']>[number]['node']>;
export type CachedRecord = Extract<Node, { __typename: 'FinancialRecord' }>;
export type CachedCategory = Extract<Node, { __typename: 'Category' }>;

export class Cache {
  readonly records = new Map<string, CachedRecord>();
  readonly categories = new Map<string, CachedCategory>();
  /** Where it stands. Whatever interrupts it, it goes on from here. */
  cursor: string | null;

  constructor(cursor: string | null = null) {
    this.cursor = cursor;
  }

  /** The category that a record is shown in: a merge changes the categories, and not their records. */
  categoryOf({ ownCategoryId }: CachedRecord): CachedCategory | undefined {
    let category = this.categories.get(ownCategoryId);
    while (category?.mergedInto) category = this.categories.get(category.mergedInto.id);
    return category;
  }

  /** Takes in what changed. What is null is gone. */
  take({ nodes, pageInfo }: Changes): void {
    for (const { id, node } of nodes ?? []) {
      this.records.delete(id);
      this.categories.delete(id);
      if (node?.__typename === 'FinancialRecord') this.records.set(id, node);
      if (node?.__typename === 'Category') this.categories.set(id, node);
    }
    this.cursor = pageInfo.endCursor;
  }

  /** Starts again. */
  clear(): void {
    this.records.clear();
    this.categories.clear();
    this.cursor = null;
  }
}

/** Fills `cache`, and keeps it as the server is. `news` is called after each answer. */
export async function keep(cache: Cache, session: Session, client: Client, news: () => void): Promise<never> {
  for (;;) {
    try {
      if (cache.cursor === null) await fill(cache, session);
      const query = print(Changed);
      // graphql-ws sends this again with each new connection: with the cursor of then.
      const variables = { get after() { return cache.cursor; } };
      for await (const answer of client.iterate<{ changed: Changes | null }>({ query, variables })) {
        const { changed } = dataOf(answer);
        if (changed) cache.take(changed);
        news();
      }
      throw new Error('The subscription was completed.');
    } catch (error) {
      const refused = asRefused(error);
      if (!(refused instanceof Refused) || refused.code !== 'CURSOR_EXPIRED') throw refused;
      cache.clear();
    }
  }
}

async function fill(cache: Cache, session: Session): Promise<void> {
  for (let more = true; more;) {
    const { changes } = await session.ask(Changes, { after: cache.cursor });
    if (!changes) throw new Error('No changes.');
    cache.take(changes);
    more = changes.pageInfo.hasNextPage;
  }
}

/** graphql-ws throws the errors of a subscription that fails as a list, and why a connection was closed as an event. */
function asRefused(error: unknown): unknown {
  return Array.isArray(error) && error[0] ? new Refused(error[0] as Failure) : error;
}
