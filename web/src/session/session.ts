// Who is signed in. The access token is kept in memory only; the refresh token is in a cookie that no script can read.

import type { Problem } from '../graphql/errors.js';
import type { ResultOf } from '../graphql/index.js';
import { text } from '../text/index.js';
import { type Answer, ask, Login, Logout, Refresh, type SignedIn } from './requests.js';

export type User = ResultOf<typeof SignedIn>;

export type SessionState =
  | { status: 'starting' }
  | { status: 'signed-out' }
  | { status: 'signed-in'; user: User }
  /** The session ended while the page was open. What stands on the page stays until somebody signs in again. */
  | { status: 'expired'; user: User };

type Held = { token: string; expiresAt: number };
type News = { kind: 'signed-in' | 'signed-out' };
type Granted = { accessToken: string; accessTokenExpiresAt: string; user: User };

const CHANNEL = 'tallybook-session';
const LOCK = 'tallybook-session';
/** A token is replaced this long before it expires. */
const MARGIN_MS = 10_000;
const TRY_AGAIN_MS = 2_000;

export class Session {
  #state: SessionState = { status: 'starting' };
  #held: Held | null = null;
  #renewal: Promise<void> | null = null;
  #listeners = new Set<() => void>();
  #tabs = new BroadcastChannel(CHANNEL);

  constructor() {
    this.#tabs.addEventListener('message', ({ data }: MessageEvent<News>) => {
      if (data.kind === 'signed-out') this.#leave();
      // The cookie may be another person's now.
      else void this.#renew();
    });
  }

  readonly state = () => this.#state;

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get token(): string | null {
    return this.#held?.token ?? null;
  }

  /** How long the token may still be used. */
  millisecondsLeft(): number {
    return this.#held ? this.#held.expiresAt - MARGIN_MS - Date.now() : 0;
  }

  /** After a reload, the cookie says who is signed in. */
  async start(): Promise<void> {
    for (;;) {
      await this.#renew();
      if (this.#state.status !== 'starting') return;
      await new Promise((resolve) => { setTimeout(resolve, TRY_AGAIN_MS); });
    }
  }

  /** Resolves to what is wrong, or to nothing. */
  async signIn(email: string, password: string): Promise<readonly Problem[]> {
    const answer = await navigator.locks.request(LOCK, () => ask(Login, { input: { email, password, cookie: true } }, null));
    const problems = this.#take(answer, (data) => data.login);
    if (problems.length === 0) this.#tabs.postMessage({ kind: 'signed-in' } satisfies News);
    return problems;
  }

  async signOut({ everywhere = false } = {}): Promise<readonly Problem[]> {
    const { token } = this;
    const answer = await navigator.locks.request(LOCK, () => ask(Logout, { input: { everywhere } }, token));
    if (answer.kind === 'away') return unreachable;
    if (answer.kind === 'refused' && !isOver(answer)) return answer.problems;
    this.#leave();
    this.#tabs.postMessage({ kind: 'signed-out' } satisfies News);
    return [];
  }

  /** A token that has some time left. Where the session is over, this waits until the same person has signed in again. */
  async freshToken({ evenIfValid = false } = {}): Promise<string> {
    if (!evenIfValid && this.#held && this.millisecondsLeft() > 0) return this.#held.token;
    await this.#renew();
    if (this.#state.status === 'expired') await this.#again(this.#state.user);
    return this.#held?.token ?? '';
  }

  /** Resolves when this person has signed in again; never, if somebody else does: what waits is not to be sent as them. */
  #again(user: User): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.subscribe(() => {
        if (this.#state.status === 'expired') return;
        stop();
        if (this.#state.status === 'signed-in' && this.#state.user.id === user.id) resolve();
      });
    });
  }

  /** One exchange at a time, in all tabs: each refresh token is good once. */
  #renew(): Promise<void> {
    this.#renewal ??= this.#exchange().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #exchange(): Promise<void> {
    const answer = await navigator.locks.request(LOCK, () => ask(Refresh, {}, null));
    if (answer.kind !== 'refused') {
      this.#take(answer, (data) => data.refreshSession);
      return;
    }
    if (!isOver(answer)) return;
    this.#held = null;
    if (this.#state.status === 'starting') this.#become({ status: 'signed-out' });
    if (this.#state.status === 'signed-in') this.#become({ status: 'expired', user: this.#state.user });
  }

  #take<Data>(answer: Answer<Data>, grantOf: (data: Data) => Granted | null): readonly Problem[] {
    if (answer.kind === 'refused') return answer.problems;
    const grant = answer.kind === 'data' ? grantOf(answer.data) : null;
    if (answer.kind === 'away' || !grant) return unreachable;
    // By this machine's clock, which may be wrong.
    const expiresAt = Date.now() + Date.parse(grant.accessTokenExpiresAt) - answer.serverTime;
    this.#held = { token: grant.accessToken, expiresAt };
    this.#become({ status: 'signed-in', user: grant.user });
    return [];
  }

  #leave(): void {
    this.#held = null;
    if (this.#state.status !== 'signed-out') this.#become({ status: 'signed-out' });
  }

  #become(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

const unreachable: readonly Problem[] = [
  { message: text.common.unreachable, code: null, field: null, requestId: null, extensions: {} },
];

function isOver(answer: { problems: readonly Problem[] }): boolean {
  return answer.problems.some(({ code }) => code === 'UNAUTHENTICATED' || code === 'FORBIDDEN');
}
