// The GraphiQL page in headless Chromium, against a running server that has records in it.
//
//   npm ci
//   TALLYBOOK_URL=http://127.0.0.1:8000 TALLYBOOK_EMAIL=… TALLYBOOK_PASSWORD=… node --test
//
// The account is an analyst's. Also understood: CHROMIUM, the browser (default /usr/bin/chromium), and
// SCREENSHOT, a path to write a picture of the signed-in page to. Records are entered in the category GraphiQL.
//
// In every test, each of these is a failure: a request to another host, an error or warning in the console,
// an exception, a violation of the Content-Security-Policy.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { chromium } from 'playwright-core';

const { TALLYBOOK_URL, TALLYBOOK_EMAIL, TALLYBOOK_PASSWORD, CHROMIUM = '/usr/bin/chromium', SCREENSHOT } = process.env;
for (const [name, value] of Object.entries({ TALLYBOOK_URL, TALLYBOOK_EMAIL, TALLYBOOK_PASSWORD })) {
  if (!value) throw new Error(`${name} is not set; see the head of graphiql.test.mjs`);
}
const home = new URL('/graphiql', TALLYBOOK_URL);
const STARTER_TABS = ['Dashboard', 'DashboardChanged', 'Records', 'CreateRecord', 'CreateRecords', 'SuggestFormat', 'ExportRecords', 'Organization', 'SignIn'];

let browser;
let context;
let page;
let complaints;
let unavoidable; // A failed request is an error in Chromium's console, also where the test provokes it.

before(async () => {
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});

after(() => browser?.close());

beforeEach(async () => {
  complaints = [];
  unavoidable = /^$/;
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  context.setDefaultTimeout(20_000);
  page = await context.newPage();
  page.on('console', (message) => {
    const isNews = ['error', 'warning'].includes(message.type()) && !unavoidable.test(message.text());
    if (isNews) complaints.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.stack}`));
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'data:' && host !== home.host) complaints.push(`request to another host: ${request.url()}`);
  });
  await page.exposeFunction('complain', (text) => { complaints.push(text); });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
      window.complain(`policy: ${violatedDirective} blocked ${blockedURI} (${sourceFile}:${lineNumber})`);
    });
  });
});

afterEach(async () => {
  await context.close();
  assert.deepEqual(complaints, []);
});

async function open() {
  const response = await page.goto(home.href);
  await editor('query').waitFor();
  return response;
}

async function signIn(password = TALLYBOOK_PASSWORD) {
  await page.getByLabel('E-mail').fill(TALLYBOOK_EMAIL);
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('Password').press('Enter');
}

const signOutButton = () => page.getByRole('button', { name: 'Sign out' });
const signInButton = () => page.getByRole('button', { name: 'Sign in' });
const tabs = () => page.locator('.graphiql-tab');
const held = () => page.evaluate(() => JSON.parse(sessionStorage.getItem('tallybook:session')));

function editor(name) {
  const region = { query: '.graphiql-query-editor', variables: '.graphiql-editor-tool', result: '.graphiql-response' }[name];
  return page.locator(`${region} .CodeMirror`).first();
}

/** The editor's whole text: the page itself holds only the lines in view. */
const textOf = (name) => editor(name).evaluate((node) => node.CodeMirror.getValue());

async function openTab(title) {
  // The open tab's name goes on with that of the button that closes it.
  await page.getByRole('tab', { name: new RegExp(`^${title}\\b`) }).click();
  await page.waitForTimeout(300); // GraphiQL notices a moment later which operation is in the tab.
}

/** Runs the operation named, if the open tab holds several, and resolves to its parsed result. */
async function run(operation) {
  await page.getByRole('button', { name: /^Execute query/ }).click();
  if (operation) await page.getByRole('menuitem', { name: operation }).click();
  for (let tries = 0; tries < 200; tries += 1) {
    const text = await textOf('result');
    if (text.trim()) return JSON.parse(text);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error('no result after 20 seconds');
}

test('the page comes with the policy in assets/, which allows neither inline scripts nor other hosts', async () => {
  const response = await open();
  const recorded = await readFile(new URL('../../assets/graphiql/content-security-policy.txt', import.meta.url), 'utf8');
  assert.equal(response.headers()['content-security-policy'], recorded.trim());
  assert.match(recorded, /default-src 'none'/);
  assert.match(recorded, /script-src 'self';/);
  assert.doesNotMatch(recorded, /unsafe-eval|https?:|\*/);
});

test('the analyst signs in, runs the dashboard and sees the numbers', async () => {
  await open();
  await signIn();
  await signOutButton().waitFor();
  assert.match(await page.getByRole('group', { name: 'Signed in' }).innerText(), /\S+\s+Analyst/);
  assert.equal(await signInButton().isVisible(), false);

  const sent = page.waitForRequest((request) => request.postDataJSON()?.operationName === 'Dashboard');
  const { data, errors } = await run();
  assert.equal(errors, undefined);
  const headers = await (await sent).allHeaders();
  assert.match(headers.authorization, /^Bearer \S+$/);
  assert.equal(headers.accept, 'application/graphql-response+json, application/json');

  const { summary, categories, recent, trends } = data.dashboard;
  for (const { amount } of [summary.income, summary.expenses, summary.net]) {
    assert.equal(typeof amount, 'string');
    assert.match(amount, /^-?\d+(\.\d+)?$/);
  }
  assert.ok(summary.recordCount > 0);
  assert.ok(categories.length > 0 && recent.length > 0 && trends.length > 0);

  const seen = await editor('result').innerText();
  assert.ok(seen.includes(`"${summary.income.amount}"`), 'the income is in view');
  assert.ok(seen.includes(`"recordCount": ${summary.recordCount}`), 'the number of records is in view');

  if (SCREENSHOT) {
    await page.mouse.move(720, 20);
    await page.evaluate(() => document.activeElement?.blur());
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(500);
    await page.screenshot({ path: SCREENSHOT });
  }
});

test('the other starter tabs are there, and the queries among them run', async () => {
  await open();
  assert.deepEqual(await tabs().allInnerTexts(), STARTER_TABS);
  await signIn();
  await signOutButton().waitFor();

  await openTab('Records');
  const { data: { records } } = await run();
  assert.ok(records.totalCount > 0);
  assert.ok(records.nodes.length > 0 && records.nodes.every(({ kind }) => kind === 'EXPENSE'));

  // A dry run: nothing is written to the books.
  await openTab('CreateRecords');
  const { data: { createRecords: { createdCount, results } } } = await run();
  assert.equal(createdCount, 2);
  assert.deepEqual(results.map(({ problems }) => problems.map(({ field }) => field)), [[], [], ['input.records.2.amount']]);

  await openTab('SuggestFormat');
  const { data: { suggestImportFormat: { format, questions } } } = await run('SuggestFormat');
  assert.deepEqual(questions.map(({ field }) => field), ['kind', 'currency', 'category']);
  assert.deepEqual(format.counterpartyColumns, ['Payee']);

  await openTab('ExportRecords');
  const { data: { exportRecords: { url } } } = await run();
  const file = await page.request.get(new URL(url, home).href);
  assert.match(await file.text(), /^\uFEFF?"?id"?,/i);

  await openTab('Organization');
  const { data: { organization: { baseCurrency, currencies } } } = await run('Organization');
  assert.ok(currencies.some(({ code, recordCount }) => code === baseCurrency && recordCount > 0));

  await openTab('SignIn');
  const { data: { me } } = await run('WhoAmI');
  assert.equal(me.email, TALLYBOOK_EMAIL);
  assert.equal(me.role, 'ANALYST');
});

/** Waits for a result that is as wanted, and resolves to it. */
async function result(isWanted) {
  let parsed;
  for (let tries = 0; tries < 200; tries += 1) {
    const text = await textOf('result');
    parsed = text.trim() ? JSON.parse(text) : undefined;
    if (parsed && isWanted(parsed)) return parsed;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error(`after 20 seconds the result is ${JSON.stringify(parsed)}`);
}

/** Sends an operation from elsewhere, as who is signed in. */
async function elsewhere(query) {
  const response = await fetch(new URL('/graphql', home), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${(await held()).accessToken}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  return data;
}

const enter = (amount) => elsewhere(`mutation {
  createRecord(input: { kind: EXPENSE, amount: "${amount}", category: "GraphiQL", date: "2020-02-29" }) { record { id } }
}`);

/** Resolves when the page hangs up on a subscription, and not the server. */
const hangUp = () => page.waitForEvent('requestfailed', (request) => (
  request.postDataJSON()?.operationName === 'DashboardChanged' && request.failure().errorText === 'net::ERR_ABORTED'
));

test('a subscription shows what changes, until it is stopped or its user signs out', async () => {
  await open();
  await signIn();
  await signOutButton().waitFor();
  await openTab('DashboardChanged');
  const asked = page.waitForRequest((request) => request.postDataJSON()?.operationName === 'DashboardChanged');
  const { data: { dashboardChanged: { summary: before } } } = await run();
  const headers = await (await asked).allHeaders();
  assert.equal(headers.accept, 'text/event-stream');
  assert.match(headers.authorization, /^Bearer \S+$/);

  const cents = ({ expenses: { amount } }) => BigInt(amount.replace('.', ''));
  await enter('12.30');
  const { data: { dashboardChanged: { summary: once } } } = await result(({ data }) => data.dashboardChanged.summary.recordCount > before.recordCount);
  assert.equal(once.recordCount, before.recordCount + 1);
  assert.equal(cents(once) - cents(before), 1230n);
  await enter('-12.30');
  const { data: { dashboardChanged: { summary: twice } } } = await result(({ data }) => data.dashboardChanged.summary.recordCount > once.recordCount);
  assert.equal(cents(twice), cents(before));

  const stopped = hangUp();
  await page.getByRole('button', { name: /^Stop query/ }).click();
  await stopped;
  await page.getByRole('button', { name: /^Execute query/ }).waitFor();
  assert.deepEqual(JSON.parse(await textOf('result')).data.dashboardChanged.summary, twice);

  assert.deepEqual((await run()).data.dashboardChanged.summary, twice);
  const ended = hangUp();
  await signOutButton().click();
  await ended;
  await signInButton().waitFor();
  assert.equal((await textOf('result')).trim(), '');
});

test('a subscription renews a refused access token, and says when it is broken off', async () => {
  unavoidable = /^Failed to load resource/;
  await open();
  await openTab('DashboardChanged');
  const { errors: [{ extensions: { code } }] } = await run();
  assert.equal(code, 'UNAUTHENTICATED');
  await page.getByRole('status').filter({ hasText: 'Sign in to run this operation.' }).waitFor();
  await page.getByRole('button', { name: /^Execute query/ }).waitFor();

  await signIn();
  await signOutButton().waitFor();
  const before = await held();
  await page.evaluate((broken) => sessionStorage.setItem('tallybook:session', JSON.stringify(broken)), { ...before, accessToken: 'broken' });
  await page.waitForTimeout(700); // GraphiQL writes its tabs down half a second after a change.
  await page.reload();
  await editor('query').waitFor();
  const { data } = await run();
  assert.notEqual((await held()).accessToken, 'broken');

  assert.equal((await elsewhere('mutation { logout(input: {}) { loggedOut } }')).logout.loggedOut, true);
  const broken = await result(({ errors }) => errors);
  assert.deepEqual(broken, { data, errors: [{ message: 'The connection has ended. Run the operation again to go on.' }] });
  await page.getByRole('button', { name: /^Execute query/ }).waitFor();
});

test('events are read by the rules of event streams, wherever the stream is cut', async () => {
  await open();
  const text = ': comment\r\n\r\nevent: next\r\ndata: {"a":\ndata:"ä"}\n\nid: 1\rdata\rdata:  b\r\revent:complete\r\n\r\n\n\nevent: next\ndata: cut';
  const expected = [['next', '{"a":\n"ä"}'], ['message', '\n b'], ['complete', '']];
  const read = await page.evaluate(async (whole) => {
    const { eventsOf } = await import('/assets/session.js');
    const bytes = new TextEncoder().encode(whole);
    const all = [];
    for (let size = 1; size <= bytes.length; size += 1) {
      let at = 0;
      const stream = new ReadableStream({
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          controller.enqueue(bytes.slice(at, at += size));
        },
      });
      const events = [];
      for await (const { event, data } of eventsOf(stream)) events.push([event, data]);
      all.push(events);
    }
    return all;
  }, text);
  assert.equal(read.length, new TextEncoder().encode(text).length);
  for (const events of read) assert.deepEqual(events, expected);
});

test('every starter operation is valid in the served schema', async () => {
  await open();
  const introspected = page.waitForResponse((response) => response.request().postDataJSON()?.operationName === 'IntrospectionQuery');
  await page.getByRole('button', { name: 'Re-fetch GraphQL schema' }).click();
  const { data } = await (await introspected).json();

  for (const title of STARTER_TABS) {
    await openTab(title);
    const problems = await page.evaluate(({ schema, text }) => {
      const { buildClientSchema, parse, validate } = window.GraphiQL.GraphQL;
      return validate(buildClientSchema(schema), parse(text)).map(({ message }) => message);
    }, { schema: data, text: await textOf('query') });
    assert.deepEqual(problems, [], title);
  }
});

test('a wrong password shows the server\'s message and signs nobody in', async () => {
  await open();
  const answered = page.waitForResponse((response) => response.request().postDataJSON()?.operationName === 'Login');
  await signIn('certainly not the password');
  const { errors: [error] } = await (await answered).json();

  const alert = page.getByRole('alert').filter({ hasText: /\S/ });
  await alert.waitFor();
  assert.equal(await alert.innerText(), error.message);
  assert.equal(await signInButton().isVisible(), true);
  assert.equal(await held(), null);
});

test('an empty form is not sent', async () => {
  await open();
  await signInButton().click();
  await page.getByRole('alert').filter({ hasText: 'Enter your e-mail and your password.' }).waitFor();
  assert.equal(await page.getByLabel('E-mail').evaluate((node) => node === document.activeElement), true);
});

test('who is not signed in is told to', async () => {
  unavoidable = /^Failed to load resource/;
  await open();
  const { errors } = await run();
  assert.equal(errors[0].extensions.code, 'UNAUTHENTICATED');
  await page.getByRole('status').filter({ hasText: 'Sign in to run this operation.' }).waitFor();
});

test('a reload stays signed in and adds no tab; a new tab is not signed in', async () => {
  await open();
  await signIn();
  await signOutButton().waitFor();
  await page.waitForTimeout(700); // GraphiQL writes its tabs down half a second after a change.
  await page.reload();
  await signOutButton().waitFor();
  await editor('query').waitFor();
  assert.equal(await tabs().count(), STARTER_TABS.length);
  assert.ok((await run()).data.dashboard.summary.recordCount > 0);

  const other = await context.newPage();
  await other.goto(home.href);
  await other.getByRole('button', { name: 'Sign in' }).waitFor();
});

test('signing out ends the session, on the server too, and clears the results', async () => {
  unavoidable = /^Failed to load resource/;
  await open();
  await signIn();
  await signOutButton().waitFor();
  await run();
  const before = await held();

  const answered = page.waitForResponse((response) => response.request().postDataJSON()?.operationName === 'Logout');
  await signOutButton().click();
  await signInButton().waitFor();
  assert.equal(await page.getByLabel('E-mail').evaluate((node) => node === document.activeElement), true);
  assert.equal((await (await answered).json()).data.logout.loggedOut, true);
  assert.equal(await held(), null);
  assert.equal((await textOf('result')).trim(), '');

  const answer = await page.evaluate(async (token) => {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ me { id } }' }),
    });
    return response.json();
  }, before.accessToken);
  assert.equal(answer.errors[0].extensions.code, 'UNAUTHENTICATED');
});

test('an expired access token is renewed before the request', async () => {
  await open();
  await signIn();
  await signOutButton().waitFor();
  const before = await held();
  await page.evaluate((expired) => sessionStorage.setItem('tallybook:session', JSON.stringify(expired)), { ...before, expiresAt: 0 });
  const renewals = [];
  page.on('request', (request) => {
    if (request.postDataJSON()?.operationName === 'RefreshSession') renewals.push(request);
  });
  await page.reload();
  await editor('query').waitFor();
  assert.ok((await run()).data.dashboard.summary.recordCount > 0);
  assert.equal(renewals.length, 1, 'one renewal for all the requests that wait for it');
  assert.notEqual((await held()).refreshToken, before.refreshToken);
});

test('a refused access token is renewed, and the request repeated once', async () => {
  unavoidable = /^Failed to load resource/;
  await open();
  await signIn();
  await signOutButton().waitFor();
  const before = await held();
  await page.evaluate((broken) => sessionStorage.setItem('tallybook:session', JSON.stringify(broken)), { ...before, accessToken: 'broken' });
  await page.reload();
  await editor('query').waitFor();
  assert.ok((await run()).data.dashboard.summary.recordCount > 0);
  assert.notEqual((await held()).accessToken, 'broken');
});

test('a session that is over says so and asks to sign in again', async () => {
  unavoidable = /^Failed to load resource/;
  await open();
  await signIn();
  await signOutButton().waitFor();
  const before = await held();
  await page.evaluate((over) => sessionStorage.setItem('tallybook:session', JSON.stringify(over)), { ...before, expiresAt: 0, refreshToken: 'x'.repeat(43) });
  await page.reload();
  await page.getByRole('status').filter({ hasText: 'Your session has ended.' }).waitFor();
  await signInButton().waitFor();
  assert.equal(await held(), null);
});

test('passwords and tokens are never written to localStorage', async () => {
  await open();
  await signIn();
  await signOutButton().waitFor();
  await openTab('SignIn');
  const secret = 'typed into "the" editor';
  await editor('variables').evaluate((node, password) => {
    node.CodeMirror.setValue(JSON.stringify({ input: { email: 'you@example.org', password } }, null, 2));
  }, secret);
  await editor('query').evaluate((node) => {
    node.CodeMirror.setValue('mutation SignIn { login(input: { email: "you@example.org", password: """in the query""" }) { user { id } } }');
  });
  await page.waitForTimeout(1_000);

  const written = await page.evaluate(() => Object.values(localStorage).join('\n'));
  assert.match(written, /you@example\.org/);
  const { accessToken, refreshToken } = await held();
  for (const hidden of ['typed into', 'in the query', TALLYBOOK_PASSWORD, accessToken, refreshToken]) {
    assert.equal(written.includes(hidden), false, 'a secret is in localStorage');
  }
});

test('an old or broken stored state does not break the page', async () => {
  await page.addInitScript(() => {
    localStorage.setItem('tallybook:graphiql:tabState', '{"activeTabIndex": 7, "tabs": [null');
    localStorage.setItem('tallybook:graphiql:queries', '"nonsense"');
    localStorage.setItem('tallybook:graphiql:query', '{ old }');
    localStorage.setItem('graphiql:tabState', '{"activeTabIndex":0,"tabs":[]}');
  });
  await open();
  assert.equal(await tabs().count(), STARTER_TABS.length);
  assert.match(await textOf('query'), /^query Dashboard/m);
});

test('the explorer, the documentation and the settings open', async () => {
  await open();
  await page.getByRole('button', { name: 'Show GraphiQL Explorer' }).click();
  await page.locator('.graphiql-explorer-root').waitFor();
  await page.locator('.graphiql-explorer-root').getByText('dashboard', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.getByRole('heading', { name: 'Docs' }).or(page.locator('.graphiql-doc-explorer')).first().waitFor();
  await page.getByRole('button', { name: 'Open settings dialog' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Dark' }).click();
  assert.equal(await page.locator('body').evaluate((node) => getComputedStyle(node).colorScheme), 'dark');
});

test('completion, hints, search, history and the documentation of a field work under the policy', async () => {
  await open();
  await editor('query').evaluate((node) => { node.CodeMirror.setValue('query Me {\n  me {\n    nam\n  }\n}\n'); });
  await editor('query').click({ position: { x: 200, y: 200 } });
  await editor('query').evaluate((node) => { node.CodeMirror.setCursor({ line: 2, ch: 7 }); });
  await page.keyboard.press('Control+Space');
  await page.locator('.CodeMirror-hints').getByText('name', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  assert.match(await textOf('query'), /^ {4}name$/m);

  await editor('query').getByText('name', { exact: true }).hover();
  await page.locator('.CodeMirror-info').waitFor();
  await editor('query').evaluate((node) => { node.CodeMirror.replaceRange('nothing ', { line: 2, ch: 4 }); });
  await page.mouse.move(720, 20);
  await editor('query').locator('.CodeMirror-lint-mark-error, .CodeMirror-lint-mark').first().hover();
  await page.locator('.CodeMirror-lint-tooltip').waitFor();
  await editor('query').click({ position: { x: 200, y: 200 } });
  await page.keyboard.press('Control+f');
  await editor('query').locator('.CodeMirror-dialog input').waitFor();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.locator('.graphiql-plugin').getByText('Query', { exact: true }).click();
  await page.locator('.graphiql-plugin').getByText('dashboard', { exact: true }).first().click();
  await page.locator('.graphiql-plugin').getByText('DashboardFilter', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Show History' }).click();
  await page.locator('.graphiql-history-header').waitFor();
});

test('the page fits a phone', async () => {
  await page.setViewportSize({ width: 390, height: 780 });
  await open();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${overflow} pixels too wide`);
  await signIn();
  await signOutButton().waitFor();
});
