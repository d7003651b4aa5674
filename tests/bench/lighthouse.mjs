// One Lighthouse run: node lighthouse.mjs <address> <desktop|mobile> <chromium> [flags…]
// Prints the scores and what the start costs the main thread, as one line of JSON.

import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const [address, form, chromePath, ...flags] = process.argv.slice(2);
const chrome = await launch({ chromePath, chromeFlags: ["--headless=new", ...flags] });
try {
  const { lhr } = await lighthouse(
    address,
    { port: chrome.port, logLevel: "silent" },
    form === "desktop" ? desktopConfig : undefined,
  );
  const tasks = lhr.audits["long-tasks"]?.details?.items ?? [];
  const scores = Object.values(lhr.categories).map(({ id, score }) => [id, Math.round(100 * score)]);
  const imperfect = Object.values(lhr.categories).flatMap(({ auditRefs }) =>
    auditRefs
      .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9)
      .map(({ id }) => id),
  );
  console.log(
    JSON.stringify({
      ...Object.fromEntries(scores),
      "total blocking time": lhr.audits["total-blocking-time"].numericValue,
      "longest task": Math.max(0, ...tasks.map(({ duration }) => duration)),
      "largest contentful paint": lhr.audits["largest-contentful-paint"].numericValue,
      imperfect,
    }),
  );
} finally {
  await chrome.kill();
}
