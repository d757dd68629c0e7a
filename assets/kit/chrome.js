// What stands around the scenes: top bar, scene heads, preset chips.
(() => {
  const { el, views } = glassbox;
  const icon = (path) =>
    `<svg viewBox="0 0 24 24" aria-hidden="true" width="18" height="18" fill="none" stroke="currentColor" ` +
    `stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${path}</svg>`;
  const ICONS = {
    head: icon('<path d="M4 5h16M4 10h10M4 15h16M4 20h7"/>'),
    desk: icon('<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>'),
    lecture: icon('<path d="M3 4h18v11H3zM12 15v3M8 21l4-3 4 3"/>'),
    code: icon('<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 20h2"/>'),
    theme: icon('<path d="M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z"/>'),
    help: icon(
      '<circle cx="12" cy="12" r="9"/><path d="M9.5 9.2a2.6 2.6 0 1 1 3.6 2.6c-.8.4-1.1.9-1.1 1.7M12 17h.01"/>',
    ),
    link: icon(
      '<path d="M10 14a4 4 0 0 0 6 .4l3-3a4.2 4.2 0 0 0-6-6l-1.2 1.2' +
        'M14 10a4 4 0 0 0-6-.4l-3 3a4.2 4.2 0 0 0 6 6l1.2-1.2"/>',
    ),
  };

  /** A picture of the user's without a preview, a broken image of Gradio's: the file may be none, or a TIFF. */
  const preview = ({ type, target }) =>
    target.closest?.(".image-frame")?.classList.toggle("gb-no-preview", type === "error");
  for (const name of ["error", "load"]) document.addEventListener(name, preview, true);

  /** One message of Gradio's at a time: the newest. Of one kind it keeps them in one box, whose last one is seen. */
  glassbox.ready(() => {
    const boxes = () => [...document.querySelectorAll(".toast-item")];
    let seen = new Set();
    new MutationObserver(() => {
      const all = boxes(), other = all.filter((box) => !seen.has(box));
      if (other.length) all.filter((box) => box !== other.at(-1)).forEach(dismiss);
      seen = new Set(all);
    }).observe(document.body, { childList: true, subtree: true });
  });
  const dismiss = (box) => box.querySelector(".toast-close")?.click();

  /** The file that a scene was given cannot be used: its stage says why, instead of what it showed before. */
  glassbox.failed = (key) => {
    const scene = document.querySelector(`[data-scene="${key}"]`)?.closest(".gb-scene");
    const boxes = [...document.querySelectorAll(".toast-item")].filter((box) => box.querySelector(".error"));
    const why = boxes.at(-1)?.querySelector(".toast-message-item:last-of-type .toast-message-text")?.textContent;
    if (!scene || !why) return;
    let said = scene.querySelector(":scope > .gb-said");
    if (!said) scene.append((said = el("p", { class: "gb-missing gb-said", role: "status" })));
    said.textContent = why;
    scene.classList.add("gb-failed");
    // Once is enough, where it can be read on the stage.
    const { top, bottom } = said.getBoundingClientRect();
    if (said.checkVisibility() && top >= 0 && bottom <= innerHeight) boxes.forEach(dismiss);
  };

  // Gradio gives every radio button a name of its own: with one name for a group the arrow keys move within it, and
  // Tab goes past it. Groups that are drawn later are named when somebody comes near.
  let groups = 0;
  function named() {
    for (const group of document.querySelectorAll("fieldset")) {
      const radios = [...group.querySelectorAll('input[type="radio"]')];
      if (radios.length < 2 || radios.every(({ name }) => name === radios[0].name)) continue;
      const name = `gb-group-${(groups += 1)}`;
      radios.forEach((radio) => radio.setAttribute("name", name));
    }
  }
  document.addEventListener("keydown", ({ key }) => key === "Tab" && named(), true);
  const MENU = "input[role='combobox'], input[role='listbox']"; // by Gradio's version
  // At Tab a menu of Gradio's takes the focus from itself, and gives it to nothing: the browser knows whither.
  // Not to the list of its options, which scrolls, so that Chromium would stop there, and is gone with the focus.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || !event.target.matches?.(MENU)) return;
    event.stopPropagation();
    for (const list of document.querySelectorAll("ul[role='listbox']")) list.tabIndex = -1;
  }, true);
  document.addEventListener("focusin", ({ target }) => target.matches?.('input[type="radio"]') && named());
  /** Example photos are buttons whose one content is a picture without words: their file's name says what it shows. */
  const captioned = () => {
    for (const button of document.querySelectorAll(".gallery-item:not([aria-label])")) {
      const file = decodeURIComponent(button.querySelector("img")?.src.split("/").pop() || "");
      const name = file.replace(/^glassbox-/, "").replace(/\.\w+$/, "").replaceAll("-", " ");
      if (name) button.setAttribute("aria-label", `Example: ${name}`);
    }
  };
  let tidying = 0; // what Gradio drew is named once it has come to rest
  glassbox.ready(() => {
    new MutationObserver(() => {
      tidying ||= setTimeout(() => {
        tidying = 0;
        named();
        captioned();
      }, 200);
    }).observe(document.body, { childList: true, subtree: true });
  });

  /** Where the scenes are a row that scrolls sideways, the chosen one is in the middle of it. */
  const central = () => {
    const row = glassbox.scene()?.closest(".gb-scenes")?.querySelector(".tab-container");
    const chosen = row?.querySelector("[role='tab'][aria-selected='true']");
    if (!chosen || row.scrollWidth <= row.clientWidth) return;
    const [one, all] = [chosen.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += one.left + one.width / 2 - all.left - all.width / 2;
  };
  document.addEventListener("glassbox:arrive", () => requestAnimationFrame(central));

  views["top-bar"] = ({ root, props, trigger }) => {
    document.addEventListener("glassbox:travel", ({ detail }) => trigger("select", detail));
    if (props.value.lecture && !glassbox.lecture.phone()) document.body.classList.add("gb-lecture");
    const button = (name, label, action, kind = "") =>
      el("button", {
        class: `gb-icon ${kind}`, type: "button", title: label, "aria-label": label, onclick: action, html: ICONS[name],
      });
    root.append(
      el("a", {
        class: "gb-brand",
        href: location.pathname,
        "aria-label": "Glassbox, start page",
        html: `${props.value.logo}<span>Glassbox</span>`,
      }),
      el("p", { class: "gb-tagline" }, "Deep learning, live, with the lid off"),
      el("div", { class: "gb-tools" },
        button("head", "Tabs, scenes and presets (P)", () => glassbox.lecture.sheet("head"), "gb-presenting-only"),
        button("desk", "Controls (C)", () => glassbox.lecture.sheet("desk"), "gb-presenting-only"),
        button("code", "QR code of what is in view (Q)", () => glassbox.talk.code()),
        button("lecture", "Lecture mode (L)", () => glassbox.lecture.toggle()),
        button("theme", "Dark or light (D)", () => glassbox.lecture.theme()),
        button("help", "Keys and help (?)", () => glassbox.lecture.help())),
    );
  };

  views["scene-head"] = ({ root, props, watch }) => {
    let offer = () => {};
    document.addEventListener("glassbox:state", ({ detail }) => detail.key === props.value.key && offer());
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
      const more = el("button", { class: "gb-copy gb-lead-more", type: "button", "aria-expanded": "false" }, "More");
      more.addEventListener("click", () => {
        const open = root.closest(".gb-head").classList.toggle("open");
        more.setAttribute("aria-expanded", String(open));
        more.textContent = open ? "Less" : "More";
      });
      const undo = el("button", {
        class: "gb-copy gb-undo", type: "button", title: "Undo the last change (Ctrl+Z)", "aria-label": "Undo",
        onclick: () => glassbox.links.undo(key),
      }, "↶");
      const reset = el("button", {
        class: "gb-copy gb-reset", type: "button", title: "Back to what the preset set",
        onclick: () => glassbox.links.reset(key),
      }, "Reset");
      offer = () => {
        undo.disabled = !glassbox.links.undoable(key);
        reset.disabled = !glassbox.links.resettable(key);
      };
      offer();
      const controls = Object.keys(props.value.defaults).length > 0;
      root.replaceChildren(
        el("h2", {}, title),
        more,
        ...(controls ? [undo, reset] : []),
        el("button", { class: "gb-copy", type: "button", onclick: copy, html: `${ICONS.link}<span>Copy link</span>` }));
    };
    draw();
    watch("value", draw);
    // The lead shows two lines at most; only where it has more is there something to open.
    const lead = root.closest(".gb-head")?.querySelector(".gb-lead");
    const measure = () => {
      const text = lead.querySelector("p");
      const cut = text && text.scrollHeight > text.clientHeight + 3;
      if (!lead.closest(".gb-head").classList.contains("open")) root.classList.toggle("cut", Boolean(cut));
    };
    if (lead) new ResizeObserver(measure).observe(lead);
  };

  views.chips = ({ root, props, trigger }) => {
    const choose = (slug) => {
      glassbox.links.choose(own(), slug);
      trigger("select", { slug });
      glassbox.lecture.sheet(null); // to see what was chosen
    };
    const chips = props.value.map(({ slug, title, slide, icon: picture }) =>
      el("button", { class: "gb-chip", type: "button", "data-slug": slug, "aria-pressed": "false",
        title: slide ? `Slide ${slide}` : null, html: picture || null, onclick: () => choose(slug) },
        el("span", {}, title)));
    const row = el("div", { class: "gb-chip-row" }, chips);
    const more = el("button", { class: "gb-chip gb-chips-more", type: "button", "aria-expanded": "false" });
    const open = (wide) => {
      root.classList.toggle("open", wide);
      more.setAttribute("aria-expanded", String(wide));
      more.textContent = wide ? "Fewer" : `All ${chips.length}`;
      if (wide) row.scrollTop = 0;
    };
    more.addEventListener("click", () => open(!root.classList.contains("open")));
    open(false);
    root.append(row, more);
    // One row, where the scene has a stage: the chosen one is scrolled into it.
    const seen = () => {
      const chip = row.querySelector('[aria-pressed="true"]');
      root.classList.toggle("cut", row.scrollHeight > row.clientHeight + 8);
      if (!chip || root.classList.contains("open")) return;
      const [one, all] = [chip.getBoundingClientRect(), row.getBoundingClientRect()];
      if (one.top < all.top - 4 || one.bottom > all.bottom + 4) row.scrollTop += one.top - all.top;
      if (one.left < all.left || one.right > all.right) row.scrollLeft += one.left - all.left;
    };
    new ResizeObserver(seen).observe(row);
    let shown = null;
    const show = (slug) => {
      if (slug === shown) return; // asking where a chip lies costs a layout, at each step of a slider
      shown = slug;
      chips.forEach((chip) => chip.setAttribute("aria-pressed", String(chip.dataset.slug === slug)));
      seen();
    };
    const own = () => glassbox.sceneOf(root);
    document.addEventListener("glassbox:state", ({ detail }) => {
      if (detail.key === own()) show(detail.preset);
    });
    if (own()) show(glassbox.links.preset(own()));
  };
})();
