// What every test of the browser begins with: a server, a page that must not complain, and who is signed in.

import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test as base } from '@playwright/test';
import { type Books, serve, type Server } from './server.js';

export type { Server } from './server.js';

export { expect } from '@playwright/test';

export type Role = 'viewer' | 'analyst' | 'admin';

const PASSWORD = 'tallybook-demo';

type Options = { books: Books; settings: Record<string, string> };
type Fixtures = {
  /** Complaints of the browser that this test brings about on purpose. */
  allowed: RegExp;
  signInAs: (role: Role, path?: string) => Promise<void>;
  complaints: string[];
};

export const test = base.extend<Fixtures, Options & { server: Server }>({
  books: ['demo', { option: true, scope: 'worker' }],
  settings: [{}, { option: true, scope: 'worker' }],
  server: [
    async ({ books, settings }, use) => {
      const server = await serve(books, settings);
      await use(server);
      await server.close();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ server }, use) => {
    await use(server.url);
  },
  allowed: [/^$/, { option: true }],
  complaints: [
    async ({ context, server, allowed }, use) => {
      const complaints: string[] = [];
      context.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
      });
      context.on('weberror', (error) => complaints.push(`page error: ${error.error().stack ?? error.error().message}`));
      context.on('request', (request) => {
        const { protocol, host } = new URL(request.url());
        if (/^(http|ws)/.test(protocol) && host !== new URL(server.url).host) complaints.push(`request to ${request.url()}`);
      });
      await use(complaints);
      expect(complaints.filter((complaint) => !allowed.test(complaint))).toEqual([]);
    },
    { auto: true },
  ],
  signInAs: async ({ page }, use) => {
    await use(async (role, path = '/') => {
      await page.goto(`/sign-in?next=${encodeURIComponent(path)}`);
      await page.getByLabel('E-mail').fill(`${role}@example.com`);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      // A password is slow to check on purpose, and more so on a busy machine.
      await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible({ timeout: 30_000 });
    });
  },
});

/** Fails with what axe finds on the page as it is. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) }))).toEqual([]);
}

/** Sends an operation as somebody else, past the browser. */
export async function asSomebody(server: Server, role: Role): Promise<(query: string, variables?: object) => Promise<unknown>> {
  const send = async (query: string, variables: object = {}, token = '') => {
    const response = await fetch(new URL('/graphql', server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json() as { data: Record<string, unknown>; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const input = { email: `${role}@example.com`, password: PASSWORD };
  const { login } = await send('mutation($input: LoginInput!) { login(input: $input) { accessToken } }', { input }) as { login: { accessToken: string } };
  return (query, variables) => send(query, variables, login.accessToken);
}
