// Subscriptions: one WebSocket for the whole tab, opened when the first one begins.

import type { SubscriptionForwarder } from '@urql/core';
import { CloseCode, createClient } from 'graphql-ws';
import type { Session } from '../session/session.js';
import { isAway } from './connection.js';

const LONGEST_WAIT_MS = 30_000;
const NOT_GOOD = 4403;

function hasCloseCode(event: unknown, code: number): boolean {
  return event instanceof CloseEvent && event.code === code;
}

export function forwarderOf(session: Session): { forward: SubscriptionForwarder; stop: () => void } {
  let isTokenRefused = false;
  let expiry: ReturnType<typeof setTimeout> | undefined;

  const socket = createClient({
    url: new URL('/graphql', window.location.href.replace(/^http/, 'ws')).href,
    lazyCloseTimeout: 3_000,
    connectionParams: async () => {
      const token = await session.freshToken({ evenIfValid: isTokenRefused });
      isTokenRefused = false;
      return { authorization: `Bearer ${token}` };
    },
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: async (retries) => {
      const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(retries, 10)) * (0.75 + Math.random() / 2);
      const until = Date.now() + wait;
      // Soon after the server is back, not when the wait is over.
      const wasAway = isAway();
      while (Date.now() < until && !(wasAway && !isAway())) await new Promise((resolve) => { setTimeout(resolve, 250); });
    },
    on: {
      // The server refuses what is said with an expired token; 4403 makes graphql-ws connect again, with a fresh one.
      connected: (opened) => {
        expiry = setTimeout(() => {
          if (opened instanceof WebSocket) opened.close(NOT_GOOD, 'Forbidden');
        }, session.millisecondsLeft());
      },
      closed: (event) => {
        clearTimeout(expiry);
        isTokenRefused = hasCloseCode(event, NOT_GOOD) || hasCloseCode(event, CloseCode.Unauthorized);
      },
    },
  });

  const forward: SubscriptionForwarder = ({ query, variables, operationName }) => ({
    subscribe: (sink) => {
      let stop = () => {};
      let isOver = false;
      const begin = () => {
        if (isOver) return;
        stop = socket.subscribe({ query: query ?? '', variables, operationName: operationName ?? null }, {
          next: (result) => {
            sink.next(result as Parameters<typeof sink.next>[0]);
          },
          // graphql-ws gives up for good on a socket whose token expired while the machine slept.
          error: (error) => {
            if (hasCloseCode(error, CloseCode.Unauthorized)) begin();
            else sink.error(error);
          },
          complete: () => {
            sink.complete();
          },
        });
      };
      begin();
      return {
        unsubscribe: () => {
          isOver = true;
          stop();
        },
      };
    },
  });

  return { forward, stop: () => void socket.dispose() };
}
