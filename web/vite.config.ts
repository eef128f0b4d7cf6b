import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";
import { roostDev } from "./vite-dev-plugin.ts";

// What `npm run dev` starts tells the pages where the Worker is; a build needs no Worker.
const workerConditions = ["workerd", "worker"];

export default defineConfig(({ command }) => ({
  plugins: [
    roostDev(process.env.ROOST_DEV_API),
    tailwindcss(),
    remix({
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_throwAbortReason: true,
        v3_singleFetch: true,
        // A link pressed while a form is answered would show nothing: Remix ends the navigation with
        // the old page's routes while it still looks for the new one's.
        v3_lazyRouteDiscovery: false,
        v3_routeConfig: true,
      },
    }),
  ],
  // All pages are looked through at the start, so that none reloads when it is first opened.
  optimizeDeps: { entries: ["app/root.tsx", "app/routes/*.tsx"] },
  resolve: { mainFields: ["browser", "module", "main"] },
  ssr:
    command === "build"
      ? { target: "webworker", resolve: { conditions: [...workerConditions, "browser"] } }
      : { resolve: { externalConditions: workerConditions } },
}));
