// Logs in and takes the pictures, light and dark; screenshots.sh says with what.
const { readFileSync, readdirSync, statSync } = require("node:fs");
const { chromium } = require(process.env.PLAYWRIGHT);

// Addresses, or where on a page the first link to follow is.
const pictures = {
  overview: ["/"],
  schedules: ["/schedules"],
  "new-schedule": ["/schedules/new?kind=hello"],
  schedule: ["/schedules", "tbody .cell-title a.title"],
  runs: ["/runs"],
  run: ["/runs?state=succeeded", ".table-runs a.title"],
  sites: ["/sites"],
  site: ["/sites", ".table-sites a.title"],
  heartbeats: ["/heartbeats"],
  speed: ["/speed"],
  alerts: ["/alerts"],
  workers: ["/workers"],
  events: ["/events"],
  system: ["/system"],
};
const most = 3_000_000;

(async () => {
  const { web } = JSON.parse(readFileSync(".refresher/credentials.json", "utf8"));
  const address = JSON.parse(readFileSync(".refresher/endpoints.json", "utf8"))["web/http"];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage({ baseURL: address, viewport: { width: 1280, height: 860 }, locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce" });
  await page.goto("/login");
  await page.getByLabel("User name").fill(web.user);
  await page.getByLabel("Password").fill(web.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  for (const [name, [path, link]] of Object.entries(pictures)) {
    await page.goto(path);
    if (link) {
      await page.locator("html[data-ready]").waitFor();
      await page.goto(await page.locator(link).first().getAttribute("href"));
    }
    await page.locator("html[data-ready]").waitFor();
    await page.evaluate(() => document.fonts.ready);
    await page.getByText("Reconnecting").waitFor({ state: "hidden" });
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: `docs/images/${name}${scheme === "dark" ? "-dark" : ""}.png` });
    }
  }
  await browser.close();
  const bytes = readdirSync("docs/images").reduce((sum, name) => sum + statSync(`docs/images/${name}`).size, 0);
  if (bytes > most) {
    throw new Error(`docs/images has ${bytes} bytes: ${most} are enough`);
  }
})().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
