// Sheets of pictures, each with its title and a sentence.
// value: {pictures: [{title, src, note}, ...]}
glassbox.views.sheets = ({ root, props, watch }) => {
  const { el } = glassbox;
  /** Small pictures keep their pixels; photos are shown smooth. */
  const sharp = ({ target }) => target.classList.toggle("small", target.naturalWidth < target.clientWidth / 1.5);
  const sheet = ({ title, src, note }) => el("figure", {},
    title ? el("figcaption", {}, title) : "",
    el("img", { src, alt: title || note || props.label, onload: sharp }),
    note ? el("p", { class: "gb-caption" }, note) : "");
  const draw = () => {
    const pictures = props.value?.pictures || [];
    root.classList.toggle("many", pictures.length > 2);
    root.replaceChildren(...pictures.map(sheet));
  };
  draw();
  watch("value", draw);
};
