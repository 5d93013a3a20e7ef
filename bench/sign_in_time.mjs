// Whether the time of a refused sign-in tells who exists: a wrong password of somebody, an address that nobody has, and
// the right password of somebody who was deactivated, in turns. Wants a server on a loopback address with sample data
// and TRUSTED_PROXIES=1, since each attempt comes from an address and for an account of its own: five of each are free.
//
//     tallybook demo
//     TRUSTED_PROXIES=1 REGISTRATION=closed JWT_SECRET="$(openssl rand -base64 48)" tallybook serve
//     node bench/sign_in_time.mjs http://127.0.0.1:8000 [ROUNDS]

import http from 'node:http';

const ADMIN = { email: 'admin@example.com', password: 'tallybook-demo' };
const PASSWORD = 'parsnips and turnips';
const LOGIN = 'mutation ($email: String!, $password: String!) { login(input: {email: $email, password: $password}) { accessToken } }';
const CREATE = 'mutation ($email: String!, $password: String!) { createUser(input: {email: $email, password: $password, name: "Bench"}) { user { id } } }';
const DEACTIVATE = 'mutation ($id: ID!) { updateUser(input: {id: $id, isActive: false}) { user { id } } }';

const [base = 'http://127.0.0.1:8000', rounds = '40'] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
let asked = 0;

function ask(query, variables, token) {
  const body = JSON.stringify({ query, variables });
  const n = asked++;
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), 'X-Forwarded-For': `10.0.${n >> 8}.${n & 255}` };
  if (token) headers.Authorization = `Bearer ${token}`;
  return new Promise((resolve, reject) => {
    const request = http.request(`${base}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(JSON.parse(text)));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const { data } = await ask(LOGIN, ADMIN);
const people = [];
for (let n = 0; n < Math.ceil(Number(rounds) / 4); n++) {
  const [active, inactive] = ['a', 'i'].map((kind) => `time-${process.pid}-${kind}${n}@example.org`);
  await ask(CREATE, { email: active, password: PASSWORD }, data.login.accessToken);
  const made = await ask(CREATE, { email: inactive, password: PASSWORD }, data.login.accessToken);
  await ask(DEACTIVATE, { id: made.data.createUser.user.id }, data.login.accessToken);
  people.push({ wrong: [active, 'wrong'], unknown: [`nobody-${n}@example.org`, PASSWORD], inactive: [inactive, PASSWORD] });
}

const times = { wrong: [], unknown: [], inactive: [] };
for (let round = 0; round < Number(rounds); round++) {
  for (const [kind, [email, password]] of Object.entries(people[round % people.length])) {
    const start = performance.now();
    const { errors } = await ask(LOGIN, { email, password });
    times[kind].push(performance.now() - start);
    if (errors?.[0].extensions.code !== 'INVALID_CREDENTIALS') throw new Error(JSON.stringify(errors));
  }
}
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const medians = Object.entries(times).map(([kind, list]) => [kind, median(list)]);
for (const [kind, time] of medians) console.log(`${kind.padEnd(10)} median ${time.toFixed(1)} ms`);
const [least, most] = [Math.min, Math.max].map((pick) => pick(...medians.map(([, time]) => time)));
console.log(`the largest is ${((most / least - 1) * 100).toFixed(1)} % above the smallest; under 10 % is promised`);
if (most / least >= 1.1) process.exitCode = 1;
agent.destroy();
