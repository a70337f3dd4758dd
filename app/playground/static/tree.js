// The document's tree. Only the rows in sight are elements, so that 100,000 nodes are as fast as ten.

import { el } from "/playground/dom.js";
import { ancestors, firstOpen, matches, visibleRows } from "/playground/rows.js";

const ROW_HEIGHT = 28;
const SPARE_ROWS = 8;
// Beyond this an element cannot be scrolled to any more in some browsers.
const MAX_HEIGHT = 15_000_000;

const GLYPHS = {
  DOCUMENT: "◆", CANVAS: "▤", FRAME: "#", GROUP: "⬚", SECTION: "▥", COMPONENT: "❖", COMPONENT_SET: "❖", INSTANCE: "◇",
  TEXT: "T", RECTANGLE: "▭", ELLIPSE: "◯", LINE: "╱", VECTOR: "∿", BOOLEAN_OPERATION: "◐", STAR: "☆", REGULAR_POLYGON: "△",
};

/** A tree view in `box` (role=tree). `onselect(row)`: shown or picked; `onrender(row)`: to be drawn. */
export class Tree {
  #box; #sheet; #index = null; #open = new Set(); #words = ""; #rows = []; #selected = -1; #target = null; #on;

  constructor(box, on) {
    this.#box = box;
    this.#on = on;
    this.#sheet = el("div", { class: "tree-sheet", role: "presentation" });
    box.append(this.#sheet);
    box.addEventListener("scroll", () => this.#draw(), { passive: true });
    box.addEventListener("keydown", (event) => this.#key(event));
    box.addEventListener("click", (event) => this.#click(event));
    box.addEventListener("dblclick", () => this.#selected >= 0 && this.#on.render(this.#selected));
    new ResizeObserver(() => this.#draw()).observe(box);
  }

  show(index) {
    [this.#index, this.#selected, this.#words] = [index, -1, ""];
    this.#open = index ? firstOpen(index) : new Set();
    this.#box.scrollTop = 0;
    this.#layOut();
  }

  filter(words) {
    this.#words = words.trim();
    this.#layOut();
    return this.#words ? this.#rows.filter((row) => matches(this.#index, row, this.#words.toLowerCase())).length : null;
  }

  /** Marks the node that the picture is of. */
  mark(id) {
    this.#target = id;
    this.#draw();
  }

  /** Opens what is above `row`, brings it into sight and selects it. */
  reveal(row) {
    for (const above of ancestors(this.#index, row)) this.#open.add(above);
    if (!this.#rows.includes(row)) this.#words = "";
    this.#selected = row;
    this.#layOut();
    this.#into(this.#rows.indexOf(row));
    this.#on.select(row);
  }

  #layOut() {
    this.#rows = this.#index ? visibleRows(this.#index, this.#open, this.#words) : [];
    this.#sheet.style.height = `${Math.min(MAX_HEIGHT, this.#rows.length * ROW_HEIGHT)}px`;
    this.#draw();
  }

  #draw() {
    const first = Math.max(0, Math.floor(this.#box.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
    const last = Math.min(this.#rows.length, first + Math.ceil(this.#box.clientHeight / ROW_HEIGHT) + 2 * SPARE_ROWS);
    const elements = [];
    for (let place = first; place < last; place++) elements.push(this.#row(place));
    this.#sheet.replaceChildren(...elements);
    const shown = this.#selected >= 0 && this.#rows.indexOf(this.#selected, first);
    const active = shown !== false && shown >= first && shown < last;
    if (active) this.#box.setAttribute("aria-activedescendant", `row-${this.#selected}`);
    else this.#box.removeAttribute("aria-activedescendant");
  }

  #row(place) {
    const row = this.#rows[place];
    const { ids, names, kinds, depth, end, hidden } = this.#index;
    const isOpen = this.#words !== "" || this.#open.has(row);
    const parent = end[row] > row + 1;
    const element = el(
      "div",
      {
        id: `row-${row}`, class: "tree-row", role: "treeitem", "data-place": place, "aria-level": depth[row] + 1,
        "aria-selected": String(row === this.#selected), "aria-expanded": parent ? String(isOpen) : null,
        "data-hidden": hidden[row] === 1, "data-target": this.#target !== null && ids[row] === this.#target,
        title: `${kinds[row]} ${ids[row]}`,
      },
      el("span", { class: "tree-twist", "aria-hidden": "true" }, parent ? (isOpen ? "▾" : "▸") : ""),
      el("span", { class: "tree-glyph", "aria-hidden": "true" }, GLYPHS[kinds[row]] ?? "·"),
      el("span", { class: "tree-name" }, names[row] || kinds[row] || "without a name"),
      el("span", { class: "hidden" }, `, ${kinds[row].replaceAll("_", " ").toLowerCase()}`),
    );
    element.style.top = `${place * ROW_HEIGHT}px`;
    element.style.setProperty("--depth", Math.min(depth[row], 12));
    return element;
  }

  #click(event) {
    const element = event.target.closest(".tree-row");
    if (!element) return;
    const row = this.#rows[Number(element.dataset.place)];
    if (event.target.closest(".tree-twist")) this.#toggle(row);
    else this.#select(row);
  }

  #toggle(row) {
    if (!this.#open.delete(row)) this.#open.add(row);
    this.#layOut();
  }

  #select(row) {
    this.#selected = row;
    this.#draw();
    this.#on.select(row);
  }

  #key(event) {
    const place = this.#rows.indexOf(this.#selected);
    const act = this.#index && this.#rows.length && this.#keys(place)[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #keys(place) {
    const row = this.#rows[place];
    const page = Math.max(1, Math.floor(this.#box.clientHeight / ROW_HEIGHT) - 1);
    return {
      ArrowDown: () => this.#move(place + 1),
      ArrowUp: () => this.#move(Math.max(0, place - 1)),
      PageDown: () => this.#move(place + page),
      PageUp: () => this.#move(Math.max(0, place - page)),
      Home: () => this.#move(0),
      End: () => this.#move(this.#rows.length - 1),
      ArrowRight: () => this.#inwards(row, place),
      ArrowLeft: () => this.#outwards(row),
      Enter: () => row !== undefined && this.#on.render(row),
    };
  }

  #inwards(row, place) {
    if (row === undefined || this.#index.end[row] === row + 1) return;
    if (this.#open.has(row)) this.#move(place + 1);
    else this.#toggle(row);
  }

  #outwards(row) {
    if (row === undefined) return;
    if (this.#open.has(row) && this.#index.end[row] > row + 1) this.#toggle(row);
    else this.#move(this.#rows.indexOf(ancestors(this.#index, row).at(-1) ?? row));
  }

  #move(place) {
    const at = Math.min(this.#rows.length - 1, place);
    this.#into(at);
    this.#select(this.#rows[at]);
  }

  #into(place) {
    const top = place * ROW_HEIGHT;
    const room = this.#box.clientHeight - ROW_HEIGHT;
    if (top < this.#box.scrollTop) this.#box.scrollTop = top - ROW_HEIGHT;
    else if (top > this.#box.scrollTop + room) this.#box.scrollTop = top - room + ROW_HEIGHT;
  }
}
