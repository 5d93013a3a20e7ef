// Draws docs/dashboard.svg from results.json: how long a dashboard takes, by the number of records.
//
//     node bench/picture.mjs [results.json] [dashboard.svg]

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const [source = join(here, 'results.json'), target = join(here, '../docs/dashboard.svg')] = process.argv.slice(2);
const { databases } = JSON.parse(readFileSync(source, 'utf8'));

const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [760, 400, 78, 24, 236, 52];
const SPAN_Y = [1, 30_000];

const lines = Object.values(databases).flatMap(({ name, sizes }, n) => {
  const points = (of) => Object.entries(sizes).map(([records, measured]) => [Number(records), of(measured)]);
  return [
    { label: `GROUP BY on ${name}`, colour: ['#b3423a', '#d08770'][n], dashes: '6 4', points: points((it) => it.groupBy) },
    { label: `Tallybook on ${name}`, colour: ['#1f6feb', '#2f9e6e'][n], dashes: '', points: points((it) => it.dashboardAlone.p50) },
  ];
});
const records = lines[0].points.map(([count]) => count);
const SPAN_X = [Math.min(...records), Math.max(...records)];

const along = (value, [from, to], start, length) => start + (Math.log(value / from) / Math.log(to / from)) * length;
const x = (count) => along(count, SPAN_X, LEFT, WIDTH - LEFT - RIGHT);
const y = (milliseconds) => along(Math.max(milliseconds, SPAN_Y[0]), SPAN_Y, HEIGHT - BOTTOM, TOP + BOTTOM - HEIGHT);
const round = (number) => Number(number.toFixed(1));
const count = (number) => (number >= 1e6 ? `${number / 1e6} million` : number.toLocaleString('en'));
const time = (ms) => (ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`);

/** The labels at the right, moved apart where they would cover each other. */
function labelled() {
  const places = lines.map((line) => ({ line, at: y(line.points.at(-1)[1]) })).sort((a, b) => a.at - b.at);
  places.forEach((place, n) => {
    if (n > 0) place.at = Math.max(place.at, places[n - 1].at + 30);
  });
  return places.map(({ line, at }) => {
    const [, last] = line.points.at(-1);
    const left = WIDTH - RIGHT + 10;
    return `<text x="${left}" y="${round(at)}" fill="${line.colour}">${line.label}<tspan x="${left}" dy="15" font-weight="bold">${time(last)}</tspan></text>`;
  });
}

const grid = [1, 10, 100, 1_000, 10_000].map(
  (ms) => `<path d="M${LEFT} ${round(y(ms))}H${WIDTH - RIGHT}" stroke="#8884"/><text x="${LEFT - 8}" y="${round(y(ms) + 4)}" text-anchor="end" class="axis">${time(ms)}</text>`,
);
const axis = records.map(
  (number, n) => `<text x="${round(x(number))}" y="${HEIGHT - BOTTOM + 22}" text-anchor="${n === 0 ? 'start' : n === records.length - 1 ? 'end' : 'middle'}" class="axis">${count(number)}</text>`,
);
const drawn = lines.map(({ colour, dashes, points }) => {
  const path = points.map(([number, ms], n) => `${n ? 'L' : 'M'}${round(x(number))} ${round(y(ms))}`).join('');
  const dots = points.map(([number, ms]) => `<circle cx="${round(x(number))}" cy="${round(y(ms))}" r="4" fill="${colour}"/>`);
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2.5"${dashes && ` stroke-dasharray="${dashes}"`}/>${dots.join('')}`;
});

writeFileSync(
  target,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Time of one dashboard by the number of records: flat with totals, rising with GROUP BY">
<style>text{font:13px system-ui,sans-serif}.axis{fill:#888}</style>
${[...grid, ...axis, ...drawn, ...labelled()].join('\n')}
<text x="${LEFT}" y="${HEIGHT - 10}" class="axis">records; one dashboard over five years, one client, both axes logarithmic</text>
</svg>
`,
);
