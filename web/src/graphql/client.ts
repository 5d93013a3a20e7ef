import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { cacheExchange } from '@urql/exchange-graphcache';
import type { Session } from '../session/session.js';
import { watchedFetch } from './connection.js';
import { hasCode } from './errors.js';
import introspection from './generated/introspection.json';
import { keys } from './keys.js';
import { forwarderOf } from './live.js';
import { resolvers, updates } from './updates.js';

export type TallybookClient = { client: Client; stop: () => void };

/** A client with a cache of its own: one for each person who signs in, and one for who has not. */
export function clientFor(session: Session): TallybookClient {
  const { forward, stop } = forwarderOf(session);
  const isSomebodys = () => 'user' in session.state();
  const client = new Client({
    url: '/graphql',
    fetch: watchedFetch,
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    exchanges: [
      cacheExchange({ schema: introspection as never, keys, resolvers, updates }),
      authExchange((utils) => Promise.resolve({
        addAuthToOperation: (operation) => (
          session.token ? utils.appendHeaders(operation, { authorization: `Bearer ${session.token}` }) : operation
        ),
        willAuthError: () => isSomebodys() && session.millisecondsLeft() <= 0,
        didAuthError: (error) => isSomebodys() && hasCode(error, 'UNAUTHENTICATED'),
        // Waits until the person is signed in again, if it has to; what they sent is then sent once more.
        refreshAuth: async () => {
          await session.freshToken({ evenIfValid: true });
        },
      })),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: forward }),
    ],
  });
  return { client, stop };
}
