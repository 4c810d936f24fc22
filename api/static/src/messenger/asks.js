/** A form with a field for each question, shown; [{path, said}]. */
export function fill(form, asks) {
  const fields = asks.map(({ path, said }) => {
    const made = form.querySelector("template").content.cloneNode(true).firstElementChild
    made.querySelector(".lbl").textContent = said
    made.querySelector("input").name = path
    return made
  })
  form.querySelector("[data-asks]").replaceChildren(...fields)
  form.hidden = false
  fields[0].querySelector("input").focus()
}
