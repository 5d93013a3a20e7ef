// What somebody who signs in over and over costs everybody else's sign-ins: the time of one while nothing else happens,
// and while twenty loops sign in as another user from another network, a second apart where they are refused. Wants a
// server on a loopback address with sample data and TRUSTED_PROXIES=1, since the two need addresses of their own.
//
//     tallybook demo
//     TRUSTED_PROXIES=1 REGISTRATION=closed JWT_SECRET="$(openssl rand -base64 48)" tallybook serve
//     node bench/sign_in_turns.mjs http://127.0.0.1:8000

const LOOPS = 20;
const SIGN_INS = 10;
const PASSWORD = 'tallybook-demo';
const LOGIN = 'mutation ($email: String!, $password: String!) { login(input: {email: $email, password: $password}) { accessToken } }';

const [base = 'http://127.0.0.1:8000'] = process.argv.slice(2);
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Signs in; the time that it took, and the code of the error if there was one. */
async function signIn(email, address) {
  const start = performance.now();
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
    body: JSON.stringify({ query: LOGIN, variables: { email, password: PASSWORD } }),
  });
  const { errors } = await response.json();
  return { time: performance.now() - start, code: errors?.[0].extensions.code };
}

async function measure() {
  const times = [];
  for (let n = 0; n < SIGN_INS; n++) {
    const { time, code } = await signIn('viewer@example.com', '192.0.2.1');
    if (code) throw new Error(code);
    times.push(time);
  }
  times.sort((a, b) => a - b);
  return { median: times[SIGN_INS >> 1], most: times.at(-1) };
}

const idle = await measure();
const loops = { busy: true, done: 0, refused: 0 };
const looping = Array.from({ length: LOOPS }, async () => {
  while (loops.busy) {
    const { code } = await signIn('analyst@example.com', '198.51.100.1');
    if (code && code !== 'RATE_LIMITED') throw new Error(code);
    loops[code ? 'refused' : 'done'] += 1;
    if (code) await pause(1000);
  }
});
await pause(1500);
const during = await measure();
loops.busy = false;
await Promise.all(looping);

const show = ({ median, most }) => `median ${median.toFixed(0)} ms, most ${most.toFixed(0)} ms`;
console.log(`idle    ${show(idle)}`);
console.log(`during  ${show(during)}; the loops signed in ${loops.done} times and were refused ${loops.refused} times`);
const ratio = during.median / idle.median;
console.log(`${ratio.toFixed(2)} times; under 3 is promised`);
if (ratio >= 3) process.exitCode = 1;
