import { writeFileSync } from "node:fs";
import { app } from "../src/app.ts";
import { openApiDocument } from "../src/http/openapi.ts";

// Writes the document that is committed and served; a test fails when this was forgotten.
const file = `${import.meta.dirname}/../contract/openapi.json`;
writeFileSync(file, `${JSON.stringify(openApiDocument(app), null, 2)}\n`);
console.log("Wrote worker/contract/openapi.json");
