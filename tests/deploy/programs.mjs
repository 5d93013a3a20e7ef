// Programs that run beside a test: what they say is kept, and they end with it.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 60_000;

/** A program that runs until it is told to stop. */
export class Program {
  said = '';

  constructor(command, args, options = {}) {
    this.name = command.split('/').pop();
    this.process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding('utf8').on('data', (part) => (this.said += part));
    }
    this.ended = new Promise((resolve, reject) => {
      this.process.on('exit', (status, signal) => resolve(status ?? signal)).on('error', reject);
    });
    // Whoever waits for it hears of it.
    this.ended.catch(() => {});
    process.once('exit', () => this.process.kill());
  }

  /** What `look` finds in what the program said, as soon as it does. */
  async says(look) {
    return until(() => look(this.said), () => {
      const { exitCode } = this.process;
      return exitCode === null ? undefined : `${this.name} ended with ${exitCode}: ${this.said}`;
    });
  }

  async stop(signal = 'SIGTERM') {
    this.process.kill(signal);
    return this.ended;
  }
}

/** What `look` gives that is not nothing; an error where it takes too long, or `reason` gives why it will never be. */
export async function until(look, reason = () => undefined) {
  const ends = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    const why = reason() ?? (performance.now() > ends ? 'It took too long.' : undefined);
    if (why) throw new Error(why);
    await sleep(20);
  }
}

/** What a test begins ends with it, the last first. */
export class Scope {
  #steps = [];

  constructor(test) {
    test.after(async () => {
      for (const step of this.#steps.reverse()) await step();
    });
  }

  after(step) {
    this.#steps.push(step);
  }
}

/** A directory that goes with `scope`. */
export function directory(scope) {
  const made = mkdtempSync(join(tmpdir(), 'tallybook-deploy-'));
  scope.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A port that was free a moment ago, for programs that cannot say which one the system gave them. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
