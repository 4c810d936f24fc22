// The control API, as the page uses it.

async function ask(method, path, body) {
  const form = body instanceof FormData;
  const answer = await fetch(`/control${path}`, {
    method,
    body: form ? body : body && JSON.stringify(body),
    headers: form || !body ? {} : { "Content-Type": "application/json" },
  });
  const given = await answer.json();
  if (!answer.ok) throw new Error(given.error ?? answer.status);
  return given;
}

export const get = (path) => ask("GET", path);
export const post = (path, body = {}) => ask("POST", path, body);
export const remove = (path) => ask("DELETE", path);

/** One act of a client: `act(client, bot, "text", {text})`. */
export const act = (client, bot, name, given = {}) =>
  post(`/clients/${client}/${name}`, { bot, ...given });

export function upload(client, bot, name, files, given = {}) {
  const form = new FormData();
  for (const [key, value] of Object.entries({ bot, ...given })) form.append(key, value);
  for (const file of files) form.append("file", file, file.name);
  return post(`/clients/${client}/${name}`, form);
}
