// A whole talk by a remote control: its two keys lead through all scenes of all tabs, a third one blacks the screen.
glassbox.remote = (() => {
  const { el } = glassbox;
  const PATIENCE = 10_000; // milliseconds that a scene may take until it is drawn
  let going = false; // to another scene: what is pressed until it is there is one press too many

  const walkOf = (scene) => scene?.querySelector(".gb-walk");
  const frame = () => new Promise(requestAnimationFrame);
  const chosen = (row) => row.findIndex((tab) => tab.getAttribute("aria-selected") === "true");

  /** The scene in view, once it is another one than `left` and its head and walk-through are drawn; else null. */
  async function arrived(left) {
    const latest = performance.now() + PATIENCE;
    while (performance.now() < latest) {
      const scene = glassbox.scene();
      if (scene && scene !== left && glassbox.sceneOf(scene) && walkOf(scene)?.walk) return scene;
      await frame();
    }
    return null;
  }

  /** Open the scene after the one in view, or before it: where the tab ends, in the next tab. Null at the ends. */
  async function leave(step) {
    const here = glassbox.scene(), { scenes, tabs } = glassbox.lecture;
    const beside = scenes()[chosen(scenes()) + step];
    if (beside) {
      beside.click();
      return arrived(here);
    }
    const next = tabs()[chosen(tabs()) + step];
    if (!next) return null;
    next.click();
    const there = await arrived(here);
    const end = scenes().at(step > 0 ? 0 : -1); // a tab opens with the scene that was last seen in it
    if (!there || end.getAttribute("aria-selected") === "true") return there;
    end.click();
    return arrived(there);
  }

  /** One step of the talk, ahead (1) or back (-1): the walk-through's next sentence, or the next scene's first. */
  async function turn(step) {
    if (going || lift()) return;
    glassbox.talk.uncover(); // the room sees where the talk goes
    const walk = walkOf(glassbox.scene()), to = walk ? walk.walk.at() + step : -1;
    if (walk && to >= 0 && to < walk.walk.steps.length) {
      walk.dispatchEvent(new CustomEvent("glassbox:step", { detail: to }));
      return;
    }
    going = true;
    try {
      const there = walkOf(await leave(step)), end = step > 0 ? 0 : Infinity;
      there?.dispatchEvent(new CustomEvent("glassbox:step", { detail: end }));
    } finally {
      going = false;
    }
  }

  const curtain = () => document.querySelector(".gb-black");
  /** Show the page again; whether it was black. */
  function lift() {
    const found = curtain();
    found?.remove();
    return Boolean(found);
  }
  /** Nothing but black, so that the room looks at the speaker; any key or a click brings the page back. */
  function black() {
    document.body.append(el("div", { class: "gb-black", role: "status", onclick: lift },
      el("span", { class: "gb-spoken" }, "The screen is black; any key brings the page back.")));
  }
  document.addEventListener("keydown", (event) => {
    if (!curtain() || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    lift();
  }, true);

  /** The whole screen, or back from it: what a remote's start key asks for. Phones have none, frames may not. */
  const full = () => {
    if (document.fullscreenElement) return document.exitFullscreen();
    return document.body.requestFullscreen?.().catch(() => glassbox.toast("This browser does not allow it here"));
  };

  return { turn, black, full };
})();
