// Opens a page in Debian's chromium and holds it to two rules: no request leaves loopback, and nothing fails in its console, a
// request that is answered with an error among that. `look` gets the page, and the URLs that it has posted to since it opened.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

export const ready = JSON.parse(readFileSync(process.argv[2], "utf8"));

export async function browse(path, look) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  try {
    const page = await browser.newPage();
    const foreign = [];
    const faults = [];
    const posted = [];
    page.on("request", (request) => {
      if (request.method() === "POST") posted.push(request.url());
      const url = new URL(request.url());
      if (!["data:", "blob:"].includes(url.protocol) && !["127.0.0.1", "localhost"].includes(url.hostname)) foreign.push(request.url());
    });
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
    await page.goto(new URL(path, ready.public).href);
    await look(page, posted);
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
    if (foreign.length) throw new Error(`requests left this machine: ${foreign.join(", ")}`);
    if (faults.length) throw new Error(`the page has faults: ${faults.join("; ")}`);
  } finally {
    await browser.close();
  }
}
