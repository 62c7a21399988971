// Opens pages in Chromium from file://, with every request recorded and blocked, and uses them as a person would.
//   node page.test.mjs MODULES_DIR FOLDER_WITH_PAGES [SCREENSHOT_FOLDER]
// Exit code 77: Chromium or playwright-core is not here.
import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';

const [modules, pages, shots] = process.argv.slice(2);
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (!chromium || !existsSync(join(modules, 'playwright-core'))) {
  console.log(`skipped: ${chromium ? 'playwright-core' : 'chromium'} is not here`);
  process.exit(77);
}
const playwright = createRequire(join(modules, 'x.js'))('playwright-core');
const FLAGS = ['--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const WITH_WEBGL = [...FLAGS, '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const WITHOUT_WEBGL = [...FLAGS, '--disable-gpu', '--disable-3d-apis'];
const interactive = readFileSync(join(pages, 'page-public-0.html'), 'utf8').includes('id="worker"');

async function open(file, flags, options, use) {
  const folder = mkdtempSync(join(tmpdir(), 'castmap-page-'));
  const url = 'file://' + join(pages, file);
  const asked = [], said = [];
  const context = await playwright.chromium.launchPersistentContext(folder, { executablePath: chromium, headless: true, args: flags, ...options });
  try {
    const page = context.pages()[0] ?? await context.newPage();
    await context.route('**/*', (route) => {
      const target = route.request().url();
      if (target === url) return route.continue();
      if (/^(data|blob):/.test(target)) return route.continue();
      asked.push(target);
      return route.abort();
    });
    page.on('request', (request) => { if (request.url() !== url && !/^(data|blob):/.test(request.url())) asked.push(request.url()); });
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) said.push(message.text()); });
    page.on('pageerror', (error) => said.push(String(error)));
    page.on('dialog', (dialog) => { said.push('dialog ' + dialog.message()); dialog.dismiss(); });
    await page.goto(url);
    await use(page);
    assert.deepEqual(asked, [], 'the page asked the network for something');
    assert.deepEqual(said.filter((line) => !/GPU stall|GL Driver Message|Automatic fallback to software WebGL/.test(line)), [], 'the console is quiet');
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const shot = async (page, name, fullPage = true) => { if (shots) await page.screenshot({ path: join(shots, name), fullPage }); };
const column = (page, n) => page.$$eval('#areas tbody tr', (rows, k) => rows.map((row) => {
  const cell = row.cells[k];
  return cell.querySelector('.none') ? null : cell.dataset.v ?? cell.textContent;
}), n);

async function checkSorting(page) {
  const heads = await page.$$eval('#areas thead th', (cells) => cells.map((cell) => cell.className));
  const k = heads.indexOf('n');
  assert.ok(k >= 0);
  const button = page.locator('#areas thead th').nth(k).locator('button');
  for (const [direction, sign] of [['descending', -1], ['ascending', 1]]) {
    await button.focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#areas thead th').nth(k).getAttribute('aria-sort'), direction);
    const got = await column(page, k);
    const numbers = got.filter((value) => value !== null).map(Number);
    assert.ok(numbers.length > 3);
    assert.deepEqual(numbers, [...numbers].sort((a, b) => sign * (a - b)));
    assert.ok(got.slice(numbers.length).every((value) => value === null), 'what is not shown stands last');
  }
}

async function checkMap(page) {
  await page.waitForSelector('html.drawn', { timeout: 40000 });
  assert.ok(await page.locator('#map canvas').isVisible());
  assert.ok(!await page.locator('#picture').isVisible());
  assert.ok(await page.locator('.labels span:visible').count() > 5);
  const before = await page.locator('#legend').textContent();
  await page.locator('#layers input[type=radio][value=areas]').check();
  assert.notEqual(await page.locator('#legend').textContent(), before);
  assert.ok(await page.locator('table#flows tbody tr').count() === 4);
  const plain = await page.locator('#map canvas').screenshot();
  await page.locator('#layers input[type=radio][value=flows]').check();
  assert.ok((await page.locator('#legend').textContent()).includes('100 or more'));
  await page.waitForTimeout(800);
  assert.ok(!plain.equals(await page.locator('#map canvas').screenshot()), 'the lines are drawn');
  await page.locator('#layers input[type=radio][value=areas]').check();
  const boxes = page.locator('input[type=checkbox][value=places]');
  const title = await page.locator('#layers label', { has: boxes }).textContent();
  assert.ok((await page.locator('#legend').textContent()).includes(title));
  await boxes.uncheck();
  assert.ok(!(await page.locator('#legend').textContent()).includes(title));
  await boxes.check();
  // On paper stands the picture with its own legend, whatever the screen shows.
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.locator('#picture').isVisible());
  assert.ok(await page.locator('#picture-legend').isVisible());
  assert.ok(!await page.locator('#legend').isVisible());
  assert.ok(!await page.locator('#map').isVisible());
  await page.emulateMedia({ media: 'screen' });
  assert.ok(!await page.locator('#picture-legend').isVisible());
}

async function checkPicking(page) {
  const row = page.locator('#areas tbody tr').nth(1);
  const name = await row.locator('th').textContent();
  await row.locator('th button').focus();
  await page.keyboard.press('Enter');
  assert.ok(await row.evaluate((r) => r.classList.contains('picked')));
  assert.equal(await row.locator('th button').getAttribute('aria-pressed'), 'true');
  await page.waitForSelector('.maplibregl-popup');
  assert.ok((await page.locator('.maplibregl-popup').textContent()).includes(name));
  await page.waitForTimeout(1500);
  await page.locator('.maplibregl-popup-close-button').click();
  await page.locator('#map').scrollIntoViewIfNeeded();
  const box = await page.locator('#map').boundingBox();
  await page.mouse.click(box.x + box.width * 0.3, box.y + box.height * 0.6);
  await page.waitForSelector('.maplibregl-popup');
  const marked = await page.locator('#areas tbody tr.picked th').allTextContents();
  assert.equal(marked.length, 1);
}

for (const file of ['page-internal-0.html', 'page-public-0.html']) {
  if (interactive) {
    await open(file, WITH_WEBGL, { viewport: { width: 1280, height: 900 } }, async (page) => {
      await checkMap(page);
      await page.locator('#layers input[type=radio]').first().check();
      await page.waitForTimeout(500);
      await shot(page, file.replace('.html', '-desktop.png'));
      await page.locator('#layers input[type=radio][value=areas]').check();
      await checkSorting(page);
      await checkPicking(page);
      await shot(page, file.replace('.html', '-picked.png'));
    });
    await open(file, WITH_WEBGL, { viewport: { width: 360, height: 740 } }, async (page) => {
      await page.waitForSelector('html.drawn', { timeout: 40000 });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), 'fits 360 pixels');
      await shot(page, file.replace('.html', '-phone.png'));
    });
  }
  await open(file, WITHOUT_WEBGL, { viewport: { width: 1280, height: 900 } }, async (page) => {
    assert.ok(await page.locator('#picture').isVisible());
    assert.ok(!await page.locator('#map').isVisible());
    await checkSorting(page);
    await shot(page, file.replace('.html', '-no-webgl.png'));
  });
  await open(file, WITHOUT_WEBGL, { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false }, async (page) => {
    assert.ok(await page.locator('#picture').isVisible());
    assert.ok(await page.locator('#picture').evaluate((image) => image.complete && image.naturalWidth > 500).catch(() => true));
    assert.ok(await page.locator('#areas tbody tr').count() > 5);
    assert.ok(!await page.locator('#layers').isVisible());
  });
}
await open('report-internal-0.html', WITHOUT_WEBGL, { viewport: { width: 1000, height: 900 } }, async (page) => {
  assert.ok(await page.locator('#areas tbody tr').count() > 5);
  await shot(page, 'report.png');
  if (shots) await page.pdf({ path: join(shots, 'report.pdf'), preferCSSPageSize: true });
});
if (existsSync(join(pages, 'hostile.html'))) {
  await open('hostile.html', interactive ? WITH_WEBGL : WITHOUT_WEBGL, { viewport: { width: 1000, height: 900 } }, async (page) => {
    if (interactive) {
      await page.waitForSelector('html.drawn', { timeout: 40000 });
      await page.locator('#areas tbody tr th button').first().click();
      await page.waitForSelector('.maplibregl-popup');
    }
    assert.equal(await page.locator('img:not(#picture)').count(), 0);
    assert.equal(await page.locator('a:not(.skip)').count(), 0);
  });
}
console.log('pages behave');
