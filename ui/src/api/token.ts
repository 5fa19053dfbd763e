const KEY = "tripledash.token";

/**
 * The token from the address's fragment, else the one kept from before. The address is cleaned. Nothing is kept here:
 * any page may open this one with a token of its choosing, which counts once the engine has taken it.
 */
export function takeToken(location: Location, history: History, storage: Storage): string | null {
  const given = new URLSearchParams(location.hash.replace(/^#/, "")).get("token");
  if (given !== null) history.replaceState(null, "", location.pathname + location.search);
  return given || keptToken(storage);
}

export function keptToken(storage: Storage): string | null {
  return storage.getItem(KEY);
}

export function keepToken(token: string, storage: Storage): void {
  storage.setItem(KEY, token);
}
