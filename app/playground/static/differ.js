// A worker: decodes two pictures, says how far apart they are, and colours the difference.
//
// Distances are between premultiplied colours, which is what lands on a screen: two invisible pixels do not differ.

import { serve } from "/playground/workers.js";

// Black, violet, red, orange, pale yellow: even steps of lightness, so it reads without colour too.
const RAMP = [[0, 0, 4], [66, 10, 104], [147, 38, 103], [221, 81, 58], [252, 165, 10], [252, 255, 164]];

let last = null;

serve(async ({ pair, gain }) => {
  if (pair) last = await compare(...pair);
  if (!last.deltas) return [{ statistics: last.statistics, heat: null }, []];
  const heat = await createImageBitmap(paint(last, gain));
  return [{ statistics: last.statistics, heat }, [heat]];
});

async function compare(first, second) {
  const [a, b] = await Promise.all([pixels(first), pixels(second)]);
  if (a.width !== b.width || a.height !== b.height) return { statistics: null };
  const deltas = distances(a.data, b.data);
  return { deltas, base: luminance(a.data), width: a.width, height: a.height, statistics: measure(deltas, a.width) };
}

async function pixels(blob) {
  const bitmap = await createImageBitmap(blob);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height);
}

/** Per pixel, the largest difference of a channel, 0…255. */
function distances(a, b) {
  const found = new Uint8Array(a.length / 4);
  const [wordsA, wordsB] = [new Uint32Array(a.buffer), new Uint32Array(b.buffer)];
  for (let at = 0; at < found.length; at++) {
    if (wordsA[at] !== wordsB[at]) found[at] = distance(a, b, at * 4);
  }
  return found;
}

function distance(a, b, at) {
  const [alphaA, alphaB] = [a[at + 3], b[at + 3]];
  let most = Math.abs(alphaA - alphaB);
  for (let channel = at; channel < at + 3; channel++) {
    const apart = Math.abs(Math.round((a[channel] * alphaA) / 255) - Math.round((b[channel] * alphaB) / 255));
    if (apart > most) most = apart;
  }
  return most;
}

function luminance(data) {
  const found = new Uint8Array(data.length / 4);
  for (let at = 0, from = 0; at < found.length; at++, from += 4) {
    const grey = data[from] * 0.2126 + data[from + 1] * 0.7152 + data[from + 2] * 0.0722;
    found[at] = (grey * data[from + 3]) / 255;
  }
  return found;
}

function measure(deltas, width) {
  let [most, count, sum, left, top, right, bottom] = [0, 0, 0, width, deltas.length, -1, -1];
  for (let at = 0; at < deltas.length; at++) {
    const delta = deltas[at];
    if (!delta) continue;
    count++;
    sum += delta;
    if (delta > most) most = delta;
    const [x, y] = [at % width, Math.floor(at / width)];
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
  }
  const box = count ? { left, top, width: right - left + 1, height: bottom - top + 1 } : null;
  return { most, count, total: deltas.length, mean: sum / deltas.length, box };
}

/** `gain`: what the distances are multiplied with, or 0: so that the largest is the hottest. */
function paint({ deltas, base, width, height, statistics }, gain) {
  const image = new ImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  const colours = palette(gain || 255 / Math.max(1, statistics.most));
  for (let at = 0; at < words.length; at++) {
    const delta = deltas[at];
    // Where nothing differs the picture stays to be recognised, dark and grey.
    const grey = 16 + (base[at] >> 3);
    words[at] = delta ? colours[delta] : 0xff000000 | (grey << 16) | (grey << 8) | grey;
  }
  return image;
}

function palette(gain) {
  return Uint32Array.from({ length: 256 }, (_, delta) => {
    const place = (0.12 + 0.88 * Math.min(1, (delta * gain) / 255)) * (RAMP.length - 1);
    const [from, part] = [Math.min(RAMP.length - 2, Math.floor(place)), place - Math.min(RAMP.length - 2, Math.floor(place))];
    const [red, green, blue] = RAMP[from].map((value, channel) => value + (RAMP[from + 1][channel] - value) * part);
    return 0xff000000 | (blue << 16) | (green << 8) | red;
  });
}
