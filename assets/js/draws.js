// Pictures in squares, each with its title and a sentence.
glassbox.views.draws = ({ root, props, watch }) => {
  const { el } = glassbox;
  const draw = () => root.replaceChildren(...(props.value?.pictures || []).map(({ title, src, note }) =>
    el("figure", {}, el("figcaption", {}, title), el("img", { src, alt: title, class: "gb-frame" }), note ? el("p", { class: "gb-caption" }, note) : "")));
  draw();
  watch("value", draw);
};
