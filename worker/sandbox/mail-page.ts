import { html, raw } from "hono/html";
import type { Mail } from "./mail-store.ts";

const style = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem; }
  h1 { font-size: 1.25rem; } a { color: LinkText; }
  ol { list-style: none; margin: 0; padding: 0; }
  li { border-top: 1px solid color-mix(in srgb, CanvasText 18%, Canvas); }
  li a { color: inherit; display: block; padding: .75rem .25rem; text-decoration: none; }
  li a:hover, li a:focus-visible { background: color-mix(in srgb, CanvasText 6%, Canvas); }
  .quiet { color: color-mix(in srgb, CanvasText 65%, Canvas); font-size: .875rem; }
  pre { font: inherit; overflow-wrap: anywhere; white-space: pre-wrap; }
  iframe { background: #fff; border: 1px solid #8884; border-radius: .5rem; height: 22rem; width: 100%; }`;

/** Every mail that came, the newest first; a new one reloads the page by itself. */
export async function listPage(mails: readonly Mail[]): Promise<string> {
  const items = mails.map(
    (mail) =>
      html`<li>
        <a href="/mails/${mail.id}">
          <strong>${mail.subject === "" ? "(no subject)" : mail.subject}</strong><br />
          <span class="quiet">to ${mail.to.join(", ")} · ${whenOf(mail)}</span>
        </a>
      </li>`,
  );
  const empty = html`<p>No mail yet. Sign up with any address, and it arrives here.</p>`;
  return page(
    "Mail",
    html`<h1>Mail that Roost sent</h1>
      <p class="quiet">This is the sandbox: nothing leaves this machine.</p>
      ${
        mails.length === 0
          ? empty
          : html`<ol>
              ${items}
            </ol>`
      }
      <script>
        new EventSource("/live").onmessage = () => location.reload();
      </script>`,
  );
}

/** One mail: as it looks, and as text with its links. */
export async function mailPage(mail: Mail): Promise<string> {
  const looks = html`<iframe
    title="The mail as it looks"
    src="/mails/${mail.id}/html"
    sandbox="allow-popups allow-popups-to-escape-sandbox"
  ></iframe>`;
  return page(
    mail.subject,
    html`<p><a href="/">All mail</a></p>
      <h1>${mail.subject}</h1>
      <p class="quiet">from ${mail.from}<br />to ${mail.to.join(", ")}<br />${whenOf(mail)}</p>
      <pre>${linked(mail.text)}</pre>
      ${mail.html === null ? "" : looks}`,
  );
}

/** The mail's own HTML, whose links open outside the frame. */
export function framedHtml(mail: Mail): string {
  return `<base target="_blank">${mail.html ?? ""}`;
}

async function page(title: string, body: ReturnType<typeof html>): Promise<string> {
  const whole = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Roost sandbox</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>`;
  return String(whole);
}

function linked(text: string): ReturnType<typeof html>[] {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((part, index) => (index % 2 === 1 ? html`<a href="${part}">${part}</a>` : html`${part}`));
}

function whenOf({ at }: Mail): ReturnType<typeof html> {
  return html`<time datetime="${at}">${at.replace("T", " ").slice(0, 19)} UTC</time>`;
}
