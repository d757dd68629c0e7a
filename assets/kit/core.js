// The shared part of every component: how one is mounted, small DOM helpers, key handling.
window.glassbox = (() => {
  const views = {};
  const PATIENCE = 5000; // milliseconds

  /** Build an element: tag, attributes (functions become listeners), children. */
  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name === "html") node.innerHTML = value;
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return node;
  }

  /** Give a node these children. Those that it has stay: WebKit shows nothing of a canvas that is put back. */
  function fill(parent, ...nodes) {
    const same = parent.childNodes.length === nodes.length && nodes.every((node, i) => node === parent.childNodes[i]);
    if (!same) parent.replaceChildren(...nodes);
  }

  /** A long first value lies in a file; where that does not come, the view waits for its next value. */
  const stored = (path) => fetch(path).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);

  /** The server's functions. Gradio answers nothing where one could not be asked; here that is an error. */
  const asking = (server) =>
    new Proxy(server || {}, {
      get: (functions, name) => async (asked) =>
        (await functions[name](asked)) ?? { error: "The server does not answer." },
    });

  /** Draw a component: called once by each View's js_on_load. */
  async function mount(name, parts) {
    const root = parts.element.querySelector(".gb-view");
    root.setAttribute("aria-label", parts.props.label || name);
    const first = parts.props.value;
    if (first?.stored) {
      const value = await stored(first.stored);
      const faster = parts.props.value !== first && !parts.props.value?.stored; // a run's value came before
      if (!faster) parts.props.value = value;
      const settle = performance.now() + PATIENCE; // on a busy machine Gradio may take its time to hand it on
      while (parts.props.value?.stored && performance.now() < settle) await new Promise(requestAnimationFrame);
    }
    /** A view never sees the address of a value in place of the value. */
    const watch = (names, action) => parts.watch(names, (...now) => !parts.props.value?.stored && action(...now));
    if (!views[name]) {
      root.textContent = "This view's script did not load: reload the page.";
      root.classList.add("gb-trouble");
      return;
    }
    views[name]({ ...parts, root, watch, server: asking(parts.server) });
  }

  /** Run once the page has a body; the scripts may come before or after that. */
  const ready = (run) => (document.body ? run() : document.addEventListener("DOMContentLoaded", run));

  // For each of its components Gradio goes through the targets of all events, and does so by Svelte's proxies: a fourth
  // of the time until the page is there. Svelte leaves an array of another class as it is, and these never change.
  const events = window.gradio_config?.dependencies;
  if (events) Object.setPrototypeOf(events, (class extends Array {}).prototype);

  // Gradio counts seconds in each frame while something is awaited, and its sign for the page itself goes on when it is
  // gone: a page at rest would wake sixty times a second, on every phone. It counts while there is a sign to be seen.
  const frame = window.requestAnimationFrame.bind(window), COUNTS = /performance\.now\(\)[^;]*\/\s*1e3/;
  const awaited = () => document.querySelector("[data-testid='status-tracker']:not(.hide)");
  window.requestAnimationFrame = (call) => (COUNTS.test(call) && !awaited() ? 0 : frame(call));

  /** Whether an element can be seen, its tabs being open. */
  const visible = (node) => node.getClientRects().length > 0;

  /** The scene now on the page: its root element, or null while none is drawn. */
  const scene = () => [...document.querySelectorAll(".gb-scene")].find(visible) || null;

  /** The name of the scene that a view lies in, such as `convolution/filter`, once its head is drawn. */
  const sceneOf = (root) => root?.closest(".gb-scene")?.querySelector("[data-scene]")?.dataset.scene;

  // Whether the focus came where it is by the keyboard: then keys are meant for what has it.
  let byKeyboard = false;
  document.addEventListener("pointerdown", () => { byKeyboard = false; }, true);
  document.addEventListener("keydown", ({ key }) => { if (key === "Tab") byKeyboard = true; }, true);

  const WRITTEN =
    "input:not([type='radio'], [type='checkbox'], [type='range'], [type='button'], [type='file'], [readonly]), " +
    "textarea, [contenteditable='true'], " +
    "[aria-expanded='true'][role='listbox'], [aria-expanded='true'][role='combobox']";
  const MOVES = /^(Arrow|Page|Home$|End$)/;
  const MOVED = "input, select, [role='tab'], [role='listbox'], [role='combobox']";
  const PRESSED = "button, a[href], summary, select, input, [role='tab'], [role='button']";

  /**
   * Whether a key belongs to what has the focus, and not to the page. Where one writes, all of them do. Of the
   * browser's and Gradio's controls it is the keys that they know themselves, but only if one came there by Tab:
   * after a click the keys are the player's. Views of ours that know keys prevent the default of those.
   */
  function typing(key) {
    const node = document.activeElement;
    if (!node || node === document.body) return false;
    if (node.matches(WRITTEN) || node.closest("dialog[open]")) return true;
    if (!byKeyboard) return false;
    return (MOVES.test(key) && node.matches(MOVED)) || ([" ", "Enter"].includes(key) && node.matches(PRESSED));
  }

  /** Whether a key is pressed with another one that makes it the browser's, as Back is. */
  const modified = (event) => event.ctrlKey || event.metaKey || event.altKey;

  /** A short message at the foot of the page, read out by screen readers. */
  function toast(text) {
    const node = el("div", { class: "gb-toast", role: "status" }, text);
    document.body.append(node);
    setTimeout(() => node.remove(), 2200);
  }

  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  /**
   * The newest inputs of a run. A preset sets many controls at once and each of them asks for a run,
   * with what is set so far; requests may overtake each other, so all are given the last state.
   */
  const asked = {};
  async function newest(run, values) {
    asked[run] = values;
    // It is asked anew. Which scene is seen only a layout tells: nothing waits for that where none has failed.
    if (document.querySelector(".gb-scene.gb-failed")) scene()?.classList.remove("gb-failed");
    await new Promise((resolve) => setTimeout(resolve, 10));
    return asked[run];
  }

  /** After a run that failed: goes through only where its inputs are others than those that it was given. */
  function changed(run, values) {
    if (JSON.stringify(values) === JSON.stringify(asked[run])) throw new Error(`${run}: nothing has changed`);
    asked[run] = values;
  }

  /** What the views of one script tell each other: of each event those hear of it who asked, with its detail. */
  function channel() {
    const bus = new EventTarget();
    return {
      tell: (name, detail) => bus.dispatchEvent(new CustomEvent(name, { detail })),
      hear: (name, action) => bus.addEventListener(name, ({ detail }) => action(detail ?? undefined)),
    };
  }

  // What waits for a pause, and ends it where a person presses anything, or goes Back: see `resting`.
  const waiting = new Set();
  for (const event of ["pointerdown", "glassbox:travel"]) {
    document.addEventListener(event, () => waiting.forEach((run) => run()), true);
  }

  /**
   * What may be called often and runs once it was not called for some milliseconds; `cancel` forgets that it was.
   * It is run before a press, or a journey to another link, reaches anything: a preset that is chosen right after a
   * drag finds the controls as they are seen, or Gradio would take values that the drag began with for no change.
   */
  function resting(action, milliseconds) {
    let timer = 0;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(run, milliseconds);
      waiting.add(run);
    };
    const run = () => {
      later.cancel();
      action();
    };
    later.cancel = () => {
      clearTimeout(timer);
      waiting.delete(run);
    };
    return later;
  }

  /** Where a pointer is over an element: [x, y], from 0 at its left and top edge to 1, beyond them too. */
  function over(node, { clientX, clientY }) {
    const box = node.getBoundingClientRect();
    return [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
  }
  /** The same, for whoever dragged out of it: the nearest place inside. */
  const inside = (node, event) => over(node, event).map((share) => Math.max(0, Math.min(1, share)));
  /** [row, column] of the cell under a pointer, or of the nearest one, where equal cells fill an element. */
  function cellUnder(node, event, rows, columns) {
    const [x, y] = inside(node, event);
    return [Math.min(rows - 1, Math.floor(y * rows)), Math.min(columns - 1, Math.floor(x * columns))];
  }

  /** Whether a view stands on a stage that gives it a height, and does not grow with it (see stage.css). */
  const bounded = (root) => {
    const stage = root.closest(".gb-scene-stage");
    return Boolean(stage) && getComputedStyle(stage).getPropertyValue("--bounded").trim() === "1";
  };

  return {
    views, el, fill, bounded, mount, newest, changed, ready, visible, scene, sceneOf, typing, modified, toast, still,
    channel, resting, over, inside, cellUnder,
  };
})();
