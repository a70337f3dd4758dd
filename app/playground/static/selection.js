// The node that is selected in the tree: what it is, and the way to render it.

import { byId, el } from "/playground/dom.js";

export function showSelection(store, { renderNode }) {
  store.watch(["selection", "node", "document_"], ({ selection, node, document_ }) => {
    const index = document_?.index;
    byId("selected").hidden = !index || (selection < 0 && !node);
    if (byId("selected").hidden) return;
    const parts = selection < 0 ? [] : facts(index, selection);
    const id = index.ids[selection];
    const buttons = [
      selection >= 0 && id && id !== node && el("button", { type: "button", class: "button primary", onclick: () => renderNode(id) }, "Render this node"),
      node && el("button", { type: "button", class: "button", onclick: () => renderNode(null) }, "Render all"),
    ].filter(Boolean);
    byId("selected").replaceChildren(...parts, el("div", { class: "row" }, ...buttons));
  });
}

function facts(index, row) {
  const [x, y, width, height] = [...index.boxes.subarray(row * 8, row * 8 + 4)].map((value) => Math.round(value * 100) / 100);
  const box = Number.isFinite(width) ? `${width} × ${height} at ${x}, ${y}` : "no box of its own";
  return [
    el("p", { class: "selected-name" }, index.names[row] || index.kinds[row]),
    el("p", { class: "quiet" }, `${index.kinds[row]} ${index.ids[row]}${index.hidden[row] ? ", hidden" : ""}`, el("br"), box),
  ];
}
