/** How far back the score can be looked at; the API keeps 30 days. */
export const spans = [
  { days: 1, label: "24 hours" },
  { days: 7, label: "7 days" },
  { days: 30, label: "30 days" },
];
const USUAL_DAYS = 7;

/** What the address asks for, or the usual. */
export function spanOf(search: URLSearchParams): number {
  const asked = Number(search.get("days"));
  return spans.some(({ days }) => days === asked) ? asked : USUAL_DAYS;
}
