// One Lighthouse run: node lighthouse.mjs <address> <desktop|mobile> <chromium> [flags…]
// Prints the scores and what the start costs the main thread, as one line of JSON.

import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const [address, form, chromePath, ...flags] = process.argv.slice(2);
const chrome = await launch({ chromePath, chromeFlags: ["--headless=new", ...flags] });
try {
  const outcome = await lighthouse(
    address,
    { port: chrome.port, logLevel: "silent" },
    form === "desktop" ? desktopConfig : undefined,
  );
  if (!outcome) throw new Error("Lighthouse gave no result");
  const { audits, categories } = outcome.lhr;
  const found = audits["long-tasks"]?.details;
  const tasks = found?.type === "table" ? found.items : [];
  const numeric = (/** @type {string} */ id) => audits[id]?.numericValue ?? 0;
  const scores = Object.values(categories).map(({ id, score }) => [id, Math.round(100 * (score ?? 0))]);
  const imperfect = Object.values(categories).flatMap(({ auditRefs }) =>
    auditRefs
      .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9)
      .map(({ id }) => id),
  );
  console.log(
    JSON.stringify({
      ...Object.fromEntries(scores),
      "total blocking time": numeric("total-blocking-time"),
      "longest task": Math.max(0, ...tasks.map(({ duration }) => Number(duration))),
      "largest contentful paint": numeric("largest-contentful-paint"),
      imperfect,
    }),
  );
} finally {
  await chrome.kill();
}
