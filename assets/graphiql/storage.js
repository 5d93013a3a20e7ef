// What GraphiQL remembers between visits (tabs, history, theme), in localStorage under a name of our own,
// because other GraphiQL pages on the same origin (localhost!) write under GraphiQL's.
//
// Two differences from plain localStorage: passwords and tokens typed into an editor are left out,
// and what cannot be read any more is dropped, so that an old state never breaks the page.

const PREFIX = 'tallybook:';
const TABS = 'graphiql:tabState';
const QUERY = 'graphiql:query';
const VARIABLES = 'graphiql:variables';

// A string that follows a name such as password, newPassword or refreshToken, in JSON or in GraphQL.
const SECRET = /(\w*(?:password|token|secret)\w*"?\s*:\s*)(?:"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"?)/gi;
const withoutSecrets = (text) => (typeof text === 'string' ? text.replace(SECRET, '$1""') : text);
const cleanOperation = (item) => ({ ...item, query: withoutSecrets(item.query), variables: withoutSecrets(item.variables) });

const isOperation = (item) => typeof item === 'object' && item !== null && ['string', 'object', 'undefined'].includes(typeof item.query);

// The values that hold operations inside JSON: which of their fields lists them.
const LISTS = { [TABS]: 'tabs', 'graphiql:queries': 'queries', 'graphiql:favorites': 'favorites' };

function cleaned(key, value) {
  if (key === QUERY || key === VARIABLES) return withoutSecrets(value);
  const list = LISTS[key];
  if (!list) return value;
  const parsed = JSON.parse(value);
  return JSON.stringify({ ...parsed, [list]: parsed[list].map(cleanOperation) });
}

function isReadable(key, value) {
  const list = LISTS[key];
  if (!list) return true;
  try {
    const items = JSON.parse(value)[list];
    return Array.isArray(items) && items.every(isOperation) && (key !== TABS || items.length > 0);
  } catch {
    return false;
  }
}

/** An object in the shape of `localStorage`, for GraphiQL's `storage` property. */
export function editorStorage(defaultTabs) {
  const store = usableLocalStorage();
  const keys = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));

  const storage = {
    getItem(key) {
      const value = store.getItem(PREFIX + key);
      if (value === null || isReadable(key, value)) return value;
      store.removeItem(PREFIX + key);
      return null;
    },
    setItem: (key, value) => store.setItem(PREFIX + key, cleaned(key, value)),
    removeItem: (key) => store.removeItem(PREFIX + key),
    clear: () => keys().forEach((key) => store.removeItem(key)),
    get length() {
      return keys().length;
    },
  };
  agreeOnOpenTab(storage, defaultTabs);
  return storage;
}

// GraphiQL keeps the text of the open tab a second time, apart from the tabs, and shows that one. It writes the two
// at different moments and opens a tab too many where they differ, so make them agree before it looks.
function agreeOnOpenTab(storage, defaultTabs) {
  const { tabs, activeTabIndex } = JSON.parse(storage.getItem(TABS)) ?? { tabs: defaultTabs, activeTabIndex: 0 };
  const { query, variables } = tabs[activeTabIndex] ?? tabs[0];
  for (const [key, text] of [[QUERY, query], [VARIABLES, variables]]) {
    if (text) storage.setItem(key, text);
    else storage.removeItem(key);
  }
}

function usableLocalStorage() {
  try {
    localStorage.setItem(`${PREFIX}probe`, '1');
    localStorage.removeItem(`${PREFIX}probe`);
    return localStorage;
  } catch {
    return memoryStorage();
  }
}

function memoryStorage() {
  const values = {};
  const methods = {
    getItem: (key) => values[key] ?? null,
    setItem: (key, value) => { values[key] = String(value); },
    removeItem: (key) => { delete values[key]; },
  };
  return new Proxy(values, { get: (target, name) => methods[name] ?? target[name] });
}
