// Walk-throughs, and lecture mode: large type, high contrast, and the whole show by keyboard.
(() => {
  const { el, views } = glassbox;

  /**
   * One sentence at a time, each of which may choose a preset. In a lecture the sentence stands under the stage: until
   * somebody turns them, the first one whose state is in view. Where somebody has gone on to another state, it says so
   * and leads back.
   */
  views.walk = ({ root, props }) => {
    const steps = props.value;
    const own = () => glassbox.sceneOf(root);
    let at = -1, waiting = 0, turned = false;
    let due = ""; // a preset that was asked for and is not there yet: till then nobody has gone on from it
    const text = el("p", { "aria-live": "polite" });
    const count = el("span", { class: "gb-count" });
    const button = (kind, name, action, sign) =>
      el("button", { type: "button", class: kind, "aria-label": name, onclick: action }, sign);
    const back = button("gb-step", "Previous step", () => go(at - 1), "‹");
    const ahead = button("gb-step", "Next step", () => go(at + 1), "›");
    const again = button("gb-start gb-again", "Show this step again", () => go(at), "↺ Back to this step");
    const start = el("button", { type: "button", class: "gb-start", onclick: () => go(0) },
      `Walk me through it (${steps.length} steps)`);
    root.append(start, el("div", { class: "gb-walk-bar" }, back, count, ahead, text, again));

    function tell(step) {
      at = Math.max(0, Math.min(steps.length - 1, step));
      text.textContent = steps[at].text;
      count.textContent = `${at + 1} / ${steps.length}`;
      back.disabled = at === 0;
      ahead.disabled = at === steps.length - 1;
      root.classList.remove("aside");
      root.classList.add("told");
      document.dispatchEvent(new Event("glassbox:told"));
    }
    function go(step) {
      turned = true;
      tell(step);
      root.classList.add("open");
      const { preset } = steps[at];
      due = preset === glassbox.links.preset(own()) ? "" : preset;
      if (preset) root.closest(".gb-scene").querySelector(`.gb-chip[data-slug="${preset}"]`)?.click();
    }
    /** Compare with the state in view, once it rests: a preset sets one control after the other. */
    function compare() {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const here = own() && glassbox.links.preset(own());
        if (here === due) due = "";
        const first = steps.findIndex((step) => !step.preset || step.preset === here);
        const follows = !turned && glassbox.lecture.on() && glassbox.links.opened();
        if (follows && first >= 0) tell(first);
        else if (at >= 0) root.classList.toggle("aside", !due && ![undefined, "", here].includes(steps[at].preset));
      }, 400);
    }
    root.addEventListener("glassbox:turn", ({ detail }) => go(at + detail));
    root.addEventListener("glassbox:step", ({ detail }) => go(detail));
    root.walk = { steps, at: () => at };
    document.addEventListener("glassbox:state", ({ detail }) => detail.key === own() && compare());
    document.addEventListener("glassbox:lecture", compare);
    document.addEventListener("pointerdown", () => { due = ""; }, true);
    compare();
  };

  glassbox.lecture = (() => {
    const on = () => document.body.classList.contains("gb-lecture");
    /** Whether the window is a phone's: there a link to a lecture, or an app that is for one, opens as any other. */
    const phone = () => innerWidth < 600;
    /** The body's classes say what the styles cannot see: whether the scene in view has a stage, a sheet over it. */
    function arrive() {
      const staged = glassbox.scene()?.classList.contains("gb-staged");
      document.body.classList.toggle("gb-on-stage", Boolean(staged));
      if (!staged || !on()) sheet(null);
      document.dispatchEvent(new Event("glassbox:lecture"));
    }
    const SHEETS = ["head", "desk"];
    /** Put the head or the desk over the stage, or take it away where it is. */
    function sheet(name) {
      const classes = document.body.classList;
      for (const one of SHEETS) {
        const there = classes.contains(`gb-sheet-${one}`);
        classes.toggle(`gb-sheet-${one}`, one === name && !there && on() && classes.contains("gb-on-stage"));
      }
    }
    function set(active) {
      document.body.classList.toggle("gb-lecture", active);
      glassbox.links.write();
      arrive();
      window.dispatchEvent(new Event("resize"));
    }
    const toggle = () => set(!on());
    const theme = () => {
      glassbox.links.paint(document.body.classList.toggle("dark") ? "dark" : "light");
      document.dispatchEvent(new Event("glassbox:theme"));
    };

    const keys = () => [
      [`1 – ${outer().length}`, "open a tab"], ["[ ]", "previous, next scene"], ["← →", "one step back, ahead"],
      ["space", "play or pause"], ["Page Up, Page Down", "turn the walk-through; in lecture mode on to the next scene"],
      ["P", "in lecture mode: tabs, scenes and presets"], ["C", "in lecture mode: controls"],
      ["B .", "in lecture mode: a black screen"], ["F5", "in lecture mode: the whole screen"],
      ["Ctrl Z", "undo the last change of the scene"],
      ["Q", "QR code of what is in view"], ["S", "speaker’s notes"],
      ["L", "lecture mode"], ["D", "dark or light"], ["?", "this help"],
    ];
    function help() {
      const more = (name, onclick) => el("button", { class: "gb-start", type: "button", onclick }, name);
      const dialog = el("dialog", { class: "gb-help", "aria-label": "Keys", onclose: () => dialog.remove() },
        el("h2", {}, "Keys"),
        el("dl", {}, keys().map(([key, what]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, what)])),
        el("p", {}, "After a click keys move the player; after Tab they move what has the focus."),
        el("p", {}, "Every scene has a “Copy link” button: the link holds all of its controls."),
        el("p", { class: "gb-help-more" },
          more("Speaker’s notes", glassbox.talk.notes), more("Handout of this tab", glassbox.talk.handout)),
        el("form", { method: "dialog" }, el("button", { class: "gb-start", autofocus: true }, "Close")));
      document.body.append(dialog);
      return dialog.showModal();
    }

    const tabs = (root) => [...root.querySelectorAll('[role="tab"]')].filter(glassbox.visible);
    const outer = () => tabs(document.querySelector("#gb-tabs .tab-container") || document.querySelector("#gb-tabs"));
    const inner = () =>
      tabs(glassbox.scene()?.closest(".gb-scenes")?.querySelector(".tab-container") || document.createElement("i"));
    function turn(step) {
      const row = inner();
      const at = row.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
      row[at + step]?.click();
    }

    /** The player in view, which the arrow keys and the space bar drive. */
    const player = () => [...document.querySelectorAll("[data-player]")].find(glassbox.visible);
    const drive = (detail) => player()?.dispatchEvent(new CustomEvent("glassbox:drive", { detail }));

    /** Page Up and Page Down lead through the whole talk in a lecture; else they turn a walk-through that is open. */
    const page = (detail) => {
      if (on()) return () => glassbox.remote.turn(detail);
      const walk = glassbox.scene()?.querySelector(".gb-walk.open");
      return walk && (() => walk.dispatchEvent(new CustomEvent("glassbox:turn", { detail })));
    };

    const staged = () => on() && document.body.classList.contains("gb-on-stage");
    /** On many keyboards a bracket takes Option, or AltGr, which may count as Ctrl and Alt; with Cmd it is Back. */
    const modified = (event) =>
      ["[", "]"].includes(event.key)
        ? event.metaKey || (event.ctrlKey && !event.getModifierState("AltGraph"))
        : glassbox.modified(event);
    const REMOTE = ["PageUp", "PageDown", "b", ".", "F5"]; // the keys of a remote: the code of the page gives way
    let taken = ""; // the key that is down and was the page's: a button under the focus must not be pressed by it
    document.addEventListener("keydown", (event) => {
      taken = "";
      if (modified(event) || event.defaultPrevented) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const covered = REMOTE.includes(key) && document.querySelector(".gb-code");
      if (!covered && glassbox.typing(event.key)) return;
      const own = glassbox.scene()?.querySelector("[data-own-keys]")?.dataset.ownKeys || "";
      if (own.includes(event.key.toLowerCase())) return; // an answer of the quiz's, say
      const actions = {
        ArrowLeft: () => drive("back"),
        ArrowRight: () => drive("ahead"),
        " ": () => drive("toggle"),
        PageUp: page(-1),
        PageDown: page(1),
        "[": () => turn(-1),
        "]": () => turn(1),
        l: toggle,
        d: theme,
        q: () => glassbox.talk.code(),
        s: () => glassbox.talk.notes(),
        "?": help,
        b: on() && glassbox.remote.black,
        ".": on() && glassbox.remote.black,
        F5: on() && glassbox.remote.full,
        p: staged() && (() => sheet("head")),
        c: staged() && (() => sheet("desk")),
        Escape: staged() && (() => sheet(null)),
      };
      let action = actions[key];
      if (/^[1-9]$/.test(event.key)) action = () => outer()[Number(event.key) - 1]?.click();
      if (!action) return;
      if (covered) glassbox.talk.uncover();
      event.preventDefault();
      taken = event.key;
      action();
    });
    document.addEventListener("keyup", (event) => {
        if (event.key === taken && event.key === " ") event.preventDefault();
    }, true);

    const fields = new URLSearchParams(location.search);
    glassbox.ready(() => {
      if (fields.get("lecture") === "1" && !phone()) document.body.classList.add("gb-lecture");
      document.addEventListener("glassbox:arrive", () => requestAnimationFrame(arrive));
      const hidden = (fields.get("hide") || "").split(",").filter((name) => /^[\w-]+$/.test(name));
      if (hidden.length) {
        document.head.append(
          el("style", {}, `${hidden.map((name) => `.gb-control-${name}`).join(",")}{display:none!important}`),
        );
      }
    });
    return { toggle, theme, help, sheet, on, phone, tabs: outer, scenes: inner };
  })();
})();
