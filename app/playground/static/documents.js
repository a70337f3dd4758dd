// What was dropped, picked or pasted: one document, and the images it names.

import { worker } from "/playground/workers.js";

const index = worker("indexer");
const DIGEST = /^([0-9a-f]{40})(\.[a-z0-9]{1,8})?$/i;
const JSON_TYPE = "application/json";
const FIG_TYPE = "application/x-figma";

/** {name, blob, source, mediaType, index, fault}. `source`: its address, where it has one; `fault`: why there is no tree;
 * the server may still be asked. */
export async function readDocument(blob, name, source = null) {
  const mediaType = (await isFig(blob, name)) ? FIG_TYPE : JSON_TYPE;
  const made = { name, blob, source, mediaType, index: null, fault: null };
  if (mediaType === FIG_TYPE) return made;
  try {
    made.index = await index(blob);
  } catch (error) {
    made.fault = { title: error.title ?? "The document cannot be read", detail: error.message };
  }
  return made;
}

async function isFig(blob, name) {
  if (/\.fig$/i.test(name)) return true;
  return (await blob.slice(0, 8).text()) === "fig-kiwi";
}

/** {name, blob, digest}. The digest is what a document names an image by; without crypto.subtle it is the name's. */
export async function readImage(file) {
  const named = DIGEST.exec(file.name)?.[1].toLowerCase() ?? null;
  if (!globalThis.crypto?.subtle) return { name: file.name, blob: file, digest: named };
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-1", await file.arrayBuffer()));
  return { name: file.name, blob: file, digest: [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
}

export function isImage(file) {
  return file.type.startsWith("image/") || /\.(png|jpe?g|webp|gif|tiff?|avif)$/i.test(file.name) || DIGEST.test(file.name);
}

/** How many of the images that the document names are there. */
export function imagesFound(document_, images) {
  const named = document_?.index?.images ?? [];
  const here = new Set(images.map((image) => image.digest));
  return { named: named.length, here: named.filter((digest) => here.has(digest.toLowerCase())).length };
}
