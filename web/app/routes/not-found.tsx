import { data } from "@remix-run/cloudflare";

export function loader() {
  throw data(null, 404);
}

// A route without a page of its own would answer with the bare error.
export default function NotFound() {
  return null;
}

export { ErrorPage as ErrorBoundary } from "../components/error-page.tsx";
