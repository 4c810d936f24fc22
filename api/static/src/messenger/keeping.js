// What localStorage cannot hold: files and recordings, until the server has them. Where a browser
// keeps nothing for us they live as long as the page.
const STORE = "kept"
let opening

const base = () =>
  (opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("leadloom", 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE)
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  }))

async function within(mode, act) {
  const transaction = (await base()).transaction(STORE, mode)
  const asked = act(transaction.objectStore(STORE))
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result)
    transaction.onerror = transaction.onabort = () => reject(transaction.error)
  })
}

export const get = name => within("readonly", store => store.get(name)).catch(() => undefined)

// localStorage knows at once what there is.
export function put(name, value) {
  localStorage.setItem(name, "1")
  return within("readwrite", store => store.put(value, name)).catch(() => {})
}

export function drop(name) {
  localStorage.removeItem(name)
  return within("readwrite", store => store.delete(name)).catch(() => {})
}

export const has = name => localStorage.getItem(name) !== null
