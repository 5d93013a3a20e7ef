// How far along: a bar that redraws itself on a terminal, a line for every tenth elsewhere.

const WIDTH = 32;
const REDRAW_MS = 100;

export class Progress {
  readonly #total: number;
  readonly #noun: string;
  readonly #start = performance.now();
  #done = 0;
  #drawnAt = 0;
  #tenths = 0;

  constructor(total: number, noun: string) {
    this.#total = total;
    this.#noun = noun;
  }

  step(): void {
    this.#done += 1;
    if (process.stderr.isTTY) this.#redraw();
    else this.#printTenth();
  }

  get seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  #redraw(): void {
    const now = performance.now();
    const finished = this.#done === this.#total;
    if (!finished && now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    const bar = '█'.repeat(Math.floor((this.#done / this.#total) * WIDTH)).padEnd(WIDTH, '░');
    process.stderr.write(`\r${bar} ${this.#figures()}\u001b[K${finished ? '\n' : ''}`);
  }

  #printTenth(): void {
    const tenths = Math.floor((this.#done * 10) / this.#total);
    if (tenths === this.#tenths) return;
    this.#tenths = tenths;
    process.stderr.write(`${this.#figures()}\n`);
  }

  #figures(): string {
    const rate = this.#done / this.seconds;
    const left = Math.ceil((this.#total - this.#done) / rate);
    const figures = [
      `${Math.floor((this.#done * 100) / this.#total)} %`,
      `${this.#done.toLocaleString('en')} of ${this.#total.toLocaleString('en')} ${this.#noun}`,
      `${Math.round(rate).toLocaleString('en')}/s`,
      ...(left > 0 ? [`${left} s left`] : []),
    ];
    return figures.join(', ');
  }
}
