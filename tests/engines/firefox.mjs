// Firefox, driven through WebDriver BiDi for firefox.py: one JSON command a line on standard
// input, one JSON answer a line on standard output.

import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: process.argv[2],
  headless: true,
});
const page = await browser.newPage();

/** @type {Record<string, (...values: string[]) => Promise<unknown>>} */
const COMMANDS = {
  open: (address = "") => page.goto(address, { waitUntil: "domcontentloaded" }),
  run: (source) => page.evaluate(`(${source})()`),
  click: (selector = "") => page.click(selector),
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
