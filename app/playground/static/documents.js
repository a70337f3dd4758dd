// What was dropped, picked or pasted: one document, and the images it names.

import { worker } from "/playground/workers.js";

const index = worker("indexer");
const DIGEST = /^([0-9a-f]{40})(\.[a-z0-9]{1,8})?$/i;
const LONGEST_SIGNATURE = 64;

/** What the page itself makes a tree of, and what the server takes a document for that says nothing. */
export const TREE_TYPE = "application/json";

/** {label, media_type, suffixes, decoded, signature?} of each format of documents, as the server describes itself; [] where
 * it does not say. */
export function documentFormatsOf(api) {
  return api?.paths["/v1/render"]?.post?.requestBody?.["x-documents"] ?? [];
}

/** {name, blob, source, mediaType, index, fault}. `source`: its address, where it has one; `fault`: why there is no tree;
 * the server may still be asked. `formats`: what the server knows. */
export async function readDocument(blob, name, formats, source = null) {
  const mediaType = (await formatOf(blob, name, formats))?.media_type ?? TREE_TYPE;
  const made = { name, blob, source, mediaType, index: null, fault: null };
  if (mediaType !== TREE_TYPE) return made;
  try {
    made.index = await index(blob);
  } catch (error) {
    made.fault = { title: error.title ?? "The document cannot be read", detail: error.message };
  }
  return made;
}

/** By what it begins with, else by its name; undefined for what nobody knows. */
async function formatOf(blob, name, formats) {
  const start = await blob.slice(0, LONGEST_SIGNATURE).text();
  const signed = formats.find(({ signature }) => signature && start.startsWith(signature));
  return signed ?? formats.find(({ suffixes }) => suffixes.some((suffix) => name.toLowerCase().endsWith(suffix)));
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
