// Queries and mutations, over `fetch`; and who sends them.

import { setTimeout as sleep } from 'node:timers/promises';
import type { TadaDocumentNode } from 'gql.tada';
import { print } from 'graphql';
import { SignIn, SignOut } from './operations.js';
import { endpoint } from './settings.js';

const ANSWER_WITHIN_MS = 30_000;

/** One of the errors of an answer. */
export type Failure = { message: string; extensions?: object };

type Extensions = { code?: string; currentVersion?: number; retryAfter?: number };

/** The server's answer is no. */
export class Refused extends Error {
  readonly code: string | undefined;
  /** With the code VERSION_CONFLICT. */
  readonly currentVersion: number | undefined;
  /** Seconds, with the code RATE_LIMITED. */
  readonly retryAfter: number | undefined;

  constructor({ message, extensions }: Failure) {
    super(message);
    const { code, currentVersion, retryAfter } = extensions as Extensions | undefined ?? {};
    this.code = code;
    this.currentVersion = currentVersion;
    this.retryAfter = retryAfter;
  }
}

type Answer<Data> = { data?: Data | null | undefined; errors?: readonly Failure[] | undefined };

/** The data of an answer without errors. One that has both is of no use to a cache. */
export function dataOf<Data>({ data, errors }: Answer<Data>): Data {
  if (errors?.[0]) throw new Refused(errors[0]);
  if (!data) throw new Error('An answer with neither data nor errors.');
  return data;
}

/** A user who is signed in; where the session has ended, signed in again. */
export class Session {
  readonly #user: { email: string; password: string };
  #authorization: Promise<string> | undefined;
  /** How often it signed in. */
  count = 0;

  constructor(user: { email: string; password: string }) {
    this.#user = user;
  }

  /** What to send as `authorization`. */
  authorization(): Promise<string> {
    return this.#authorization ??= this.#signIn();
  }

  /** The server does not take `authorization` any more. It may have been replaced meanwhile. */
  async forget(authorization: string | null): Promise<void> {
    if (await this.#authorization === authorization) this.#authorization = undefined;
  }

  async ask<Data, Variables>(document: TadaDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
    return post(document, variables, await this.authorization());
  }

  /** Ends the session on the server; here nobody is told. */
  async end(): Promise<void> {
    await this.ask(SignOut, {});
  }

  async #signIn(): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { login } = await post(SignIn, { input: this.#user });
        if (!login) throw new Error('No tokens.');
        this.count += 1;
        return `Bearer ${login.accessToken}`;
      } catch (error) {
        // The sixth of several programs that sign in at once with one account is told to wait.
        if (!(error instanceof Refused) || error.retryAfter === undefined || attempt === 8) throw error;
        await sleep(error.retryAfter * 1000);
      }
    }
  }
}

async function post<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  authorization?: string,
): Promise<Data> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(authorization !== undefined && { authorization }),
    },
    body: JSON.stringify({ query: print(document), variables }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return dataOf(await response.json() as Answer<Data>);
}
