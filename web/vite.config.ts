import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type ProxyOptions } from 'vite';

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

export default defineConfig(({ command, isPreview }) => ({
  // In development the app is at `/` as well, so that its addresses are those of the server.
  base: command === 'build' || isPreview ? '/assets/app/' : '/',
  plugins: [react(), pages],
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
