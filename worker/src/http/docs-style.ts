/** The reference's own look: no fonts, scripts or pictures from anywhere. */
export const docsStyle = `
:root { color-scheme: light dark; --line: color-mix(in srgb, CanvasText 15%, Canvas);
  --quiet: color-mix(in srgb, CanvasText 65%, Canvas); font: 16px/1.55 system-ui, sans-serif; }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 16rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem 1rem;
  border-right: 1px solid var(--line); font-size: .875rem; }
nav a { display: block; padding: .2rem .5rem; color: inherit; text-decoration: none; border-radius: .375rem; }
nav a:hover, nav a:focus-visible { background: color-mix(in srgb, CanvasText 8%, Canvas); }
nav p { margin: 1rem .5rem .25rem; color: var(--quiet); }
nav .brand { font-weight: 700; font-size: 1rem; margin-bottom: .5rem; }
main { padding: 2rem clamp(1rem, 4vw, 3rem) 6rem; max-width: 58rem; }
h1 { font-size: 1.75rem; } h2 { font-size: 1.375rem; margin-top: 3rem; } h3 { font-size: 1.0625rem; margin-bottom: .25rem; }
section { border-top: 1px solid var(--line); padding-top: .5rem; margin-top: 1.5rem; scroll-margin-top: 1rem; }
section:target, tr:target { outline: 2px solid Highlight; outline-offset: .5rem; border-radius: .25rem; }
.call b { font-size: .8125rem; padding: .125rem .5rem; border-radius: .375rem; border: 1px solid var(--line); }
code, pre { font: .875em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; overflow: auto; }
table { width: 100%; border-collapse: collapse; margin: .75rem 0; font-size: .9375rem; }
caption, thead th { text-align: left; color: var(--quiet); font-weight: 500; padding: .25rem .5rem .25rem 0; }
td, tbody th { border-top: 1px solid var(--line); padding: .375rem .75rem .375rem 0; vertical-align: top; text-align: left; }
td:first-child { width: 34%; } small { color: var(--quiet); }
@media (max-width: 48rem) { body { display: block; } nav { position: static; height: auto; border: 0; } td:first-child { width: auto; } }
`;
