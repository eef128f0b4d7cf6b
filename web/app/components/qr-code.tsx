import { useMemo } from "react";
import { encode } from "uqr";

/** Modules of white around the code: scanners need four, also on a dark page. */
const QUIET_ZONE = 4;

/** A QR code, drawn in the page. Always dark on white, whatever the theme. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => draw(text), [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-full rounded-lg bg-white"
    >
      <path d={path} fill="#0b1512" />
    </svg>
  );
}

function draw(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { ecc: "L", border: QUIET_ZONE });
  const path: string[] = [];
  data.forEach((row, y) => {
    row.forEach((isDark, x) => {
      if (isDark) path.push(`M${x} ${y}h1v1h-1z`);
    });
  });
  return { size, path: path.join("") };
}
