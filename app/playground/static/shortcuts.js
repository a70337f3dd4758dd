// The keys. Single ones can be switched off (WCAG 2.1.4), and none is taken from a field that is being typed in.

import { byId, el } from "/playground/dom.js";

const SHORTCUTS = [
  ["S", "Side by side", (on) => on.view("side")],
  ["L", "Slider", (on) => on.view("slider")],
  ["F", "Flicker", (on) => on.view("flicker")],
  ["H", "Heat map", (on) => on.view("heat")],
  ["X", "Swap the pictures, in flicker", (on) => on.flickering() && on.swap()],
  ["P", "Pause or play flicker", (on) => on.flickering() && on.play()],
  ["+", "Zoom in", (on) => on.zoom(1.5)],
  ["-", "Zoom out", (on) => on.zoom(1 / 1.5)],
  ["1", "One to one", (on) => on.zoom(0)],
  ["0", "Fit", (on) => on.fit()],
  ["R", "Render again", (on) => on.draw()],
  ["/", "Filter the tree", (on) => on.filter()],
  ["?", "This list", (on) => on.help()],
];
const ELSEWHERE = [
  ["↑ ↓ → ←", "In the tree: go through it, open and close"],
  ["Enter", "In the tree: render this node"],
  ["↑ ↓ → ←", "On the pictures: move them"],
  ["Shift + ↑ ↓ → ←", "On the pictures: from pixel to pixel"],
  ["← →", "On the slider: move it; with Shift by a tenth"],
  ["Ctrl + wheel", "Zoom; so does a pinch, and a double click"],
];

export function listenForKeys(on) {
  byId("shortcuts").append(...[...SHORTCUTS, ...ELSEWHERE].flatMap(([keys, what]) => [
    el("dt", {}, el("kbd", {}, keys)), el("dd", {}, what),
  ]));
  addEventListener("keydown", (event) => {
    const found = SHORTCUTS.find(([key]) => key === event.key.toUpperCase() || (key === "+" && event.key === "="));
    if (!found || event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target) || !byId("keys-on").checked) return;
    event.preventDefault();
    found[2](on);
  });
}

function isTaken(target) {
  return target.closest("dialog, textarea, select, input:not([type=radio], [type=checkbox])") !== null;
}
