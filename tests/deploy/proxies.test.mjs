// What the proxies of deploy/ have to do for the server: TLS, HTTP/2, the cookie, WebSockets, events, uploads, downloads,
// and whose address a request has. Each runs with its file, in front of a server of its own with sample data.
//
// Wants openssl, nginx, caddy and haproxy, and a build of the server: TALLYBOOK_BIN, or target/release/tallybook.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'node:test';

import { answer, Client, NAME } from './client.mjs';
import { directory, Scope, until } from './programs.mjs';
import { PROXIES, startProxy } from './proxies.mjs';
import { ANALYST, Books, PASSWORD } from './server.mjs';

const RECORDS = 500;
/** After so long the server gives a silent connection a sign of life. */
const SILENCE_MS = 25_000;
/** What an answer takes at the most that nothing holds back, on a busy machine. */
const AT_ONCE_MS = 5_000;
/** How many connections an address may have, and what one more gets. Caddy limits none, as its file says. */
const CONNECTIONS = { nginx: { most: 200, beyond: 429 }, haproxy: { most: 200, beyond: 'ECONNRESET' } };
const MEBIBYTE = 2 ** 20;
const PART = Buffer.alloc(2 ** 16, ' ');

const LOGIN = 'mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password, cookie: true }) { accessToken refreshToken } }';
const REFRESH = 'mutation { refreshSession(input: {}) { accessToken } }';
const CHANGED = 'subscription { changed(types: RECORD) { nodes { id } pageInfo { endCursor } } }';
const CREATE = 'mutation ($notes: String!) { createRecord(input: { kind: EXPENSE, amount: "1.00", category: "Travel", date: "2026-11-02", notes: $notes }) { record { id } } }';
const CREATE_IMPORT = 'mutation { createImport(input: { filename: "payments.csv", format: { kind: EXPENSE, amountColumn: "Amount", dateColumn: "Date", category: "Payments", notesColumns: ["Notes"] } }) { import { id uploadPath } } }';
const EXPORT = 'mutation { exportRecords(input: { format: JSON_LINES }) { url } }';

for (const name of PROXIES) {
  test(name, async (t) => {
    const scope = new Scope(t);
    const books = new Books(directory(scope)).fill(RECORDS);
    const server = await books.serve();
    scope.after(() => server.stop());
    const proxy = await startProxy(name, directory(scope), [server.address]);
    scope.after(() => proxy.stop());
    const clients = [];
    scope.after(() => clients.forEach((client) => client.close()));
    const from = (address, maxSockets) => {
      const client = new Client(proxy, address, maxSockets);
      clients.push(client);
      return client;
    };
    const analyst = await from('127.0.0.2').signIn(ANALYST);

    await t.test('plain HTTP is sent on to HTTPS', async () => {
      const headers = { Host: NAME };
      const response = await fetch(`http://127.0.0.1:${proxy.plain}/records?kind=EXPENSE`, { redirect: 'manual', headers });
      assert.ok([301, 308].includes(response.status), String(response.status));
      assert.match(response.headers.get('location'), /^https:\/\//);
      assert.ok(response.headers.get('location').endsWith('/records?kind=EXPENSE'));
    });

    await t.test('the app, over HTTP/2, and to be asked for by HTTPS only', async () => {
      assert.deepEqual(await analyst.overHttp2('/'), { protocol: 'h2', status: 200 });
      const page = await analyst.send('GET', '/', { headers: { Accept: 'text/html' } });
      assert.match(page.text, /<html/);
      assert.equal(page.headers['strict-transport-security'], 'max-age=31536000');
      assert.ok(page.headers['content-security-policy']);
    });

    await t.test('a page signs in, and stays signed in, by the cookie', async () => {
      const page = from('127.0.0.2');
      page.headers = { Origin: `https://${page.host}`, 'Sec-Fetch-Site': 'same-origin' };
      const signedIn = await page.ask(LOGIN, { email: ANALYST, password: PASSWORD });
      assert.equal(signedIn.errors, undefined);
      assert.equal(signedIn.data.login.refreshToken, null);
      const [cookie] = signedIn.headers['set-cookie'];
      assert.match(cookie, /^__Host-tallybook-refresh=[^;]+; Path=\/; .*HttpOnly; Secure; SameSite=Strict$/);
      const [pair] = cookie.split(';');
      const refreshed = await page.ask(REFRESH, {}, { Cookie: pair });
      assert.ok(refreshed.data.refreshSession.accessToken);
      assert.notEqual(refreshed.headers['set-cookie'][0].split(';')[0], pair);
      // Another page's origin is noticed, so the server does compare it with the host.
      const other = await page.ask(REFRESH, {}, { Cookie: pair, Origin: 'https://evil.example.org' });
      assert.equal(other.errors[0].extensions.code, 'FORBIDDEN');
    });

    await t.test('queries by POST and by GET', async () => {
      const query = '{ me { role } }';
      assert.equal((await analyst.ask(query)).data.me.role, 'ANALYST');
      const got = await analyst.send('GET', `/graphql?${new URLSearchParams({ query })}`, { headers: { Accept: 'application/json' } });
      assert.equal(JSON.parse(got.text).data.me.role, 'ANALYST');
    });

    await t.test('subscriptions outlive a silence, and tell of a change at once', async () => {
      const [overSocket, overEvents] = [await followBySocket(analyst), await followByEvents(analyst)];
      await until(() => overSocket.heard.length && overEvents.heard.length);
      await sleep(SILENCE_MS + 2_000);
      assert.ok(overEvents.said.includes('\n:\n'), 'the sign of life has come');
      const { data } = await analyst.ask(CREATE, { notes: `through ${name}` });
      const began = performance.now();
      for (const { heard } of [overSocket, overEvents]) {
        await until(() => heard.some((answer) => answer.includes(data.createRecord.record.id)));
      }
      const took = performance.now() - began;
      assert.ok(took < AT_ONCE_MS, `${took} ms`);
      assert.equal(overSocket.connections, 1);
      assert.equal(overEvents.hasEnded, false);
      overSocket.close();
      overEvents.close();
    });

    await t.test('a file of some megabytes is received', async () => {
      const { data, errors } = await analyst.ask(CREATE_IMPORT);
      assert.equal(errors, undefined);
      const { id, uploadPath } = data.createImport.import;
      const row = (number) => `2026-01-02,12.50,${String(number).padEnd(1_900, '.')}\n`;
      const body = `Date,Amount,Notes\n${Array.from({ length: 4_000 }, (_, number) => row(number)).join('')}`;
      assert.ok(body.length > 7 * MEBIBYTE);
      const { status, text } = await analyst.send('PUT', uploadPath, { headers: { 'Content-Type': 'text/csv' }, body });
      assert.equal(status, 200, text);
      assert.deepEqual([JSON.parse(text).id, Number(JSON.parse(text).size)], [id, body.length]);
    });

    await t.test('a file that is too large is refused by the server, before all of it was sent', async () => {
      const { data } = await analyst.ask(CREATE_IMPORT);
      const request = analyst.begin('PUT', data.createImport.import.uploadPath, { 'Content-Length': 200 * MEBIBYTE });
      const answered = answer(request);
      let sent = 0;
      const send = (part) => request.write(part, () => (sent += part.length));
      // The server has all of it when it answers. Caddy passes the answer on when more comes.
      send(Buffer.from('x'));
      const timer = setInterval(() => send(PART), 500);
      scope.after(() => clearInterval(timer));
      const { status, text } = await Promise.race([answered, sleep(AT_ONCE_MS, { status: 'none' })]);
      clearInterval(timer);
      request.destroy();
      assert.equal(status, 413, text);
      assert.equal(JSON.parse(text).errors[0].extensions.limit, 128 * MEBIBYTE);
      assert.ok(sent < 10 * MEBIBYTE, `${sent} bytes`);
    });

    await t.test('an exported file is fetched whole', async () => {
      const { data, errors } = await analyst.ask(EXPORT);
      assert.equal(errors, undefined);
      const { status, headers, body, text } = await analyst.send('GET', data.exportRecords.url, { headers: { 'Accept-Encoding': 'gzip' } });
      assert.equal(status, 200, text);
      assert.match(headers['content-disposition'], /^attachment; filename="records-.*\.jsonl"$/);
      assert.equal(Number(headers['content-length']), body.length);
      assert.equal(text.trimEnd().split('\n').length, RECORDS + 1);
      // The proxy's log does not have the signature. Caddy has none.
      await analyst.send('GET', '/after-the-download');
      if (name !== 'caddy') await until(() => proxy.logged().includes('/after-the-download'));
      assert.doesNotMatch(proxy.logged(), /signature/);
    });

    await t.test("the log has the client's address, and not what the client says", async () => {
      const client = from('127.0.0.5');
      const forged = { 'X-Forwarded-For': '6.6.6.6', 'X-Real-IP': '6.6.6.6', Forwarded: 'for=6.6.6.6' };
      await client.ask('query Whose { organization { name } }', {}, forged);
      const line = await until(() => server.requests().find(({ operation }) => operation === 'Whose'));
      assert.equal(line.client, '127.0.0.5');
      assert.ok(!server.said.includes('6.6.6.6'));
    });

    await t.test('failed sign-ins count for the address, whatever it says, and for no other', async () => {
      const guess = async (client, number) => {
        const variables = { email: `nobody-${number}@example.com`, password: 'not this one' };
        const { errors } = await client.ask(LOGIN.replace(', cookie: true', ''), variables, { 'X-Forwarded-For': `6.6.6.${number}` });
        return errors[0].extensions.code;
      };
      const [guesser, other] = [from('127.0.0.6'), from('127.0.0.7')];
      const codes = [];
      for (let number = 0; number < 21; number++) codes.push(await guess(guesser, number));
      assert.deepEqual(codes, [...Array(20).fill('INVALID_CREDENTIALS'), 'RATE_LIMITED']);
      assert.equal(await guess(other, 99), 'INVALID_CREDENTIALS');
    });

    const limit = CONNECTIONS[name];
    await t.test('an address has a number of connections, and others go on', { skip: !limit && 'it limits none' }, async () => {
      const [greedy, other] = [from('127.0.0.8', Infinity), from('127.0.0.9')];
      // Requests whose body does not come.
      const begin = () => {
        const request = greedy.begin('POST', '/graphql', { 'Content-Type': 'application/json', 'Content-Length': 2 });
        request.flushHeaders();
        const ended = answer(request).then(({ status }) => status, ({ code }) => code);
        scope.after(() => request.destroy());
        return { request, ended };
      };
      const held = Array.from({ length: limit.most }, begin);
      await Promise.all(held.map(({ request }) => new Promise((resolve) => request.on('socket', (socket) => socket.once('secureConnect', resolve)))));
      await sleep(500);
      assert.equal(await begin().ended, limit.beyond);
      assert.equal(await Promise.race([...held.map(({ ended }) => ended), sleep(500, 'held')]), 'held');
      assert.equal((await other.send('GET', '/readyz')).status, 200);
    });

    await t.test('nobody reads the metrics through it', async () => {
      assert.match(await (await fetch(`http://${server.metrics}/metrics`)).text(), /tallybook_requests_total/);
      for (const Accept of ['*/*', 'text/html']) {
        const { text } = await analyst.send('GET', '/metrics', { headers: { Accept } });
        assert.doesNotMatch(text, /tallybook_requests_total/);
      }
      assert.equal((await analyst.send('GET', '/metrics')).status, 404);
    });
  });
}

/** The answers of `changed` over a WebSocket, and how often it connected. */
async function followBySocket(client) {
  const following = { heard: [], connections: 0 };
  const socket = client.socket({ on: { connected: () => following.connections++ } });
  following.close = () => socket.dispose();
  const failed = (error) => assert.fail(`the subscription failed: ${JSON.stringify(error)}`);
  socket.subscribe({ query: CHANGED }, { next: (answer) => following.heard.push(JSON.stringify(answer)), error: failed, complete() {} });
  return following;
}

/** The same as events. */
async function followByEvents(client) {
  const following = { heard: [], said: '', hasEnded: false };
  const request = client.begin('POST', '/graphql', { 'Content-Type': 'application/json', Accept: 'text/event-stream' });
  following.close = () => request.destroy();
  request.on('error', () => {});
  request.end(JSON.stringify({ query: CHANGED }));
  const [response] = await once(request, 'response');
  assert.equal(response.statusCode, 200);
  response.setEncoding('utf8').on('data', (part) => {
    following.said += part;
    following.heard = following.said.split('\n').filter((line) => line.startsWith('data: '));
  });
  response.on('close', () => (following.hasEnded = true)).on('error', () => {});
  return following;
}
