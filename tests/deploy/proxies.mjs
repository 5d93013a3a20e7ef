// The proxies, each with its file of deploy/: only ports, certificate and what belongs to the whole machine are changed.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { NAME } from './client.mjs';
import { freePort, Program, until } from './programs.mjs';

/** The file `name` of deploy/ with each text in place of another, which has to be there. */
function configuration(name, changes) {
  let text = readFileSync(join(import.meta.dirname, '../../deploy', name), 'utf8');
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`deploy/${name} has no ${JSON.stringify(from)}.`);
    text = text.replaceAll(from, to);
  }
  return text;
}

const configure = {
  nginx({ directory, port, plain, servers }) {
    const site = configuration('nginx.conf', [
      // Not every machine has IPv6.
      ['    listen [::]:80;\n', ''],
      ['    listen [::]:443 ssl http2;\n', ''],
      ['listen 80;', `listen 127.0.0.1:${plain};`],
      ['listen 443 ', `listen 127.0.0.1:${port} `],
      ['/etc/letsencrypt/live/books.example.org/fullchain.pem', join(directory, 'certificate')],
      ['/etc/letsencrypt/live/books.example.org/privkey.pem', join(directory, 'key')],
      ['server 127.0.0.1:8000;', `server ${servers[0]};`],
    ]);
    writeFileSync(join(directory, 'site'), site);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${directory}/${what};`);
    const user = process.getuid() === 0 ? `user ${userInfo().username};` : '';
    writeFileSync(join(directory, 'nginx.conf'), `
      daemon off; ${user} pid ${directory}/pid; error_log stderr;
      events {}
      http { access_log ${directory}/access; ${temporary.join(' ')} include ${directory}/site; }
    `);
    return ['nginx', ['-p', directory, '-e', 'stderr', '-c', join(directory, 'nginx.conf')]];
  },

  caddy({ directory, port, plain, servers }) {
    const file = configuration('Caddyfile', [
      ['\n{\n', `\n{\n\tadmin off\n\thttp_port ${plain}\n\thttps_port ${port}\n`],
      [`\n${NAME} {\n`, `\n${NAME} {\n\ttls ${join(directory, 'certificate')} ${join(directory, 'key')}\n`],
      ['127.0.0.1:8000', servers[0]],
    ]);
    writeFileSync(join(directory, 'Caddyfile'), file);
    return ['caddy', ['run', '--adapter', 'caddyfile', '--config', join(directory, 'Caddyfile')]];
  },

  haproxy({ directory, port, plain, servers }) {
    const { username, gid } = userInfo();
    const own = process.getuid() === 0 ? [] : [['    user haproxy\n', `    uid ${process.getuid()} # ${username}\n`], ['    group haproxy\n', `    gid ${gid}\n`]];
    const file = configuration('haproxy.cfg', [
      ...own,
      ['bind :80\n', `bind 127.0.0.1:${plain}\n`],
      ['bind :443 ', `bind 127.0.0.1:${port} `],
      ['/etc/haproxy/books.example.org.pem', join(directory, 'both')],
      ['127.0.0.1:8000', servers[0]],
      ...(servers[1] ? [['127.0.0.1:8001', servers[1]]] : [['    server two 127.0.0.1:8001\n', '']]),
    ]);
    writeFileSync(join(directory, 'haproxy.cfg'), file);
    return ['haproxy', ['-db', '-f', join(directory, 'haproxy.cfg')]];
  },
};

export const PROXIES = Object.keys(configure);

/** Starts a proxy in front of `servers`, with a certificate of its own, and waits until it passes requests on. */
export async function startProxy(name, directory, servers) {
  const key = join(directory, 'key');
  const certificate = join(directory, 'certificate');
  const subject = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  writeFileSync(join(directory, 'both'), readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'));
  const [port, plain] = [await freePort(), await freePort()];
  const [command, args] = configure[name]({ directory, port, plain, servers });
  const proxy = new Program(command, args, { cwd: directory, env: { PATH: `${process.env.PATH}:/usr/sbin`, HOME: directory } });
  const access = join(directory, 'access');
  const logged = () => proxy.said + (existsSync(access) ? readFileSync(access, 'utf8') : '');
  Object.assign(proxy, { port, plain, certificate: readFileSync(certificate), logged });
  const answers = () => fetch(`http://127.0.0.1:${plain}/`, { redirect: 'manual' }).then(() => true, () => false);
  await until(answers, () => (proxy.process.exitCode === null ? undefined : `${name} ended: ${proxy.said}`));
  return proxy;
}
