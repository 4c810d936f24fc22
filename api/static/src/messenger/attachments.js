// Files that go with a message: picked, pasted or dropped; what Telegram will not take is said
// before anything is uploaded. What a file really is, the server finds out.
import { size } from "./amounts.js"
import * as keeping from "./keeping.js"
import { words } from "./words.js"

const MOST = 10
const LARGEST = 50 * 1024 * 1024
const LARGEST_PHOTO = 10 * 1024 * 1024

export class Attachments {
  constructor(composer, complain, drawn) {
    this.files = []
    this.name = `attached:${composer.dataset.person}:${composer.dataset.lead}`
    this.drawn = drawn
    this.complain = complain
    this.list = composer.querySelector(".attached")
    this.input = composer.querySelector("input[type=file]")
    composer.querySelector("[data-act=attach]").addEventListener("click", () => this.input.click())
    this.input.addEventListener("change", () => {
      this.add(this.input.files)
      this.input.value = ""
    })
    composer.addEventListener("paste", event => {
      if (!event.clipboardData?.files.length) return
      event.preventDefault()
      this.add(event.clipboardData.files)
    })
    if (this.input.files.length) this.add(this.input.files) // picked before this was loaded
    if (keeping.has(this.name)) keeping.get(this.name).then(files => composer.isConnected && this.add(files ?? []))
    const chat = composer.closest("main")
    chat.addEventListener("dragover", event => {
      if (!event.dataTransfer?.types.includes("Files")) return
      event.preventDefault()
      composer.classList.add("is-target")
    })
    chat.addEventListener("dragleave", () => composer.classList.remove("is-target"))
    chat.addEventListener("drop", event => {
      composer.classList.remove("is-target")
      if (!event.dataTransfer?.files.length) return
      event.preventDefault()
      this.add(event.dataTransfer.files)
    })
  }

  add(files) {
    for (const file of files) {
      const problem = this.problem(file)
      if (problem) this.complain(problem)
      else this.files = [...this.files, file]
    }
    this.draw()
  }

  problem({ name, size: bytes }) {
    if (bytes > LARGEST) return words("tooBig", { name })
    if (!bytes) return words("empty", { name })
    if (this.files.length >= MOST) return words("tooMany")
    return ""
  }

  clear() {
    this.files = []
    this.draw()
  }

  draw() {
    if (this.files.length) keeping.put(this.name, this.files)
    else keeping.drop(this.name)
    for (const image of this.list.querySelectorAll("img[src]")) URL.revokeObjectURL(image.src)
    this.list.replaceChildren(...this.files.map(file => this.row(file)))
    this.list.hidden = !this.files.length
    this.drawn()
  }

  row(file) {
    const made = document.getElementById("attached-file").content.cloneNode(true).firstElementChild
    const image = made.querySelector("img")
    if (file instanceof File && file.type.startsWith("image/")) {
      image.src = URL.createObjectURL(file)
      image.hidden = false
      made.querySelector(".attached__i").hidden = true
    }
    made.querySelector("b").textContent = file.name
    const photo = file.type.startsWith("image/") && file.size > LARGEST_PHOTO
    made.querySelector("small").textContent = photo ? `${size(file.size)}, ${words("photoAsFile")}` : size(file.size)
    made.querySelector("button").addEventListener("click", () => {
      this.files = this.files.filter(one => one !== file)
      this.draw()
    })
    return made
  }
}
