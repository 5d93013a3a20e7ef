// A client of the API over HTTPS, from an address of its choice and with the name that the configurations have.

import { once } from 'node:events';
import https from 'node:https';
import http2 from 'node:http2';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { PASSWORD } from './server.mjs';

export const NAME = 'books.example.org';

export class Client {
  /** Sent with every request. */
  headers = {};

  constructor({ port, certificate }, address = '127.0.0.2', maxSockets = 8) {
    this.host = `${NAME}:${port}`;
    this.connection = { host: '127.0.0.1', port, servername: NAME, ca: certificate, localAddress: address };
    this.agent = new https.Agent({ ...this.connection, keepAlive: true, maxSockets });
  }

  close() {
    this.agent.destroy();
  }

  /** A request that was begun. `end` sends its body, or the rest of it. */
  begin(method, path, headers = {}) {
    return https.request({ ...this.connection, agent: this.agent, method, path, headers: { Host: this.host, ...this.headers, ...headers } });
  }

  /** A whole request, and the answer to it. */
  async send(method, path, { headers, body } = {}) {
    const request = this.begin(method, path, headers);
    const answered = answer(request);
    request.end(body);
    return answered;
  }

  /** The answer to an operation; with `errors`, if it has any. */
  async ask(query, variables, headers) {
    const body = JSON.stringify({ query, variables });
    const sent = { 'Content-Type': 'application/json', ...headers };
    const { status, headers: got, text } = await this.send('POST', '/graphql', { headers: sent, body });
    if (!got['content-type']?.includes('json')) throw new Error(`${status}: ${text}`);
    return { status, headers: got, ...JSON.parse(text) };
  }

  async signIn(email, password = PASSWORD) {
    const query = 'mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { accessToken } }';
    const { data, errors } = await this.ask(query, { email, password });
    if (errors) throw new Error(JSON.stringify(errors));
    this.headers.Authorization = `Bearer ${data.login.accessToken}`;
    return this;
  }

  /** As a page of the same server opens it: with `Origin`. */
  socket(options = {}) {
    const { host, connection, headers } = this;
    const { servername, ca, localAddress, port } = connection;
    class Socket extends WebSocket {
      constructor(url, protocols) {
        super(url, protocols, { servername, ca, localAddress, headers: { Host: host, Origin: `https://${host}` } });
      }
    }
    const connectionParams = { authorization: headers.Authorization };
    return createClient({ url: `wss://127.0.0.1:${port}/graphql`, webSocketImpl: Socket, connectionParams, ...options });
  }

  /** Which protocol a client that knows HTTP/2 gets, and the status of a request by it. */
  async overHttp2(path) {
    const { host, connection } = this;
    const session = http2.connect(`https://${host}`, connection);
    try {
      const stream = session.request({ ':path': path, ...this.headers });
      const [headers] = await once(stream.end(), 'response');
      return { protocol: session.alpnProtocol, status: headers[':status'] };
    } finally {
      session.close();
    }
  }
}

/** The answer to a request. */
export async function answer(request) {
  const [response] = await once(request, 'response');
  const parts = await response.toArray();
  const body = Buffer.concat(parts);
  return { status: response.statusCode, headers: response.headers, body, text: body.toString() };
}
