// Copies what Refresher.Web serves from node_modules into wwwroot/lib: run by the build (see Assets.targets), or by `npm run assets`.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { geoEquirectangular, geoPath } from "d3-geo";
import { feature } from "topojson-client";

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
writeFileSync(new URL("world.svg", target), world());

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

/** The land of the Earth (Natural Earth 1:110m, public domain) as a symbol: a unit is a degree, so that pages put places where they are without a projection of their own. */
function world() {
  const atlas = JSON.parse(readFileSync(new URL("world-atlas/land-110m.json", modules), "utf8"));
  const degrees = geoEquirectangular().scale(180 / Math.PI).translate([0, 0]).precision(0.1);
  return `<svg xmlns="http://www.w3.org/2000/svg">\n<symbol id="land" overflow="visible"><path d="${geoPath(degrees).digits(1)(feature(atlas, atlas.objects.land))}"/></symbol>\n</svg>\n`;
}
