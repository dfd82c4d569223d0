// Reads a frame that Python encoded with the browser's own decoder and prints what it found.
import { readFileSync } from "node:fs";
import { decode, valueAt } from "../../static/js/session/frame.js";

const bytes = readFileSync(process.argv[2]);
const frame = decode(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const speak = (value) => (Number.isFinite(value) ? value : String(value));
const { arrived, added, ...header } = frame;
const channels = Object.fromEntries(
  [...arrived].map(([name, channel]) => [
    name,
    { shape: channel.shape, values: Array.from(channel.data, (_, index) => speak(valueAt(channel, index))) },
  ]),
);
const series = Object.fromEntries([...added].map(([name, { data }]) => [name, Array.from(data)]));
console.log(JSON.stringify({ ...header, channels, series }));
