// Tallybook, as it runs behind a proxy.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { Program, until } from './programs.mjs';

const binary = process.env.TALLYBOOK_BIN ?? join(import.meta.dirname, '../../target/release/tallybook');
export const PASSWORD = 'tallybook-demo';
export const ANALYST = 'analyst@example.com';

/** Books in `directory`, or in the database at `url`. */
export class Books {
  constructor(directory, url) {
    this.directory = directory;
    // No settings of whoever runs the test.
    this.environment = { PATH: process.env.PATH, DATA_DIR: join(directory, 'data'), BCRYPT_COST: '10' };
    if (url) this.environment.DATABASE_URL = url;
  }

  /** Runs a command; gives what it prints. */
  run(args, input = '') {
    return execFileSync(binary, args, {
      cwd: this.directory, env: this.environment, input, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  /** Sample data: `records`, and a user of each role. */
  fill(records) {
    this.run(['demo', '--records', String(records)]);
    return this;
  }

  addUser(email, role, password) {
    this.run(['user', 'create', '--email', email, '--name', 'Name', '--role', role, '--password-stdin'], `${password}\n`);
  }

  /** Starts a server, and waits until it is ready. */
  async serve(settings = {}) {
    const env = {
      ...this.environment, LISTEN_ADDR: '127.0.0.1:0', METRICS_ADDR: '127.0.0.1:0', LOG_FORMAT: 'json', TRUSTED_PROXIES: '1',
      REGISTRATION: 'closed', JWT_SECRET: 'not a secret: it is in the repository', ...settings,
    };
    const server = new Server(binary, ['serve'], { cwd: this.directory, env });
    const found = (what) => server.says((said) => said.match(new RegExp(`"${what}":"http://([\\d.:]+)/`))?.[1]);
    server.address = await found('api');
    server.metrics = await found('metrics');
    await until(() => server.isReady());
    return server;
  }
}

class Server extends Program {
  async isReady() {
    return fetch(`http://${this.address}/readyz`).then(({ ok }) => ok, () => false);
  }

  /** The lines of its log about requests. */
  requests() {
    const lines = this.said.split('\n').slice(0, -1).filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line)).map(({ fields, ...line }) => ({ ...line, ...fields })).filter(({ message }) => message === 'request');
  }
}
