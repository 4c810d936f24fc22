// Holds the one event stream of this browser and hands what it says to every tab.
import { stream } from "./stream.js"

const tabs = new Map()
const frozen = new Set() // what is said to them would wait, hours of it
const live = stream(message => tabs.forEach((_, port) => frozen.has(port) || port.postMessage(message)))
const follow = () => live.open([...tabs.values()].flat())

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.name) {
      // a tab holds this lock while it lives
      navigator.locks?.request(data.name, () => {
        tabs.delete(port)
        frozen.delete(port)
        follow()
      })
    }
    if (data.open) {
      const known = tabs.has(port)
      tabs.set(port, data.open)
      follow()
      if (live.state) port.postMessage({ kind: "state", state: live.state })
      if (!known && live.state === "live") port.postMessage({ kind: "hello" })
    }
    if (data.freeze) frozen.add(port)
    if (data.wake) {
      const slept = frozen.delete(port)
      const begins = live.wake(data.anew)
      if (!slept) return
      port.postMessage({ kind: "state", state: live.state })
      if (!begins) port.postMessage({ kind: "hello" })
    }
  }
}
