// What the page knows, in one place. Views watch the fields they show and are told when one of them changes.

export class Store {
  #watchers = [];

  constructor(state) {
    this.state = state;
  }

  /** Calls `view(state)` now and after every change of one of `fields`. */
  watch(fields, view) {
    this.#watchers.push({ fields, view });
    view(this.state);
  }

  set(changes) {
    const changed = Object.keys(changes).filter((name) => changes[name] !== this.state[name]);
    if (!changed.length) return;
    Object.assign(this.state, changes);
    for (const { fields, view } of this.#watchers) {
      if (fields.some((name) => changed.includes(name))) view(this.state);
    }
  }
}
