// What stands around the scenes: top bar, scene heads, preset chips, walk-throughs, lecture mode.
(() => {
  const { el, views } = glassbox;
  const icon = (path) =>
    `<svg viewBox="0 0 24 24" aria-hidden="true" width="18" height="18" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${path}</svg>`;
  const ICONS = {
    lecture: icon('<path d="M3 4h18v11H3zM12 15v3M8 21l4-3 4 3"/>'),
    theme: icon('<path d="M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z"/>'),
    help: icon('<circle cx="12" cy="12" r="9"/><path d="M9.5 9.2a2.6 2.6 0 1 1 3.6 2.6c-.8.4-1.1.9-1.1 1.7M12 17h.01"/>'),
    link: icon('<path d="M10 14a4 4 0 0 0 6 .4l3-3a4.2 4.2 0 0 0-6-6l-1.200 1.200M14 10a4 4 0 0 0-6-.4l-3 3a4.200 4.200 0 0 0 6 6l1.200-1.200"/>'),
  };

  views["top-bar"] = ({ root, props }) => {
    if (props.value.lecture) document.body.classList.add("gb-lecture");
    const button = (name, label, action) =>
      el("button", { class: "gb-icon", type: "button", title: label, "aria-label": label, onclick: action, html: ICONS[name] });
    root.append(
      el("a", { class: "gb-brand", href: location.pathname, "aria-label": "Glassbox, start page", html: `${props.value.logo}<span>Glassbox</span>` }),
      el("p", { class: "gb-tagline" }, "Deep learning, live, with the lid off"),
      el("div", { class: "gb-tools" },
        button("lecture", "Lecture mode (L)", () => glassbox.lecture.toggle()),
        button("theme", "Dark or light (D)", () => glassbox.lecture.theme()),
        button("help", "Keys and help (?)", () => glassbox.lecture.help())),
    );
  };

  views["scene-head"] = ({ root, props, watch }) => {
    const draw = () => {
      const { key, title } = props.value;
      root.dataset.scene = key;
      glassbox.links.register(props.value);
      const copy = async () => {
        const address = glassbox.links.address(key);
        try {
          await navigator.clipboard.writeText(address);
          glassbox.toast("Link copied");
        } catch {
          window.prompt("Copy this link", address);
        }
      };
      root.replaceChildren(
        el("h2", {}, title),
        el("button", { class: "gb-copy", type: "button", onclick: copy, html: `${ICONS.link}<span>Copy link</span>` }));
    };
    draw();
    watch("value", draw);
  };

  views.chips = ({ root, props, trigger }) => {
    const chips = props.value.map(({ slug, title, slide, icon: picture }) =>
      el("button", { class: "gb-chip", type: "button", "data-slug": slug, "aria-pressed": "false",
        title: slide ? `Slide ${slide}` : null, onclick: () => trigger("select", { slug }), html: picture || null },
        el("span", {}, title)));
    root.append(...chips);
    const show = (slug) => chips.forEach((chip) => chip.setAttribute("aria-pressed", String(chip.dataset.slug === slug)));
    const own = () => glassbox.sceneOf(root);
    document.addEventListener("glassbox:state", ({ detail }) => {
      if (detail.key === own()) show(detail.preset);
    });
    if (own()) show(glassbox.links.preset(own()));
  };

  views.walk = ({ root, props }) => {
    const steps = props.value;
    let at = -1;
    const text = el("p", { "aria-live": "polite" });
    const count = el("span", { class: "gb-count" });
    const go = (next) => {
      at = Math.max(0, Math.min(steps.length - 1, next));
      text.textContent = steps[at].text;
      count.textContent = `${at + 1} / ${steps.length}`;
      back.disabled = at === 0;
      ahead.disabled = at === steps.length - 1;
      if (steps[at].preset) {
        root.closest(".gb-scene").querySelector(`.gb-chip[data-slug="${steps[at].preset}"]`)?.click();
      }
    };
    const back = el("button", { type: "button", class: "gb-step", "aria-label": "Previous step", onclick: () => go(at - 1) }, "‹");
    const ahead = el("button", { type: "button", class: "gb-step", "aria-label": "Next step", onclick: () => go(at + 1) }, "›");
    const start = el("button", { type: "button", class: "gb-start", onclick: () => { root.classList.add("open"); go(0); } }, `Walk me through it (${steps.length} steps)`);
    root.append(start, el("div", { class: "gb-walk-bar" }, back, count, ahead, text));
  };

  // Lecture mode: large type, high contrast, and the whole show by keyboard.
  glassbox.lecture = (() => {
    const on = () => document.body.classList.contains("gb-lecture");
    function set(active) {
      document.body.classList.toggle("gb-lecture", active);
      const fields = new URLSearchParams(location.search);
      if (active) fields.set("lecture", "1");
      else fields.delete("lecture");
      history.replaceState(history.state, "", `${location.pathname}?${fields}`);
      glassbox.links.write();
      window.dispatchEvent(new Event("resize"));
    }
    const toggle = () => set(!on());
    const theme = () => {
      document.body.classList.toggle("dark");
      document.dispatchEvent(new Event("glassbox:theme"));
    };

    const KEYS = [
      ["1 – 5", "open a tab"], ["[ ]", "previous, next scene"], ["← →", "one step back, ahead"],
      ["space", "play or pause"], ["L", "lecture mode"], ["D", "dark or light"], ["?", "this help"],
    ];
    function help() {
      const dialog = el("dialog", { class: "gb-help", "aria-label": "Keys", onclose: () => dialog.remove() },
        el("h2", {}, "Keys"),
        el("dl", {}, KEYS.map(([key, what]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, what)])),
        el("p", {}, "Every scene has a “Copy link” button: the link holds all of its controls."),
        el("form", { method: "dialog" }, el("button", { class: "gb-start" }, "Close")));
      document.body.append(dialog);
      return dialog.showModal();
    }

    const tabs = (root) => [...root.querySelectorAll('[role="tab"]')].filter(glassbox.visible);
    const outer = () => tabs(document.querySelector("#gb-tabs .tab-container") || document.querySelector("#gb-tabs"));
    function turn(step) {
      const row = tabs(glassbox.scene()?.closest(".gb-scenes")?.querySelector(".tab-container") || document.createElement("i"));
      const at = row.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
      row[at + step]?.click();
    }

    /** The player in view, which the arrow keys and the space bar drive. */
    const player = () => [...document.querySelectorAll("[data-player]")].find(glassbox.visible);
    const drive = (detail) => player()?.dispatchEvent(new CustomEvent("glassbox:drive", { detail }));

    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || glassbox.typing()) return;
      const actions = {
        ArrowLeft: () => drive("back"), ArrowRight: () => drive("ahead"), " ": () => drive("toggle"),
        "[": () => turn(-1), "]": () => turn(1), l: toggle, d: theme, "?": help,
      };
      let action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (/^[1-5]$/.test(event.key)) action = () => outer()[Number(event.key) - 1]?.click();
      if (event.key === " " && document.activeElement?.matches("button, a, summary, [role='tab']")) return;
      if (!action || (event.key.startsWith("Arrow") && document.activeElement?.matches("[role='tab']"))) return;
      event.preventDefault();
      action();
    });

    const fields = new URLSearchParams(location.search);
    glassbox.ready(() => {
      if (fields.get("lecture") === "1") document.body.classList.add("gb-lecture");
      const hidden = (fields.get("hide") || "").split(",").filter((name) => /^[\w-]+$/.test(name));
      if (hidden.length) {
        document.head.append(el("style", {}, `${hidden.map((name) => `.gb-control-${name}`).join(",")}{display:none!important}`));
      }
    });
    return { toggle, theme, help };
  })();
})();
