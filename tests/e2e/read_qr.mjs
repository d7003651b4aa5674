// Reads a QR code as a camera would: from pixels, drawn from the path on standard input, whose squares
// are "M<x> <y>h1v1h-1z" on a ground of the size that the first argument says.
import { readFileSync } from "node:fs";

import decode from "qr/decode.js";

const SCALE = 6; // pixels a module
const size = Number(process.argv[2]) * SCALE;
const data = new Uint8Array(size * size * 4).fill(255);
for (const [, x, y] of readFileSync(0, "utf8").matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
  for (let row = 0; row < SCALE; row += 1) {
    const start = ((Number(y) * SCALE + row) * size + Number(x) * SCALE) * 4;
    for (let at = start; at < start + SCALE * 4; at += 4) data.fill(0, at, at + 3);
  }
}
process.stdout.write(decode({ width: size, height: size, data }));
