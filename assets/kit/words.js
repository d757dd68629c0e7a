// Sentences word by word: which words of two differ, a photo with a map over it, and words as bars.
(() => {
  const { el } = glassbox;

  /** Which words of two sentences are not in the other, in their order (longest common subsequence). */
  glassbox.changedWords = (before, after) => {
    const longest = Array.from({ length: before.length + 1 }, () => new Array(after.length + 1).fill(0));
    for (let i = before.length - 1; i >= 0; i--) {
      for (let j = after.length - 1; j >= 0; j--) {
        longest[i][j] = before[i] === after[j] ? longest[i + 1][j + 1] + 1
          : Math.max(longest[i + 1][j], longest[i][j + 1]);
      }
    }
    const changed = { before: before.map(() => true), after: after.map(() => true) };
    for (let i = 0, j = 0; i < before.length && j < after.length;) {
      if (before[i] === after[j]) [changed.before[i++], changed.after[j++]] = [false, false];
      else if (longest[i + 1][j] >= longest[i][j + 1]) i++;
      else j++;
    }
    return changed;
  };

  /** A map's numbers as an overlay paints them: dark where nothing is, the photo where the most is. */
  glassbox.mapValue = (grid) => ({ grid, paint: "alpha", limits: { low: 0, high: Math.max(...grid.flat()) } });

  /** A small photo with a map over it: {node, show(src, grid)}. */
  glassbox.mapThumb = () => {
    const picture = el("img", { alt: "", draggable: "false" }), veil = el("canvas", {});
    const node = el("span", { class: "gb-map-thumb", "aria-hidden": "true" }, picture, veil);
    const show = (src, grid) => {
      if (src && picture.getAttribute("src") !== src) picture.src = src;
      glassbox.paintGrid(veil, glassbox.mapValue(grid), node);
    };
    return { node, show };
  };

  /**
   * A large photo with a map over it, cells told by pointer and keys: {node, show(src, grid, about)}. What `about`
   * holds beyond `name` and `alt` is the overlay's own (`marks`, `paint`); `choose` takes what a click hits.
   */
  glassbox.mapLarge = (label, choose = () => {}) => {
    const node = el("div", { class: "gb-view gb-overlay" });
    const props = { label, value: {} };
    let redraw = () => {};
    let drawn = false;
    const show = (src, grid, { name = "attention", alt = "", ...more } = {}) => {
      const cells = [grid.length, grid[0].length];
      props.value = { src, name, alt, cells, digits: 3, ...glassbox.mapValue(grid), ...more };
      if (drawn) return redraw();
      drawn = true;
      return glassbox.views.overlay({
        root: node, props, trigger: (_, chosen) => choose(chosen), watch: (_, callback) => { redraw = callback; },
      });
    };
    return { node, show };
  };

  const ONE_IN = 0.001;
  /** Between addends and their sum, all written with so many decimals: "=" where those add up, else "≈". */
  glassbox.equals = (addends, total, digits = 2) => {
    const written = (number) => Math.round(10 ** digits * Number(number.toFixed(digits)));
    return addends.reduce((all, one) => all + written(one), 0) === written(total) ? "=" : "≈";
  };
  /** A probability as a share of a hundred. */
  glassbox.percent = (share) => (share < ONE_IN ? "< 0.1 %" : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`);

  /** Words with their probabilities as bars: [{word, probability, chosen, struck, note, act}]; act makes a button. */
  glassbox.wordBars = (bars) =>
    el("ol", { class: "gb-word-bars" }, bars.map(({ word, probability, chosen, struck, note, act }) =>
      el("li", {}, el(act ? "button" : "div", {
        type: act ? "button" : null, class: `gb-word-bar${chosen ? " chosen" : ""}${struck ? " struck" : ""}`,
        onclick: act || null, title: note || null, "data-word": word,
      }, el("b", {}, word || "end"), el("i", { "aria-hidden": "true", style: `--share:${probability}` }),
      el("span", {}, glassbox.percent(probability))))));
})();
