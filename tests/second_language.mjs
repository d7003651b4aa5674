// The chain verified in ten lines of another language, with no code of ours: SHA-256 over the hash
// before and the event's canonical JSON (RFC 8785) without its own. Says "intact 4", or "broken 2".
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** @type {(value: any) => string} */
const canonical = (value) =>
  value === null || typeof value !== "object" ? JSON.stringify(value)
  : Array.isArray(value) ? `[${value.map(canonical).join(",")}]`
  : `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
const lines = readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean);
let before = "0".repeat(64);
const broken = lines.findIndex((line) => {
  const { chainhash, ...event } = JSON.parse(line);
  before = createHash("sha256").update(before + canonical(event)).digest("hex");
  return before !== chainhash;
});
console.log(broken < 0 ? `intact ${lines.length}` : `broken ${broken + 1}`);
