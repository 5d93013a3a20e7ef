// The signed-in session of this browser tab: its tokens, and requests that carry them.
//
// Tokens are kept in memory and in sessionStorage: a reload stays signed in, a closed tab does not.
// An access token is replaced when a request finds it expired, never by a timer, so a forgotten tab
// does not keep a session alive.

const ENDPOINT = '/graphql';
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
    if (this.#held && Date.now() > this.#held.expiresAt - EXPIRY_MARGIN_MS) await this.#renew();

    const token = this.#held?.accessToken;
    const answer = await post(request, token);
    if (!token || !repeatable || !hasCode(answer, 'UNAUTHENTICATED')) return resultOf(answer);

    const isStale = this.#held?.accessToken === token;
    if (isStale && !await this.#renew()) return resultOf(answer);
    return resultOf(await post(request, this.#held?.accessToken));
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
    save(held);
    this.dispatchEvent(new CustomEvent('change', { detail }));
  }
}

/** The parsed GraphQL result, plus `date`: the server's clock when it answered. */
async function post(request, accessToken) {
  const headers = {
    Accept: 'application/graphql-response+json, application/json',
    'Content-Type': 'application/json',
  };
  if (accessToken) headers.Authorization = `Bearer ${accessToken}`;

  let response;
  try {
    response = await fetch(ENDPOINT, { method: 'POST', headers, body: JSON.stringify(request), credentials: 'omit', cache: 'no-store' });
  } catch {
    return { errors: [{ message: 'The server could not be reached.' }] };
  }
  try {
    return { ...await response.json(), date: Date.parse(response.headers.get('Date')) };
  } catch {
    return { errors: [{ message: `The server answered ${response.status} ${response.statusText} without a GraphQL result.` }] };
  }
}

function resultOf({ date, ...result }) {
  return result;
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
