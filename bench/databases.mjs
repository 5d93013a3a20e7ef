// Databases to measure on: a PostgreSQL cluster of its own, which keeps what it acknowledges, and SQLite files.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beyond these the server runs as it comes. */
const SETTINGS = `
listen_addresses = ''
shared_buffers = 1GB
max_wal_size = 8GB
`;

const run = (command, args, options = {}) =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'], ...options });

function binaries() {
  const found = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').map((v) => `/usr/lib/postgresql/${v}/bin`) : [];
  const directory = found.filter((bin) => existsSync(join(bin, 'initdb'))).pop() ?? run('pg_config', ['--bindir']).trim();
  return (name) => join(directory, name);
}

export class Postgres {
  name = 'PostgreSQL';

  /** Starts the cluster in `directory`, making it where there is none. It refuses to run as root. */
  constructor(directory) {
    this.directory = directory;
    this.bin = binaries();
    mkdirSync(directory, { recursive: true });
    const isRoot = process.getuid() === 0;
    this.as = isRoot ? ['runuser', '-u', 'postgres', '--'] : ['env'];
    if (isRoot) chownSync(directory, Number(run('id', ['-u', 'postgres'])), Number(run('id', ['-g', 'postgres'])));
    const data = join(directory, 'data');
    if (!existsSync(data)) {
      this.#own('initdb', ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C']);
      appendFileSync(join(data, 'postgresql.conf'), `${SETTINGS}unix_socket_directories = '${directory}'\n`);
    }
    this.log = join(directory, 'log');
    this.#own('pg_ctl', ['--pgdata', data, '--log', this.log, '--silent', '--wait', 'start'], 'ignore');
  }

  #own(command, args, stdio = 'pipe') {
    const [first, ...rest] = [...this.as, this.bin(command), ...args];
    run(first, rest, { stdio: ['ignore', stdio, stdio], cwd: this.directory });
  }

  stop() {
    this.#own('pg_ctl', ['--pgdata', join(this.directory, 'data'), '--silent', '--wait', '--mode', 'fast', 'stop']);
  }

  version = () => this.query('postgres', 'SHOW server_version').trim();

  url = (name) => `postgres://postgres@localhost/${name}?host=${this.directory}`;

  /** Makes the database `name`; false where it is there already. */
  create(name) {
    if (this.query('postgres', `SELECT 1 FROM pg_database WHERE datname = '${name}'`).trim()) return false;
    this.query('postgres', `CREATE DATABASE ${name}`);
    return true;
  }

  /** Brings what the planner and the visibility map know up to date, as autovacuum does in time. */
  settle = (name) => void this.query(name, 'VACUUM ANALYZE');

  query = (name, sql) =>
    run(this.bin('psql'), ['-h', this.directory, '-U', 'postgres', '-d', name, '-XAtq', '-F|', '-c', sql]);

  /** Milliseconds that `statements`, one after the other, take at the median. */
  time(name, statements, seconds) {
    const { latency } = this.pgbench(name, statements, { connections: 1, seconds });
    return latency;
  }

  /** Runs `statements`, prepared, as one script over and over. */
  pgbench(name, statements, { connections, seconds }) {
    const script = statements.map((statement) => `${statement};\n`).join('');
    const args = ['-h', this.directory, '-U', 'postgres', '-n', '-M', 'prepared', '-f', '-', '-c', String(connections), '-j', '1', '-T', String(seconds), name];
    const { stdout, stderr, status } = spawnSync(this.bin('pgbench'), args, {
      input: script, encoding: 'utf8', env: { ...process.env, PGOPTIONS: '-c plan_cache_mode=force_generic_plan -c jit=off' },
    });
    if (status !== 0) throw new Error(`pgbench: ${stderr}`);
    return { rate: Number(stdout.match(/tps = ([\d.]+)/)[1]), latency: Number(stdout.match(/latency average = ([\d.]+)/)[1]) };
  }

  /** The statements that `work` has the server run in the database `name`, with their values in them. */
  async statementsOf(name, work) {
    const set = (value) => {
      this.query('postgres', `ALTER SYSTEM SET log_statement = '${value}'`);
      this.query('postgres', 'SELECT pg_reload_conf()');
    };
    set('all');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = readFileSync(this.log, 'utf8').length;
    const began = Date.now();
    await work();
    set('none');
    return statementsIn(readFileSync(this.log, 'utf8').slice(before), began);
  }
}

function statementsIn(log, began) {
  const statements = [];
  for (const line of log.split('\n')) {
    const statement = line.match(/LOG: {2}(?:execute \S+|statement): (.*)/)?.[1];
    if (statement && !/^(ALTER SYSTEM|SELECT pg_reload_conf)/.test(statement)) statements.push(statement);
    const values = line.match(/DETAIL: {2}[Pp]arameters: (.*)/)?.[1];
    if (values) statements.push(withValues(statements.pop(), values, began));
  }
  return statements;
}

/** `$1` and so on by what they stood for. Ids that were made since `began` are made anew each time. */
function withValues(statement, values, began) {
  const found = new Map([...values.matchAll(/(\$\d+) = (NULL|'(?:[^']|'')*')/g)].map(([, name, value]) => [name, value]));
  const typed = (value) => {
    const text = value.slice(1, -1);
    if (value === 'NULL') return value;
    if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text)) {
      const made = parseInt(text.replaceAll('-', '').slice(0, 12), 16);
      return made >= began ? 'gen_random_uuid()' : `${value}::uuid`;
    }
    if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${value}::date`;
    if (/^\d{4}-\d\d-\d\d \d\d:/.test(text)) return `${value}::timestamptz`;
    if (/^-?\d+$/.test(text)) return `${text}::bigint`;
    if (/^\[/.test(text)) return `${value}::jsonb`;
    return value;
  };
  return statement.replace(/\$\d+/g, (name) => (found.has(name) ? typed(found.get(name)) : name));
}

export class Sqlite {
  name = 'SQLite';

  constructor(directory) {
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  stop() {}

  version = () => run('sqlite3', ['--version']).split(' ')[0];

  #file = (name) => join(this.directory, `${name}.db`);

  url = (name) => `sqlite://${this.#file(name)}`;

  create = (name) => !existsSync(this.#file(name));

  settle() {}

  query = (name, sql) => run('sqlite3', ['-batch', '-list', '-separator', '|', this.#file(name), sql]);

  /** Milliseconds that `statements`, one after the other, take: the median of five runs, after one to warm up. */
  time(name, statements) {
    const times = Array.from({ length: 6 }, () => {
      const input = `.timer on\n${statements.map((statement) => `${statement};\n`).join('')}`;
      const output = spawnSync('sqlite3', ['-batch', this.#file(name)], { input, encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
      return [...output.matchAll(/Run Time: real ([\d.]+)/g)].reduce((sum, [, real]) => sum + Number(real) * 1000, 0);
    });
    return times.slice(1).sort((a, b) => a - b)[2];
  }
}

/** The program, on a database. */
export class Server {
  /** Starts it, and tells how long it took to the first answer. */
  static async start(program, url, directory) {
    const server = new Server();
    const began = performance.now();
    const env = { ...process.env, DATABASE_URL: url, DATA_DIR: directory, LISTEN_ADDR: '127.0.0.1:0', RUST_LOG: 'warn' };
    server.process = spawn(program, ['serve'], { env, cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    server.base = await new Promise((resolve, reject) => {
      server.process.stdout.on('data', (chunk) => {
        said += chunk;
        // Former releases said so to people alone.
        const base = said.match(/API"?: *"?(http[^"\s]+)\/graphql/i)?.[1];
        if (base) resolve(base);
      });
      server.process.on('exit', () => reject(new Error(`the server did not start: ${said}`)));
    });
    await (await fetch(`${server.base}/readyz`)).text();
    server.firstAnswer = performance.now() - began;
    return server;
  }

  async ask({ query, variables }, token) {
    const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
    const response = await fetch(`${this.base}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = await response.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Megabytes of memory that it holds. */
  memory = () => Number(readFileSync(`/proc/${this.process.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;

  async stop() {
    const ended = new Promise((resolve) => this.process.on('exit', resolve));
    this.process.kill('SIGTERM');
    await ended;
  }
}
