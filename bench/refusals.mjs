// What it costs to refuse the documents that used to hold a core or end the process: from a request's first byte to its
// answer's last, one after the other over one connection. Wants a server, release build; prints a line for each, and
// fails where the median is above the bound that is promised.
//
//     node bench/refusals.mjs http://127.0.0.1:8000 [ROUNDS]

import http from 'node:http';

const [base = 'http://127.0.0.1:8000', rounds = '300'] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const nested = (open, close, levels) => `{ records(filter: ${open.repeat(levels)}1${close.repeat(levels)}) { totalCount } }`;
const level = (n) => `fragment F${n} on Query{...F${n + 1} ...F${n + 1}}`;
const bomb = `{...F0}${Array.from({ length: 24 }, (_, n) => level(n)).join('')}fragment F24 on Query{__typename}`;

const DOCUMENTS = [
  ['lists, 1,600 deep', nested('[', ']', 1600), 5],
  ['objects, 1,300 deep', nested('{a:', '}', 1300), 5],
  ['a bomb of fragments, 24 levels', bomb, 50],
];

// The time that the server takes to refuse `query`, in milliseconds.
function refuse(query) {
  const body = JSON.stringify({ query });
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const request = http.request(`${base}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => {
        const took = performance.now() - start;
        const code = JSON.parse(text).errors?.[0].extensions.code;
        if (response.statusCode === 400 && code === 'QUERY_TOO_COMPLEX') resolve(took);
        else reject(new Error(`not refused: ${response.statusCode} ${text}`));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

for (const [name, query, bound] of DOCUMENTS) {
  const times = [];
  for (let round = 0; round < Number(rounds); round++) times.push(await refuse(query));
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor((times.length - 1) * share)];
  const figures = `p50 ${at(0.5).toFixed(2)} ms   p99 ${at(0.99).toFixed(2)} ms   max ${at(1).toFixed(2)} ms`;
  console.log(`${name.padEnd(32)} ${String(query.length).padStart(5)} bytes   ${figures}   promised: ${bound} ms`);
  if (at(0.5) >= bound) {
    console.error(`${name}: the median is above what is promised.`);
    process.exitCode = 1;
  }
}
agent.destroy();
