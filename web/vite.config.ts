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
        v3_lazyRouteDiscovery: true,
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
