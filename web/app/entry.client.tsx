import { RemixBrowser } from "@remix-run/react";
import { startTransition, StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { patient } from "./live/patient-fetch.ts";

// Remix fetches with the global `fetch`, and says to nobody else what a page's data are loaded for.
window.fetch = patient(
  window.fetch.bind(window),
  () => window.__remixRouter.state.navigation.state !== "idle",
);

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <RemixBrowser />
    </StrictMode>,
  );
});
