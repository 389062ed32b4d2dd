// The server's time: ages are told by its clock, whatever that of the browser's machine says.

/** Answers name their time to the second, and take time to arrive: less than this is no difference. */
const TOLERANCE = 2_000;

let ahead: number | undefined;

/** Takes note of the time that an answer was given at. */
export function observe(response: Response): void {
  const said = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(said)) return;
  const difference = said - Date.now();
  if (ahead === undefined || Math.abs(difference - ahead) > TOLERANCE) {
    ahead = Math.abs(difference) > TOLERANCE ? difference : 0;
  }
}

/** The server's time, in milliseconds; before it has answered, as this machine's clock has it. */
export function serverNow(): number {
  return Date.now() + (ahead ?? 0);
}

/** Whether the server's time is known. */
export function knowsServer(): boolean {
  return ahead !== undefined;
}
