// Runs typed documents over `fetch`, as one signed-in user. It renews the access token before it expires and
// when the server turns it down, and retries what may be retried.

import { setTimeout as sleep } from 'node:timers/promises';
import type { TypedDocumentString } from './generated/graphql.js';
import { Refresh, SignIn } from './operations.js';

export type Credentials = { email: string; password: string };

type Tokens = { accessToken: string; accessTokenExpiresAt: string; refreshToken: string | null };

type GraphQLErrorShape = {
  message: string;
  extensions?: { code?: string; field?: string; requestId?: string; retryAfter?: number; currentVersion?: number };
};

/** The server's answer is no: the first of its errors, and all of them. */
export class Refused extends Error {
  readonly code: string;
  readonly field: string | undefined;
  /** Seconds, when the server says how long to wait. */
  readonly retryAfter: number | undefined;
  /** The object's version, when it is another one than was expected. */
  readonly currentVersion: number | undefined;
  readonly errors: readonly GraphQLErrorShape[];

  constructor(first: GraphQLErrorShape, errors: readonly GraphQLErrorShape[]) {
    const { message, extensions } = first;
    super(extensions?.requestId ? `${message} (request ${extensions.requestId})` : message);
    this.name = 'Refused';
    this.code = extensions?.code ?? 'UNKNOWN';
    this.field = extensions?.field;
    this.retryAfter = extensions?.retryAfter;
    this.currentVersion = extensions?.currentVersion;
    this.errors = errors;
  }
}

/** No answer, or none that is GraphQL: the request may or may not have been carried out. */
export class Unanswered extends Error {
  override name = 'Unanswered';
}

const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
const ANSWER_WITHIN_MS = 30_000;
const RENEW_BEFORE_EXPIRY_MS = 5_000;

const passes = (error: unknown) =>
  error instanceof Unanswered
  || (error instanceof Refused && ['RATE_LIMITED', 'UNAVAILABLE'].includes(error.code));

export class Tallybook {
  readonly #endpoint: URL;
  readonly #credentials: Credentials;
  #tokens: Tokens;
  #renewal: Promise<void> | undefined;
  /** How often something had to be asked again. */
  retries = 0;

  private constructor(endpoint: URL, credentials: Credentials, tokens: Tokens) {
    this.#endpoint = endpoint;
    this.#credentials = credentials;
    this.#tokens = tokens;
  }

  static async signIn(url: string, credentials: Credentials): Promise<Tallybook> {
    const endpoint = new URL('/graphql', url);
    // The sixth of several programs that sign in at once with one account is told to wait.
    return new Tallybook(endpoint, credentials, await answered(() => signIn(endpoint, credentials), () => {}));
  }

  /** Runs a document once; the only thing done again is what a renewed access token makes possible. */
  async run<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
    if (Date.parse(this.#tokens.accessTokenExpiresAt) - Date.now() < RENEW_BEFORE_EXPIRY_MS) await this.renew();
    const { accessToken } = this.#tokens;
    try {
      return await post(this.#endpoint, document, variables, accessToken);
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'UNAUTHENTICATED') throw error;
      // Another request may have renewed the token while this one was under way.
      if (accessToken === this.#tokens.accessToken) await this.renew();
      return await post(this.#endpoint, document, variables, this.#tokens.accessToken);
    }
  }

  /** Runs a document until it is answered. For queries, and for mutations with an idempotency key. */
  runSafely<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
    return answered(() => this.run(document, variables), () => { this.retries += 1; });
  }

  /** A refresh token works once, so all requests that find the access token expired share one renewal. */
  renew(): Promise<void> {
    this.#renewal ??= this.#renewTokens().finally(() => { this.#renewal = undefined; });
    return this.#renewal;
  }

  async #renewTokens(): Promise<void> {
    const { refreshToken } = this.#tokens;
    try {
      this.#tokens = refreshToken === null
        ? await signIn(this.#endpoint, this.#credentials)
        : await refresh(this.#endpoint, refreshToken);
    } catch (error) {
      // When the answer to an earlier renewal was lost, its refresh token is spent and the new one unknown.
      if (!(error instanceof Refused) || error.code !== 'UNAUTHENTICATED') throw error;
      this.#tokens = await signIn(this.#endpoint, this.#credentials);
    }
  }
}

async function answered<Result>(ask: () => Promise<Result>, again: () => void): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === ATTEMPTS || !passes(error)) throw error;
      again();
      await sleep(pause(attempt, error));
    }
  }
}

async function signIn(endpoint: URL, input: Credentials): Promise<Tokens> {
  const { login } = await post(endpoint, SignIn, { input });
  if (!login) throw new Unanswered('The server sent neither tokens nor an error.');
  return login;
}

async function refresh(endpoint: URL, refreshToken: string): Promise<Tokens> {
  const { refreshSession } = await post(endpoint, Refresh, { input: { refreshToken } });
  if (!refreshSession) throw new Unanswered('The server sent neither tokens nor an error.');
  return refreshSession;
}

async function post<Result, Variables>(
  endpoint: URL,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  accessToken?: string,
): Promise<Result> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ query: document.toString(), variables }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).then(
    async (response) => ({ status: response.status, text: await response.text() }),
  ).catch((error: unknown) => {
    throw new Unanswered(`No answer from ${endpoint}`, { cause: error });
  });
  const { data, errors } = parse<Result>(answer);
  if (errors?.[0]) throw new Refused(errors[0], errors);
  if (!data) throw new Unanswered(`Status ${answer.status} with neither data nor errors.`);
  return data;
}

function parse<Result>({ status, text }: { status: number; text: string }) {
  try {
    return JSON.parse(text) as { data?: Result | null; errors?: GraphQLErrorShape[] };
  } catch {
    throw new Unanswered(`Status ${status}, and no JSON: ${text.slice(0, 200)}`);
  }
}

/** Doubles with every attempt, and varies so that requests that failed together do not return together. */
function pause(attempt: number, error: unknown): number {
  if (error instanceof Refused && error.retryAfter !== undefined) return error.retryAfter * 1000;
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
  return longest * (0.5 + Math.random() / 2);
}
