/** Small choices, kept in this browser only; where storage is refused they hold until the page is closed. */
export function recalled(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A private window: the page simply forgets.
  }
}
