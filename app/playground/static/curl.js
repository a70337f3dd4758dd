// The same requests as commands for a shell.

import { TREE_TYPE } from "/playground/documents.js";
import { fileName } from "/playground/formats.js";
import { query } from "/playground/render.js";

/** A word as a POSIX shell takes it literally. */
export function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A file name in `-F`, where `;` and `,` would end it. */
const inForm = (name) => (/[;,"]/.test(name) ? `"${name.replace(/["\\]/g, "\\$&")}"` : name);

/** One command for each of `paths`. `format`: what is known of the one that the options ask for, or null. */
export function commands(origin, { document_, images, options, node }, paths, format) {
  const fetched = document_.source ? [`curl -O ${quoted(origin + document_.source)}`] : [];
  return [...fetched, ...paths.map((path) => {
    const parts = images.length ? form(document_, images) : single(document_);
    const address = quoted(`${origin}/v1/render?${query(path, options, node)}`);
    return [`curl -o ${fileName(path, format)}`, ...parts, address].join(" \\\n     ");
  })].join("\n\n");
}

function single(document_) {
  return [`-H ${quoted(`Content-Type: ${document_.mediaType}`)}`, `--data-binary ${quoted(`@${document_.name}`)}`];
}

function form(document_, images) {
  const type = document_.mediaType === TREE_TYPE ? "" : `;type=${document_.mediaType}`;
  const document = `-F ${quoted(`document=@${inForm(document_.name)}${type}`)}`;
  return [document, ...images.map((image) => `-F ${quoted(`image=@${inForm(image.name)}`)}`)];
}
