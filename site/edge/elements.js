// What index.html holds, found by id. An element that is not there is a fault of the page's own,
// and is named as one.

/** @param {string} id */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no element with the id “${id}”`);
  return found;
}

/**
 * What stands in a template.
 *
 * @param {string} id
 */
export function template(id) {
  const found = element(id);
  if (!(found instanceof HTMLTemplateElement)) throw new Error(`“${id}” is no template`);
  return found.content;
}
