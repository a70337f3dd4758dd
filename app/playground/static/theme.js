// A plain script in the head, before anything is painted: a chosen theme must not flash in the other one first.
(() => {
  const NEXT = { auto: "light", light: "dark", dark: "auto" };

  function stored() {
    try {
      return localStorage.getItem("theme") ?? "auto";
    } catch {
      return "auto"; // storage may be switched off
    }
  }

  function apply(theme) {
    document.documentElement.dataset.theme = theme;
  }

  /** Goes on to the next of auto, light and dark, and answers which. */
  globalThis.nextTheme = () => {
    const theme = NEXT[document.documentElement.dataset.theme] ?? "auto";
    apply(theme);
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // then it lasts as long as the page
    }
    return theme;
  };
  apply(stored());
})();
