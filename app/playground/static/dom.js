// Elements without markup: nothing that a document or a server says is ever read as HTML.

export const byId = (id) => document.getElementById(id);

/** An element. `attributes`: an `on…` function is a listener, true is an empty attribute, false and null are none. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

/** Text that screen readers say once, for what is otherwise only to be seen. */
export function say(text) {
  const place = byId("said");
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = text; });
}

export function milliseconds(value) {
  if (value < 0.095) return `${value.toFixed(2)} ms`;
  if (value < 99.5) return `${value.toFixed(1)} ms`;
  return value < 9999 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

export function bytes(count) {
  if (count < 1000) return `${count} B`;
  return count < 999_500 ? `${(count / 1000).toFixed(count < 9950 ? 1 : 0)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

export const whole = (number) => number.toLocaleString("en");
