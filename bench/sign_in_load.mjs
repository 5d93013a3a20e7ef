// What sign-ins cost everybody else: the latency of `me` while nothing else happens, and while eight clients sign in
// without pause, each as another user. Wants a server with open registration; prints both and their ratio.
//
//     node bench/sign_in_load.mjs http://127.0.0.1:8000 [SECONDS]

import http from 'node:http';

const CLIENTS = 8;
const PASSWORD = 'parsnips and turnips';
const LOGIN = 'mutation ($email: String!, $password: String!) { login(input: {email: $email, password: $password}) { accessToken } }';
const REGISTER = 'mutation ($email: String!, $password: String!) { register(input: {email: $email, password: $password, name: "Bench"}) { user { id } } }';

const [base = 'http://127.0.0.1:8000', seconds = '20'] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });

function ask(query, variables, token) {
  const body = JSON.stringify({ query, variables });
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  if (token) headers.Authorization = `Bearer ${token}`;
  return new Promise((resolve, reject) => {
    const request = http.request(`${base}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => {
        const { data, errors } = JSON.parse(text);
        if (errors) reject(new Error(text));
        else resolve(data);
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

// The latencies of `me` in milliseconds, one request after the other, until `seconds` are over.
async function measure(token) {
  const latencies = [];
  const end = performance.now() + Number(seconds) * 1000;
  while (performance.now() < end) {
    const start = performance.now();
    await ask('{ me { id email } }', {}, token);
    latencies.push(performance.now() - start);
  }
  return latencies.sort((a, b) => a - b);
}

function report(name, latencies) {
  const at = (share) => latencies[Math.floor((latencies.length - 1) * share)].toFixed(2);
  console.log(`${name.padEnd(16)} ${String(latencies.length).padStart(7)} requests   p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   max ${at(1)} ms`);
  return at(0.99);
}

const emails = Array.from({ length: CLIENTS + 1 }, (_, n) => `bench-${process.pid}-${n}@example.org`);
for (const email of emails) await ask(REGISTER, { email, password: PASSWORD });
const { login } = await ask(LOGIN, { email: emails[CLIENTS], password: PASSWORD });

await measure(login.accessToken);
const idle = report('idle', await measure(login.accessToken));

let signIns = 0;
let busy = true;
const clients = emails.slice(0, CLIENTS).map(async (email) => {
  while (busy) {
    await ask(LOGIN, { email, password: PASSWORD });
    signIns += 1;
  }
});
const during = report('during sign-ins', await measure(login.accessToken));
busy = false;
console.log(`${signIns} sign-ins; p99 during them is ${(during / idle).toFixed(2)} times the idle p99`);
await Promise.all(clients);
