/*
 * Whether the server answers. Who leaves a page while it does not stands before the browser's own error page, and what
 * was typed is gone from sight: what leads on asks here first.
 */

const PATIENCE = 8000; // milliseconds; a line on which nothing came back by then is cut

export async function lineHolds() {
  const { address } = document.getElementById("idle")?.dataset ?? {};
  if (!navigator.onLine || !address) return navigator.onLine;
  try {
    return (await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })).status < 500;
  } catch {
    return false;
  }
}
