// The shared part of every component: how one is mounted, small DOM helpers, key handling.
window.glassbox = (() => {
  const views = {};

  /** Build an element: tag, attributes (functions become listeners), children. */
  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name === "html") node.innerHTML = value;
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
  }

  /** A long first value lies in a file; where that does not come, the view waits for its next value. */
  const stored = (path) => fetch(path).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);

  /** The server's functions. Gradio answers nothing where one could not be asked; here that is an error as any other. */
  const asking = (server) => new Proxy(server || {}, {
    get: (functions, name) => async (asked) => (await functions[name](asked)) ?? { error: "The server does not answer." },
  });

  /** Draw a component: called once by each View's js_on_load. */
  async function mount(name, parts) {
    const root = parts.element.querySelector(".gb-view");
    root.setAttribute("aria-label", parts.props.label || name);
    const first = parts.props.value;
    if (first?.stored) {
      const value = await stored(first.stored);
      if (parts.props.value === first || parts.props.value?.stored) parts.props.value = value; // unless a run was faster
    }
    views[name]({ ...parts, root, server: asking(parts.server) });
  }

  /** Run once the page has a body; the scripts may come before or after that. */
  const ready = (run) => (document.body ? run() : document.addEventListener("DOMContentLoaded", run));

  /** Whether an element can be seen, its tabs being open. */
  const visible = (node) => node.offsetParent !== null;

  /** The scene now on the page: its root element, or null while none is drawn. */
  const scene = () => [...document.querySelectorAll(".gb-scene")].find(visible) || null;

  /** The name of the scene that a view lies in, such as `convolution/filter`, once its head is drawn. */
  const sceneOf = (root) => root?.closest(".gb-scene")?.querySelector("[data-scene]")?.dataset.scene;

  /** Whether keys belong to what has the focus, and not to the page. */
  const typing = () => {
    const node = document.activeElement;
    if (!node || node === document.body) return false;
    const control = "input, textarea, select, [contenteditable='true'], [role='slider'], [role='grid'], [role='listbox'], dialog";
    return node.matches(control) || Boolean(node.closest("dialog[open], [data-keys]"));
  };

  /** A short message at the foot of the page, read out by screen readers. */
  function toast(text) {
    const node = el("div", { class: "gb-toast", role: "status" }, text);
    document.body.append(node);
    setTimeout(() => node.remove(), 2200);
  }

  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  /** A number as people write it: whole numbers without decimals, others with at most `digits`. */
  function number(value, digits = 2) {
    if (!Number.isFinite(value)) return "–";
    const rounded = Number(value.toFixed(digits));
    return String(Object.is(rounded, -0) ? 0 : rounded).replace("-", "−");
  }

  /** The diverging colour of a value: blue below zero, orange above, paper at zero. */
  function diverging(value, limit) {
    const strength = limit > 0 ? Math.min(1, Math.abs(value) / limit) : 0;
    const hue = value < 0 ? "var(--gb-minus)" : "var(--gb-plus)";
    return `color-mix(in oklab, ${hue} ${Math.round(100 * strength)}%, var(--gb-zero))`;
  }

  /**
   * The newest inputs of a run. A preset sets many controls at once and each of them asks for a run,
   * with what is set so far; requests may overtake each other, so all are given the last state.
   */
  const asked = {};
  async function newest(run, values) {
    asked[run] = values;
    await new Promise((resolve) => setTimeout(resolve, 10));
    return asked[run];
  }

  return { views, el, mount, newest, ready, visible, scene, sceneOf, typing, toast, still, number, diverging };
})();
