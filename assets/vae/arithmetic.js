// A sum of codes and the same sum of pixels. values: see `/latent_arithmetic` in demos/vae/arithmetic
(() => {
  const { el, views, number } = glassbox;

  const tile = (kind, title, ...more) => {
    const picture = el("img", { class: "gb-pixels", alt: "" }), said = el("figcaption", {}, ...more);
    return { picture, said, node: el("figure", { class: kind }, el("h3", {}, title), picture, said) };
  };

  views["vae/arithmetic"] = ({ root, props, watch }) => {
    const terms = { a: tile("a", "a gives"), b: tile("b", "b is taken off"), c: tile("c", "c receives") };
    const codes = tile("codes", "Of codes"), pixels = tile("pixels", "Of pixels");
    const label = el("span", { class: "gb-sum-label", role: "status" });
    codes.said.append(label);
    const first = Object.values(terms).map(({ node }) => node);
    root.append(el("div", { class: "gb-arithmetic-sum" }, ...first, codes.node, pixels.node));
    function draw() {
      const { image, pixels: mixed, strength, model, a, b, c } = props.value || {};
      if (!image) return;
      codes.picture.src = image;
      pixels.picture.src = mixed;
      for (const [name, { picture, said }] of Object.entries(terms)) {
        const { src, label: text } = props.value[name];
        [picture.src, picture.alt, said.textContent] = [src, text, text];
      }
      const sum = strength === 1 ? "a − b + c" : `c + ${number(strength)} · (a − b)`;
      root.classList.toggle("plain", strength === 1);
      codes.picture.alt = `decoded: ${sum}`;
      pixels.picture.alt = `of pixels: ${sum}`;
      label.textContent = sum;
      pixels.said.textContent = sum;
      glassbox.ends.publish("vae/arithmetic", model, { a, b, c });
    }
    draw();
    watch("value", draw);
  };

  views["vae/arithmetic-strengths"] = ({ root, props, watch, trigger }) => {
    const title = el("h3", {}, "Strength s, from 0 to 2: codes above, pixels below");
    const strip = el("div", { class: "gb-strengths" });
    root.append(title, strip);
    let tiles = [];

    /** A strength: pressed, it becomes that of the sum. */
    function tileOf(strength) {
      const images = ["codes", "pixels"].map((kind) =>
        el("img", { class: "gb-pixels", alt: `${kind}, strength ${number(strength)}` }));
      const press = el("button", { type: "button", onclick: () => trigger("select", { strength }) }, images);
      return { images, node: el("figure", {}, press, el("figcaption", {}, number(strength))) };
    }
    function draw() {
      const { strengths = [], strength, images, pixels } = props.value || {};
      const nearest = strengths.reduce(
        (best, each, i) => (Math.abs(each - strength) < Math.abs(strengths[best] - strength) ? i : best),
        0,
      );
      if (tiles.length !== strengths.length) {
        tiles = strengths.map(tileOf);
        strip.replaceChildren(...tiles.map(({ node }) => node));
      }
      tiles.forEach(({ images: [above, below], node }, i) => {
        [above.src, below.src] = [images[i], pixels[i]];
        if (i === nearest) node.setAttribute("aria-current", "step");
        else node.removeAttribute("aria-current");
      });
    }
    draw();
    watch("value", draw);
  };
})();
