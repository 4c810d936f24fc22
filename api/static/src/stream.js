// One event stream that comes back by itself. `say(message)` hears what the server says, and
// {kind: "state", state: "live" | "lost" | "signed-out"}. Runs in the worker, or in the page where
// there is no SharedWorker.
const FIRST_PAUSE = 250 // ms
const LONGEST_PAUSE = 1500
const QUIET = 35_000 // the server beats every 15 s
const ASLEEP = 4_000 // a tick that late means that the machine slept
const PATIENCE = 2_000 // before a break is spoken of
const BEGUN = 1_000 // a connection that young is not begun anew

export function stream(say) {
  let source, opened = "", pause = FIRST_PAUSE, again, lost, begun, heard = Date.now(), state = ""
  const older = [] // each speaks until a newer one does

  const closed = sources => sources.forEach(one => one.close())

  function become(next) {
    clearTimeout(lost)
    lost = undefined
    if (state !== next) say({ kind: "state", state: (state = next) })
  }

  // `seamless`: the present one speaks until this one does. In doubt it does not: it may seem open.
  function connect(seamless) {
    clearTimeout(again)
    if (source) older.push(source)
    if (!seamless) closed(older.splice(0))
    const mine = (source = new EventSource(`/events${opened}`))
    begun = heard = Date.now()
    mine.onmessage = ({ data }) => {
      heard = Date.now()
      const message = JSON.parse(data)
      if (message.kind === "hello") {
        // nothing fell between two streams of which one began before the other ended
        const before = older.splice(0, mine === source ? older.length : older.indexOf(mine))
        message.seamless = before.some(one => one.readyState === EventSource.OPEN)
        closed(before)
        pause = FIRST_PAUSE
        become("live")
      }
      if (message.kind === "ended") return ask(mine)
      if (mine === source || message.kind !== "hello") say(message)
    }
    mine.onerror = () => {
      mine.close()
      if (mine !== source) return
      closed(older.splice(0))
      ask(mine)
    }
  }

  // The stream does not say why it ended: the session may have.
  async function ask(mine) {
    mine.close()
    lost ??= setTimeout(become, PATIENCE, "lost")
    const answer = await fetch("/me", { headers: { Accept: "application/json" } }).catch(() => null)
    if (mine !== source) return
    if (answer?.status === 401) return become("signed-out")
    clearTimeout(again)
    again = setTimeout(() => connect(), pause * (0.75 + Math.random() / 2))
    pause = Math.min(pause * 2, LONGEST_PAUSE)
  }

  let ticked = Date.now()
  setInterval(() => {
    const now = Date.now()
    if (now - ticked > ASLEEP || now - heard > QUIET) connect()
    ticked = now
  }, 1000)

  return {
    /** The leads whose conversations are shown. */
    open(leads) {
      const wanted = [...new Set(leads)].sort((a, b) => a - b).slice(0, 20)
      const query = wanted.length ? `?${wanted.map(id => `open=${id}`).join("&")}` : ""
      if (source && query === opened) return
      opened = query
      connect(true)
    },
    /** Somebody looks again; with `anew` from another network. True: it connects, hello will follow. */
    wake(anew) {
      const now = Date.now()
      const { readyState } = source ?? {}
      const young = readyState !== EventSource.CLOSED && now - begun < BEGUN
      const open = readyState === EventSource.OPEN
      if (young || (open && !anew && now - heard < QUIET / 2)) return !open
      connect()
      return true
    },
    get state() {
      return state
    },
  }
}
