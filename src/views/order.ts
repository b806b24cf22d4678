/** The order of RFC 8785 and of SQLite's texts in ASCII; a database's own collation may differ. */
export function compareCodeUnits(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
