// One render on one path: what is sent, and what the answer says.

import { parseItem, parseTimings, parseWarnings } from "/playground/fields.js";
import { fromNetwork, fromResponse } from "/playground/problems.js";

export const PATHS = ["cpu", "gpu"];
export const NAMES = { cpu: "CPU", gpu: "GPU" };
export const DEFAULTS = {
  format: "", scale: "1", background: "", contents_only: true, use_absolute_bounds: false,
  svg_outline_text: true, svg_include_id: false, svg_include_node_id: false, svg_simplify_stroke: true,
};

/** The options that are not the server's defaults anyway, as a query. */
export function query(path, options, node) {
  const pairs = new URLSearchParams({ path });
  if (node) pairs.set("node", node);
  for (const [name, value] of Object.entries(options)) {
    if (value !== DEFAULTS[name]) pairs.set(name, String(value));
  }
  return pairs;
}

/** The document alone, or a form that its images are in. */
export function body(document_, images) {
  if (!images.length) return { content: document_.blob, headers: { "Content-Type": document_.mediaType } };
  const form = new FormData();
  form.append("document", new Blob([document_.blob], { type: document_.mediaType }), document_.name);
  for (const image of images) form.append("image", image.blob, image.digest ?? image.name);
  return { content: form, headers: {} };
}

/** `{status: "done", …}` or `{status: "failed", problem, …}`; rejects only when `signal` was aborted. `format`: what is
 * known of the one that the options ask for, or null. */
export async function render(path, { document_, images, options, node, format }, signal) {
  const started = performance.now();
  const { content, headers } = body(document_, images);
  try {
    const address = `/v1/render?${query(path, options, node)}`;
    const response = await fetch(address, { method: "POST", body: content, headers, signal });
    if (!response.ok) return await failed(path, response, started);
    const blob = await response.blob();
    return { ...described(path, response), ...(await picture(blob, format)), elapsed: performance.now() - started };
  } catch (error) {
    if (signal.aborted) throw error;
    return { status: "failed", path, problem: fromNetwork(error, content), elapsed: performance.now() - started };
  }
}

async function failed(path, response, started) {
  const problem = await fromResponse(response);
  return { status: "failed", path, problem, layers: layersOf(response), elapsed: performance.now() - started };
}

/** `bitmap`: what a canvas can draw, and then its size; null for what only a viewer shows, whose size the server says. */
async function picture(blob, format) {
  const bitmap = format?.vector ? await vector(blob) : await createImageBitmap(blob);
  return { blob, format, bitmap, bytes: blob.size, ...(bitmap && { width: bitmap.width, height: bitmap.height }) };
}

/** As an image, in which a browser runs no script and loads nothing from elsewhere; never as a part of this page. */
async function vector(blob) {
  if (!blob.type.startsWith("image/")) return null;
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  await image.decode().finally(() => URL.revokeObjectURL(image.src));
  return image;
}

function described(path, response) {
  const device = parseItem(response.headers.get("Render-Device") ?? '""');
  const [width, height] = (response.headers.get("Render-Size") ?? "0x0").split("x").map(Number);
  return {
    status: "done", path, width, height,
    device: { name: device.value, api: device.params.api, software: device.params.software === true },
    timings: parseTimings(response.headers.get("Server-Timing") ?? ""),
    warnings: parseWarnings(response.headers.get("Render-Warnings") ?? "0"),
    layers: layersOf(response),
    etag: response.headers.get("ETag"),
    requestId: response.headers.get("Request-Id"),
  };
}

function layersOf(response) {
  return (response.headers.get("Sandbox-Layers") ?? "").split(", ").filter(Boolean);
}
