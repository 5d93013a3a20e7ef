// The signed-in session of this browser tab: its tokens, and requests that carry them.
//
// Tokens are kept in memory and in sessionStorage: a reload stays signed in, a closed tab does not.
// An access token is replaced when a request finds it expired, never by a timer, so a forgotten tab
// does not keep a session alive.

const ENDPOINT = '/graphql';
const RESULT = 'application/graphql-response+json, application/json';
const EVENTS = 'text/event-stream';
const STORAGE_KEY = 'tallybook:session';
const EXPIRY_MARGIN_MS = 5_000;
const BROADCAST_WAIT_MS = 500;

const TOKENS = 'accessToken accessTokenExpiresAt refreshToken user { id name email role }';
const LOGIN = `mutation Login($input: LoginInput!) { login(input: $input) { ${TOKENS} } }`;
const REFRESH = `mutation RefreshSession($input: RefreshSessionInput!) { refreshSession(input: $input) { ${TOKENS} } }`;
const LOGOUT = 'mutation Logout($input: LogoutInput!) { logout(input: $input) { loggedOut } }';
const ME = 'query Me { me { id name email role } }';

/** Dispatches `change` when somebody signs in or out; `event.detail.ended` is true when the server ended the session. */
export class Session extends EventTarget {
  #held = load(); // { accessToken, refreshToken, expiresAt, user } or null; expiresAt by this machine's clock
  #renewal = null;
  #leaving = new AbortController(); // Ends the subscriptions of who is signed in.
  #duplicates = new BroadcastChannel(STORAGE_KEY);

  constructor() {
    super();
    // A duplicated tab begins with the same refresh token, which only one of the two can use.
    this.#duplicates.addEventListener('message', ({ data: { replaced, held } }) => {
      if (this.#held?.refreshToken === replaced) this.#hold(held);
    });
  }

  get user() {
    return this.#held?.user ?? null;
  }

  /** Resolves to null, or to the message to show. */
  async signIn(email, password) {
    const answer = await post({ query: LOGIN, operationName: 'Login', variables: { input: { email, password } } });
    if (!answer.data?.login) return firstMessage(answer);
    this.#hold(heldFrom(answer.data.login, answer));
    return null;
  }

  /** Forgets the session at once, then ends it on the server. Resolves to null, or to the message to show. */
  async signOut() {
    if (this.#renewal) await this.#renewal;
    if (!this.#held) return null;
    const { accessToken, refreshToken } = this.#held;
    this.#hold(null);
    const answer = await post({ query: LOGOUT, operationName: 'Logout', variables: { input: { refreshToken } } }, accessToken);
    return answer.data?.logout ? null : `Signed out here, but not on the server: ${firstMessage(answer)}`;
  }

  /** Asks the server who is signed in: after a reload the name or role may have changed, or the session may be over. */
  async confirm() {
    if (!this.#held) return;
    const answer = await this.execute({ query: ME, operationName: 'Me' });
    if (answer.data?.me && this.#held) this.#hold({ ...this.#held, user: answer.data.me });
  }

  /** Sends a GraphQL request as the signed-in user; the answer is always a GraphQL result, whatever went wrong. */
  async execute(request, { repeatable = true } = {}) {
    return resultOf(await this.#send((token) => post(request, token), repeatable));
  }

  /** Sends a subscription. It gives GraphQL results, whatever goes wrong, until it is over, `return()` stops it, or its user signs out. */
  subscribe(request) {
    const stop = new AbortController();
    const results = this.#results(request, stop.signal);
    return {
      [Symbol.asyncIterator]() { return this; },
      next: () => results.next(),
      // Not that of `results`, which would wait for the next event.
      return: async () => {
        stop.abort();
        return { done: true };
      },
    };
  }

  async* #results(request, stopped) {
    let signal;
    const answer = await this.#send((token) => {
      signal = AbortSignal.any([stopped, this.#leaving.signal]);
      return post(request, token, { accept: EVENTS, signal });
    });
    if (!answer.events) {
      if (!signal.aborted) yield resultOf(answer);
      return;
    }

    let last = {};
    try {
      for await (const { event, data } of eventsOf(answer.events)) {
        if (event === 'complete') return;
        if (event === 'next') yield last = JSON.parse(data);
      }
    } catch {
      // Broken off, or stopped.
    }
    if (!signal.aborted) yield { ...last, errors: [{ message: 'The connection has ended. Run the operation again to go on.' }] };
  }

  /** What `send` gives for the access token; or for a new one, where it is too old or refused. */
  async #send(send, repeatable = true) {
    if (this.#held && Date.now() > this.#held.expiresAt - EXPIRY_MARGIN_MS) await this.#renew();

    const token = this.#held?.accessToken;
    const answer = await send(token);
    if (!token || !repeatable || !hasCode(answer, 'UNAUTHENTICATED')) return answer;

    const isStale = this.#held?.accessToken === token;
    if (isStale && !await this.#renew()) return answer;
    return send(this.#held?.accessToken);
  }

  /** One exchange at a time. True when it is settled: there is a new access token, or the session is over. */
  #renew() {
    this.#renewal ??= this.#exchange().finally(() => { this.#renewal = null; });
    return this.#renewal;
  }

  async #exchange() {
    const { refreshToken } = this.#held;
    const answer = await post({ query: REFRESH, operationName: 'RefreshSession', variables: { input: { refreshToken } } });
    const isReplaced = () => this.#held?.refreshToken !== refreshToken;

    if (answer.data?.refreshSession) {
      const held = heldFrom(answer.data.refreshSession, answer);
      this.#hold(held);
      this.#duplicates.postMessage({ replaced: refreshToken, held });
      return true;
    }
    await new Promise((resolve) => { setTimeout(resolve, BROADCAST_WAIT_MS); });
    if (isReplaced()) return true;
    if (!hasCode(answer, 'UNAUTHENTICATED')) return false;
    this.#hold(null, { ended: true });
    return true;
  }

  #hold(held, detail = {}) {
    this.#held = held;
    if (!held) {
      this.#leaving.abort();
      this.#leaving = new AbortController();
    }
    save(held);
    this.dispatchEvent(new CustomEvent('change', { detail }));
  }
}

/** The parsed GraphQL result, plus `date`: the server's clock when it answered. Or `events`, a stream of bytes, where it accepts those. */
async function post(request, accessToken, { accept = RESULT, signal } = {}) {
  const headers = {
    Accept: accept,
    'Content-Type': 'application/json',
  };
  if (accessToken) headers.Authorization = `Bearer ${accessToken}`;

  let response;
  try {
    response = await fetch(ENDPOINT, { method: 'POST', headers, body: JSON.stringify(request), credentials: 'omit', cache: 'no-store', signal });
  } catch {
    return { errors: [{ message: 'The server could not be reached.' }] };
  }
  if (response.headers.get('Content-Type')?.startsWith(EVENTS)) return { events: response.body };
  try {
    return { ...await response.json(), date: Date.parse(response.headers.get('Date')) };
  } catch {
    return { errors: [{ message: `The server answered ${response.status} ${response.statusText} without a GraphQL result.` }] };
  }
}

function resultOf({ date, ...result }) {
  return result;
}

/** The events in a stream of bytes, `{ event, data }`. Unlike a browser's own EventSource it gives those without data too: `complete` is one. */
export async function* eventsOf(stream) {
  let fields = {};
  for await (const line of linesOf(stream)) {
    if (line === '') {
      if (fields.event || fields.data !== undefined) yield { event: fields.event || 'message', data: fields.data ?? '' };
      fields = {};
      continue;
    }
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line); // A comment is a line without a name.
    if (name === 'event') fields.event = value;
    if (name === 'data') fields.data = fields.data === undefined ? value : `${fields.data}\n${value}`;
  }
}

/** Lines end with CR, LF or both. What follows the last end is no line. */
async function* linesOf(stream) {
  const decoder = new TextDecoder();
  let rest = '';
  let endedInReturn = false;
  for await (const bytes of chunksOf(stream)) {
    const text = decoder.decode(bytes, { stream: true });
    if (text === '') continue;
    const isRestOfEnd = endedInReturn && text.startsWith('\n');
    endedInReturn = text.endsWith('\r');
    const lines = (rest + text.slice(isRestOfEnd ? 1 : 0)).split(/\r\n|\r|\n/);
    rest = lines.pop();
    yield* lines;
  }
}

// Not every browser lets a stream be iterated.
async function* chunksOf(stream) {
  const reader = stream.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) yield chunk.value;
  } finally {
    reader.cancel().catch(() => {});
  }
}

function heldFrom({ accessToken, accessTokenExpiresAt, refreshToken, user }, { date }) {
  // Measured from the server's own clock, because this machine's may be wrong.
  const lifetime = Date.parse(accessTokenExpiresAt) - (date || Date.now());
  return { accessToken, refreshToken, user, expiresAt: Date.now() + lifetime };
}

function hasCode(answer, code) {
  return answer.errors?.some((error) => error.extensions?.code === code) ?? false;
}

function firstMessage(answer) {
  return answer.errors?.[0]?.message ?? 'The server gave no reason.';
}

function load() {
  try {
    const held = JSON.parse(sessionStorage.getItem(STORAGE_KEY));
    return held?.accessToken && held.refreshToken && held.user ? held : null;
  } catch {
    return null;
  }
}

function save(held) {
  try {
    if (held) sessionStorage.setItem(STORAGE_KEY, JSON.stringify(held));
    else sessionStorage.removeItem(STORAGE_KEY);
  } catch {
    // Storage is blocked: the session lasts until the page is left.
  }
}
