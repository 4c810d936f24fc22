// <flow-picture> brings the chosen step, else the first one, into view when the page opens.
class FlowPicture extends HTMLElement {
  connectedCallback() {
    const scroller = this.closest(".scroll")
    const step = this.querySelector(".node.is-sel") ?? this.querySelector(".node")
    if (!scroller || !step) return
    const [seen, box] = [scroller.getBoundingClientRect(), step.getBoundingClientRect()]
    scroller.scrollLeft += box.left + box.width / 2 - (seen.left + seen.width / 2)
    if (box.bottom > seen.bottom) scroller.scrollTop += box.top + box.height / 2 - (seen.top + seen.height / 2)
  }
}

customElements.define("flow-picture", FlowPicture)
