// A sum of codes and the same sum of pixels. values: see `/latent_arithmetic` in demos/vae/arithmetic.py
(() => {
  const { el, views, number } = glassbox;

  const tile = (kind, title) => {
    const picture = el("img", { class: "gb-pixels", alt: "" });
    return { picture, node: el("figure", { class: kind }, el("h3", {}, title), picture) };
  };

  views["latent-sum"] = ({ root, props, watch }) => {
    const codes = tile("codes", "Codes"), pixels = tile("pixels", "Pixels");
    const label = el("p", { class: "gb-end-label", role: "status" });
    root.append(el("div", { class: "gb-sum-pair" }, codes.node, pixels.node), label);
    function draw() {
      const { image, pixels: mixed, strength, model, a, b, c } = props.value || {};
      if (!image) return;
      codes.picture.src = image;
      pixels.picture.src = mixed;
      const sum = strength === 1 ? "a − b + c" : `c + ${number(strength)} · (a − b)`;
      codes.picture.alt = `decoded: ${sum}`;
      pixels.picture.alt = `of pixels: ${sum}`;
      label.textContent = sum;
      glassbox.ends.publish("vae/arithmetic", model, { a, b, c });
    }
    draw();
    watch("value", draw);
  };

  views["latent-strengths"] = ({ root, props, watch }) => {
    function draw() {
      const { strengths = [], strength, images, pixels } = props.value || {};
      const nearest = strengths.reduce((best, each, i) => (Math.abs(each - strength) < Math.abs(strengths[best] - strength) ? i : best), 0);
      root.replaceChildren(el("h3", {}, "Weak to strong: codes above, pixels below"), el("div", { class: "gb-strengths" }, strengths.map((each, i) => el("figure", { "aria-current": i === nearest ? "step" : null },
        el("img", { class: "gb-pixels", src: images[i], alt: `codes, strength ${number(each)}` }),
        el("img", { class: "gb-pixels", src: pixels[i], alt: `pixels, strength ${number(each)}` }),
        el("figcaption", {}, number(each))))));
    }
    draw();
    watch("value", draw);
  };
})();
