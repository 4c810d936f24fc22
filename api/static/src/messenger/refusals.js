// What the server's answer says was wrong, in one line.
export function sentence(body) {
  try {
    const { detail, problems } = JSON.parse(body)
    return [detail, ...Object.values(problems ?? {})].join(". ")
  } catch {
    return ""
  }
}
