// Principal directions of codes as sliders. `directions` holds what the server made of them (see `/directions` in
// demos/vae/directions.py), `amounts` the sliders: [deviations, ...].
(() => {
  const { el, views, number } = glassbox;
  const REST = 200; // ms without a move until the link is written and the run is recorded
  const { tell, hear } = glassbox.channel();
  let made = null;

  views["vae/directions"] = ({ root, props, watch }) => {
    const picture = el("img", { class: "gb-pixels", alt: "What is decoded where the sliders are" });
    const caption = el("p", { class: "gb-caption", role: "status" });
    const reset = el("button", { type: "button", class: "gb-start", onclick: () => tell("reset") }, "All to 0");
    root.append(picture, el("div", { class: "gb-direction-foot" }, caption, reset));
    const say = (amounts) => {
      const moved = amounts.some((amount) => amount !== 0);
      caption.textContent = `${made.start.label}, ${moved ? "moved and decoded" : "decoded"}`;
      reset.disabled = !moved;
    };
    function draw() {
      if (!props.value?.image) return;
      made = props.value;
      picture.src = made.image;
      say(made.amounts);
      glassbox.ends.publish("vae/directions", made.model, { start: made.start });
      tell("made");
    }
    hear("live", ({ image, error, amounts }) => {
      if (error) caption.textContent = error;
      else say(amounts);
      if (image) picture.src = image;
    });
    draw();
    watch("value", draw);
  };

  views["vae/directions-amounts"] = ({ root, props, watch, server }) => {
    let lines = [], held = [], busy = false, again = false, key = "";
    const rows = el("div", { class: "gb-direction-rows" });
    root.append(rows);
    hear("reset", () => {
      held = held.map(() => 0);
      ask();
      settle();
    });

    /** Ask for the picture at the sliders; one question at a time, the last one always. */
    async function ask() {
      if (busy) { again = true; return; }
      if (!made) return;
      busy = true;
      do {
        again = false;
        tell(
          "live",
          await server.moved_for_page({
            model: made.model,
            start: made.start.text,
            amounts: held.slice(0, made.deviations.length),
          }),
        );
      } while (again);
      busy = false;
    }
    function move(i, amount) {
      held[i] = amount;
      mark();
      ask();
      rest();
    }
    const rest = glassbox.resting(settle, REST);
    function settle() {
      rest.cancel();
      props.value = [...held];
      mark();
    }
    function mark() {
      lines.forEach(({ slider, output, pictures }, i) => {
        slider.value = held[i];
        slider.setAttribute("aria-valuetext", `${number(held[i], 1)} deviations`);
        output.textContent = (held[i] > 0 ? "+" : "") + number(held[i], 1);
        pictures.forEach((node, j) =>
          node.setAttribute("aria-current", made.stops[j] === Math.round(held[i]) ? "step" : "false"),
        );
      });
    }
    function build() {
      if (!made) return;
      const { rows: sheets, stops, deviations, model, start } = made;
      if (key === `${model} ${start.text}`) return mark();
      key = `${model} ${start.text}`;
      lines = sheets.map((images, i) => {
        const slider = el("input", {
          type: "range",
          min: stops[0],
          max: stops.at(-1),
          step: 0.1,
          "aria-label": `Direction ${i + 1}`,
          oninput: () => move(i, Number(slider.value)),
        });
        const output = el("output", { class: "gb-count" });
        const pictures = images.map((src, j) =>
          el(
            "button",
            {
              type: "button",
              "aria-label": `Direction ${i + 1} to ${stops[j]}`,
              onclick: () => move(i, stops[j]),
            },
            el("img", { src, alt: "", class: "gb-pixels" }),
          ),
        );
        const node = el(
          "div",
          { class: "gb-direction" },
          el("header", {}, el("b", {}, i + 1), el("span", {}, `σ = ${number(deviations[i])}`), output),
          el("div", { class: "gb-direction-strip" }, pictures),
          slider,
        );
        return { node, slider, output, pictures };
      });
      rows.replaceChildren(...lines.map(({ node }) => node));
      root.style.setProperty("--rows", lines.length);
      mark();
    }
    function draw() {
      held = Array.from({ length: 6 }, (_, i) => Number(props.value?.[i]) || 0);
      build();
    }
    draw();
    watch("value", draw);
    hear("made", build);
  };
})();
