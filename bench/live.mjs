// What a thousand subscribers cost: the memory that the server holds, creates beside them and without them, and how long a
// change takes to reach a subscriber of `changed` on a machine that is idle otherwise. Wants a release build, wrk, and
// PostgreSQL's programs.
//
//     node bench/live.mjs [--sockets 1000] [--databases postgres,sqlite] [--seconds 10] [--program target/release/tallybook]

import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

import { Postgres, Server, Sqlite } from './databases.mjs';
import { fill, load, signIn } from './load.mjs';

const DASHBOARD = 'subscription { dashboardChanged { summary { income { amount } expenses { amount } recordCount } categories(first: 5) { category { name } share } recent(first: 5) { id notes } } }';
const CHANGED = 'subscription { changed { nodes { id node { ... on FinancialRecord { notes } } } pageInfo { endCursor } } }';
const CREATE = 'mutation ($notes: String) { createRecord(input: { kind: EXPENSE, amount: "1.00", category: "Travel", date: "2026-11-02", notes: $notes }) { record { id } } }';
const CHANGES = 100;

/** A client of `graphql-transport-ws` that knows as much of WebSockets as this needs. */
class Socket {
  #rest = Buffer.alloc(0);
  messages = 0;
  bytes = 0;

  constructor(base, token, hear) {
    const { hostname, port } = new URL(base);
    this.stream = net.connect(Number(port), hostname).setNoDelay();
    const key = randomBytes(16).toString('base64');
    this.stream.write(`GET /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`);
    let isOpen = false;
    this.stream.on('data', (data) => {
      this.bytes += data.length;
      this.#rest = Buffer.concat([this.#rest, data]);
      if (!isOpen) {
        const end = this.#rest.indexOf('\r\n\r\n');
        if (end < 0) return;
        if (!this.#rest.subarray(0, end).toString().startsWith('HTTP/1.1 101')) throw new Error(this.#rest.toString());
        this.#rest = this.#rest.subarray(end + 4);
        isOpen = true;
        this.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
      }
      for (let frame = this.#frame(); frame; frame = this.#frame()) {
        if (frame.opcode === 8) throw new Error(`closed with ${frame.payload.readUInt16BE(0)}`);
        if (frame.opcode !== 1) continue;
        this.messages += 1;
        hear(this, frame.payload);
      }
    });
    this.stream.on('error', (error) => { throw error; });
  }

  #frame() {
    const data = this.#rest;
    if (data.length < 2) return undefined;
    let [length, at] = [data[1] & 127, 2];
    if (length === 126) [length, at] = [data.length < 4 ? Infinity : data.readUInt16BE(2), 4];
    else if (length === 127) [length, at] = [data.length < 10 ? Infinity : Number(data.readBigUInt64BE(2)), 10];
    if (data.length < at + length) return undefined;
    this.#rest = data.subarray(at + length);
    return { opcode: data[0] & 15, payload: data.subarray(at, at + length) };
  }

  send(message) {
    const payload = Buffer.from(JSON.stringify(message));
    const head = payload.length < 126 ? Buffer.from([0x81, 0x80 | payload.length]) : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 255]);
    const mask = randomBytes(4);
    for (let index = 0; index < payload.length; index += 1) payload[index] ^= mask[index & 3];
    this.stream.write(Buffer.concat([head, mask, payload]));
  }
}

/** A socket that is subscribed; `hear` gets the answers after the first. */
function subscribe(base, token, query, hear) {
  return new Promise((done) => {
    const socket = new Socket(base, token, (self, payload) => {
      if (self.messages === 1) self.send({ type: 'subscribe', id: '1', payload: { query } });
      else if (self.messages === 2) done(self);
      else hear(payload);
    });
  });
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function latency(server, token) {
  let heard;
  const socket = await subscribe(server.base, token, CHANGED, (payload) => heard(payload.toString()));
  const times = [];
  for (let change = 0; change < CHANGES; change += 1) {
    const notes = `change ${change}`;
    const told = new Promise((done) => { heard = (text) => text.includes(notes) && done(performance.now()); });
    await server.ask({ query: CREATE, variables: { notes } }, token);
    const committed = performance.now();
    times.push((await told) - committed);
    await new Promise((done) => setTimeout(done, 20 + Math.random() * 50));
  }
  socket.stream.destroy();
  return median(times);
}

if (isMainThread) {
  const { values } = parseArgs({ options: {
    sockets: { type: 'string', default: '1000' },
    databases: { type: 'string', default: 'postgres,sqlite' },
    seconds: { type: 'string', default: '10' },
    program: { type: 'string', default: 'target/release/tallybook' },
  } });
  const [sockets, seconds, program] = [Number(values.sockets), Number(values.seconds), resolve(values.program)];
  process.env.MAX_SOCKETS_PER_USER = String(sockets + 1);
  process.env.MAX_SOCKETS = String(sockets + 10);
  for (const name of values.databases.split(',')) {
    const directory = mkdtempSync(join(tmpdir(), 'tallybook-live-'));
    // PostgreSQL runs as another user.
    chmodSync(directory, 0o755);
    mkdirSync(join(directory, 'home'));
    const database = name === 'postgres' ? new Postgres(join(directory, 'db')) : new Sqlite(join(directory, 'db'));
    fill(program, database, 'live', 10_000, join(directory, 'home'));
    const server = await Server.start(program, database.url('live'), join(directory, 'home'));
    const token = await signIn(server);
    console.log(`${database.name}: a change reaches a subscriber ${(await latency(server, token)).toFixed(0)} ms after its commit at the median of ${CHANGES}`);
    const creates = () => load(server, token, [{ query: CREATE, variables: { notes: 'load' } }], { connections: 16, seconds, directory });
    await creates();
    const alone = await creates();
    const worker = new Worker(new URL(import.meta.url), { workerData: { base: server.base, token, sockets } });
    await new Promise((done) => worker.once('message', done));
    const idle = server.memory();
    const beside = await creates();
    worker.postMessage('count');
    const counted = await new Promise((done) => worker.once('message', done));
    console.log(`${database.name}: ${sockets} sockets on dashboardChanged: ${idle.toFixed(0)} MB, ${server.memory().toFixed(0)} MB under load; ` +
      `${(counted.answers / sockets / seconds).toFixed(2)} answers a second each`);
    console.log(`${database.name}: creates a second: ${alone.rate.toFixed(0)} alone, ${beside.rate.toFixed(0)} beside them, ${(100 * beside.rate / alone.rate).toFixed(0)} %`);
    await worker.terminate();
    await server.stop();
    database.stop();
    rmSync(directory, { recursive: true });
  }
} else {
  const { base, token, sockets } = workerData;
  let answers = 0;
  for (let begun = 0; begun < sockets; begun += 50) {
    const some = Array.from({ length: Math.min(50, sockets - begun) }, () => subscribe(base, token, DASHBOARD, () => { answers += 1; }));
    await Promise.all(some);
  }
  parentPort.postMessage('subscribed');
  parentPort.on('message', () => parentPort.postMessage({ answers }));
}
