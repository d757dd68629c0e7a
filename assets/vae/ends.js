// Choosing one place of latent space: its picture, what it is, which of them.
// value: a name such as "3:12", "homer_simpson", "homer_simpson:4" or "prior:7" (models/vae/ends.py).
(() => {
  const { el, views } = glassbox;
  const DIGIT = /^\d(:\d+)?$/;
  const CLASSES = Array.from({ length: 10 }, (_, i) => [String(i), `a ${i}`]);
  const { tell, hear } = glassbox.channel(); // what a scene's run made of its places, for their pickers
  const made = {};

  /** Whether a name can be a place of a network. */
  function fits(model, text, dimensions) {
    if (Array.isArray(text) || String(text).includes(","))
      return !dimensions || (Array.isArray(text) ? text : text.split(",")).length === dimensions[model];
    return String(text).startsWith("prior") || DIGIT.test(text) === (model !== "faces");
  }

  glassbox.ends = {
    /** [model, place, ..., other values] with each place that is none of the model's replaced by its start.
        With `amounts` the first of the other values is how far along each direction: 0 where the model has none. */
    fit: ([model, ...values], { starts, dimensions, amounts }) => {
      const own = starts[model === "faces" ? "faces" : "digits"];
      const along = (all) => all?.map((amount, direction) => (direction < dimensions[model] ? amount : 0));
      return [model, ...values.map((value, i) => {
        if (i < own.length) return fits(model, value, dimensions) ? value : own[i];
        return amounts && i === own.length ? along(value) : value;
      })];
    },
    /** Tell the pickers of a scene what became of its places: {a: {text, label, src}, ...}. */
    publish: (scene, model, places) => {
      made[scene] = { model, places };
      tell(scene);
    },
  };

  views["vae/ends"] = ({ root, props, watch, trigger, options }) => {
    const { title, name, scene, characters, bare } = options;
    const picture = el("img", { alt: "", class: "gb-pixels" }),
      label = el("p", { class: "gb-end-label", "aria-live": "polite" });
    const kind = el("select", {
      class: "gb-speed",
      "aria-label": `${title}: what`,
      onchange: () => choose(kind.value),
    });
    const step = (text, by, what) =>
      el(
        "button",
        { type: "button", class: "gb-step", "aria-label": `${title}: ${what}`, onclick: () => turn(by) },
        text,
      );
    const back = step("‹", -1, "previous"),
      ahead = step("›", 1, "next");
    const choice = el("div", { class: "gb-end-choice" }, back, kind, ahead);
    root.append(el("h3", {}, title), ...(bare ? [] : [el("div", { class: "gb-end-stage" }, picture)]), label, choice);

    const faces = () => made[scene]?.model === "faces";
    /** The place; where that is none of the network's (in a link typed by hand), the one that was taken instead. */
    const place = () =>
      made[scene] && !fits(made[scene].model, props.value) ? made[scene].places[name].text : props.value;
    function parts() {
      const [what, which] = String(place()).split(":");
      return { what, which: which === undefined ? -1 : Number(which) };
    }
    function set(text) {
      props.value = text;
      trigger("select"); // by hand, not by a link or a preset
      draw();
    }
    /** A character begins at its mean, a digit and a draw at the first. */
    const choose = (what) => what !== "point" && set(faces() && what !== "prior" ? what : `${what}:0`);
    function turn(by) {
      const { what, which } = parts();
      const mean = faces() && what !== "prior";
      const first = mean ? -1 : 0, last = what === "prior" ? 9999 : faces() ? 11 : 99;
      const now = Math.max(which, first) + by, next = now > last ? first : now < first ? last : now;
      set(next < 0 ? what : `${what}:${next}`);
    }
    function draw() {
      const { what } = parts(),
        coordinates = String(place()).includes(",");
      const choices = [
        ...(faces() ? characters : CLASSES),
        ["prior", "drawn at random"],
        ...(coordinates ? [["point", "a point"]] : []),
      ];
      kind.replaceChildren(
        ...choices.map(([value, text]) =>
          el("option", { value, selected: value === (coordinates ? "point" : what) }, text),
        ),
      );
      back.disabled = ahead.disabled = coordinates;
      const found = made[scene]?.places[name];
      if (!found) return;
      picture.src = found.src;
      picture.alt = found.label;
      label.textContent = found.label;
    }
    draw();
    watch("value", draw);
    hear(scene, draw);
  };
})();
