// What `cargo deny check licenses sources` looks at, for machines without cargo-deny, which takes minutes to
// build: reads the output of .ci/run's `cargo tree` and the allowed licences from deny.toml.

import { readFileSync } from 'node:fs';

const licences = /^\[licenses\]$([^]*?)^\[/m.exec(readFileSync('deny.toml', 'utf8'))?.[1] ?? '';
const list = /^allow = \[([^\]]*)\]/m.exec(licences)?.[1];
if (!list) throw new Error('deny.toml has no list of allowed licences.');
const allowed = new Set([...list.matchAll(/"([^"]+)"/g)].map(([, licence]) => licence));

/** Whether an SPDX expression can be met by allowed licences alone. A slash is the old way to write OR. */
function isAllowed(expression) {
  const tokens = expression.replaceAll('/', ' OR ').match(/[()]|[^\s()]+/g) ?? [];
  const next = (token) => (tokens[0] === token ? Boolean(tokens.shift()) : false);
  const either = () => {
    let met = both();
    while (next('OR')) met = both() || met;
    return met;
  };
  const both = () => {
    let met = one();
    while (next('AND')) met = one() && met;
    return met;
  };
  const one = () => {
    if (next('(')) {
      const met = either();
      if (!next(')')) throw new Error(`${expression}: no closing parenthesis`);
      return met;
    }
    const licence = tokens.shift();
    return allowed.has(next('WITH') ? `${licence} WITH ${tokens.shift()}` : licence);
  };
  const met = either();
  if (tokens.length > 0) throw new Error(`${expression}: what is ${tokens[0]}?`);
  return met;
}

function* complaints({ crate, licence, origin }) {
  if (!licence) yield `${crate} states no licence`;
  else if (!isAllowed(licence)) yield `${crate} has the licence ${licence}, which deny.toml does not allow`;
  // Only what does not come from crates.io is shown with where it comes from.
  if (origin && !origin.startsWith(process.cwd())) yield `${crate} comes from ${origin}`;
}

const crates = new Map();
for (const line of readFileSync(0, 'utf8').split('\n')) {
  const [, crate, origin, licence] = /^(\S+ v\S+)(?: \(proc-macro\))?(?: \(([^)]+)\))?;(.*?)(?: \(\*\))?$/.exec(line) ?? [];
  if (crate) crates.set(crate, { crate, licence, origin });
  else if (line) throw new Error(`Not as expected: ${line}`);
}
const found = [...crates.values()].flatMap((crate) => [...complaints(crate)]);
for (const complaint of found) console.error(complaint);
console.log(`${crates.size} crates, ${found.length} complaints.`);
process.exitCode = found.length > 0 || crates.size === 0 ? 1 : 0;
