// The two pictures, and four ways to hold them against each other.

import { byId, el, say } from "/playground/dom.js";
import { colourAt, Painter } from "/playground/painter.js";
import { placeOf } from "/playground/places.js";
import { problemCard } from "/playground/problems.js";
import { pathsFor } from "/playground/formats.js";
import { NAMES, PATHS } from "/playground/render.js";
import { viewer } from "/playground/viewer.js";
import { steer, Viewport } from "/playground/viewport.js";

const FLICKER_MS = 700;
const STEP = 48;

export class Stage {
  #store; #painter; #viewport = new Viewport(); #surface = byId("surface"); #handle = byId("divider");
  #split = 0.5; #shown = "cpu"; #playing = !matchMedia("(prefers-reduced-motion: reduce)").matches; #probe = null; #queued = false;

  /** `actionsFor(path, problem)`: what can be done about a problem, as [label, function]. */
  constructor(store, actionsFor) {
    this.#store = store;
    this.#painter = new Painter(byId("canvas"));
    new ResizeObserver(() => this.redraw()).observe(this.#surface);
    steer(this.#surface, this.#viewport, (event) => this.#inPane(event), () => this.redraw());
    this.#surface.addEventListener("pointermove", (event) => this.#point(event));
    this.#surface.addEventListener("pointerleave", () => this.#setProbe(null));
    this.#surface.addEventListener("dblclick", (event) => this.#closer(event));
    this.#surface.addEventListener("keydown", (event) => this.#key(event));
    this.#listenToDivider();
    setInterval(() => this.#playing && this.#view === "flicker" && this.swap(), FLICKER_MS);
    store.watch(["results", "view", "heat", "server"], (state) => this.#changed(state, actionsFor));
    store.watch(["selection"], () => this.redraw());
  }

  // --- what is shown ---------------------------------------------------------------------------------------------

  /** What the canvas can draw of a path's result, or of the one before it. */
  #pictureOf(path) {
    const result = this.#store.state.results[path];
    const [shown, faded] = result?.status === "done" ? [result, false] : [result?.before, true];
    return shown?.bitmap ? { bitmap: shown.bitmap, vector: shown.format?.vector, faded } : null;
  }

  /** Views that need two pictures fall back to side by side while there is one. */
  get #view() {
    const { view, heat } = this.#store.state;
    if (!PATHS.every((path) => this.#pictureOf(path))) return "side";
    return view === "heat" && !heat ? "side" : view;
  }

  #panes() {
    const { clientWidth: width, clientHeight: height } = this.#surface;
    const paths = pathsFor(this.#store.state);
    if (this.#view !== "side" || paths.length === 1) return [{ path: paths[0], x: 0, y: 0, width, height }];
    return paths.map((path, number) => (this.#stacked(width, height)
      ? { path, x: 0, y: (number * height) / 2, width, height: height / 2 }
      : { path, x: (number * width) / 2, y: 0, width: width / 2, height }));
  }

  /** Two panes lie over each other where that shows more of the picture. */
  #stacked(width, height) {
    const picture = PATHS.map((path) => this.#pictureOf(path)).find(Boolean)?.bitmap;
    if (!picture) return width < 560;
    const room = (across, down) => Math.min(across / picture.width, down / picture.height);
    return room(width, height / 2) > room(width / 2, height);
  }

  #changed({ results, view }, actionsFor) {
    const picture = PATHS.map((path) => this.#pictureOf(path)).find(Boolean);
    if (picture) this.#viewport.setPicture(picture.bitmap);
    byId("panes").replaceChildren(...this.#panes().map((pane) => this.#overlay(pane, results, actionsFor)));
    this.#handle.hidden = this.#view !== "slider";
    byId("flicker-tools").hidden = view !== "flicker";
    byId("heat-tools").hidden = view !== "heat";
    byId("zooms").hidden = PATHS.some((path) => results[path]?.status === "done" && !results[path].bitmap); // a viewer has its own
    this.redraw();
  }

  #overlay({ path }, results, actionsFor) {
    const result = results[path];
    const pane = el("div", { class: "pane", "data-path": path });
    if (this.#view === "side" && (result || this.#pictureOf(path))) pane.append(label(path));
    if (result?.status === "busy") pane.append(el("p", { class: "busy" }, "Drawing…"));
    if (result?.status === "done" && !result.bitmap) pane.append(viewer(result));
    if (result?.status === "failed") pane.append(problemCard(result.problem, actionsFor(path, result.problem)));
    if (this.#view === "slider") pane.append(label("cpu"), label("gpu"));
    if (this.#view === "flicker") pane.append(label(this.#shown));
    if (this.#view === "heat") pane.append(legend(this.#store.state));
    return pane;
  }

  // --- drawing ---------------------------------------------------------------------------------------------------

  redraw() {
    if (this.#queued) return;
    this.#queued = true;
    requestAnimationFrame(() => {
      this.#queued = false;
      this.#draw();
    });
  }

  /** The theme has other colours now. */
  recolour() {
    this.#painter.readColours();
    this.redraw();
  }

  #draw() {
    const panes = this.#panes();
    const { clientWidth: width, clientHeight: height } = this.#surface;
    this.#viewport.setPane(panes[0]);
    this.#painter.begin(width, height);
    byId("panes").dataset.split = panes.length > 1 && panes[1].y > 0 ? "rows" : "columns";
    for (const pane of panes) this.#drawPane(pane);
    if (this.#view === "slider") this.#placeDivider(width, height);
    this.#surface.dataset.fitted = this.#viewport.fitted;
    const any = PATHS.some((path) => this.#pictureOf(path));
    byId("zoom").textContent = any ? `${Math.round(this.#viewport.scale * 100)} %` : "";
  }

  #drawPane(pane) {
    const pictures = this.#layersOf(pane);
    for (const [picture, clip] of pictures) this.#painter.picture(pane, this.#viewport, picture, clip);
    if (!pictures.length) return;
    const place = this.#selectedPlace(pictures[0][0].bitmap);
    if (place) this.#painter.outline(pane, this.#viewport, place);
    if (this.#probe) this.#painter.probe(pane, this.#viewport, this.#probe);
  }

  /** [picture, the part of the pane it covers] for each picture of a pane. */
  #layersOf(pane) {
    const whole = (picture) => (picture ? [[picture, pane]] : []);
    const { heat } = this.#store.state;
    switch (this.#view) {
      case "slider": {
        const left = pane.width * this.#split;
        return [[this.#pictureOf("cpu"), { ...pane, width: left }],
          [this.#pictureOf("gpu"), { ...pane, x: pane.x + left, width: pane.width - left }]];
      }
      case "flicker": return whole(this.#pictureOf(this.#shown));
      case "heat": return whole({ bitmap: heat, faded: false });
      default: return whole(this.#pictureOf(pane.path));
    }
  }

  #selectedPlace(picture) {
    const { document_, selection, drawn } = this.#store.state;
    if (!document_?.index || selection < 0 || !drawn) return null;
    const { scale, use_absolute_bounds: absolute } = drawn.options;
    return placeOf(document_.index, selection, { id: drawn.node, scale: Number(scale), absolute, picture });
  }

  // --- the divider -----------------------------------------------------------------------------------------------

  #listenToDivider() {
    this.#handle.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      this.#handle.setPointerCapture(event.pointerId);
    });
    this.#handle.addEventListener("pointermove", (event) => {
      if (!this.#handle.hasPointerCapture(event.pointerId)) return;
      const { left, width } = this.#surface.getBoundingClientRect();
      this.#setSplit((event.clientX - left) / width);
    });
    this.#handle.addEventListener("keydown", (event) => this.#slide(event));
  }

  #slide(event) {
    const step = event.shiftKey ? 0.1 : 0.01;
    const to = {
      ArrowLeft: this.#split - step, ArrowDown: this.#split - step, ArrowRight: this.#split + step,
      ArrowUp: this.#split + step, PageDown: this.#split - 0.1, PageUp: this.#split + 0.1, Home: 0, End: 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#setSplit(to);
  }

  #setSplit(part) {
    this.#split = Math.min(1, Math.max(0, part));
    const percent = Math.round(this.#split * 100);
    this.#handle.setAttribute("aria-valuenow", String(percent));
    this.#handle.setAttribute("aria-valuetext", `CPU on the left ${percent} percent, GPU on the rest`);
    this.redraw();
  }

  #placeDivider(width, height) {
    this.#handle.style.left = `${width * this.#split}px`;
    this.#painter.divider(width * this.#split, height);
  }

  // --- flicker ---------------------------------------------------------------------------------------------------

  swap() {
    this.#shown = this.#shown === "cpu" ? "gpu" : "cpu";
    if (this.#view !== "flicker") return;
    byId("panes").querySelector(".pane-label")?.replaceWith(label(this.#shown));
    this.redraw();
  }

  /** Starts or stops the change by itself; answers whether it runs now. */
  play(on = !this.#playing) {
    this.#playing = on;
    return on;
  }

  get playing() {
    return this.#playing;
  }

  // --- looking closer --------------------------------------------------------------------------------------------

  fit() {
    this.#viewport.fit();
    this.redraw();
  }

  zoom(factor) {
    this.#viewport.zoomTo(factor === 0 ? 1 : this.#viewport.scale * factor);
    this.redraw();
  }

  #closer(event) {
    const { x, y } = this.#inPane(event);
    if (this.#viewport.scale < 8) this.#viewport.zoomTo(8, x, y);
    else this.#viewport.fit();
    this.redraw();
  }

  #key(event) {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (dx === undefined || event.target !== this.#surface) return;
    event.preventDefault();
    if (event.shiftKey) this.#step(dx, dy);
    else this.#viewport.move(-dx * STEP, -dy * STEP);
    this.redraw();
  }

  #step(dx, dy) {
    const picture = this.#pictureOf("cpu") ?? this.#pictureOf("gpu");
    if (!picture) return;
    const { width, height } = picture.bitmap;
    const from = this.#probe ?? { x: Math.floor(width / 2) - dx, y: Math.floor(height / 2) - dy };
    const inside = (value, limit) => Math.min(limit - 1, Math.max(0, value));
    this.#setProbe({ x: inside(from.x + dx, width), y: inside(from.y + dy, height) });
    say(byId("readout").textContent);
  }

  #inPane({ clientX, clientY }) {
    const { left, top } = this.#surface.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top];
    const inside = (pane) => x >= pane.x && x < pane.x + pane.width && y >= pane.y && y < pane.y + pane.height;
    const pane = this.#panes().find(inside) ?? this.#panes()[0];
    return { x: x - pane.x, y: y - pane.y };
  }

  #point(event) {
    const { x, y } = this.#inPane(event);
    this.#setProbe(this.#viewport.pixelAt(x, y));
  }

  #setProbe(pixel) {
    this.#probe = pixel;
    byId("readout").replaceChildren(...(pixel ? readout(pixel, (path) => this.#pictureOf(path)) : []));
    this.redraw();
  }
}

const label = (path) => el("span", { class: `pane-label ${path}` }, el("span", { class: `mark ${path}` }), NAMES[path]);

function legend({ statistics, gain }) {
  const hottest = gain ? Math.ceil(255 / gain) : Math.max(1, statistics.most);
  return el("span", { class: "legend" }, "1", el("span", { class: "ramp", "aria-hidden": "true" }), `${hottest} of 255`);
}

function readout(pixel, pictureOf) {
  const colours = PATHS.filter(pictureOf).map((path) => [path, colourAt(pictureOf(path).bitmap, pixel)]);
  return [
    el("span", {}, `x ${pixel.x}`), el("span", {}, `y ${pixel.y}`),
    ...colours.map(([path, colour]) => swatch(path, colour)),
    colours.length === 2 && el("span", {}, `Δ ${apart(colours[0][1], colours[1][1])}`),
  ].filter(Boolean);
}

function swatch(path, [red, green, blue, alpha]) {
  const chip = el("span", { class: "chip", "aria-hidden": "true" });
  chip.style.setProperty("--colour", `rgb(${red} ${green} ${blue} / ${alpha / 255})`);
  return el("span", { class: "sample" }, el("b", { class: path }, NAMES[path]), chip, `${red} ${green} ${blue} ${alpha}`);
}

/** As the heat map measures it: the largest difference of a channel, premultiplied. */
function apart(a, b) {
  const lit = (colour, channel) => (channel === 3 ? colour[3] : Math.round((colour[channel] * colour[3]) / 255));
  return Math.max(...[0, 1, 2, 3].map((channel) => Math.abs(lit(a, channel) - lit(b, channel))));
}
