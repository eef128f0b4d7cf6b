/** Every time zone of this runtime by its part of the world; `also` is one that must be among them. */
export function zonesWith(also: readonly string[]): { region: string; zones: string[] }[] {
  const all = new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), ...also]);
  const regions = new Map<string, string[]>();
  for (const zone of [...all].sort()) {
    const region = zone.includes("/") ? (zone.split("/")[0] ?? "Other") : "Other";
    regions.set(region, [...(regions.get(region) ?? []), zone]);
  }
  return [...regions].map(([region, zones]) => ({ region, zones }));
}
