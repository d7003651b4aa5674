// Firefox, driven through WebDriver BiDi for firefox.py: one JSON command a line on standard
// input, one JSON answer a line on standard output.

import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: process.argv[2],
  headless: true,
  // Firefox would report every request, with the megabytes of each data: address in it.
  networkEnabled: false,
});
let page = await browser.newPage();

const ATTEMPTS = 3;
const PATIENCE_MS = 25_000;

/** A small page from disk. */
const HERE = new URL(".", import.meta.url).href;

/**
 * Go to an address. Firefox has a process of its own for pages from disk. When a tab's first page
 * there has many megabytes, one time in eight it is never said to have come, though without a
 * driver it comes each time: so a small one goes before it.
 *
 * @param {string} address
 */
async function open(address) {
  for (let attempt = 1; ; attempt++) {
    const isFirstFromDisk = address.startsWith("file:") && !page.url().startsWith("file:");
    if (isFirstFromDisk) await page.goto(HERE);
    const going = page.goto(address, { waitUntil: "domcontentloaded" });
    const waiting = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, "waiting"));
    if ((await Promise.race([going, waiting])) !== "waiting") return;
    going.catch(() => {}); // nobody waits for it any more
    if (attempt === ATTEMPTS) throw new Error(`Firefox did not get there in ${ATTEMPTS} tabs`);
    page = await browser.newPage();
  }
}

/** @type {Record<string, (...values: string[]) => Promise<unknown>>} */
const COMMANDS = {
  open: (address = "") => open(address),
  run: (source) => page.evaluate(`(${source})()`),
  // A locator waits until what it finds is enabled and stands still.
  click: (selector = "") => page.locator(selector).setTimeout(PATIENCE_MS).click(),
  type: (selector = "", text = "") => page.type(selector, text),
  close: () => browser.close(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...values] = JSON.parse(line);
  let answer;
  try {
    const value = await COMMANDS[name]?.(...values);
    answer = { value: name === "run" ? (value ?? null) : null };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  if (name === "close") break;
}
process.exit(0);
