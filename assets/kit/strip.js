// A strip of square pictures, side by side in one picture, cut apart and laid out as large as there is room for.
(() => {
  const { el } = glassbox;
  const GAP = 6, BETWEEN = 14; // pixels between pictures of one thing, and between things
  const NARROW = 38; // of the type's size: no room for rows of words
  const TALL = 1.1; // where nothing bounds the height: of the width at most
  const LETTER = 0.6, LINE = 1.35; // of the type's size

  /**
   * Where the pictures go: {columns, rows, side, across}. `each` of them belong together; they stand in a row of their
   * own, or (`across`) below each other, whichever lets them be larger.
   */
  function layout(count, each, width, height, head, label) {
    const groups = Math.ceil(count / each), found = [];
    const tried = (columns, rows, across) => {
      const [wide, high] = across ? [BETWEEN, GAP] : [GAP, each > 1 ? BETWEEN : GAP];
      const left = across ? label + wide : 0, top = across || each === 1 ? 0 : head + high;
      const side = Math.min((width - left - (columns - 1) * wide) / columns,
        (height - top - (rows - 1) * high) / rows);
      found.push({ columns, rows, across, side: Math.max(24, Math.floor(side)) });
    };
    if (each === 1) for (let c = 1; c <= count; c += 1) tried(c, Math.ceil(count / c), false);
    else {
      tried(each, groups, false);
      tried(groups, each, true);
    }
    return found.reduce((best, one) => (one.side > best.side ? one : best));
  }

  /**
   * A strip: {node, set({src, alt, parts, rows, words})}. `parts`: what the pictures that belong together are called,
   * in their order; none where each stands alone. `rows`, instead: the first picture stands large, the others in so
   * many rows of these names, under each the word of `words` (a list for each row) that it belongs to.
   */
  glassbox.strip = (root) => {
    const node = el("div", { class: "gb-tiles", role: "img" });
    let value = {}, count = 0, frame = 0, drawn = "";
    const picture = (i, side) => el("span", { class: "gb-tiles-box", style: `width:${side}px;height:${side}px` },
      el("img", { class: "gb-frame", alt: "", src: value.src,
        style: `width:${count * side}px;height:${side}px;left:${-i * side}px` }));
    const size = () => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const { clientWidth: width, clientHeight } = node;
      const bounded = glassbox.bounded(root);
      return { rem, width, bounded, height: bounded ? clientHeight : TALL * width };
    };

    function parted({ rem, width, height }) {
      const parts = value.parts || [], each = Math.max(1, parts.length);
      const longest = Math.max(0, ...parts.map((name) => name.length)) * LETTER * rem;
      const words = parts.flatMap((name) => name.split(" "));
      const label = Math.max(0, ...words.map((word) => word.length)) * LETTER * rem;
      const placed = (lines) => layout(count, each, width, height, lines * LINE * rem, label);
      const { columns, rows, across, side } = placed(longest > placed(1).side ? 2 : 1);
      node.style.gap = across ? `${GAP}px ${BETWEEN}px` : `${each > 1 ? BETWEEN : GAP}px ${GAP}px`;
      const named = (name) => el("b", { style: across ? `max-width:${label}px` : `max-width:${side}px` }, name);
      const places = Array.from({ length: columns * rows }, (_, place) => {
        const [row, column] = [Math.floor(place / columns), place % columns];
        return across ? column * each + row : place;
      });
      const boxes = places.map((i) => (i < count ? picture(i, side) : el("span")));
      if (each === 1) node.style.gridTemplateColumns = `repeat(${columns}, ${side}px)`;
      else if (across) {
        node.style.gridTemplateColumns = `auto repeat(${columns}, ${side}px)`;
        parts.forEach((name, i) => boxes.splice(i * (columns + 1), 0, named(name)));
      } else {
        node.style.gridTemplateColumns = `repeat(${columns}, ${side}px)`;
        boxes.unshift(...parts.map(named));
      }
      node.replaceChildren(...boxes);
    }

    function inRows({ rem, width, height, bounded }) {
      const rows = value.rows, each = Math.floor((count - 1) / rows.length), text = 2 * LINE * rem + 8;
      const narrow = width < NARROW * rem; // below each other, or, where the height is given too, the first alone
      const alone = Math.floor(Math.min(width, height));
      let side = Math.max(24, Math.floor(Math.min(height / rows.length - text, (0.76 * width) / each - GAP)));
      let first = Math.floor(Math.min(0.24 * width - BETWEEN, rows.length * (side + text) - LINE * rem));
      if (narrow) [side, first] = [Math.floor((width - 3 * GAP) / 4), alone];
      node.style.gap = `${narrow ? GAP : 0}px ${BETWEEN}px`;
      node.style.gridTemplateColumns = narrow ? "auto" : `${first}px auto`;
      const line = (name, row) => el("section", {}, el("b", {}, name),
        el("div", { class: "gb-tiles-row", style: `gap:${GAP}px` },
          Array.from({ length: each }, (_, i) => el("figure", { style: `width:${side}px` },
            picture(1 + row * each + i, side), el("figcaption", {}, value.words?.[row]?.[i] || "")))));
      const others = el("div", { class: "gb-tiles-rows" }, rows.map(line));
      node.replaceChildren(picture(0, first), others);
      // Where they are not to be seen, whether for want of room or by the scene's will, the first has all of it.
      if ((!narrow || !bounded) && getComputedStyle(others).display !== "none") return;
      node.style.gridTemplateColumns = "auto";
      node.replaceChildren(picture(0, alone));
    }

    function draw() {
      const room = size();
      if (!count || !room.width || !room.height) return;
      node.setAttribute("aria-label", value.alt || "");
      const key = JSON.stringify([value.parts, value.rows, value.words, room, count, value.src.length]);
      const images = node.querySelectorAll("img");
      if (key === drawn && images.length) return images.forEach((one) => { one.src = value.src; });
      drawn = key;
      if (value.rows?.length) inRows(room);
      else parted(room);
    }
    const redraw = () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(draw); };
    new ResizeObserver(redraw).observe(node);
    document.addEventListener("glassbox:lecture", redraw);

    return {
      node,
      async set(next) {
        value = next;
        const image = new Image();
        image.src = next.src;
        await image.decode().catch(() => {});
        if (value !== next) return;
        count = image.naturalHeight ? Math.round(image.naturalWidth / image.naturalHeight) : 0;
        draw();
      },
    };
  };
})();
