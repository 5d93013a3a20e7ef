// A server of its own for each file of tests, with a database of its own.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

const binary = process.env['TALLYBOOK_BIN'] ?? fileURLToPath(new URL('../../target/release/tallybook', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));
const READY_MS = 60_000;

export type Server = {
  /** Where the app is. */
  url: string;
  /** Runs `tallybook` against the same database. */
  command: (args: string[], input?: string) => string;
  /** Ends it, as when a machine goes down; `start` brings it back at the same address. */
  stop: () => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
};

export type Books = 'demo' | 'empty';

export async function serve(books: Books, settings: Record<string, string> = {}): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'tallybook-e2e-'));
  const environment = { PATH: process.env['PATH'], DATA_DIR: folder, ...settings };
  let child: ChildProcess | null = null;
  let address = settings['LISTEN_ADDR'] ?? '127.0.0.1:0';

  const start = async () => {
    child = spawn(binary, ['serve', ...(books === 'demo' ? ['--demo'] : [])], {
      env: { ...environment, LISTEN_ADDR: address },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    address = await addressOf(child);
  };
  const stop = async () => {
    const running = child;
    child = null;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await gone;
  };

  await start();
  const page = process.env['APP_PREVIEW'] === '1' ? await previewOf(`http://${address}`, folder) : null;

  return {
    url: page?.url ?? `http://${address}`,
    command: (args, input = '') => {
      const { status, stdout, stderr } = spawnSync(binary, args, { env: environment, input, encoding: 'utf8' });
      if (status !== 0) throw new Error(`tallybook ${args.join(' ')}: ${stderr}`);
      return stdout;
    },
    start,
    stop,
    close: async () => {
      await page?.close();
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The server prints it when it is ready. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => {
      reject(new Error(`The server was not ready in time: ${said}`));
    }, READY_MS);
    const hear = (part: Buffer) => {
      said += part.toString();
      const address = /https?:\/\/([\d.]+:\d+)/.exec(said)?.[1];
      if (!address) return;
      clearTimeout(timer);
      resolve(address);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (status) => {
      clearTimeout(timer);
      reject(new Error(`The server ended with ${String(status)}: ${said}`));
    });
  });
}

/** The app as it is built now, before a server that does not carry it yet. */
async function previewOf(server: string, folder: string): Promise<{ url: string; close: () => Promise<void> }> {
  const outDir = process.env['APP_OUT_DIR'] ?? join(folder, 'app');
  process.env['TALLYBOOK_URL'] = server;
  if (!process.env['APP_OUT_DIR']) await build({ root, logLevel: 'warn', build: { outDir } });
  const shown = await preview({ root, logLevel: 'warn', build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const listening = shown.httpServer.address();
  if (!listening || typeof listening === 'string') throw new Error('The preview has no port.');
  return { url: `http://127.0.0.1:${String(listening.port)}`, close: () => shown.close() };
}
