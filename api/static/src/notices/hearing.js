// On the page of one's settings: how the sounds sound, and whether this browser may show notices.
import * as sound from "./sound.js"

const form = document.querySelector("[data-hearing]")
const permission = form.querySelector("[data-permission]")

function show() {
  permission.dataset.permission = globalThis.Notification?.permission ?? "missing"
}

form.addEventListener("click", async ({ target }) => {
  const listen = target.closest("[data-listen]")
  if (listen) sound.play(listen.dataset.listen, { tone: form.tone.value, volume: Number(form.volume.value) })
  if (target.closest("[data-ask]")) {
    await Notification.requestPermission()
    show()
  }
})
navigator.permissions?.query({ name: "notifications" }).then(status => (status.onchange = show), () => {})
show()
