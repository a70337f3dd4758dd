// Puts pictures onto the stage's canvas. It knows panes, a viewport and bitmaps, and nothing of where they come from.

const GRID_FROM = 14;
const PROBE_FROM = 6;

export class Painter {
  #canvas; #context; #colours = {}; #tile = null;

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    this.readColours();
  }

  /** The theme's colours; to be called again when it changes. */
  readColours() {
    const style = getComputedStyle(this.#canvas);
    for (const name of ["tile-a", "tile-b", "cpu", "gpu", "focus", "edge"]) this.#colours[name] = style.getPropertyValue(`--${name}`).trim();
    this.#tile = this.#context.createPattern(this.#chequers(), "repeat");
  }

  #chequers() {
    const canvas = new OffscreenCanvas(16, 16);
    const context = canvas.getContext("2d");
    context.fillStyle = this.#colours["tile-a"];
    context.fillRect(0, 0, 16, 16);
    context.fillStyle = this.#colours["tile-b"];
    context.fillRect(0, 0, 8, 8);
    context.fillRect(8, 8, 8, 8);
    return canvas;
  }

  /** `width`, `height`: in CSS pixels. */
  begin(width, height) {
    const ratio = devicePixelRatio || 1;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== across || this.#canvas.height !== down) Object.assign(this.#canvas, { width: across, height: down });
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#context.clearRect(0, 0, width, height);
  }

  /** `picture`: {bitmap, vector, faded}; `clip`: the part of the pane it may cover, in CSS pixels. */
  picture(pane, viewport, { bitmap, vector, faded }, clip = pane) {
    const context = this.#context;
    const [x, y] = [pane.x + viewport.x, pane.y + viewport.y];
    const [width, height] = [bitmap.width * viewport.scale, bitmap.height * viewport.scale];
    this.#clipped(clip, () => {
      context.fillStyle = this.#tile;
      context.fillRect(x, y, width, height);
      context.globalAlpha = faded ? 0.35 : 1;
      // Pixels stay square and hard once they are larger than the screen's.
      context.imageSmoothingEnabled = viewport.scale < 1;
      context.imageSmoothingQuality = "high";
      context.drawImage(bitmap, x, y, width, height);
      context.globalAlpha = 1;
      if (viewport.scale >= GRID_FROM && !vector) this.#grid(pane, x, y, bitmap, viewport.scale);
    });
  }

  #grid(pane, x, y, { width, height }, scale) {
    const context = this.#context;
    const first = { x: Math.max(0, Math.floor((pane.x - x) / scale)), y: Math.max(0, Math.floor((pane.y - y) / scale)) };
    context.beginPath();
    for (let column = first.x; column <= width && x + column * scale <= pane.x + pane.width; column++) {
      context.moveTo(x + column * scale, y);
      context.lineTo(x + column * scale, y + height * scale);
    }
    for (let line = first.y; line <= height && y + line * scale <= pane.y + pane.height; line++) {
      context.moveTo(x, y + line * scale);
      context.lineTo(x + width * scale, y + line * scale);
    }
    context.strokeStyle = "rgb(128 128 128 / 0.35)";
    context.lineWidth = 1;
    context.stroke();
  }

  /** The node that is selected: a box in pixels of the picture. */
  outline(pane, viewport, box) {
    this.#clipped(pane, () => this.#frame(pane, viewport, box, this.#colours.focus, 2));
  }

  /** The pixel that the readout is about, where it is large enough to be seen. */
  probe(pane, viewport, { x, y }) {
    if (viewport.scale < PROBE_FROM) return;
    this.#clipped(pane, () => {
      this.#frame(pane, viewport, { x, y, width: 1, height: 1 }, "#000", 3);
      this.#frame(pane, viewport, { x, y, width: 1, height: 1 }, "#fff", 1.5);
    });
  }

  #frame(pane, { x, y, scale }, box, colour, line) {
    this.#context.strokeStyle = colour;
    this.#context.lineWidth = line;
    this.#context.strokeRect(
      pane.x + x + box.x * scale - line / 2, pane.y + y + box.y * scale - line / 2,
      box.width * scale + line, box.height * scale + line,
    );
  }

  divider(x, height) {
    this.#context.fillStyle = this.#colours.edge;
    this.#context.fillRect(x - 1, 0, 2, height);
  }

  #clipped({ x, y, width, height }, draw) {
    this.#context.save();
    this.#context.beginPath();
    this.#context.rect(x, y, width, height);
    this.#context.clip();
    draw();
    this.#context.restore();
  }
}

const eye = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

/** [red, green, blue, alpha] of one pixel, each 0…255. */
export function colourAt(bitmap, { x, y }) {
  eye.clearRect(0, 0, 1, 1);
  eye.drawImage(bitmap, x, y, 1, 1, 0, 0, 1, 1);
  return [...eye.getImageData(0, 0, 1, 1).data];
}
