// Logs in and takes the pictures; screenshots.sh says with what.
const { readFileSync } = require("node:fs");
const { chromium } = require(process.env.PLAYWRIGHT);

const pictures = { overview: "/" };

(async () => {
  const { web } = JSON.parse(readFileSync(".refresher/credentials.json", "utf8"));
  const address = JSON.parse(readFileSync(".refresher/endpoints.json", "utf8"))["web/http"];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage({ baseURL: address, viewport: { width: 1440, height: 1000 }, locale: "en-GB", timezoneId: "UTC" });
  await page.goto("/login");
  await page.getByLabel("User name").fill(web.user);
  await page.getByLabel("Password").fill(web.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  for (const [name, path] of Object.entries(pictures)) {
    await page.goto(path, { waitUntil: "load" });
    await page.evaluate(() => document.fonts.ready);
    await page.getByText("Reconnecting").waitFor({ state: "hidden" });
    await page.screenshot({ path: `docs/images/${name}.png` });
  }
  await browser.close();
})().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
