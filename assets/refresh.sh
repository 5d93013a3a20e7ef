#!/usr/bin/env bash
# Fetches the vendored files again from the npm registry, at the versions pinned in
# vendor/package.json and vendor/package-lock.json, and compares them with vendor/versions.json.
#
#   assets/refresh.sh            fetch, compare, restore what differs; fails if npm's file is not the recorded one
#   assets/refresh.sh --record   the same, but write down the new checksums; run it after changing a version:
#                                edit vendor/package.json, (cd vendor && npm install --package-lock-only), then this
#
# Needs bash, node 18 or newer and npm. Nothing that npm installs is executed.
set -euo pipefail

vendor="$(cd "$(dirname "$0")" && pwd)/vendor"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cp "$vendor/package.json" "$vendor/package-lock.json" "$work/"
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)

node --input-type=module - "$work/node_modules" "$vendor" "${1:-}" <<'NODE'
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , modules, vendor, mode] = process.argv;

// [file here, package, file in the package]
const FILES = [
  ['graphiql.min.js', 'graphiql', 'graphiql.min.js'],
  ['graphiql.min.css', 'graphiql', 'graphiql.min.css'],
  ['graphiql.LICENSE', 'graphiql', 'LICENSE'],
  ['graphiql-plugin-explorer.umd.js', '@graphiql/plugin-explorer', 'dist/index.umd.js'],
  ['graphiql-plugin-explorer.css', '@graphiql/plugin-explorer', 'dist/style.css'],
  ['react.production.min.js', 'react', 'umd/react.production.min.js'],
  ['react.LICENSE', 'react', 'LICENSE'],
  ['react-dom.production.min.js', 'react-dom', 'umd/react-dom.production.min.js'],
  ['react-dom.LICENSE', 'react-dom', 'LICENSE'],
];

// What is inside the built files besides their own source, and in no source map.
const ALSO_BUNDLED = ['@fontsource/roboto', '@fontsource/fira-code', '@graphiql/plugin-explorer/node_modules/graphiql-explorer'];

const manifest = (name) => {
  const path = join(modules, name, 'package.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
};
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function bundledPackages() {
  const map = JSON.parse(readFileSync(join(modules, 'graphiql/graphiql.min.js.map'), 'utf8'));
  const workspace = { 'graphiql-react': '@graphiql/react', 'graphiql-toolkit': '@graphiql/toolkit' };
  const names = map.sources.flatMap((source) => {
    const installed = source.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1];
    const sibling = source.match(/^\.\.\/\.\.\/([^/]+)\//)?.[1];
    return installed ?? workspace[sibling] ?? sibling ?? [];
  });
  return [...new Set([...names, ...ALSO_BUNDLED])].sort();
}

function licenceTexts() {
  const packagesOf = new Map();
  for (const name of bundledPackages()) {
    const folder = join(modules, name);
    const file = existsSync(folder) && readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const { license = 'MIT', author, repository } = manifest(name);
    const by = typeof author === 'string' ? author : author?.name;
    const text = file
      ? readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim()
      : `Licence: ${license}. The package carries no licence file.${by ? ` Author: ${by}.` : ''} Source: ${repository?.url ?? repository ?? 'npm'}`;
    packagesOf.set(text, [...(packagesOf.get(text) ?? []), name.split('/node_modules/').pop()]);
  }
  const sections = [...packagesOf].map(([text, names]) => `${names.join(', ')}\n\n${text}\n`);
  const head = 'Licences of the software and fonts inside graphiql.min.js, graphiql.min.css and\n'
    + 'graphiql-plugin-explorer.umd.js. Written by refresh.sh.\n';
  return [head, ...sections].join(`\n${'-'.repeat(80)}\n`);
}

const fetched = FILES.map(([file, name, path]) => ({
  file, package: name, version: manifest(name).version, bytes: readFileSync(join(modules, name, path)), path,
}));
fetched.push({ file: 'bundled.LICENSES', package: 'graphiql', version: manifest('graphiql').version, bytes: Buffer.from(licenceTexts()) });

const versions = fetched.map(({ bytes, ...rest }) => ({ ...rest, sha256: sha256(bytes) }));
const listing = `${JSON.stringify(versions, null, 2)}\n`;
const recorded = join(vendor, 'versions.json');

if (mode === '--record') {
  writeFileSync(recorded, listing);
} else if (!existsSync(recorded) || readFileSync(recorded, 'utf8') !== listing) {
  console.error('refresh: the registry\'s files are not those in vendor/versions.json; nothing was changed.');
  process.exit(1);
}

for (const { file, bytes, sha256: sum, package: name, version } of fetched.map((f, i) => ({ ...f, ...versions[i] }))) {
  const path = join(vendor, file);
  const same = existsSync(path) && sha256(readFileSync(path)) === sum;
  if (!same) writeFileSync(path, bytes);
  console.log(`${same ? 'unchanged' : 'written  '}  ${file}  (${name} ${version})`);
}
NODE
