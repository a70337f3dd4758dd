// Which part of a picture is looked at, and how the pointer, the wheel and two fingers change it.

const MOST = 64;

export class Viewport {
  /** `scale`: pixels of the page per pixel of the picture; `x`, `y`: of the picture's corner in its pane. */
  scale = 1;
  x = 0;
  y = 0;
  fitted = true;
  #picture = { width: 1, height: 1 };
  #pane = { width: 1, height: 1 };

  /** A picture of another size is fitted anew; one of the same size is looked at where the last one was. */
  setPicture({ width, height }) {
    const same = width === this.#picture.width && height === this.#picture.height;
    this.#picture = { width, height };
    if (!same || this.fitted) this.fit();
  }

  setPane(pane) {
    const [dx, dy] = [(pane.width - this.#pane.width) / 2, (pane.height - this.#pane.height) / 2];
    this.#pane = pane;
    if (this.fitted) this.fit();
    else this.move(dx, dy);
  }

  get #least() {
    const { width, height } = this.#pane;
    const room = Math.min((width - 32) / this.#picture.width, (height - 32) / this.#picture.height);
    return Math.max(0.001, Math.min(8, room));
  }

  fit() {
    this.scale = Math.min(this.#least, this.#least > 1 ? Math.max(1, Math.floor(this.#least)) : 1);
    this.x = (this.#pane.width - this.#picture.width * this.scale) / 2;
    this.y = (this.#pane.height - this.#picture.height * this.scale) / 2;
    this.fitted = true;
  }

  /** To `scale`, with the point (x, y) of the pane staying where it is. */
  zoomTo(scale, x = this.#pane.width / 2, y = this.#pane.height / 2) {
    const to = Math.min(MOST, Math.max(Math.min(this.#least, 1) / 2, scale));
    this.x = x - ((x - this.x) * to) / this.scale;
    this.y = y - ((y - this.y) * to) / this.scale;
    [this.scale, this.fitted] = [to, false];
    this.#keepInSight();
  }

  move(dx, dy) {
    [this.x, this.y, this.fitted] = [this.x + dx, this.y + dy, false];
    this.#keepInSight();
  }

  #keepInSight() {
    const [width, height] = [this.#picture.width * this.scale, this.#picture.height * this.scale];
    const least = 48;
    this.x = Math.min(this.#pane.width - least, Math.max(least - width, this.x));
    this.y = Math.min(this.#pane.height - least, Math.max(least - height, this.y));
  }

  /** The pixel of the picture under a point of the pane, or null beside it. */
  pixelAt(x, y) {
    const pixel = { x: Math.floor((x - this.x) / this.scale), y: Math.floor((y - this.y) / this.scale) };
    return pixel.x >= 0 && pixel.y >= 0 && pixel.x < this.#picture.width && pixel.y < this.#picture.height ? pixel : null;
  }
}

/** Lets a pointer drag, a wheel and a pinch move `viewport`. `paneOf(event)`: the place in its pane; `changed()`. */
export function steer(surface, viewport, paneOf, changed) {
  const fingers = new Map();
  surface.addEventListener("pointerdown", (event) => {
    // What lies over the pictures, a problem's buttons or the divider, keeps its own clicks.
    if (event.button > 0 || !(event.target === surface || event.target.tagName === "CANVAS")) return;
    fingers.set(event.pointerId, event);
    surface.setPointerCapture(event.pointerId);
  });
  surface.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    if (fingers.size === 1) viewport.move(event.clientX - before.clientX, event.clientY - before.clientY);
    else pinch(fingers, event, viewport, paneOf);
    fingers.set(event.pointerId, event);
    changed();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    surface.addEventListener(end, (event) => fingers.delete(event.pointerId));
  }
  surface.addEventListener("wheel", (event) => wheel(event, viewport, paneOf, changed), { passive: false });
}

function pinch(fingers, event, viewport, paneOf) {
  const other = [...fingers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
  const before = fingers.get(event.pointerId);
  const apart = (finger) => Math.hypot(finger.clientX - other.clientX, finger.clientY - other.clientY) || 1;
  const middle = paneOf({ clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 });
  viewport.zoomTo((viewport.scale * apart(event)) / apart(before), middle.x, middle.y);
}

/** As in Figma: the wheel moves, with Ctrl or ⌘ (which is what a pinch on a pad sends) it zooms. */
function wheel(event, viewport, paneOf, changed) {
  const zooms = event.ctrlKey || event.metaKey;
  if (!zooms && viewport.fitted) return;
  event.preventDefault();
  const { x, y } = paneOf(event);
  if (zooms) viewport.zoomTo(viewport.scale * Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.005)), x, y);
  else viewport.move(-event.deltaX, -event.deltaY);
  changed();
}
