import { expect, test } from './test.js';

test.use({ books: 'empty' });

test('ten thousand rows scroll without a frame over 100 ms', async ({ page, server, signInAs }) => {
  test.setTimeout(240_000);
  server.command(['demo', '--records', '11000']);
  await signInAs('viewer', '/records');
  await expect(page.locator('[role=row][data-index]').first()).toBeVisible();
  await page.waitForTimeout(1000);

  const { frames, rows, longest } = await page.evaluate(async () => {
    const waits: number[] = [];
    let last = performance.now();
    const nextFrame = () => new Promise<void>((resolve) => { requestAnimationFrame((now) => { waits.push(now - last); last = now; resolve(); }); });
    const lastRow = () => Number([...document.querySelectorAll('[role=row][data-index]')].at(-1)?.getAttribute('data-index'));
    while (lastRow() < 10_000) {
      window.scrollBy(0, 760);
      await nextFrame();
    }
    return { frames: waits.length, rows: lastRow(), longest: Math.round(Math.max(...waits)) };
  });
  console.log(`${String(rows)} rows in ${String(frames)} frames, the longest ${String(longest)} ms`);
  expect(longest).toBeLessThan(100);
  // As few elements as fit, however far one has scrolled.
  expect(await page.locator('[role=row][data-index]').count()).toBeLessThan(80);
});
