// The formats of pictures, as the server describes itself: the page names none of its own.

import { PATHS } from "/playground/render.js";

/** {name, label, media_type, suffixes, vector, lossy} of each, the server's default first; [] where it does not say. */
export function formatsOf(api) {
  const options = api?.paths["/v1/render"]?.post?.parameters ?? [];
  return options.find(({ name }) => name === "format")?.schema["x-formats"] ?? [];
}

/** What the options ask for; null where the server does not say what there is. */
export function chosenFormat({ formats, options }) {
  return formats.find(({ name }) => name === options.format) ?? formats[0] ?? null;
}

/** The paths of this server that such a picture is drawn on: the CPU's alone writes vector formats. */
export function pathsFor({ server, formats, options }) {
  if (chosenFormat({ formats, options })?.vector) return ["cpu"];
  return PATHS.filter((path) => !server || server.paths[path]);
}

/** What a file of this format is called. */
export const fileName = (name, format) => (format ? `${name}.${format.suffixes[0]}` : name);

/** The server's default has no value, so that it is not asked for by name. */
export function fillFormats(select, formats) {
  select.replaceChildren(...formats.map(({ name, label }, place) => new Option(label, place ? name : "")));
  select.disabled = !formats.length;
}
