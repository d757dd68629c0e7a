// Sheets of pictures, each with its title and a sentence.
// value: {pictures: [{title, src, note}, ...]}
glassbox.views.sheets = ({ root, props, watch }) => {
  const { el } = glassbox;
  /** Small pictures keep their pixels; photos are shown smooth. Asked again when they are shown larger or at last. */
  const sharp = (image) => image.classList.toggle("small", image.naturalWidth < image.clientWidth / 1.5);
  const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => sharp(target)));
  const sheet = ({ title, src, note }) => el("figure", {},
    title ? el("figcaption", {}, title) : "",
    el("img", { src, alt: title || note || props.label, onload: ({ target }) => sharp(target) }),
    note ? el("p", { class: "gb-caption" }, note) : "");
  const draw = () => {
    const pictures = props.value?.pictures || [];
    root.classList.toggle("many", pictures.length > 2);
    sizes.disconnect();
    root.replaceChildren(...pictures.map(sheet));
    root.querySelectorAll("img").forEach((image) => sizes.observe(image));
  };
  draw();
  watch("value", draw);
};
