const KEY = "tripledash.token";

/** The token from the address's fragment, else the one kept from before. The address is cleaned. */
export function takeToken(location: Location, history: History, storage: Storage): string | null {
  const given = new URLSearchParams(location.hash.replace(/^#/, "")).get("token");
  if (given) {
    storage.setItem(KEY, given);
    history.replaceState(null, "", location.pathname + location.search);
    return given;
  }
  return storage.getItem(KEY);
}

export function keepToken(token: string, storage: Storage): void {
  storage.setItem(KEY, token);
}

export function forgetToken(storage: Storage): void {
  storage.removeItem(KEY);
}
