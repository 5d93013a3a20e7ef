// The page: the sign-in bar, and GraphiQL with a fetcher that sends every request as who is signed in.

import { Session } from './session.js';
import { starterTabs } from './starter-tabs.js';
import { editorStorage } from './storage.js';

const { GraphiQL, GraphiQLPluginExplorer, React, ReactDOM } = globalThis;
const element = (id) => document.getElementById(id);

const ROLE_NAMES = { VIEWER: 'Viewer', ANALYST: 'Analyst', ADMIN: 'Admin' };

// The fields with @credential. Refused, these say something about the input, not about our token; and a second try counts as a second guess.
const SESSION_FIELDS = ['login', 'register', 'refreshSession', 'changePassword', 'createUser', 'logout'];

const session = new Session();

// The sign-in bar

const form = element('sign-in');
const { email, password } = form.elements;
const submit = form.querySelector('button');

function showAccount() {
  const { user } = session;
  form.hidden = user !== null;
  element('signed-in').hidden = user === null;
  element('user-name').textContent = user?.name ?? '';
  element('user-name').title = user?.email ?? '';
  element('user-role').textContent = ROLE_NAMES[user?.role] ?? user?.role ?? '';
}

function say({ problem = '', notice = '' } = {}) {
  element('problem').textContent = problem;
  element('notice').textContent = notice;
}

session.addEventListener('change', ({ detail }) => {
  showAccount();
  if (detail.ended) say({ notice: 'Your session has ended. Please sign in again.' });
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (submit.disabled) return;
  const empty = [email, password].find((input) => input.value === '');
  if (empty) {
    say({ problem: 'Enter your e-mail and your password.' });
    empty.focus();
    return;
  }

  say();
  submit.disabled = true;
  const problem = await session.signIn(email.value.trim(), password.value);
  submit.disabled = false;

  if (problem) {
    say({ problem });
    password.select();
  } else {
    password.value = '';
    element('sign-out').focus();
  }
});

element('sign-out').addEventListener('click', async () => {
  say();
  const ending = session.signOut();
  email.focus();
  showEditor(); // Anew, because the results on the screen were for the one who left.
  const problem = await ending;
  if (problem) say({ problem });
});

// GraphiQL

function operationIn(documentAST, operationName) {
  const operations = documentAST?.definitions.filter(({ kind }) => kind === 'OperationDefinition') ?? [];
  return operations.find(({ name }) => name?.value === operationName) ?? operations[0];
}

function isRepeatable(operation) {
  const fields = operation?.selectionSet.selections.map(({ name }) => name?.value) ?? [];
  return !fields.some((field) => SESSION_FIELDS.includes(field));
}

function askToSignIn(result) {
  const needsSignIn = !session.user && result.errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  if (needsSignIn && !element('notice').textContent) say({ notice: 'Sign in to run this operation.' });
}

async function execute(request, operation) {
  const result = await session.execute(request, { repeatable: isRepeatable(operation) });
  if (request.operationName !== 'IntrospectionQuery') askToSignIn(result);
  return result;
}

function subscribe(request) {
  const results = session.subscribe(request);
  const next = async () => {
    const step = await results.next();
    if (!step.done) askToSignIn(step.value);
    return step;
  };
  return { ...results, next };
}

function fetcher(request, { documentAST } = {}) {
  const operation = operationIn(documentAST, request.operationName);
  return operation?.operation === 'subscription' ? subscribe(request) : execute(request, operation);
}

const root = ReactDOM.createRoot(element('graphiql'));
const explorer = GraphiQLPluginExplorer.explorerPlugin({ showAttribution: false });
let editors = 0;

function showEditor() {
  const defaultTabs = starterTabs();
  editors += 1;
  root.render(React.createElement(GraphiQL, {
    key: editors,
    fetcher,
    plugins: [explorer],
    storage: editorStorage(defaultTabs),
    defaultTabs,
    defaultEditorToolsVisibility: 'variables',
    isHeadersEditorEnabled: false,
    shouldPersistHeaders: false,
  }));
}

showAccount();
showEditor();
session.confirm();
