// The demo's own page: the screen fills in part by part, says what is missing and why, and what failed as a whole.
import { browse, ready } from "./browser.mjs";

await browse(ready.screen, async (page) => {
  const card = (path) => page.locator(`#${path}`);
  const state = (path) => card(path).getAttribute("data-state");
  const settled = async () => {
    await page.waitForFunction(() => /Complete|Degraded|Failed/.test(document.getElementById("said").textContent), null, { timeout: 20000 });
    return page.locator("#said").innerText();
  };
  // Changing a backend loads the screen anew; what the page said before is forgotten first.
  const set = async (backend, how) => {
    await page.evaluate(() => { document.getElementById("said").textContent = ""; });
    await page.getByLabel(`${backend} is`).selectOption({ label: how });
    return settled();
  };
  // A busy machine may miss the screen's 300 ms, and says so. What is claimed must be seen within a few loads.
  const seen = async (claim, attempt) => {
    let said;
    for (let tries = 0; tries < 10; tries += 1) {
      said = await attempt();
      if (said === true) return;
    }
    throw new Error(`${claim}: ${said}`);
  };
  const again = async () => {
    await page.evaluate(() => { document.getElementById("said").textContent = ""; });
    await page.getByRole("button", { name: "Load the screen" }).click();
    return settled();
  };

  await settled();
  await seen("all three parts are shown", async () => {
    const said = await again();
    const states = await Promise.all(["profile", "orders", "picks"].map(state));
    return (states.every((state) => state === "here") && /^Complete after \d+ ms\.$/.test(said)) || `${said} ${states}`;
  });
  const name = await card("profile").locator(".big").innerText();
  if (!/\p{L}+ \p{L}+/u.test(name)) throw new Error(`no profile: ${name}`);
  if (await card("orders").locator("li").count() !== 5) throw new Error("not five orders");

  // Every change of a card, with what all of them were at that moment.
  await page.evaluate(() => {
    window.changes = [];
    const cards = [...document.querySelectorAll(".card")];
    const note = () => window.changes.push(Object.fromEntries(cards.map((card) => [card.id, card.dataset.state])));
    for (const card of cards) new MutationObserver(note).observe(card, { attributes: true, attributeFilter: ["data-state"] });
  });
  await set("orders", "150 ms late");
  await seen("the fast card is filled before the slow one", async () => {
    await page.evaluate(() => { window.changes.length = 0; });
    const said = await again();
    const changes = await page.evaluate(() => window.changes);
    const between = changes.some(({ profile, orders }) => profile === "here" && orders === "waiting");
    const both = (await state("profile")) === "here" && (await state("orders")) === "here";
    return (between && both) || `${said} ${JSON.stringify(changes)}`;
  });
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/complete.png`, fullPage: true });

  await page.getByRole("button", { name: "All well again" }).click();
  await seen("a part that is missing is named, with its reason, and the others are shown", async () => {
    const said = await set("recommendations", "1 s late");
    const why = await card("picks").innerText();
    const others = (await state("profile")) === "here" && (await state("orders")) === "here";
    const missing = (await state("picks")) === "missing" && /recommendations did not answer in time \(timeout\)/.test(why);
    return (missing && others && /without picks \(timeout\)/.test(said)) || `${said} ${why}`;
  });
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/degraded.png`, fullPage: true });

  await seen("a required part that fails ends the stream with the problem", async () => {
    const said = await set("orders", "1 s late");
    const problem = await page.getByRole("alert").innerText();
    const begun = (await state("profile")) === "here" && (await state("orders")) === "failed";
    return (begun && /^504: .*for want of orders\. Code deadline-exceeded, request \S+\.$/.test(problem)) || `${said} ${problem}`;
  });
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/failed.png`, fullPage: true });

  // The keyboard alone will do, and what the page told the backends is known to it when it is opened again.
  await page.reload();
  await settled();
  const told = await page.getByLabel("orders is").inputValue();
  if (told !== "1000") throw new Error(`the page does not know what orders was told: ${told}`);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await seen("all is well again", async () => {
    const said = await again();
    const knobs = await page.locator("select").evaluateAll((knobs) => knobs.map((knob) => knob.value));
    return (/^Complete/.test(said) && knobs.every((knob) => knob === "usual")) || `${said} ${knobs}`;
  });
});
