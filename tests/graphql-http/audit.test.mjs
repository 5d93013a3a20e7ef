// The audits of graphql-http, all of them, against the server at TALLYBOOK_URL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverAudits } from 'graphql-http';

const EXPECTED = 61;
const url = new URL('/graphql', process.env.TALLYBOOK_URL ?? 'http://127.0.0.1:8000').toString();
const audits = serverAudits({ url, fetchFn: fetch });

test(`there are ${EXPECTED} audits`, () => {
  assert.equal(audits.length, EXPECTED);
});

for (const audit of audits) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    const body = result.status === 'ok' ? '' : await result.response?.text().catch(() => '');
    assert.equal(result.status, 'ok', `${result.status}: ${result.reason} ${body}`);
  });
}
