/** What of a tool's schema the Gateway's five keywords and words cannot say. Strangers chose the path: it is made plain and cut. */
export class CannotSay extends Error {
  override readonly name = 'CannotSay';
  constructor(path: string, what: string) {
    super(`${path}: ${what}`);
  }
}
