/** A nonce for the inline scripts of one answer. */
export function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/** Sets what a browser may do with a page of ours. */
export function protect(headers: Headers, nonce: string, url: URL): void {
  const isDev = import.meta.env.DEV;
  const policy = {
    "default-src": "'none'",
    "script-src": `'self' 'nonce-${nonce}'`,
    // Radix and Vite set styles from scripts; a style cannot run anything.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": isDev ? "'self' ws:" : "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
  };
  const text = Object.entries(policy).map(([directive, value]) => `${directive} ${value}`);
  headers.set("content-security-policy", text.join("; "));
  headers.set("cache-control", "no-store");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("permissions-policy", "camera=(), geolocation=(), microphone=()");
  // Not `no-referrer`: with that a browser sends `Origin: null`, and forms prove their origin.
  headers.set("referrer-policy", "same-origin");
  headers.set("x-content-type-options", "nosniff");
  headers.set("x-frame-options", "DENY");
  if (url.protocol === "https:") {
    headers.set("strict-transport-security", "max-age=63072000; includeSubDomains");
  }
}
