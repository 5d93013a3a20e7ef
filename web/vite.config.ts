import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type ProxyOptions } from 'vite';
import { applyTheme } from './src/app/applyTheme.js';

const server = process.env['TALLYBOOK_URL'] ?? 'http://127.0.0.1:8000';

// The policy that the server sends with the app.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

// The browser's `Host` stays as it is: the server keeps its cookie only for pages whose `Origin` is the host of the request.
const passed: ProxyOptions = { target: server, changeOrigin: false, ws: true };
const proxy = {
  '/graphql': passed,
  '/exports': passed,
  '/imports': passed,
  '/schema.graphql': passed,
  '/graphiql': passed,
  '^/assets/(?!app/)': passed,
};

/** Answers every address of a page with the app, as the server does. */
const pages: Plugin = {
  name: 'pages',
  configurePreviewServer: ({ middlewares }) => {
    middlewares.use((request, _, next) => {
      const isElsewhere = Object.keys(proxy).some((path) => new RegExp(path.replace(/^\//, '^/')).test(request.url ?? ''));
      const isFile = request.url?.startsWith('/assets/') ?? false;
      if (request.method === 'GET' && !isElsewhere && !isFile) request.url = '/assets/app/index.html';
      next();
    });
  },
};

const BASE = '/assets/app/';

/**
 * Light or dark before the first paint: a script that the browser waits for, unlike modules, before the style sheets. It is a
 * file, since the policy lets no script stand in the page; and its name has a digest, as of all files that are kept.
 */
const firstTheme: Plugin = {
  name: 'first-theme',
  buildStart() {
    if (this.environment.config.command === 'build') this.emitFile({ type: 'asset', name: 'theme.js', source: `(${applyTheme.toString()})();\n` });
  },
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle }) => {
      const file = Object.values(bundle ?? {}).find((each) => each.type === 'asset' && each.names.includes('theme.js'));
      return [file
        ? { tag: 'script', attrs: { src: BASE + file.fileName }, injectTo: 'head-prepend' }
        : { tag: 'script', children: `(${applyTheme.toString()})();`, injectTo: 'head-prepend' }];
    },
  },
};

export default defineConfig(({ command, isPreview }) => ({
  // In development the app is at `/` as well, so that its addresses are those of the server.
  base: command === 'build' || isPreview ? BASE : '/',
  plugins: [react(), pages, firstTheme],
  build: {
    outDir: process.env['APP_OUT_DIR'] ?? '../assets/app',
    emptyOutDir: true,
    assetsDir: '.',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: false,
    license: { fileName: 'third-party.md' },
    target: 'es2023',
  },
  server: { host: '127.0.0.1', proxy },
  preview: { host: '127.0.0.1', proxy, headers: { 'content-security-policy': policy } },
  test: { include: ['src/**/*.test.{ts,tsx}'] },
}));
