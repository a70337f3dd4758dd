// A worker: reads a document off the page's thread and answers its tree as columns, which 100,000 nodes fit into.
//
// Only for showing. The server reads the document anew, inside a sandbox, and trusts nothing from here.

import { serve } from "/playground/workers.js";

const MAX_NODES = 1_000_000;

serve(async (blob) => {
  const text = await blob.text();
  const index = flatten(roots(parse(text)));
  return [index, [index.depth.buffer, index.end.buffer, index.hidden.buffer, index.boxes.buffer]];
});

function fault(title, message) {
  return Object.assign(new Error(message), { title });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fault("This is not JSON", error.message.replace(/^JSON\.parse: /, ""));
  }
}

/** What the server takes for the tops of the tree: of an answer of /nodes, of a file, or one bare node. */
function roots(json) {
  if (isObject(json?.nodes)) {
    return Object.values(json.nodes).map((entry) => entry?.document).filter(isObject);
  }
  if (isObject(json?.document)) return [json.document];
  if (typeof json?.type === "string") return [json];
  if (isObject(json) && ("err" in json || "status" in json)) {
    throw fault("This is an error answer of Figma's API", `It says: ${json.err ?? json.status}.`);
  }
  throw fault(
    "This JSON is no document",
    "It has neither nodes, nor a document, nor a type. Send an answer of GET /v1/files/:key, of its /nodes, or one node.",
  );
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Depth first, without recursion. Row i has its subtree in the rows i + 1 … end[i] - 1. */
function flatten(tops) {
  const rows = { ids: [], names: [], kinds: [], depth: [], end: [], hidden: [], boxes: [] };
  const refs = new Set();
  const open = tops.map((node) => ({ node, depth: 0 })).reverse();
  const parents = [];
  while (open.length && rows.ids.length < MAX_NODES) {
    const { node, depth } = open.pop();
    while (parents.length > depth) rows.end[parents.pop()] = rows.ids.length;
    parents.push(rows.ids.length);
    add(rows, node, depth);
    collectImages(node, refs);
    const children = Array.isArray(node.children) ? node.children : [];
    for (let at = children.length - 1; at >= 0; at--) {
      if (isObject(children[at])) open.push({ node: children[at], depth: depth + 1 });
    }
  }
  while (parents.length) rows.end[parents.pop()] = rows.ids.length;
  return columns(rows, refs, open.length > 0);
}

function columns(rows, refs, cut) {
  return {
    ids: rows.ids, names: rows.names, kinds: rows.kinds, images: [...refs], cut,
    depth: Uint32Array.from(rows.depth), end: Uint32Array.from(rows.end),
    hidden: Uint8Array.from(rows.hidden), boxes: Float64Array.from(rows.boxes),
  };
}

function add(rows, node, depth) {
  rows.ids.push(typeof node.id === "string" ? node.id : "");
  rows.names.push(typeof node.name === "string" ? node.name : "");
  rows.kinds.push(typeof node.type === "string" ? node.type : "");
  rows.depth.push(depth);
  rows.end.push(0);
  rows.hidden.push(node.visible === false ? 1 : 0);
  rows.boxes.push(...box(node.absoluteBoundingBox), ...box(node.absoluteRenderBounds ?? node.absoluteBoundingBox));
}

const box = (it) => (isObject(it) ? [it.x, it.y, it.width, it.height].map(Number) : [NaN, NaN, NaN, NaN]);

function collectImages(node, refs) {
  for (const paints of [node.fills, node.strokes, node.background]) {
    if (!Array.isArray(paints)) continue;
    for (const paint of paints) if (typeof paint?.imageRef === "string") refs.add(paint.imageRef);
  }
}
