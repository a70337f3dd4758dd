"use strict";
// Arranges the pictures of each viewer. Every picture is in the page once; a view only decides which ones show.
const FLICKER_MS = 700;

function make(viewer) {
  const stage = viewer.querySelector(".stage");
  const figures = [...stage.querySelectorAll("figure")];
  const plain = figures.filter((figure) => !figure.dataset.of);
  const heats = figures.filter((figure) => figure.dataset.of);
  const pairs = heats.length ? heats.map((heat) => heat.dataset.of.split("|")) : [];
  const state = { mode: "side by side", pair: 0, zoom: 0, timer: 0 };
  const frame = document.createElement("div");
  frame.className = "over";
  const handle = document.createElement("div");
  handle.className = "handle";

  const named = (name) => plain.find((figure) => figure.dataset.name === name);

  function show() {
    clearInterval(state.timer);
    frame.remove();
    for (const figure of figures) {
      figure.hidden = false;
      figure.classList.remove("top");
      stage.append(figure);
    }
    if (state.mode === "side by side" || !pairs.length) {
      for (const heat of heats) heat.hidden = heat !== heats[state.pair];
    } else if (state.mode === "difference") {
      for (const figure of figures) figure.hidden = figure !== heats[state.pair];
    } else {
      overlay();
    }
    press();
  }

  function overlay() {
    const [below, above] = pairs[state.pair].map(named);
    for (const figure of figures) figure.hidden = figure !== below && figure !== above;
    frame.replaceChildren(below, above, handle);
    stage.append(frame);
    if (state.mode === "slider") {
      above.classList.add("top");
      handle.dataset.label = `${below.dataset.name} ◂▸ ${above.dataset.name}`;
      move(50);
      return;
    }
    let first = false;
    const swap = () => {
      first = !first;
      above.style.visibility = first ? "hidden" : "";
      handle.dataset.label = (first ? below : above).dataset.name;
    };
    frame.style.setProperty("--at", "-10px");
    swap();
    state.timer = setInterval(swap, FLICKER_MS);
  }

  function move(percent) {
    state.at = Math.min(100, Math.max(0, percent));
    for (const figure of plain) figure.style.visibility = "";
    frame.style.setProperty("--at", `${state.at}%`);
  }

  function press() {
    if (state.mode !== "flicker") for (const figure of plain) figure.style.visibility = "";
    for (const button of viewer.querySelectorAll("button")) {
      const { mode, zoom, pair } = button.dataset;
      const on = mode ? mode === state.mode : zoom ? Number(zoom) === state.zoom : Number(pair) === state.pair;
      button.setAttribute("aria-pressed", String(on));
    }
    stage.classList.toggle("fit", !state.zoom);
    for (const figure of figures) {
      const picture = figure.querySelector("img");
      if (state.zoom) picture.style.width = `${(picture.naturalWidth * state.zoom) / devicePixelRatio}px`;
      else picture.style.removeProperty("width");
    }
  }

  const drag = (event) => {
    if (state.mode !== "slider" || !event.buttons) return;
    const box = frame.getBoundingClientRect();
    move(((event.clientX - box.left) / box.width) * 100);
  };
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    drag(event);
  });
  handle.addEventListener("pointermove", drag);
  stage.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (state.mode !== "slider" || !step) return;
    event.preventDefault();
    move(state.at + step);
  });
  viewer.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { mode, zoom, pair } = button.dataset;
    if (mode) state.mode = mode;
    if (zoom) state.zoom = state.zoom === Number(zoom) ? 0 : Number(zoom);
    if (pair) state.pair = Number(pair);
    show();
  });

  const pick = viewer.querySelector(".pick");
  if (pairs.length > 1) {
    pairs.forEach(([first, second], number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.pair = String(number);
      button.textContent = `${first} – ${second}`;
      pick.append(button);
    });
  }
  if (!pairs.length) viewer.querySelector(".group").hidden = true;
  show();
}

document.querySelectorAll(".viewer").forEach(make);
