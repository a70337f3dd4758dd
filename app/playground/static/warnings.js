// What the picture does not show as the document has it, and which node each of it is about.

import { el } from "/playground/dom.js";
import { NAMES, PATHS } from "/playground/render.js";

/** The same warning from both paths is one entry. */
export function merged(results) {
  const found = new Map();
  for (const path of PATHS) {
    for (const warning of results[path]?.warnings?.items ?? []) {
      const key = JSON.stringify([warning.code, warning.node, warning.detail]);
      found.set(key, { ...warning, paths: [...(found.get(key)?.paths ?? []), path] });
    }
  }
  return [...found.values()];
}

/** `nameOf(id)`: the node's name, or null where the tree does not have it; `choose(id)`: shows it there. */
export function warningList(results, nameOf, choose) {
  const done = PATHS.filter((path) => results[path]?.status === "done");
  if (!done.length) return el("p", { class: "quiet" }, "What a picture leaves out is listed with it.");
  const found = merged(results);
  const left = Math.max(...done.map((path) => results[path].warnings.left));
  if (!found.length && !left) return el("p", { class: "quiet" }, "None: the picture shows all that the document says.");
  return el("div", {},
    el("ul", { class: "warnings" }, ...found.map((warning) => entry(warning, done, nameOf, choose))),
    left > 0 && el("p", { class: "quiet" }, `And ${left} more than fit into the answer's header.`));
}

function entry(warning, done, nameOf, choose) {
  const name = warning.node && nameOf(warning.node);
  const only = warning.paths.length < done.length ? `, ${warning.paths.map((path) => NAMES[path]).join()} only` : "";
  const text = [el("code", {}, warning.code), el("span", { class: "quiet" }, only), el("span", { class: "detail" }, warning.detail)];
  if (name === null || !warning.node) return el("li", {}, el("div", { class: "warning" }, ...text));
  return el("li", {}, el(
    "button", { type: "button", class: "warning", onclick: () => choose(warning.node), "data-node": warning.node },
    ...text, el("span", { class: "origin" }, el("span", {}, name || "without a name"), ` ${warning.node}`)));
}
