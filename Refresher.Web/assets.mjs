// Copies what Refresher.Web serves from node_modules into wwwroot/lib: run by the build (see Assets.targets), or by `npm run assets`.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const target = new URL("wwwroot/lib/", import.meta.url);
const modules = new URL("node_modules/", import.meta.url);

const files = {
  "tabler.css": "@tabler/core/dist/css/tabler.min.css",
  "htmx.js": "htmx.org/dist/htmx.min.js",
  "idiomorph.js": "idiomorph/dist/idiomorph-ext.min.js",
  "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
};

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const [name, source] of Object.entries(files)) {
  cpSync(new URL(source, modules), new URL(name, target));
}

// Source maps are not served, so nothing should ask for them.
for (const name of ["tabler.css", "htmx.js", "idiomorph.js"]) {
  const file = new URL(name, target);
  writeFileSync(file, readFileSync(file, "utf8").replace(/\n?(\/\*|\/\/)# sourceMappingURL=.*$/m, ""));
}

writeFileSync(new URL("icons.svg", target), sprite(iconNames()));

function iconNames() {
  return readFileSync(new URL("icons.txt", import.meta.url), "utf8").split("\n").map(line => line.trim()).filter(Boolean);
}

/** One file with the icons of icons.txt as symbols; 5,000 others stay at home. */
function sprite(names) {
  const symbols = names.map(name => {
    const svg = readFileSync(new URL(`@tabler/icons/icons/outline/${name}.svg`, modules), "utf8");
    const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}
