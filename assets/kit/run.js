// Runs of a network, for every scene that has one: the film of its steps, Draw and Stop, and drawing by link.
(() => {
  /**
   * The steps of a run as pictures that can be drawn at once: {take(value), paint(canvas, part, step), frames()}.
   * Each value holds what is new. Where steps came faster than values were seen some are missing at the end:
   * `ask({run, steps})` brings them.
   */
  glassbox.runFilm = (ask = null) => {
    let frames = [],
      films = [],
      faces = null,
      run = null,
      ready = Promise.resolve();
    const load = async (uris) =>
      Object.fromEntries(
        await Promise.all(
          Object.entries(uris).map(async ([name, uri]) => [name, await glassbox.picture(uri)]),
        ),
      );
    function add(value, film) {
      value.frames.forEach((frame, i) => {
        frames[value.first + i] = frame;
        films[value.first + i] = { film, row: i, rows: value.frames.length };
      });
    }
    /** Ask for the steps that are missing of so many; those that are not to be had are left out. */
    async function repair(count) {
      const steps = Array.from({ length: count }, (_, i) => i).filter((i) => !films[i]);
      if (!steps.length) return;
      const { values = [] } = ask ? await ask({ run, steps }) : {};
      for (const value of values) add(value, await load(value.film));
      [frames, films] = [frames.filter(Boolean), films.filter(Boolean)];
    }
    /** Take in a value; resolves to whether it began another run, once its pictures are decoded. */
    function take(value) {
      const before = ready;
      ready = (async () => {
        const [film, finished] = await Promise.all([
          load(value.film),
          value.faces ? glassbox.picture(value.faces) : null,
        ]);
        await before.catch(() => {}); // a picture that failed was another value's: the end repairs it
        const other = value.run !== run;
        if (other) [frames, films, faces] = [[], [], null];
        run = value.run;
        add(value, film);
        if (value.done) await repair(value.first + value.frames.length);
        faces = finished || faces;
        return other;
      })();
      return ready;
    }
    /** Draw a part of a step's sheet: where from (x, y, side in pixels of the sheet; all of it where left out). */
    function paint(canvas, part, step, from = null) {
      const held = films[step];
      if (!held) return;
      const last = faces && step === frames.length - 1 && part !== "noise";
      const image = last ? faces : held.film[part];
      const height = last ? image.naturalHeight : image.naturalHeight / held.rows;
      const top = last ? 0 : held.row * height;
      const [x, y, width, tall] = from ? [from.x, from.y, from.side, from.side] : [0, 0, image.naturalWidth, height];
      const [left, down, wide, high] = from?.to || [0, 0, width, tall];
      if (!from?.to) [canvas.width, canvas.height] = [width, tall];
      const context = canvas.getContext("2d");
      context.imageSmoothingEnabled = false;
      context.drawImage(image, x, top + y, width, tall, left, down, wide, high);
    }
    return { take, paint, frames: () => frames };
  };

  const TYPED = 2500; // ms without a key until what was typed is drawn
  const TEXT = "textarea, input:not([type]), input[type=text]";

  // Stop ends a run; one that has not begun is taken out of the queue.
  const running = (scene) => scene?.querySelector(".running");
  const leave = (scene) => scene?.querySelector(".gb-leave")?.click();
  document.addEventListener("click", ({ target }) => {
    const scene = target.closest?.(".gb-halt") && target.closest(".gb-scene");
    if (scene && !running(scene)) leave(scene);
  });

  /** A run of a scene failed: nothing in it runs on. */
  glassbox.ended = (key) => {
    const scene = document.querySelector(`[data-scene="${key}"]`)?.closest(".gb-scene");
    for (const view of scene?.querySelectorAll(".running") || []) view.classList.remove("running");
  };

  /**
   * Where the controls of a scene come to rest at another state, by a link or a preset, that state is drawn by
   * its button; a run under way is stopped for it. `aside`: names of controls that only choose what is looked at.
   * A scene of several parts, each with its button, gives `part(state)`, the part in use, and `aside(state)`, the
   * controls of the others. Returns what does it at once.
   */
  glassbox.drawnWhenSet = (root, aside = [], part = () => "") => {
    const scene = () => root.closest(".gb-scene");
    const key = () => glassbox.sceneOf(root);
    const state = (first) => glassbox.links.state(key(), first) || {};
    const others = () => (typeof aside === "function" ? aside(state(false)) : aside);
    const own = (first) => (first ? [] : glassbox.links.own(key()));
    const asked = (first) =>
      JSON.stringify([...Object.entries(state(first)), ...own(first)].filter(([name]) => !others().includes(name)));
    const drawn = {};
    let timer = 0, drawing = false, stopped = null;
    function draw() {
      const buttons = [...(scene()?.querySelectorAll(".gb-draw") || [])];
      const view = running(scene()), run = view?.dataset.run;
      drawing = true;
      // One run is stopped once: a second Stop may reach the server when the next run has begun, and end that.
      if (!view) leave(scene());
      else if (run === undefined || run !== stopped) scene().querySelector(".gb-halt")?.click();
      stopped = run;
      (buttons.find(glassbox.visible) || buttons[0])?.click();
      drawing = false;
    }
    // Who presses Draw or Stop before that is due has drawn it, or does not want it.
    document.addEventListener("click", ({ target }) => {
      const button = !drawing && target.closest?.(".gb-draw, .gb-halt");
      if (button && button.closest(".gb-scene") === scene()) clearTimeout(timer);
    });
    // Half a word is no request: who types may think for a while.
    const typing = () => scene()?.contains(document.activeElement) && document.activeElement.matches(TEXT);
    document.addEventListener("keydown", ({ key }) => key === "Enter" && typing() && clearTimeout(timer)); // it draws
    const later = (wait = 700) => {
      clearTimeout(timer);
      timer = setTimeout(draw, typing() ? Math.max(wait, TYPED) : wait);
    };
    function check() {
      const which = part(state(false)), now = asked(false), first = !(which in drawn);
      if (drawn[which] === now) return;
      drawn[which] = now;
      clearTimeout(timer);
      if (first && now === asked(true)) return;
      later(first ? 300 : 700);
    }
    document.addEventListener("glassbox:state", ({ detail }) => detail.key === key() && check());
    // A link may have set the controls before this was drawn.
    setTimeout(() => glassbox.links.state(key()) && check(), 0);
    return later;
  };

  /** The same where a click sets a control: returns what to call then; it draws once the control has it. */
  glassbox.drawnWhenChosen = (root) => {
    const later = glassbox.drawnWhenSet(root);
    let pending = false;
    document.addEventListener("glassbox:state", ({ detail }) => {
      if (!pending || detail.key !== glassbox.sceneOf(root)) return;
      pending = false;
      later(0);
    });
    return () => { pending = true; };
  };
})();
