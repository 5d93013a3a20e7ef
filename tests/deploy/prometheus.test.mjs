// The alerts and the dashboard of deploy/ in a real Prometheus, which reads a server under a little load: each expression is
// one that Prometheus takes, and is answered with data; of an alert, what it compares. The alerts themselves are tried in
// alerts.yml.
//
// Wants prometheus and promtool, and a build of the server: TALLYBOOK_BIN, or target/release/tallybook.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'node:test';

import { directory, freePort, Program, Scope, until } from './programs.mjs';
import { ANALYST, Books, PASSWORD } from './server.mjs';

const files = join(import.meta.dirname, '../../deploy');
const ALERTS = join(files, 'prometheus-alerts.yml');
const LOGIN = 'mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { accessToken } }';
const ROUNDS = 20;
/** So often Prometheus has read the server before there is any load. */
const SCRAPES = 2;
/** What has to be nothing while all is well. */
const NOTHING = new Set(['TallybookMissing', 'TallybookNotReady', 'TallybookRefusesWork', 'TallybookDefect']);

test('the alerts fire when they should', () => {
  execFileSync('promtool', ['check', 'rules', ALERTS], { stdio: 'pipe' });
  execFileSync('promtool', ['test', 'rules', join(import.meta.dirname, 'alerts.yml')], { stdio: 'pipe' });
});

test('Prometheus reads a server', async (t) => {
  const scope = new Scope(t);
  const books = new Books(directory(scope)).fill(200);
  const server = await books.serve({ SHUTDOWN_DELAY: '20s' });
  scope.after(() => server.stop('SIGKILL'));
  const prometheus = await startPrometheus(scope, server.metrics);
  // There is no rate of what happened before Prometheus first looked.
  await until(async () => (await prometheus.ask('count_over_time(up[1m])'))[0]?.value[1] >= SCRAPES);
  await work(server.address);
  // What the last requests did is read, and the rules are evaluated.
  await sleep(4_000);

  await t.test('it has all alerts, and none of them is about to fire', async () => {
    const rules = await prometheus.rules();
    assert.ok(rules.length > 5);
    for (const { name, health, state, lastError } of rules) assert.deepEqual([name, health, state, lastError], [name, 'ok', 'inactive', undefined]);
  });

  await t.test('what the alerts compare is there', async () => {
    for (const { name, query } of await prometheus.rules()) {
      const compared = query.match(/^(.*) (?:>|==) [\d.]+$/s)?.[1];
      assert.ok(compared, query);
      const values = numbers(await prometheus.ask(compared));
      assert.equal(values.length > 0, !NOTHING.has(name), `${name}: ${compared}: ${values}`);
    }
  });

  await t.test('the dashboard has something to show everywhere', async () => {
    const { panels, templating } = JSON.parse(readFileSync(join(files, 'grafana.json'), 'utf8'));
    assert.deepEqual(templating.list.map(({ name }) => name), ['datasource']);
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    let asked = 0;
    for (const { title, targets } of panels) {
      for (const { expr, legendFormat, datasource } of targets) {
        assert.equal(datasource.uid, '${datasource}');
        const found = await prometheus.ask(expr.replaceAll('$__rate_interval', '1m'));
        assert.ok(numbers(found).length > 0, `${title}: ${expr}`);
        for (const [, label] of legendFormat.matchAll(/{{(\w+)}}/g)) assert.ok(found[0].metric[label], `${title}: ${label}`);
        asked += 1;
      }
    }
    t.diagnostic(`${asked} expressions in ${panels.length} panels`);
  });

  await t.test('no metric is asked for that the server does not have, and none of its own is left out', async () => {
    const said = await (await fetch(`http://${server.metrics}/metrics`)).text();
    const served = new Set([...said.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const used = readFileSync(ALERTS, 'utf8') + readFileSync(join(files, 'grafana.json'), 'utf8');
    const names = new Set([...used.matchAll(/\b(?:tallybook|process)_[a-z_]+(?=\\?\{)/g)].map(([name]) => name.replace(/_bucket$/, '')));
    assert.deepEqual([...names].filter((name) => !served.has(name)), []);
    assert.deepEqual([...served].filter((name) => name.startsWith('tallybook_') && !names.has(name)), []);
  });

  await t.test('a server that stops is not ready, and then it is down', async () => {
    server.process.kill('SIGTERM');
    const probe = () => fetch(`http://${server.address}/readyz`).then(({ status }) => status, () => 0);
    await until(async () => (await probe()) === 503);
    const state = async (alert) => {
      await probe();
      return (await prometheus.rules()).find(({ name }) => name === alert).state;
    };
    await until(async () => (await state('TallybookNotReady')) === 'pending');
    server.process.kill('SIGTERM');
    assert.equal(await server.ended, 0);
    await until(async () => (await state('TallybookDown')) === 'pending');
  });
});

/** Some of everything that is counted: pages, operations, sign-ins, an import, a subscription, and what is refused. */
async function work(address) {
  const url = `http://${address}/graphql`;
  const post = (body, headers) => fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
  const signIn = async (email, password) => (await post({ query: LOGIN, variables: { email, password } })).json();
  const Authorization = `Bearer ${(await signIn(ANALYST, PASSWORD)).data.login.accessToken}`;
  const ask = async (query) => (await post({ query }, { Authorization })).json();
  const events = await post({ query: 'subscription { changed { pageInfo { endCursor } } }' }, { Authorization, Accept: 'text/event-stream' });
  const made = await ask('mutation { createImport(input: { filename: "a.csv", format: { kind: EXPENSE, amountColumn: "Amount", dateColumn: "Date", category: "Payments" } }) { import { id uploadPath } } }');
  const { id, uploadPath } = made.data.createImport.import;
  const body = `Date,Amount\n${'2026-01-02,12.50\n'.repeat(100)}`;
  assert.equal((await fetch(`http://${address}${uploadPath}`, { method: 'PUT', headers: { Authorization }, body })).status, 200);
  const committed = await ask(`mutation { commitImport(input: { id: "${id}" }) { import { id } } }`);
  assert.equal(committed.errors, undefined);
  for (let round = 0; round < ROUNDS; round++) {
    await ask('{ dashboard { summary { recordCount } } }');
    await ask('mutation { createRecord(input: { kind: EXPENSE, amount: "1.00", category: "Travel", date: "2026-11-02" }) { record { id } } }');
    await ask('{ record(id: "nonsense") { id } }');
    await fetch(`http://${address}/healthz`);
    if (round % 5 === 0) await signIn(`nobody-${round}@example.com`, PASSWORD);
    await sleep(200);
  }
  // It stays open.
  assert.equal(events.status, 200);
}

/** The values that are numbers: a quantile of nothing is none. */
const numbers = (found) => found.map(({ value: [, value] }) => Number(value)).filter((value) => !Number.isNaN(value));

async function startPrometheus(scope, target) {
  const data = directory(scope);
  const rules = readFileSync(ALERTS, 'utf8');
  writeFileSync(join(data, 'alerts.yml'), rules);
  writeFileSync(join(data, 'prometheus.yml'), `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [alerts.yml]
scrape_configs: [{ job_name: tallybook, static_configs: [{ targets: ['${target}'] }] }]
`);
  const address = `127.0.0.1:${await freePort()}`;
  const args = [`--config.file=${data}/prometheus.yml`, `--storage.tsdb.path=${data}/tsdb`, `--web.listen-address=${address}`];
  const prometheus = new Program('prometheus', args, { cwd: data });
  scope.after(() => prometheus.stop());
  const get = async (path, query) => {
    const response = await fetch(`http://${address}/api/v1/${path}?${new URLSearchParams(query)}`);
    const { status, data, error } = await response.json();
    assert.equal(status, 'success', error);
    return data;
  };
  await prometheus.says((said) => said.includes('Server is ready'));
  return {
    ask: async (query) => (await get('query', { query })).result,
    rules: async () => (await get('rules')).groups.flatMap(({ rules }) => rules),
  };
}
